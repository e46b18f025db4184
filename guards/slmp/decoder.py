"""Reads SLMP flows that it does not carry (see ``guards.decoding``), over TCP and UDP alike."""

from functools import partial

from guards.decoding import MessageDecoder
from guards.effects import Direction, Operation
from guards.registers.reading import Reading
from guards.slmp.codec import SlmpCodec
from guards.slmp.frames import measure
from guards.slmp.guard import PROTOCOL
from guards.splitting import Splitter
from policies.rules import Rules


class SlmpDecoder(MessageDecoder):
    """The reader of one SLMP flow."""

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, partial(Splitter, measure))
        self._reading = Reading(SlmpCodec(), rules)

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation:
        """See ``MessageDecoder``."""
        return self._reading.read(direction, message, now_monotonic)
