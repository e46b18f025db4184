"""The SLMP guard: forwards what the rules allow, answers the rest inside the protocol, and says what it saw.

Frames are judged by ``Conversation``; since a frame is a whole datagram too, that is also all that UDP needs. A stream
speaks binary or ASCII from its first frame on, as the device's port is set to.
"""

from functools import partial

from guards.arming import Armed
from guards.dialogue import Dialogue
from guards.effects import Direction, Effect
from guards.malformations import flaw
from guards.registers.conversation import Conversation
from guards.registers.exchange import RegisterExchange
from guards.slmp.codec import SlmpCodec
from guards.slmp.frames import layout_of, measure
from guards.splitting import FramingFault, Splitter
from guards.stream_guard import DialogueGuard
from policies.rules import Rules

_TO_ASSET = Direction.TO_ASSET
PROTOCOL = SlmpCodec.protocol


class SlmpGuard(DialogueGuard):
    """The inspector of one SLMP stream; sans I/O, on the caller's clock."""

    __slots__ = ("_conversation", "_is_ascii")

    def __init__(self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None) -> None:
        """Compile ``rules``; a device that is silent is answered for with CF71, one that is gone with CF70."""
        super().__init__(partial(Splitter, measure))
        self._conversation = Conversation(SlmpCodec(), rules, device_timeout_seconds, armed)
        self._is_ascii: bool | None = None

    @property
    def dialogue(self) -> Dialogue[RegisterExchange]:
        """See ``DialogueGuard``."""
        return self._conversation.dialogue

    def take(self, direction: Direction, raw: bytes, now: float, effects: list[Effect]) -> FramingFault | None:
        """See ``StreamGuard``."""
        fault = self._code(raw)
        if fault is None:
            said = self._conversation.from_user if direction is _TO_ASSET else self._conversation.from_asset
            said(raw, raw, now, effects)
        return fault

    def _code(self, frame: bytes) -> FramingFault | None:
        """Hold a stream to the code that it began in: a device reads the other one as something else."""
        layout = layout_of(frame)
        is_ascii = layout is not None and layout.is_ascii
        if self._is_ascii is None:
            self._is_ascii = is_ascii
        if is_ascii is self._is_ascii:
            return None
        return FramingFault("slmp_code", flaw("mixed_codes"))
