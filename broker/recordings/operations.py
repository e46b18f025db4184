"""Operations as the JSON that recordings hold (docs/recording-format.md, 3.2)."""

import json
from functools import lru_cache
from math import isfinite

from guards.effects import Direction, Operation, Value, Verdict
from policies.rules import Tier
from recording import chunks

DIRECTIONS = {"to_asset": chunks.Direction.TO_ASSET, "to_user": chunks.Direction.TO_USER}
"""A guard's direction as a recording writes it."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_REMEMBERED = 1024


def operation_text(operation: Operation) -> bytes:
    """Return the operation as JSON; absent is what has its default. It stands in the relay's path, hence the memory."""
    text = _fixed_part(
        operation.direction,
        operation.protocol,
        operation.function_code,
        operation.function,
        operation.tier,
        operation.verdict,
        operation.is_response,
        operation.is_upload,
    )
    if operation.transaction is not None:
        text += f',"transaction":{operation.transaction}'
    if operation.unit is not None:
        text += f',"unit":{operation.unit}'
    if operation.route:
        text += f',"route":{_remembered(operation.route)}'
    if operation.exception_code is not None:
        text += f',"exception_code":{operation.exception_code}'
    if operation.objects:
        text += f',"objects":{_remembered(operation.objects)}'
    if operation.values:
        text += f',"values":{_values(operation.values)}'
    if operation.before:
        text += f',"before":{_values(operation.before)}'
    if operation.is_before_read:
        text += ',"is_before_read":true'
    if operation.reason:
        text += f',"reason":{_remembered(operation.reason)}'
    return (text + "}").encode()


@lru_cache(_REMEMBERED)
def _fixed_part(
    direction: Direction,
    protocol: str,
    function_code: int,
    function: str,
    tier: Tier,
    verdict: Verdict,
    response: bool,
    upload: bool,
) -> str:
    record: dict[str, object] = {
        "direction": direction,
        "protocol": protocol,
        "function_code": function_code,
        "function": function,
        "tier": tier,
        "verdict": verdict,
    }
    if response:
        record["is_response"] = True
    if upload:
        record["is_upload"] = True
    return _encode(record)[:-1]


def _values(values: tuple[Value | None, ...]) -> str:
    """Write values as JSON, which has no word for infinity and for what is no number: those become text."""
    try:
        return _encode(values)
    except ValueError:
        return _encode([value if _is_json(value) else str(value) for value in values])


def _is_json(value: Value | None) -> bool:
    return not isinstance(value, float) or isfinite(value)


@lru_cache(_REMEMBERED)
def _remembered(value: str | tuple[str, ...]) -> str:
    return _encode(value)


def is_write(operation: Operation) -> bool:
    """Say whether it does more than read."""
    return operation.tier is not Tier.READ


def is_denied(operation: Operation) -> bool:
    """Say whether it was kept from the asset: refused, asked about first, or not understood."""
    return operation.verdict is not Verdict.ALLOWED


def event_text(kind: str, details: dict[str, object]) -> bytes:
    """Return an event as JSON; ``kind`` becomes its ``event``."""
    return json.dumps({"event": kind, **details}, ensure_ascii=False, separators=(",", ":"), default=str).encode()
