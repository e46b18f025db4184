"""Reads IEC 60870-5-104 flows that it does not carry (see ``guards.decoding``)."""

from dataclasses import replace
from functools import partial

from guards.decoding import MessageDecoder, judged
from guards.effects import Direction, Operation, Verdict
from guards.iec104 import frames
from guards.iec104.frames import UNNUMBERED, Asdu
from guards.iec104.limits import PROTOCOL, Limits
from guards.splitting import Splitter
from policies.rules import Rules, Tier


class Iec104Decoder(MessageDecoder):
    """The reader of one flow to port 2404. Frames that only acknowledge make no operations."""

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, partial(Splitter, frames.measure))
        self._limits = Limits(rules)

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation | None:  # noqa: ARG002
        """See ``MessageDecoder``."""
        frame = frames.parse(message)
        if isinstance(frame, str):
            return self.unreadable(direction, frame)
        if frame.form == "s":
            return None
        to_station = direction is Direction.TO_ASSET
        if frame.form == "u":
            operation = Operation(
                direction, PROTOCOL, frame.control, UNNUMBERED[frame.control], Tier.READ, Verdict.ALLOWED,
                not to_station,
            )  # fmt: skip
            return judged(operation, self._limits.judge_link() if to_station else None)
        asdu = frames.read(frame.asdu, to_station=to_station)
        if isinstance(asdu, str):
            return self.unreadable(direction, asdu)
        operation = _operation(direction, asdu)
        return judged(operation, self._limits.judge(asdu)) if to_station else replace(operation, reason=asdu.fault)


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
        objects=tuple(str(access.touched) for access in asdu.accesses),
        values=tuple(value for access in asdu.accesses for value in access.values),
        exception_code=asdu.cause if asdu.is_negative else None,
    )
