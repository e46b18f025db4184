"""Reads FINS flows that it does not carry (see ``guards.decoding``): FINS/TCP, and the bare frames of FINS/UDP."""

from guards.decoding import MessageDecoder
from guards.effects import Direction, Operation
from guards.fins import framing
from guards.fins.frames import FinsCodec
from guards.fins.guard import PROTOCOL, transport
from guards.registers.reading import Reading
from guards.splitting import FramingFault, Splitter
from policies.rules import Rules


class _Cutter:
    """Cuts a stream into messages, or takes a datagram as one: which it is, its first bytes tell.

    No frame begins with the F of FINS: as an information control field it has reserved bits set.
    """

    def __init__(self) -> None:
        self._splitter = Splitter(framing.measure)

    @property
    def held_bytes(self) -> int:
        return self._splitter.held_bytes

    def feed(self, data: bytes) -> tuple[list[bytes], FramingFault | None]:
        if self._splitter.held_bytes or data[:1] == framing.MAGIC[:1]:
            return self._splitter.feed(data)
        return ([data] if data else []), None


class FinsDecoder(MessageDecoder):
    """The reader of one flow to or from port 9600."""

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, framing.measure, _Cutter)
        self._reading = Reading(FinsCodec(), rules)

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation:
        """See ``MessageDecoder``."""
        if not message.startswith(framing.MAGIC):
            return self._reading.read(direction, message, now_monotonic)
        outer = framing.parse(message)
        if outer.command != framing.FRAME or outer.error:
            return transport(direction, outer)
        return self._reading.read(direction, outer.data, now_monotonic)
