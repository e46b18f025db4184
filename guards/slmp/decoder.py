"""Reads SLMP flows that it does not carry (see ``guards.decoding``), over TCP and UDP alike."""

from guards.decoding import MessageDecoder
from guards.effects import Direction, Operation
from guards.registers.reading import Reading
from guards.slmp.codec import SlmpCodec
from guards.slmp.commands import COMMANDS
from guards.slmp.frames import layout_of, measure, number, route_of
from guards.slmp.guard import PROTOCOL
from policies.rules import Rules


class SlmpDecoder(MessageDecoder):
    """The reader of one SLMP flow."""

    is_marked = False

    def is_likely(self, direction: Direction, message: bytes) -> bool:  # noqa: ARG002
        """See ``MessageDecoder``."""
        layout = layout_of(message)
        if layout is None or route_of(message, layout) is None:
            return False
        field = message[layout.head_bytes + 2 * layout.unit : layout.head_bytes + 4 * layout.unit]
        command = number(field, is_ascii=layout.is_ascii)
        return layout.is_answer or len(field) < 2 * layout.unit or command in COMMANDS

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, measure)
        self._reading = Reading(SlmpCodec(), rules)

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation:
        """See ``MessageDecoder``."""
        return self._reading.read(direction, message, now_monotonic)
