"""One text per meaning: the canonical form of a document, which names its version."""

import hashlib
import json
from collections.abc import Mapping
from enum import Enum

from pydantic import BaseModel

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


def canonical(document: BaseModel) -> dict[str, Plain]:
    """Return plain data: fields that differ from their default, under the names of the YAML, sets sorted."""
    data = document.model_dump(by_alias=True, exclude_defaults=True)
    return {str(key): _plain(value) for key, value in data.items()}


def canonical_text(document: BaseModel) -> str:
    """Return the canonical form as JSON: keys sorted, no blanks, ASCII."""
    return json.dumps(canonical(document), sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(document: BaseModel) -> str:
    """Return the hex SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical_text(document).encode("ascii")).hexdigest()


def _plain(value: object) -> Plain:
    match value:
        case Enum():
            return str(value.value)
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case frozenset() | set():
            return sorted((_plain(item) for item in value), key=json.dumps)
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")
