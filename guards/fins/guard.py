"""The FINS guard: forwards what the rules allow, answers the rest inside the protocol, and says what it saw.

On a stream FINS frames have a head of their own (FINS/TCP), and node addresses are exchanged before the first frame.
Frames are judged by ``Conversation``; what FINS/UDP has instead of the head stands in ``guards.fins.udp``.
"""

from functools import partial

from guards.arming import Armed
from guards.decoding import judged
from guards.dialogue import Dialogue
from guards.effects import Direction, Effect, Forward, Observed, Operation, Reply, Verdict
from guards.fins import framing
from guards.fins.access_right import AccessRight
from guards.fins.frames import FinsCodec
from guards.given import Given
from guards.malformations import flaw
from guards.reasons import why
from guards.refusal import Cause, Refusal, denied
from guards.registers.conversation import Conversation, lost
from guards.registers.exchange import RegisterExchange
from guards.splitting import Splitter
from guards.stream_guard import DialogueGuard
from policies.rules import Rules, Tier

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
PROTOCOL = FinsCodec.protocol
_GONE = denied(Cause.GONE, why("asset_gone"))
_SAID_BY = {
    framing.NODE_ASKED: {_TO_ASSET},
    framing.NODE_TOLD: {_TO_USER},
    framing.FRAME_ERROR: {_TO_USER},
    framing.CONFIRMATION: {_TO_ASSET, _TO_USER},
}


class FinsGuard(DialogueGuard):
    """The inspector of one FINS/TCP stream; sans I/O, on the caller's clock."""

    __slots__ = ("_conversation", "_given", "_is_gone", "_right")

    def __init__(self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None) -> None:
        """Compile ``rules``; a device that is silent is answered for with 0205, one that is gone with 0201."""
        super().__init__(partial(Splitter, framing.measure))
        self._given = Given(PROTOCOL, rules)
        self._conversation = Conversation(FinsCodec(), rules, device_timeout_seconds, armed, wrap=framing.wrap)
        self._right = AccessRight(framing.HEAD_BYTES)
        self._is_gone = False

    @property
    def dialogue(self) -> Dialogue[RegisterExchange]:
        """See ``DialogueGuard``."""
        return self._conversation.dialogue

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Effect]:
        """See ``StreamGuard``."""
        effects = super().receive(direction, data, now_monotonic)
        self._right.note(effects)
        return effects

    def take(self, direction: Direction, raw: bytes, now: float, effects: list[Effect]) -> None:
        """See ``StreamGuard``."""
        message = framing.parse(raw)
        if message.command == framing.FRAME and not message.error:
            said = self._conversation.from_user if direction is _TO_ASSET else self._conversation.from_asset
            said(raw, message.data, now, effects)
        else:
            self._transport(direction, raw, message, effects)

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """See ``DialogueGuard``."""
        effects = super().on_tick(now_monotonic)
        self._right.note(effects)
        return effects

    def asset_gone(self, now_monotonic: float) -> list[Effect]:
        """See ``DialogueGuard``."""
        self._is_gone = self._is_gone or not self._is_cut
        return super().asset_gone(now_monotonic)

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Give the access right back; the node address goes with the FIN."""
        return self._right.good_bye(framing.wrap)

    def _transport(self, direction: Direction, raw: bytes, message: framing.Message, effects: list[Effect]) -> None:
        """Take what is no FINS frame: passed on from the side that says such a thing, else dropped."""
        operation = transport(direction, message)
        if operation.verdict is Verdict.MALFORMED:
            effects.append(Observed(operation))
            return
        refusal = self._refusal() if message.command == framing.NODE_ASKED else None
        effects.append(Observed(judged(operation, refusal)))
        if refusal is None:
            effects.append(Forward(direction, raw))
        else:
            error = framing.PROTECTED if refusal is not _GONE else framing.ALL_CONNECTIONS_USED
            effects.append(Reply(_TO_USER, framing.frame_error(error)))

    def _refusal(self) -> Refusal | None:
        return self._given.refuse_any() or (_GONE if self._is_gone else None)


def transport(direction: Direction, message: framing.Message) -> Operation:
    """Return what is said about the connection itself; the values are the node addresses, client's first.

    What this side does not say is malformed, and so is a frame with an error.
    """
    name = framing.COMMANDS[message.command]
    if direction not in _SAID_BY.get(message.command, ()):
        is_error = message.command == framing.FRAME
        wrong = flaw("fins_error", message=name, error=message.error) if is_error else flaw("fins_side", message=name)
        return lost(PROTOCOL, direction, Verdict.MALFORMED, wrong, name)
    nodes = tuple(int.from_bytes(message.data[at : at + 4], "big") for at in range(0, len(message.data), 4))
    return Operation(
        direction,
        PROTOCOL,
        message.command,
        name,
        Tier.READ,
        Verdict.ALLOWED,
        direction is _TO_USER,
        values=nodes,
        exception_code=message.error or None,
    )
