"""Reads IEC 60870-5-104 flows that it does not carry (see ``guards.decoding``)."""

from dataclasses import replace

from guards.dialogue import Refusal
from guards.effects import Direction, Operation, Verdict
from guards.iec104 import frames
from guards.iec104.frames import UNNUMBERED, Asdu
from guards.iec104.limits import PROTOCOL, Limits
from guards.splitting import Splitter
from policies.rules import Rules, Tier


class Iec104Decoder:
    """The reader of one flow to port 2404. Frames that only acknowledge make no operations."""

    __slots__ = ("_limits", "_splitters")

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        self._limits = Limits(rules)
        self._splitters = {direction: Splitter(frames.measure) for direction in Direction}

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Operation]:  # noqa: ARG002
        """See ``Decoder``."""
        apdus, fault = self._splitters[direction].feed(data)
        operations = [found for each in apdus if (found := self._apdu(direction, each)) is not None]
        if fault is not None:
            operations.append(_unreadable(direction, fault.reason))
            self.lost(direction)
        return operations

    def lost(self, direction: Direction) -> None:
        """See ``Decoder``."""
        self._splitters[direction] = Splitter(frames.measure)

    def _apdu(self, direction: Direction, apdu: bytes) -> Operation | None:
        frame = frames.parse(apdu)
        if isinstance(frame, str):
            return _unreadable(direction, frame)
        if frame.form == "s":
            return None
        to_station = direction is Direction.TO_ASSET
        if frame.form == "u":
            operation = Operation(
                direction, PROTOCOL, frame.control, UNNUMBERED[frame.control], Tier.READ, Verdict.ALLOWED,
                not to_station,
            )  # fmt: skip
            return _judged(operation, self._limits.judge_link() if to_station else None)
        asdu = frames.read(frame.asdu, to_station=to_station)
        if isinstance(asdu, str):
            return _unreadable(direction, asdu)
        operation = _operation(direction, asdu)
        if to_station:
            return _judged(operation, self._limits.judge(asdu))
        return replace(operation, reason=asdu.fault) if asdu.fault else operation


def _operation(direction: Direction, asdu: Asdu) -> Operation:
    return Operation(
        direction,
        PROTOCOL,
        asdu.type_id.code,
        asdu.type_id.name,
        asdu.tier,
        Verdict.ALLOWED,
        direction is Direction.TO_USER,
        unit=asdu.common_address,
        objects=tuple(f"{table} {first}" + (f"-{last}" if last > first else "") for table, first, last in asdu.objects),
        values=asdu.values,
        exception_code=asdu.cause if asdu.is_negative else None,
    )


def _judged(operation: Operation, refusal: Refusal | None) -> Operation:
    return operation if refusal is None else replace(operation, verdict=refusal.verdict, reason=refusal.reason)


def _unreadable(direction: Direction, reason: str) -> Operation:
    return Operation(
        direction,
        PROTOCOL,
        0,
        "unreadable",
        Tier.FIRMWARE,
        Verdict.MALFORMED,
        direction is Direction.TO_USER,
        reason=reason,
    )
