"""The S7 guard: forwards what the rules allow, answers the rest inside the protocol, and says what it saw.

Two layers: the transport connection is judged by whom it calls, each message inside (``messages``) by what it says.
S7comm has an answer for everything that is refused; S7comm-plus has none that we could give: its connection is ended.
"""

from dataclasses import replace
from functools import partial
from hashlib import sha256

from guards.arming import Armed
from guards.dialogue import Dialogue
from guards.effects import Ask, Direction, Effect, Forward, Observed, Operation, Reply, Verdict
from guards.malformations import flaw
from guards.reasons import detail, why
from guards.refusal import Cause, Refusal, denied
from guards.s7 import cotp, pdu, plus
from guards.s7.connection import Connection, State
from guards.s7.exchange import S7Exchange
from guards.s7.limits import PROTOCOL, Limits
from guards.s7.messages import Messages
from guards.s7.plus_conversation import Conversation
from guards.splitting import FramingFault, Splitter
from guards.stream_guard import DialogueGuard
from policies.rules import Rules, Tier

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_ALLOWED = Verdict.ALLOWED


class S7Guard(DialogueGuard):
    """The inspector of one stream to port 102; sans I/O, on the caller's clock."""

    __slots__ = ("_connection", "_is_gone", "_limits", "_messages", "_pieces", "_plus")

    def __init__(self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None) -> None:
        """Compile ``rules``; a device that is silent for ``device_timeout_seconds`` is answered for.

        ``armed`` are the approvals of the session, which its streams share.
        """
        super().__init__(partial(Splitter, cotp.measure))
        self._limits = Limits(rules)
        self._connection = Connection(rules.routes)
        self._messages = Messages(rules, self._limits, self._connection, device_timeout_seconds, armed)
        self._plus = Conversation(self._limits)
        self._pieces = {direction: cotp.Pieces() for direction in Direction}
        self._is_gone = False

    @property
    def dialogue(self) -> Dialogue[S7Exchange]:
        """See ``DialogueGuard``."""
        return self._messages.dialogue

    @property
    def kept_bytes(self) -> int:
        """See ``StreamGuard``."""
        return super().kept_bytes + sum(one.held_bytes for one in self._pieces.values())

    def take(self, direction: Direction, raw: bytes, now: float, effects: list[Effect]) -> FramingFault | None:
        """See ``StreamGuard``."""
        return self._tpkt(direction, raw, now, effects)

    def lose_asset(self) -> None:
        """See ``StreamGuard``."""
        super().lose_asset()
        self._pieces[_TO_USER] = cotp.Pieces()

    def forget(self) -> None:
        """See ``StreamGuard``."""
        super().forget()
        self._pieces = {each: cotp.Pieces() for each in Direction}

    def asset_gone(self, now_monotonic: float) -> list[Effect]:
        """See ``DialogueGuard``."""
        self._is_gone = self._is_gone or not self._is_cut
        return super().asset_gone(now_monotonic)

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """End the transport connection: with it the CPU gives back what this tool watched and began."""
        words = self._connection.good_bye()
        if words is None:
            return []
        return [
            Observed(self._transport(_TO_ASSET, "disconnect", cotp.DISCONNECT_REQUEST)),
            Reply(_TO_ASSET, words),
        ]

    # --- the transport connection

    def _tpkt(self, direction: Direction, tpkt: bytes, now: float, effects: list[Effect]) -> FramingFault | None:
        code = cotp.code_of(tpkt)
        if code == cotp.DATA:
            whole = self._pieces[direction].take(tpkt)
            if whole is None or isinstance(whole, FramingFault):
                return whole
            return self._message(direction, *whole, now, effects)
        if isinstance(code, FramingFault):
            return code
        # Where a connection begins or ends, what was only half said before is said no more.
        self._pieces = {each: cotp.Pieces() for each in Direction}
        if code == cotp.CONNECTION_REQUEST and direction is _TO_ASSET:
            return self._connect(tpkt, now, effects)
        if code == cotp.CONNECTION_CONFIRM and direction is _TO_USER:
            return self._confirm(tpkt, effects)
        if code in cotp.ENDS:
            self._leave(direction, code, tpkt, effects)
            return None
        return FramingFault("cotp_tpdu", flaw("tpdu_side", code=f"{code:#04x}"))

    def _connect(self, tpkt: bytes, now: float, effects: list[Effect]) -> FramingFault | None:
        request = cotp.connect(tpkt)
        if isinstance(request, str):
            return FramingFault("cotp_connect", request)
        if self._connection.state in {State.ASKED, State.OPEN}:
            return FramingFault("cotp_connect", flaw("second_connection"))
        fence = self._connection.ask(request)
        self._messages.moved()
        self._plus = Conversation(self._limits, self._connection.purpose)
        tier, refusal = self._plus.admit()
        operation = self._transport(_TO_ASSET, "connect", cotp.CONNECTION_REQUEST, tier)
        fingerprint = sha256(f"{PROTOCOL}\0{self._connection.route}\0".encode() + (request.called or b"")).digest()
        refusal = self._refusal(fence or refusal, fingerprint, now)
        if refusal is None:
            self._connection.state = State.ASKED
            effects += [Observed(operation), Forward(_TO_ASSET, tpkt)]
        else:
            self._connection.state = State.CLOSED
            self._turn_down(operation, refusal, fingerprint, effects)
        return None

    def _refusal(self, refusal: Refusal | None, fingerprint: bytes, now: float) -> Refusal | None:
        if refusal is not None and refusal.verdict is Verdict.ASKED and self._messages.dialogue.take(fingerprint, now):
            refusal = None
        if refusal is None and self._is_gone:
            return denied(Cause.GONE, why("asset_gone"))
        return refusal

    def _turn_down(self, operation: Operation, refusal: Refusal, fingerprint: bytes, effects: list[Effect]) -> None:
        reason = cotp.ADDRESS_UNKNOWN if refusal.cause is Cause.FENCE else cotp.NOT_SPECIFIED
        operation = replace(operation, verdict=refusal.verdict, reason=refusal.reason, exception_code=reason)
        effects.append(Observed(operation))
        if refusal.verdict is Verdict.ASKED:
            effects.append(Ask(operation, fingerprint))
        effects.append(Reply(_TO_USER, self._connection.dismiss(reason)))

    def _confirm(self, tpkt: bytes, effects: list[Effect]) -> FramingFault | None:
        confirm = cotp.connect(tpkt)
        if isinstance(confirm, str):
            return FramingFault("cotp_connect", confirm)
        if self._connection.state not in {State.ASKED, State.UNSEEN}:
            return FramingFault("cotp_connect", flaw("unasked_connection"))
        self._connection.confirm(confirm)
        effects += [
            Observed(self._transport(_TO_USER, "connect", cotp.CONNECTION_CONFIRM)),
            Forward(_TO_USER, tpkt),
        ]
        return None

    def _leave(self, direction: Direction, code: int, tpkt: bytes, effects: list[Effect]) -> None:
        self._connection.state = State.CLOSED
        self._messages.dialogue.end()
        effects += [Observed(self._transport(direction, cotp.ENDS[code], code)), Forward(direction, tpkt)]

    def _transport(self, direction: Direction, name: str, code: int, tier: Tier = Tier.READ) -> Operation:
        return Operation(
            direction, PROTOCOL, code, name, tier, _ALLOWED, direction is _TO_USER, route=self._connection.route
        )

    # --- messages

    def _message(
        self, direction: Direction, raw: bytes, message: bytes, now: float, effects: list[Effect]
    ) -> FramingFault | None:
        if direction is _TO_ASSET and self._connection.state is State.CLOSED:
            return FramingFault("s7_not_connected", flaw("no_connection"))
        first = message[0] if message else None
        if self._plus.is_secret or (self._plus.is_open and first not in {pdu.PROTOCOL_ID, plus.PROTOCOL_ID}):
            return self._tls(direction, raw, effects)
        if first == pdu.PROTOCOL_ID:
            take = self._messages.from_user if direction is _TO_ASSET else self._messages.from_asset
            take(raw, message, now, effects)
        elif first == plus.PROTOCOL_ID:
            return self._plus_message(direction, raw, message, effects)
        elif first is None:
            self._pass(direction, raw, "empty", Tier.READ, effects)
        else:
            return FramingFault("s7_protocol_id", flaw("s7_protocol", protocol=f"{first:#04x}"))
        return None

    def _pass(self, direction: Direction, raw: bytes, name: str, tier: Tier, effects: list[Effect]) -> None:
        effects += [Observed(self._transport(direction, name, cotp.DATA, tier)), Forward(direction, raw)]

    def _tls(self, direction: Direction, raw: bytes, effects: list[Effect]) -> FramingFault | None:
        refusal = self._messages.dialogue.unless_watched(None) if direction is _TO_ASSET else None
        if refusal is None:
            self._pass(direction, raw, "tls", Tier.PROGRAM, effects)
            return None
        return self._break_off(self._transport(direction, "tls", cotp.DATA, Tier.PROGRAM), refusal, effects)

    def _break_off(self, operation: Operation, refusal: Refusal, effects: list[Effect]) -> FramingFault:
        """End the connection over what nobody can answer in the device's name."""
        operation = replace(operation, verdict=refusal.verdict, reason=refusal.reason)
        effects += [Observed(operation), Reply(_TO_USER, self._connection.dismiss(cotp.NOT_SPECIFIED))]
        return FramingFault("s7_plus_refused", detail(f"{operation.function}: {refusal.reason}"))

    def _plus_message(
        self, direction: Direction, raw: bytes, message: bytes, effects: list[Effect]
    ) -> FramingFault | None:
        said = plus.read(message)
        if said is None:
            return FramingFault("s7_plus_length", flaw("s7_plus_lengths"))
        if direction is _TO_USER:
            tier = self._plus.heard(said, message)
            effects += [Observed(self._plus_operation(direction, said, tier)), Forward(direction, raw)]
            return None
        tier, refusal = self._plus.judge(said)
        operation = self._plus_operation(direction, said, tier)
        refusal = self._messages.dialogue.unless_watched(self._connection.judge_route() or refusal)
        if refusal is None:
            effects += [Observed(operation), Forward(direction, raw)]
            return None
        return self._break_off(operation, refusal, effects)

    def _plus_operation(self, direction: Direction, said: plus.Said, tier: Tier) -> Operation:
        return Operation(
            direction,
            PROTOCOL,
            said.function,
            said.name,
            tier,
            _ALLOWED,
            direction is _TO_USER,
            said.sequence,
            route=self._connection.route,
        )
