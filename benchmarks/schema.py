"""Whether a value is what schema.json says, without a package for it.

Knows the few words of JSON Schema (draft 2020-12) that schema.json uses, and
refuses a schema with others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("schema.json")
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}
_SILENT = {"$schema", "$defs", "title", "description"}


def load_schema() -> dict[str, Any]:
    """The schema of result files."""
    return dict(json.loads(FILE.read_text(encoding="utf-8")))


def violations(value: Any, schema: dict[str, Any]) -> list[str]:
    """Where a value departs from a schema.

    Args:
        value: As json.loads gives it.
        schema: Of load_schema, or one with the same few words.

    Returns:
        Sentences that name the place; none where the value is valid.

    Raises:
        ValueError: The schema uses a word not known here.
    """
    return list(_check(value, schema, schema, "result"))


def _check(value: Any, schema: dict[str, Any], root: dict[str, Any], place: str) -> Iterator[str]:
    for word, wanted in schema.items():
        if word == "$ref":
            yield from _check(value, root["$defs"][wanted.removeprefix("#/$defs/")], root, place)
        elif word in ("type", "const", "enum", "minimum", "maximum"):
            yield from _check_plain(value, word, wanted, place)
        elif word == "anyOf":
            found = [list(_check(value, each, root, place)) for each in wanted]
            if all(found):
                yield from min(found, key=len)
        elif word in ("required", "properties", "additionalProperties"):
            if isinstance(value, dict):
                yield from _check_object(value, word, schema, root, place)
        elif word == "items":
            for index, item in enumerate(value if isinstance(value, list) else ()):
                yield from _check(item, wanted, root, f"{place}[{index}]")
        elif word not in _SILENT:
            raise ValueError(f"the schema uses {word!r}, which is not known here")


def _check_plain(value: Any, word: str, wanted: Any, place: str) -> Iterator[str]:
    if word == "type":
        names = [wanted] if isinstance(wanted, str) else wanted
        if not any(_is(value, name) for name in names):
            yield f"{place} is {value!r}, wanted is {' or '.join(names)}"
    elif word in ("const", "enum"):
        allowed = [wanted] if word == "const" else wanted
        if value not in allowed:
            yield f"{place} is {value!r}, wanted is one of {allowed}"
    elif _is(value, "number") and (value < wanted if word == "minimum" else value > wanted):
        yield f"{place} is {value!r}, the {word} is {wanted}"


def _check_object(
    value: dict[str, Any], word: str, schema: dict[str, Any], root: dict[str, Any], place: str
) -> Iterator[str]:
    wanted = schema[word]
    if word == "required":
        yield from (f"{place} lacks {name!r}" for name in wanted if name not in value)
    elif word == "properties":
        for name, each in wanted.items():
            if name in value:
                yield from _check(value[name], each, root, f"{place}.{name}")
    else:
        for name in value.keys() - schema.get("properties", {}).keys():
            if wanted is False:
                yield f"{place} has {name!r}, which the schema does not know"
            elif isinstance(wanted, dict):
                yield from _check(value[name], wanted, root, f"{place}.{name}")


def _is(value: Any, name: str) -> bool:
    # In Python a bool is an int, in JSON it is not a number.
    return isinstance(value, _TYPES[name]) and not (isinstance(value, bool) and name in ("integer", "number"))
