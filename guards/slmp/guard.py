"""The SLMP guard: forwards what the rules allow, answers the rest inside the protocol, and says what it saw.

Frames are judged by ``Conversation``; since a frame is a whole datagram too, that is also all that UDP needs. A stream
speaks binary or ASCII from its first frame on, as the device's port is set to.
"""

from guards.arming import Armed
from guards.effects import Cut, Direction, Effect
from guards.registers.conversation import Conversation
from guards.slmp.codec import SlmpCodec
from guards.slmp.frames import layout_of, measure
from guards.splitting import FramingFault, Splitter
from policies.rules import Rules

_TO_ASSET = Direction.TO_ASSET
PROTOCOL = SlmpCodec.protocol


class SlmpGuard:
    """The inspector of one SLMP stream; sans I/O, on the caller's clock."""

    __slots__ = ("_conversation", "_from_asset", "_from_user", "_is_ascii", "_is_cut")

    def __init__(self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None) -> None:
        """Compile ``rules``; a device that is silent for ``device_timeout_seconds`` is answered for with CF71."""
        self._conversation = Conversation(SlmpCodec(), rules, device_timeout_seconds, armed)
        self._from_user, self._from_asset = Splitter(measure), Splitter(measure)
        self._is_ascii: bool | None = None
        self._is_cut = False

    @property
    def held_bytes(self) -> int:
        """How many peer bytes are kept."""
        return self._from_user.held_bytes + self._from_asset.held_bytes + self._conversation.dialogue.held_bytes

    def opened(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Say nothing: the tool asks first."""
        return []

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Effect]:
        """Take the next bytes of one direction; any chunking of the same bytes gives the same effects."""
        if self._is_cut:
            return []
        effects: list[Effect] = []
        splitter = self._from_user if direction is _TO_ASSET else self._from_asset
        take = self._conversation.from_user if direction is _TO_ASSET else self._conversation.from_asset
        frames, fault = splitter.feed(data)
        for frame in frames:
            wrong = self._code(frame)
            if wrong is not None:
                fault = wrong
                break
            take(frame, frame, now_monotonic, effects)
        if fault is not None:
            effects.append(self._cut(direction, fault))
        return effects

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """Answer for a silent device, and let the next requests go."""
        return self._conversation.dialogue.on_tick(now_monotonic)

    def next_tick_monotonic(self) -> float | None:
        """Return when the device will have been silent for too long, or ``None``."""
        return self._conversation.dialogue.next_tick_monotonic()

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let the request with this ``fingerprint`` pass once, if it comes again in time."""
        self._conversation.dialogue.arm(fingerprint, until_monotonic)

    def asset_gone(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Answer everything open with CF70, and from now on every request."""
        if self._is_cut:
            return []
        self._from_asset = Splitter(measure)
        return self._conversation.dialogue.asset_gone()

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Say nothing: SLMP knows no good-bye but the FIN."""
        return []

    def _code(self, frame: bytes) -> FramingFault | None:
        """Hold a stream to the code that it began in: a device reads the other one as something else."""
        layout = layout_of(frame)
        is_ascii = layout is not None and layout.is_ascii
        if self._is_ascii is None:
            self._is_ascii = is_ascii
        if is_ascii is self._is_ascii:
            return None
        return FramingFault("slmp_code", "binary and ASCII frames in one stream")

    def _cut(self, direction: Direction, fault: FramingFault) -> Cut:
        self._is_cut = True
        self._conversation.dialogue.end()
        self._from_user, self._from_asset = Splitter(measure), Splitter(measure)
        side = "user" if direction is _TO_ASSET else "asset"
        return Cut(fault.code, f"from the {side}'s side: {fault.reason}")
