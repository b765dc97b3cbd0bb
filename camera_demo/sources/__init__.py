"""Where frames come from, and how --source names it."""

from __future__ import annotations

import glob
import os
import shlex
from pathlib import Path

from camera_demo.sources.base import Frame, Source
from camera_demo.sources.camera import CameraSource
from camera_demo.sources.clip import CLIP_SUFFIXES, SAMPLE_CLIP, ClipSource
from camera_demo.sources.discover import first_working
from camera_demo.sources.picamera import PicameraSource
from camera_demo.sources.pictures import PictureSource, in_reading_order
from camera_demo.sources.stream import StreamSource
from edge_digits.errors import SourceError
from edge_digits.image import PICTURE_SUFFIXES
from edge_digits.paths import expanded, files_matching, is_file, is_folder

__all__ = ["Frame", "Source", "make_source"]

_KINDS = (
    "a camera's number, /dev/videoN, picamera, sample, a clip, a picture, a folder, a pattern or an address"
)


def make_source(spec: str, *, loop: bool = False, dwell: float = 0.0) -> tuple[Source, list[str]]:
    """Turns what --source says into a source.

    Args:
        spec: "auto", "sample", "picamera", a number, a device, a file, a
            folder, a pattern such as "notes/*.jpg", or an address.
        loop: Whether clips and pictures begin again after their end.
        dwell: Seconds each picture is shown.

    Returns:
        The source, and notes for the user on how it was chosen. A camera found
        by "auto" is already open.

    Raises:
        SourceError: There is no such thing, or nothing in it to show.
    """
    if spec == "auto":
        return _automatic()
    if spec == "sample":
        return ClipSource(SAMPLE_CLIP, loop=True, name="sample clip"), []
    return _from_camera(spec) or _from_files(spec, loop=loop, dwell=dwell), []


def _from_camera(spec: str) -> Source | None:
    if spec == "picamera":
        return PicameraSource()
    if spec.isdecimal():
        return CameraSource(int(spec))
    if spec.startswith("/dev/"):
        return CameraSource(spec)
    return StreamSource(spec) if "://" in spec else None


def _automatic() -> tuple[Source, list[str]]:
    source, passed = first_working()
    if source is not None:
        return source, passed
    reason = "No camera works here" if passed else "No camera found"
    note = f"{reason}; showing the sample clip instead. For a camera of your own: --source N, see --list"
    return ClipSource(SAMPLE_CLIP, loop=True, name="sample clip (no camera found)"), [*passed, note]


def _from_files(spec: str, *, loop: bool, dwell: float) -> Source:
    path = expanded(spec)
    if is_folder(path):
        return PictureSource(
            in_reading_order(_pictures_in(path)), name=f"folder {path}", dwell=dwell, loop=loop
        )
    if is_file(path):
        if path.suffix.lower() in CLIP_SUFFIXES:
            return ClipSource(path, loop=loop)
        return PictureSource([path], name=f"picture {path.name}", dwell=dwell, loop=loop)
    if glob.has_magic(spec):
        found = [Path(match) for match in files_matching(str(path))]
        if not found:
            raise SourceError(
                f"No file matches {spec}", "Check the pattern, and quote it: --source 'notes/*.jpg'"
            )
        return PictureSource(in_reading_order(found), name=f"pictures {spec}", dwell=dwell, loop=loop)
    raise _nothing_at(spec, path)


def _pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder, at least one, in any order."""
    try:
        os.stat(f"{folder}/.")  # noqa: PTH116  (fails where the folder may be listed but not entered)
        found = [
            file for file in folder.iterdir() if file.suffix.lower() in PICTURE_SUFFIXES and is_file(file)
        ]
    except OSError as error:
        raise SourceError(
            f"The folder {folder} cannot be read: {error.strerror or error}",
            f"Check its permissions: ls -ld {shlex.quote(str(folder))}",
        ) from None
    if not found:
        raise SourceError(
            f"No picture in the folder {folder}",
            f"Wanted are files ending in {', '.join(sorted(PICTURE_SUFFIXES))}",
        )
    return found


def _nothing_at(spec: str, path: Path) -> SourceError:
    try:
        path.stat()
    except PermissionError as error:
        return SourceError(
            f"No source {spec}: {error.strerror}",
            f"Check who may enter each folder: namei -l {shlex.quote(str(path.absolute()))}",
        )
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return SourceError(f"No source {spec}: {reason}", f"Wanted is {_KINDS}")
    return SourceError(f"No source {spec}: there is no such file or folder", f"Wanted is {_KINDS}")
