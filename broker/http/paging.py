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
Key = TypeVar("Key", str, int)


class PageQuery(BaseModel):
    """Base of the query parameters of every list."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str, Field(max_length=400)] | None = None


class Page(BaseModel, Generic[Item]):
    """One page; ``next_cursor`` is absent on the last one."""

    items: list[Item]
    next_cursor: str | None = None


class ForeignCursorError(InvalidInputError):
    """Somebody made the cursor by hand, or it is another list's."""

    def __init__(self) -> None:
        super().__init__("The cursor is not one that this list gave out.", hint="Start again without a cursor.")


def encode_cursor(*keys: str | int) -> str:
    """Make an opaque cursor of the last row's sort keys."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, kind: type[Key], length: int) -> list[Key]:
    """Return the sort keys of a cursor, all of one ``kind``; raise ``ForeignCursorError`` for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        keys = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError, RecursionError):
        keys = None
    if not (isinstance(keys, list) and len(keys) == length and all(type(key) is kind for key in keys)):
        raise ForeignCursorError
    if not all(map(_is_storable, keys)):
        raise ForeignCursorError
    return keys


def _is_storable(key: str | int) -> bool:
    """Only what a database takes as a value: somebody may have made the cursor by hand."""
    return is_storable(key) if isinstance(key, str) else abs(key) < MAX_KEY
