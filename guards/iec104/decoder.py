"""Reads IEC 60870-5-104 flows that it does not carry (see ``guards.decoding``)."""

from guards.decoding import MessageDecoder, judged
from guards.effects import Direction, Operation
from guards.iec104 import frames
from guards.iec104.limits import Limits
from guards.iec104.operations import PROTOCOL, of_asdu, of_link
from guards.iec104.types import TYPES
from policies.rules import Rules


class Iec104Decoder(MessageDecoder):
    """The reader of one flow to port 2404. Frames that only acknowledge make no operations."""

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, frames.measure)
        self._limits = Limits(rules)

    is_marked = False

    def is_likely(self, direction: Direction, message: bytes) -> bool:
        """See ``MessageDecoder``."""
        if len(message) < 2 or len(message) < message[1] + 2:
            return True
        frame = frames.parse(message)
        if isinstance(frame, str) or frame.form != "i":
            return not isinstance(frame, str)
        asdu = frames.read(frame.asdu, to_station=direction is Direction.TO_ASSET)
        return not isinstance(asdu, str) and not asdu.fault and asdu.type_id.code in TYPES

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation | None:  # noqa: ARG002
        """See ``MessageDecoder``."""
        frame = frames.parse(message)
        if isinstance(frame, str):
            return self.unreadable(direction, frame, "iec104_frame")
        if frame.form == "s":
            return None
        to_station = direction is Direction.TO_ASSET
        if frame.form == "u":
            return judged(of_link(direction, frame.control), self._limits.judge_link() if to_station else None)
        asdu = frames.read(frame.asdu, to_station=to_station)
        if isinstance(asdu, str):
            return self.unreadable(direction, asdu, "iec104_asdu")
        return judged(of_asdu(direction, asdu), self._limits.judge(asdu) if to_station else None)
