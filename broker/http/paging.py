"""Pages of results: a bounded size and an opaque cursor."""

import base64
import binascii
import json
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from broker.http.errors import InvalidInputError
from broker.http.text import is_storable

MAX_KEY = 2**63
Item = TypeVar("Item")


class PageQuery(BaseModel):
    """Base of the query parameters of every list."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str, Field(max_length=400)] | None = None


class Page(BaseModel, Generic[Item]):
    """One page; ``next_cursor`` is absent on the last one."""

    items: list[Item]
    next_cursor: str | None = None


def encode_cursor(*keys: str | int) -> str:
    """Make an opaque cursor of the last row's sort keys."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[str | int]:
    """Return the sort keys of a cursor; raise ``InvalidInputError`` for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        keys = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError):
        keys = None
    if not (isinstance(keys, list) and len(keys) == length and all(map(_is_key, keys))):
        raise InvalidInputError("The cursor is not one that this list gave out.", hint="Start again without a cursor.")
    return keys


def _is_key(key: object) -> bool:
    """Only what a database takes as a value: somebody may have made the cursor by hand."""
    match key:
        case str():
            return is_storable(key)
        case int():
            return abs(key) < MAX_KEY
        case _:
            return False
