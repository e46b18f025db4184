"""The EtherNet/IP guard: forwards what the rules allow, answers the rest inside the protocol, and says what it saw.

Two layers: commands of the encapsulation are held to sessions here, CIP requests inside them (``requests``) to what
they say. The CIP Networks Library, Volume 2, chapter 2. Cyclic data (UDP) is not carried.
"""

from dataclasses import replace
from functools import partial

from guards.arming import Armed
from guards.dialogue import Dialogue
from guards.effects import Direction, Effect, Forward, Observed, Operation, Verdict
from guards.enip import encapsulation, farewell, refusals
from guards.enip.connections import Connections
from guards.enip.encapsulation import (
    COMMANDS,
    NOP,
    READING,
    REGISTER_SESSION,
    SEND_RR_DATA,
    SEND_UNIT_DATA,
    UNREGISTER_SESSION,
    Items,
    Message,
)
from guards.enip.exchange import EnipExchange, key_of
from guards.enip.identity import listed
from guards.enip.limits import PROTOCOL, Limits
from guards.enip.requests import Requests
from guards.malformations import flaw
from guards.reasons import why
from guards.refusal import Cause, Refusal, denied, malformed
from guards.splitting import Splitter
from guards.stream_guard import DialogueGuard
from policies.identity import DeviceIdentity
from policies.rules import Rules, Tier

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_DATA = frozenset({SEND_RR_DATA, SEND_UNIT_DATA})
_REGISTRATION_BYTES = 4

_HEAD = malformed(flaw("status_or_options"))
_LENGTH = malformed(flaw("registration_size"))
_REGISTERED = denied(Cause.FUNCTION, why("registered_already"))
_NO_SESSION = denied(Cause.FUNCTION, why("not_the_session"))
_NO_CONNECTION = denied(Cause.FUNCTION, why("not_a_connection"))
_UNKNOWN = denied(Cause.FUNCTION, why("command_not_passed"))


class EnipGuard(DialogueGuard):
    """The inspector of one stream to port 44818; sans I/O, on the caller's clock."""

    __slots__ = ("_connections", "_dialogue", "_identity", "_is_gone", "_limits", "_requests", "_session")

    def __init__(
        self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None,
        identity: DeviceIdentity | None = None,
    ) -> None:  # fmt: skip
        """Compile ``rules``; a device that is silent for ``device_timeout_seconds`` is answered for.

        With an ``identity``, whoever lists identity, services or interfaces is told by the guard, not the device.
        """
        super().__init__(partial(Splitter, encapsulation.measure_any), partial(Splitter, encapsulation.measure))
        self._limits = Limits(rules)
        self._connections = Connections()
        self._requests = Requests(rules, self._limits, self._connections, device_timeout_seconds, armed)
        self._dialogue = self._requests.dialogue
        self._identity = None if identity is None else identity.enip
        self._session = 0
        self._is_gone = False

    @property
    def dialogue(self) -> Dialogue[EnipExchange]:
        """See ``DialogueGuard``."""
        return self._dialogue

    def take(self, direction: Direction, raw: bytes, now: float, effects: list[Effect]) -> None:
        """See ``StreamGuard``."""
        (self._asked if direction is _TO_ASSET else self._told)(raw, now, effects)

    def forget(self) -> None:
        """See ``StreamGuard``."""
        self._settle()

    def asset_gone(self, now_monotonic: float) -> list[Effect]:
        """See ``DialogueGuard``."""
        self._is_gone = self._is_gone or not self._is_cut
        return super().asset_gone(now_monotonic)

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Give back the connections and the session that are open."""
        if not self._session or self._is_gone:
            return []
        session, self._session = self._session, 0
        self._settle()
        return farewell.words(session, self._connections.end())

    # --- the tool

    def _asked(self, raw: bytes, now: float, effects: list[Effect]) -> None:
        message = encapsulation.parse(raw)
        if message.status or message.options:
            self._refuse(raw, message, _HEAD, now, effects)
        elif message.command in _DATA:
            self._request(raw, message, now, effects)
        elif message.command in READING:
            self._list(raw, message, now, effects)
        elif message.command == REGISTER_SESSION:
            self._register(raw, message, now, effects)
        elif message.command == UNREGISTER_SESSION:
            self._unregister(raw, message, effects)
        elif message.command == NOP:
            self._dialogue.tell(self._command(raw, message), self._limits.judge_session(), now, effects)
        else:
            self._refuse(raw, message, _UNKNOWN, now, effects)

    def _list(self, raw: bytes, message: Message, now: float, effects: list[Effect]) -> None:
        exchange, refusal = self._command(raw, message), self._limits.judge_command()
        if self._identity is None:
            self._dialogue.ask(exchange, refusal, now, effects)
            return
        told = listed(message.command, self._identity)
        answer = encapsulation.message(message.command, message.session, context=message.context, data=told)
        self._dialogue.answer(exchange, refusal, answer, now, effects)

    def _request(self, raw: bytes, message: Message, now: float, effects: list[Effect]) -> None:
        items = encapsulation.items_of(message.command, message.data)
        if isinstance(items, str):
            self._refuse(raw, message, malformed(items), now, effects)
            return
        if not self._session or message.session != self._session:
            self._refuse(raw, message, _NO_SESSION, now, effects, refusals.INVALID_SESSION)
            return
        connection = None
        if items.connection is not None:
            connection = self._connections.of_request(items.connection)
            if connection is None:
                self._refuse(raw, message, _NO_CONNECTION, now, effects, refusals.INCORRECT_DATA)
                return
        self._requests.ask(raw, message, items, connection, now, effects)

    def _register(self, raw: bytes, message: Message, now: float, effects: list[Effect]) -> None:
        if len(message.data) != _REGISTRATION_BYTES:
            self._refuse(raw, message, _LENGTH, now, effects, refusals.INVALID_LENGTH)
        elif self._session:
            self._refuse(raw, message, _REGISTERED, now, effects)
        else:
            self._dialogue.ask(self._command(raw, message), self._limits.judge_session(), now, effects)

    def _unregister(self, raw: bytes, message: Message, effects: list[Effect]) -> None:
        """Let the tool take leave: of what still waits, only what closes connections goes first."""
        operation = self._command(raw, message).operation
        if not self._session or message.session != self._session or self._is_gone:
            effects.append(Observed(replace(operation, verdict=Verdict.DENIED, reason=_NO_SESSION.reason)))
            return
        waiting = self._settle()
        for exchange in waiting:
            if exchange.request is not None and exchange.request.closes is not None:
                effects += [Observed(exchange.operation), Forward(_TO_ASSET, exchange.raw)]
        self._session = 0
        self._connections.end()
        effects += [Observed(operation), Forward(_TO_ASSET, raw)]

    def _command(self, raw: bytes, message: Message, tier: Tier = Tier.READ) -> EnipExchange:
        operation = self._operation(_TO_ASSET, message, tier)
        return EnipExchange(key_of(message), raw, raw[:2] + message.data, operation, message)

    def _refuse(
        self, raw: bytes, message: Message, refusal: Refusal, now: float, effects: list[Effect], status: int = 0
    ) -> None:
        """Refuse what no rule is asked about; the head of the answer says why."""
        exchange = self._command(raw, message, Tier.FIRMWARE)
        exchange.status = status
        self._dialogue.ask(exchange, refusal, now, effects)

    # --- the device

    def _told(self, raw: bytes, now: float, effects: list[Effect]) -> None:
        message = encapsulation.parse(raw)
        key = key_of(message)
        if message.command in _DATA and not message.status:
            items = encapsulation.items_of(message.command, message.data)
            if isinstance(items, Items) and message.session == self._session:
                connection = None if items.connection is None else self._connections.of_answer(items.connection)
                key = key_of(message, connection, items.sequence)
                if self._requests.answer(raw, key, items.cip, now, effects):
                    return
            self._stray(message, key, effects)
            return
        exchange = self._dialogue.answered(key)
        if exchange is None:
            self._stray(message, key, effects)
            return
        if message.command == REGISTER_SESSION and not message.status:
            self._session = message.session
        code = message.status or None
        answer = replace(exchange.operation, direction=_TO_USER, is_response=True, values=(), exception_code=code)
        self._requests.pass_on(exchange, answer, raw, now, effects)

    def _stray(self, message: Message, key: object, effects: list[Effect]) -> None:
        late = self._dialogue.was_given_up(key)
        reason = why("late") if late else why("nothing_open")
        verdict = Verdict.DENIED if late else Verdict.MALFORMED
        operation = self._operation(_TO_USER, message, Tier.FIRMWARE)
        effects.append(Observed(replace(operation, verdict=verdict, reason=reason)))

    # --- both

    def _operation(self, direction: Direction, message: Message, tier: Tier) -> Operation:
        command = message.command
        name = COMMANDS.get(command, f"command_{command:04x}")
        return Operation(direction, PROTOCOL, command, name, tier, Verdict.ALLOWED, direction is _TO_USER)

    def _settle(self) -> list[EnipExchange]:
        """Forget what is open; note what the device may do with it unheard. Return what still waited."""
        at_device, waiting = self._dialogue.end()
        for exchange in at_device:
            if exchange.request is not None:
                self._connections.unanswered(exchange.request)
        return waiting
