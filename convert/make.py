"""Make the artifacts of one model, each checked before the next is begun."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from convert.check import Figures, Reference, answer_reference, check
from convert.data import Pictures
from convert.embed import embed, metadata
from convert.kinds import Kind, RefusedError
from convert.onnx_ import to_onnx
from convert.quiet import quiet
from convert.source import Source
from convert.tflite import to_tflite

_LOGGER = logging.getLogger(__name__)


@dataclass
class Made:
    """What became of each kind that was asked for."""

    reference: Reference
    """What Keras answers."""
    checked_on: str
    """What the figures were measured on."""
    accepted: dict[Kind, tuple[bytes, Figures]] = field(default_factory=dict)
    """The artifacts that are good enough."""
    refused: dict[str, str] = field(default_factory=dict)
    """Why the others are not, by file name."""
    kinds: tuple[Kind, ...] = ()
    """All that were asked for."""


def make_all(
    source: Source,
    kinds: Sequence[Kind],
    pictures: Pictures,
    *,
    interrupted: Callable[[], bool] = lambda: False,
) -> Made:
    """Convert a model to each of the kinds and check the results, in memory.

    Args:
        source: The model.
        kinds: What to make.
        pictures: What to calibrate by and to check on.
        interrupted: Asked after each kind, whether somebody wants to stop.

    Returns:
        The accepted files' contents and figures, and why the others were refused.

    Raises:
        KeyboardInterrupt: Somebody does.
    """
    from tqdm import tqdm

    with tqdm(total=1 + len(kinds), unit="file", leave=False, disable=None) as bar:
        bar.set_description(source.path.name)
        reference = answer_reference(source.model, source.labels, pictures)
        made = Made(reference, pictures.described, kinds=tuple(kinds))
        for kind in kinds:
            bar.update()
            bar.set_description(kind.file_name(source.name))
            try:
                contents = make(source, kind, pictures)
                made.accepted[kind] = contents, check(kind, contents, source.labels, pictures, reference)
            except RefusedError as refusal:
                made.refused[kind.file_name(source.name)] = str(refusal)
            if interrupted():
                raise KeyboardInterrupt
        bar.update()
    return made


def make(source: Source, kind: Kind, pictures: Pictures) -> bytes:
    """Convert a model to one kind and write into it what it is.

    Raises:
        RefusedError: The converter fails on this model.
    """
    convert = to_tflite if kind.format == "tflite" else to_onnx
    try:
        with quiet():
            contents = convert(source.model, kind.precision, pictures.calibration)
    except Exception as error:
        # The converters raise whatever TensorFlow, MLIR, tf2onnx and onnxruntime raise.
        _LOGGER.debug("conversion to %s failed", kind, exc_info=True)
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise RefusedError(f"the converter failed: {reason} (-v tells more)") from error
    return embed(contents, metadata(source.name, source.labels, kind), kind)
