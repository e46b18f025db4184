"""What travels on the events socket, as JSON text (docs/api.md, live events)."""

import json
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from broker.events.seeing import Told
from broker.recordings.operations import operation_text
from broker.sessions.ledger import Ledger, SeenOperation
from broker.sessions.watchers import SessionEvent

MAX_FRAME_BYTES = 256 * 1024
MAX_SEQ = 2**53
SessionName = Annotated[str, Field(min_length=1, max_length=64)]


class Watch(BaseModel):
    """Tell about this session: of its operations all that is kept, or those after a number."""

    model_config = ConfigDict(extra="forbid", strict=True)

    watch: SessionName
    after: Annotated[int, Field(ge=0, le=MAX_SEQ)] | None = None


class Unwatch(BaseModel):
    """Tell no more about this session."""

    model_config = ConfigDict(extra="forbid", strict=True)

    unwatch: SessionName


COMMANDS: TypeAdapter[Watch | Unwatch] = TypeAdapter(Watch | Unwatch)
"""What a page may say."""


def hello(epoch: str, seq: int) -> str:
    """Return the first frame: whose numbers these are, and the last one given out."""
    return _text({"kind": "hello", "epoch": epoch, "seq": seq})


def reset(seq: int) -> str:
    """Return that something was missed which cannot be told any more: whoever hears this reads everything again."""
    return _text({"kind": "reset", "seq": seq})


def changed(told: Told) -> str:
    """Return an event."""
    return _text({"kind": "changed", "seq": told.seq, "topic": told.topic, "ids": dict(told.ids)})


def bye(code: str) -> str:
    """Return the last frame."""
    return _text({"kind": "bye", "code": code})


def refused(session: str, code: str) -> str:
    """Return that a session is not watched, and why."""
    return _text({"kind": "refused", "session": session, "code": code})


def happened(session: str, event: SessionEvent, lost: int) -> str:
    """Return what happened to a watched session; ``lost`` events before it were not told."""
    frame: dict[str, object] = {"kind": "session", "session": session, "event": {"kind": event.kind, **event.details}}
    return _text(frame | ({"dropped": lost} if lost else {}))


def operations(session: str, ledger: Ledger, seen: Sequence[SeenOperation], dropped: int) -> tuple[str, int]:
    """Return a frame of operations and how many of them it holds: as many as fit, at least one."""
    items: list[str] = []
    size = 0
    for each in seen:
        item = _operation(ledger, each)
        size += len(item)
        if items and size > MAX_FRAME_BYTES:
            break
        items.append(item)
    head = f'{{"kind":"operations","session":{json.dumps(session)},"dropped":{dropped},"items":['
    return head + ",".join(items) + "]}", len(items)


def _operation(ledger: Ledger, seen: SeenOperation) -> str:
    """An operation as recordings write it, with its number, time and stream before it."""
    at = ledger.at(seen).isoformat(timespec="microseconds")
    rest = operation_text(seen.operation)[1:].decode()
    return f'{{"number":{seen.number},"at":"{at}","stream":{seen.stream},{rest}'


def _text(frame: dict[str, object]) -> str:
    return json.dumps(frame, separators=(",", ":"), default=str)
