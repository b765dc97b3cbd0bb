"""Just enough of protobuf to look into an ONNX file without the onnx package.

Wire format: https://protobuf.dev/programming-guides/encoding/
Field numbers: onnx/onnx.proto3 in https://github.com/onnx/onnx
"""

from __future__ import annotations

from collections.abc import Iterator


def has_dynamic_batch(onnx_model: bytes) -> bool:
    """Whether the first axis of an ONNX model's first input is left open.

    Args:
        onnx_model: The file's contents.

    Returns:
        False for a fixed size, and where the file does not say.
    """
    # ModelProto.graph, GraphProto.input, ValueInfoProto.type, TypeProto.tensor_type, Tensor.shape,
    # TensorShapeProto.dim; a Dimension is either dim_value (1) or a name, dim_param (2).
    message = onnx_model
    try:
        for number in (7, 11, 2, 1, 2, 1):
            inner = next((value for found, value in fields(message) if found == number), None)
            if not isinstance(inner, bytes):
                return False
            message = inner
        return all(number != 1 for number, _ in fields(message))
    except ValueError:
        return False


def fields(message: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Walks one level of a protobuf message.

    Args:
        message: The encoded message.

    Yields:
        Field number, and its value: an integer for a varint, else the bytes.

    Raises:
        ValueError: The message is damaged or cut short; the text continues "the file ...".
    """
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if number == 0:
            raise ValueError("is damaged: not an ONNX model (a field has no number)")
        if wire == 0:
            value, at = _varint(message, at)
            yield number, value
            continue
        if wire == 2:
            length, at = _varint(message, at)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError(f"is damaged: not an ONNX model (unknown wire type {wire} at byte {at})")
        if at + length > len(message):
            raise ValueError(
                f"is cut short: {length} bytes are announced at byte {at}, {len(message) - at} follow"
            )
        yield number, message[at : at + length]
        at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The variable-length integer at an offset, and the offset behind it."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise ValueError("is cut short in the middle of a number")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError(f"is damaged: not an ONNX model (a number without end at byte {at})")
