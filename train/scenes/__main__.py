"""`python -m train.scenes`: pages, contact sheets, the demo's clip, its sample pictures, and test sets."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np

from edge_digits.cli import INTERRUPTED
from edge_digits.cli.terminal import say, standard_streams, warn
from edge_digits.errors import EdgeDigitsError
from train.mnist import load_mnist
from train.scenes.cards import KINDS, cards
from train.scenes.clip import render_clip
from train.scenes.contact import digit_sheet, preset_sheet
from train.scenes.options import PRESETS, SceneOptions
from train.scenes.pictures import (
    SAMPLES,
    Sample,
    every_condition,
    in_typefaces,
    write_cards,
    write_image,
    write_pictures,
    write_singles,
    write_surfaces,
    write_texts,
)
from train.scenes.scene import render_scene
from train.scenes.singles import WAYS, singles
from train.scenes.surfaces import KINDS as SURFACES
from train.scenes.surfaces import SIGNS as SURFACE_SIGNS
from train.scenes.surfaces import surface_pictures
from train.scenes.texts import DIGITS, SIGNS, texts
from train.scenes.typefaces import find_typefaces

Item = TypeVar("Item")


@standard_streams()
def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command.

    Args:
        argv: The arguments; None means those of the process.

    Returns:
        0 done, 1 failed, 130 interrupted; wrong usage exits with 2.
    """
    args = _parser().parse_args(argv)
    try:
        commands = {
            "page": _page,
            "sheet": _sheet,
            "clip": _clip,
            "pictures": _pictures,
            "singles": _singles,
            "texts": _texts,
            "cards": _cards,
            "surfaces": _surfaces,
        }
        commands[args.command](args)
    except EdgeDigitsError as error:
        warn(f"error: {error}")
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        warn("\ninterrupted; nothing was left half-written")
        return INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    names = textwrap.fill(", ".join(PRESETS), 90, initial_indent="  ", subsequent_indent="  ")
    parser = argparse.ArgumentParser(
        prog="python -m train.scenes",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Render synthetic photographs of handwritten digits, with their truth.",
        epilog=f"presets:\n{names}\n\nExit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    page = commands.add_parser("page", help="one picture; prints the digits that stand on it")
    page.add_argument("--preset", default="white", metavar="NAME", help="condition (default: white)")
    page.add_argument("--text", help="write these digits instead of random ones; \\n begins a line")
    page.add_argument("--boxes", action="store_true", help="draw the true boxes")
    sheet = commands.add_parser("sheet", help="a contact sheet to look at")
    sheet.add_argument(
        "--of",
        choices=("digits", "presets"),
        default="digits",
        help="every way of writing, or every condition (default: digits)",
    )
    clip = commands.add_parser("clip", help="the demo's webcam clip; its truth goes beside it as .json")
    pictures = commands.add_parser("pictures", help="the demo's samples, or a test set, with labels.csv")
    shown = commands.add_parser(
        "singles", help="MNIST's test digits, each shown as pictures of its own, with labels.csv"
    )
    shown.add_argument("--data", type=Path, metavar="FOLDER", help="with MNIST's four files (default: cache)")
    shown.add_argument("--count", type=_count, default=500, metavar="N", help="the first N (default: 500)")
    written = commands.add_parser(
        "texts", help="numbers, words, both and sums in typefaces that you give, with labels.csv"
    )
    written.add_argument(
        "--each",
        type=_count,
        default=2,
        metavar="N",
        help="N pictures of numbers, of words, of both and of sums in one typeface (default: 2)",
    )
    held = commands.add_parser("cards", help="cards held up before a webcam, with labels.csv")
    held.add_argument(
        "--each",
        type=_count,
        default=100,
        metavar="N",
        help="N with several numbers, N with one or two digits, N without any (default: 100)",
    )
    photographed = commands.add_parser(
        "surfaces",
        help=f"numbers on {len(SURFACES)} kinds of things, in typefaces that you give, with labels.csv",
        description=f"Photographs of numbers on: {', '.join(SURFACES)}. Only handwriting is in the labels.",
    )
    photographed.add_argument(
        "--each", type=_count, default=10, metavar="N", help="N pictures of every kind (default: 10)"
    )
    photographed.add_argument(
        "--only", nargs="+", choices=SURFACES, default=(), metavar="KIND", help="these kinds (default: all)"
    )
    for command in (written, photographed):
        command.add_argument(
            "--fonts", type=Path, required=True, metavar="FOLDER", help="with .ttf, .otf or .woff files"
        )
    for command, out in ((page, "page.png"), (sheet, "sheet.png"), (clip, "sample.avi")):
        command.add_argument("--out", type=Path, default=Path(out), metavar="FILE", help=f"default: {out}")
        command.add_argument("--seed", type=_seed, default=0, metavar="N", help="0 or more (default: 0)")
    for command in (pictures, shown, written, held, photographed):
        command.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="an existing folder")
    for command in (shown, written, held, photographed):
        command.add_argument("--seed", type=_seed, default=0, metavar="N", help="0 or more (default: 0)")
    pictures.add_argument(
        "--each", type=_count, metavar="N", help="N pictures of every preset instead of the demo's samples"
    )
    pictures.add_argument("--seed", type=_seed, default=0, metavar="N", help="of a test set (default: 0)")
    pictures.add_argument(
        "--fonts",
        type=Path,
        metavar="FOLDER",
        help="with .ttf, .otf or .woff files: a test set that is written as these typefaces are",
    )
    return parser


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 0 or more")
    return int(text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 1 or more")
    return int(text)


def _bar(items: Iterable[Item], **options: Any) -> Iterable[Item]:
    """Show how far it has come, where tqdm is installed: drawing pages needs none of `train`'s packages."""
    try:
        from tqdm import tqdm
    except ImportError:
        return items
    return tqdm(items, leave=False, disable=None, **options)


def _page(args: argparse.Namespace) -> None:
    changes = {} if args.text is None else {"text": args.text.replace("\\n", "\n")}
    scene = render_scene(np.random.default_rng(args.seed), SceneOptions.preset(args.preset, **changes))
    image = scene.image
    for digit in scene.digits if args.boxes else ():
        x, y, w, h = digit.box
        cv2.rectangle(image, (x, y), (x + w, y + h), (60, 60, 230), 1)
    write_image(args.out, image, quality=95)
    say(scene.text or "(no digits)")


def _sheet(args: argparse.Namespace) -> None:
    image = digit_sheet(np.random.default_rng(args.seed)) if args.of == "digits" else preset_sheet(args.seed)
    write_image(args.out, image)
    say(str(args.out))


def _clip(args: argparse.Namespace) -> None:
    truth = render_clip(
        args.out, seed=args.seed, progress=lambda frames, n: _bar(frames, total=n, unit="frame")
    )
    for part in truth.segments:
        shown = {None: "-", "": "(no digits)"}.get(part["text"], str(part["text"]).replace("\n", " / "))
        say(f"frames {part['first']:3} to {part['last']:3}  {part['state']:8} {shown}")
    say(f"{args.out}: {truth.frames} frames, {args.out.stat().st_size} bytes")


def _pictures(args: argparse.Namespace) -> None:
    if args.fonts is not None:
        typefaces = _typefaces(args.fonts, DIGITS)
        samples: Sequence[Sample] = in_typefaces(args.each or 1, args.seed, typefaces)
    else:
        samples = SAMPLES if args.each is None else every_condition(args.each, args.seed)
    written = write_pictures(args.out, samples, progress=lambda listed: _bar(list(listed)))
    for path in written if samples is SAMPLES else written[-1:]:
        say(f"{path}: {path.stat().st_size} bytes")


def _singles(args: argparse.Namespace) -> None:
    data = load_mnist(args.data)
    images, labels = data.test_images[: args.count], data.test_labels[: args.count]
    count = 2 * len(WAYS) * len(images)
    shown = _bar(singles(images, labels, seed=args.seed), total=count, unit="picture")
    say(f"{write_singles(args.out, shown)}: {count} pictures")


def _typefaces(folder: Path, signs: str) -> list[Path]:
    typefaces, left_out = find_typefaces(folder, signs)
    for sentence in left_out:
        warn(sentence)
    return typefaces


def _texts(args: argparse.Namespace) -> None:
    composed = texts(_typefaces(args.fonts, SIGNS), each=args.each, seed=args.seed)
    path = write_texts(args.out, composed, progress=lambda listed: _bar(list(listed), unit="picture"))
    say(f"{path}: {len(composed)} pictures")


def _cards(args: argparse.Namespace) -> None:
    count = args.each * len(KINDS)
    path = write_cards(args.out, _bar(cards(args.each, args.seed), total=count, unit="picture"))
    say(f"{path}: {count} pictures")


def _surfaces(args: argparse.Namespace) -> None:
    typefaces = _typefaces(args.fonts, SURFACE_SIGNS)
    count = args.each * len(set(args.only) or SURFACES)
    shown = surface_pictures(typefaces, each=args.each, seed=args.seed, only=args.only)
    path = write_surfaces(args.out, _bar(shown, total=count, unit="picture"))
    say(f"{path}: {count} pictures")


if __name__ == "__main__":
    sys.exit(main())
