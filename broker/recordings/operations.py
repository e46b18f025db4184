"""Operations as the JSON that recordings hold (docs/recording-format.md, 3.2)."""

import json

from guards.effects import Operation, Verdict
from policies.rules import Tier
from recording import chunks

DIRECTIONS = {"to_asset": chunks.Direction.TO_ASSET, "to_user": chunks.Direction.TO_USER}
"""A guard's direction as a recording writes it."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def operation_text(operation: Operation) -> bytes:
    """Return the operation as JSON; absent is what has its default."""
    record: dict[str, object] = {
        "direction": operation.direction,
        "protocol": operation.protocol,
        "function_code": operation.function_code,
        "function": operation.function,
        "tier": operation.tier,
        "verdict": operation.verdict,
    }
    if operation.is_response:
        record["is_response"] = True
    optional = {
        "transaction": operation.transaction,
        "unit": operation.unit,
        "exception_code": operation.exception_code,
        "objects": operation.objects or None,
        "values": operation.values or None,
        "reason": operation.reason or None,
    }
    record.update({name: value for name, value in optional.items() if value is not None})
    return _encode(record).encode()


def is_write(operation: Operation) -> bool:
    """Say whether it does more than read."""
    return operation.tier is not Tier.READ


def is_denied(operation: Operation) -> bool:
    """Say whether it was kept from the asset: refused, asked about first, or not understood."""
    return operation.verdict is not Verdict.ALLOWED


def event_text(kind: str, details: dict[str, object]) -> bytes:
    """Return an event as JSON; ``kind`` becomes its ``event``."""
    return json.dumps({"event": kind, **details}, ensure_ascii=False, separators=(",", ":"), default=str).encode()
