"""The FINS guard: forwards what the rules allow, answers the rest inside the protocol, and says what it saw.

On a stream FINS frames have a head of their own (FINS/TCP), and node addresses are exchanged before the first frame.
Frames are judged by ``Conversation``; what FINS/UDP has instead of the head stands in ``guards.fins.udp``.
"""

from guards.arming import Armed
from guards.decoding import judged
from guards.dialogue import Cause, Refusal, denied
from guards.effects import Cut, Direction, Effect, Forward, Observed, Operation, Reply, Verdict
from guards.fins import framing
from guards.fins.access_right import AccessRight
from guards.fins.frames import FinsCodec
from guards.given import Given
from guards.registers.conversation import Conversation, lost
from guards.splitting import FramingFault, Splitter
from policies.rules import Rules, Tier

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
PROTOCOL = FinsCodec.protocol
_GONE = denied(Cause.GONE, "the asset's side has ended")
_SAID_BY = {
    framing.NODE_ASKED: {_TO_ASSET},
    framing.NODE_TOLD: {_TO_USER},
    framing.FRAME_ERROR: {_TO_USER},
    framing.CONFIRMATION: {_TO_ASSET, _TO_USER},
}


class FinsGuard:
    """The inspector of one FINS/TCP stream; sans I/O, on the caller's clock."""

    __slots__ = ("_conversation", "_from_asset", "_from_user", "_given", "_is_cut", "_is_gone", "_right")

    def __init__(self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None) -> None:
        """Compile ``rules``; a device that is silent for ``device_timeout_seconds`` is answered for with 0205."""
        self._given = Given(PROTOCOL, rules)
        self._conversation = Conversation(FinsCodec(), rules, device_timeout_seconds, armed, wrap=framing.wrap)
        self._from_user, self._from_asset = Splitter(framing.measure), Splitter(framing.measure)
        self._right = AccessRight(framing.HEAD_BYTES)
        self._is_cut = False
        self._is_gone = False

    @property
    def held_bytes(self) -> int:
        """How many peer bytes are kept."""
        return self._from_user.held_bytes + self._from_asset.held_bytes + self._conversation.dialogue.held_bytes

    def opened(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Say nothing: the tool asks for its node address first."""
        return []

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Effect]:
        """Take the next bytes of one direction; any chunking of the same bytes gives the same effects."""
        if self._is_cut:
            return []
        effects: list[Effect] = []
        splitter = self._from_user if direction is _TO_ASSET else self._from_asset
        take = self._conversation.from_user if direction is _TO_ASSET else self._conversation.from_asset
        messages, fault = splitter.feed(data)
        for raw in messages:
            message = framing.parse(raw)
            if message.command == framing.FRAME and not message.error:
                take(raw, message.data, now_monotonic, effects)
            else:
                self._transport(direction, raw, message, effects)
        self._right.note(effects)
        if fault is not None:
            effects.append(self._cut(direction, fault))
        return effects

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """Answer for a silent device, and let the next requests go."""
        effects = self._conversation.dialogue.on_tick(now_monotonic)
        self._right.note(effects)
        return effects

    def next_tick_monotonic(self) -> float | None:
        """Return when the device will have been silent for too long, or ``None``."""
        return self._conversation.dialogue.next_tick_monotonic()

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let the request with this ``fingerprint`` pass once, if it comes again in time."""
        self._conversation.dialogue.arm(fingerprint, until_monotonic)

    def asset_gone(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Answer everything open with 0201, and from now on every request."""
        if self._is_cut:
            return []
        self._is_gone = True
        self._from_asset = Splitter(framing.measure)
        return self._conversation.dialogue.asset_gone()

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Give the access right back; the node address goes with the FIN."""
        return self._right.good_bye(framing.wrap)

    def _transport(self, direction: Direction, raw: bytes, message: framing.Message, effects: list[Effect]) -> None:
        """Take what is no FINS frame: passed on from the side that says such a thing, else dropped."""
        if direction not in _SAID_BY.get(message.command, ()):
            name = framing.COMMANDS[message.command]
            why = f"with error {message.error}" if message.command == framing.FRAME else "from the wrong side"
            effects.append(Observed(lost(PROTOCOL, direction, Verdict.MALFORMED, f"{name} {why}", name)))
            return
        operation = transport(direction, message)
        refusal = self._refusal() if message.command == framing.NODE_ASKED else None
        effects.append(Observed(judged(operation, refusal)))
        if refusal is None:
            effects.append(Forward(direction, raw))
        else:
            error = framing.PROTECTED if refusal is not _GONE else framing.ALL_CONNECTIONS_USED
            effects.append(Reply(_TO_USER, framing.frame_error(error)))

    def _refusal(self) -> Refusal | None:
        return self._given.refuse_any() or (_GONE if self._is_gone else None)

    def _cut(self, direction: Direction, fault: FramingFault) -> Cut:
        self._is_cut = True
        self._conversation.dialogue.end()
        self._from_user, self._from_asset = Splitter(framing.measure), Splitter(framing.measure)
        side = "user" if direction is _TO_ASSET else "asset"
        return Cut(fault.code, f"from the {side}'s side: {fault.reason}")


def transport(direction: Direction, message: framing.Message) -> Operation:
    """Return what is said about the connection itself; the values are the node addresses, client's first."""
    nodes = tuple(int.from_bytes(message.data[at : at + 4], "big") for at in range(0, len(message.data), 4))
    return Operation(
        direction,
        PROTOCOL,
        message.command,
        framing.COMMANDS[message.command],
        Tier.READ,
        Verdict.ALLOWED,
        direction is _TO_USER,
        values=nodes,
        exception_code=message.error or None,
    )
