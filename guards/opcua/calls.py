"""Requests and their answers, from one channel to the other: judged, in their turns, and made anew for each side."""

from dataclasses import replace
from datetime import datetime

from guards.dialogue import Dialogue
from guards.effects import Direction, Effect, Forward, Observed, Operation, Reply, Verdict
from guards.exchange import Exchange
from guards.material import GuardMaterial
from guards.opcua.answers import Answer, fault, header, read_answer, refusal
from guards.opcua.binary import LayoutError
from guards.opcua.chunks import Message
from guards.opcua.inside import NEEDS_SECURITY, AssetChannel
from guards.opcua.limits import PROTOCOL, Limits
from guards.opcua.memory import Memory
from guards.opcua.outside import UserChannel
from guards.opcua.requests import Request, read_request
from guards.opcua.services import DELETE_SUBSCRIPTIONS, FAULT, PUBLISH, REGISTER_NODES, UNREGISTER_NODES
from guards.opcua.sessions import Sessions
from guards.opcua.status import Status
from guards.refusal import Answer as Worded
from guards.refusal import Cause, Refusal, denied
from policies.rules import Rules, Tier

MAX_WAITING_BYTES = 0x100000
MAX_PUBLISHING = 16
PATIENCE_SECONDS = 86_400.0
"""How long a device may keep a Publish: until it has something to tell, or its keep-alive is due."""
_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_STATUS = {
    Cause.MALFORMED: Status.BAD_DECODING,
    Cause.BUSY: Status.BAD_SERVER_TOO_BUSY,
    Cause.GONE: Status.BAD_COMMUNICATION,
    Cause.SILENT: Status.BAD_TIMEOUT,
}
_NO_SESSION = frozenset({Status.BAD_SESSION_ID, Status.BAD_SESSION_CLOSED})
_FULL = denied(Cause.BUSY, "too much waits for the device")


class Call(Exchange):
    """One request. ``number`` is what the tool calls it, ``status`` what it is refused with, if not by the cause."""

    __slots__ = ("body", "number", "refused", "request", "status")

    def __init__(self, key: int, message: Message, request: Request, operation: Operation) -> None:
        """Wrap a request that has not been sent on."""
        super().__init__(key, key.to_bytes(4) + message.body, request.said, operation)
        self.number = message.request_id
        is_remembered = request.service.is_setup or request.service.code == DELETE_SUBSCRIPTIONS
        self.body = message.body if is_remembered else b""
        self.request = request
        self.refused: frozenset[int] = frozenset()
        self.status: Status | None = None


class Calls:
    """The open requests of one stream."""

    __slots__ = (
        *("_asset", "_dialogue", "_is_gone", "_memory", "_limits", "_material", "_moment", "_publishing", "_sessions"),
        "_user",
    )

    def __init__(
        self, rules: Rules, device_timeout_seconds: float, material: GuardMaterial, sessions: Sessions,
        user: UserChannel, asset: AssetChannel,
    ) -> None:  # fmt: skip
        """Begin with nothing open."""
        self._limits = Limits(rules)
        self._memory = Memory() if self._limits.needs_values else None
        self._dialogue: Dialogue[Call] = Dialogue(rules, device_timeout_seconds, self._refuse, material.armed)
        # A device answers a Publish when it has something to tell: meanwhile other requests must have their turn.
        patient = rules.model_copy(update={"max_in_flight": MAX_PUBLISHING})
        self._publishing: Dialogue[Call] = Dialogue(patient, PATIENCE_SECONDS, self._refuse)
        self._sessions, self._user, self._asset = sessions, user, asset
        self._material = material
        self._moment: datetime = material.started_at
        self._is_gone = False

    @property
    def held_bytes(self) -> int:
        """How many bytes of waiting requests and answers are kept."""
        return self._dialogue.held_bytes + self._publishing.held_bytes

    def judge_setup(self) -> Refusal | None:
        """Return the refusal of what comes before every request."""
        return self._limits.judge_setup()

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """See ``Guard``."""
        self._dialogue.arm(fingerprint, until_monotonic)

    def next_tick_monotonic(self) -> float | None:
        """See ``Guard``."""
        ticks = (self._dialogue.next_tick_monotonic(), self._publishing.next_tick_monotonic())
        return min((tick for tick in ticks if tick is not None), default=None)

    def on_tick(self, now: float) -> list[Effect]:
        """See ``Guard``."""
        self._moment = self._material.wall_time(now)
        return self._put([*self._dialogue.on_tick(now), *self._publishing.on_tick(now)])

    def asset_gone(self, now: float) -> list[Effect]:
        """See ``Guard``."""
        self._moment, self._is_gone = self._material.wall_time(now), True
        return self._put([*self._dialogue.asset_gone(), *self._publishing.asset_gone()])

    def end(self) -> None:
        """Forget everything that is open."""
        self._dialogue.end()
        self._publishing.end()

    # --- from the tool

    def from_user(self, message: Message, now: float) -> list[Effect]:
        """Judge a request, and send it on, answer it, or let it wait."""
        self._moment = self._material.wall_time(now)
        request = read_request(message.body)
        ruling = self._limits.judge(request, self._memory, now)
        call = Call(self._asset.next_id(), message, request, operation_of(request, message.request_id))
        call.refused, refused = ruling.items, ruling.refusal
        if refused is None and request.service.code in {REGISTER_NODES, UNREGISTER_NODES} and not self._is_gone:
            return self._register(call, message.body)
        if refused is None or refused.verdict is Verdict.ASKED:
            refused = self._translate(call, message.body) or refused
        effects: list[Effect] = []
        dialogue = self._publishing if request.service.code == PUBLISH else self._dialogue
        if dialogue.ask(call, refused, now, effects) and self._memory is not None:
            call.moment = self._memory.on_its_way(request, now)
        return self._put(effects)

    def _register(self, call: Call, body: bytes) -> list[Effect]:
        """Answer with the nodes' own names: behind others a device might hide what is not given."""
        request = call.request
        answer = header(request.service.answer, request.head.handle, Status.GOOD, self._moment)
        if request.service.code == REGISTER_NODES:
            answer += body[request.fields_at :]
        seen = replace(call.operation, reason="answered here: nodes keep their names")
        return self._put([Observed(seen), Reply(_TO_USER, call.number.to_bytes(4) + answer)])

    def _translate(self, call: Call, body: bytes) -> Refusal | None:
        """Make the request what the device gets; return why it cannot get it."""
        try:
            made = self._sessions.to_asset(call.request, body, self._user)
        except LayoutError as wrong:
            return Refusal(Verdict.MALFORMED, Cause.MALFORMED, str(wrong))
        if not isinstance(made, Status) and not self._asset.fits(made):
            made = Status.BAD_REQUEST_TOO_LARGE
        if isinstance(made, Status):
            call.status = made
            return denied(Cause.FUNCTION, made.words)
        call.raw = call.raw[:4] + made
        return _FULL if self.held_bytes + len(made) > MAX_WAITING_BYTES else None

    def _refuse(self, call: Call, cause: Cause) -> Worded:
        status = call.status or _STATUS.get(cause, Status.BAD_USER_ACCESS_DENIED)
        if status is Status.BAD_USER_ACCESS_DENIED:
            body = refusal(call.request, call.refused, self._moment)
        else:
            body = fault(call.request.head.handle, status, self._moment)
        return Worded(call.number.to_bytes(4) + body, status)

    # --- from the device

    def from_asset(self, message: Message, now: float) -> list[Effect]:
        """Give the tool the answer to a request of its own; any other is dropped."""
        self._moment = self._material.wall_time(now)
        key = message.request_id
        for dialogue in (self._dialogue, self._publishing):
            call = dialogue.answered(key)
            if call is not None:
                effects = self._answered(call, message, now)
                dialogue.let_go(now, effects)
                return self._put(effects)
        late = self._dialogue.was_given_up(key)
        return [Observed(_stray(read_answer(message.body, None), "it comes too late" if late else "nobody asked"))]

    def _answered(self, call: Call, message: Message, now: float) -> list[Effect]:
        handle, service = call.request.head.handle, call.request.service
        if message.abort is not None:
            answer = Answer(0, message.abort, "the device broke its answer off")
            return self._told(call, answer, fault(handle, message.abort, self._moment))
        answer = read_answer(message.body, service)
        if answer.code == FAULT and answer.result in _NO_SESSION:
            self._sessions.ended(call.request)
        if answer.fault:
            return self._told(call, answer, fault(handle, Status.BAD_DECODING, self._moment))
        made: bytes | Status = message.body
        if answer.exception_code is None and answer.code == service.answer:
            try:
                made = self._sessions.to_user(call.request, call.body, message.body, answer.fields_at, self._user)
            except LayoutError as wrong:
                answer, made = answer._replace(fault=str(wrong)), Status.BAD_DECODING
        if not isinstance(made, Status) and not self._user.fits(made):
            made = Status.BAD_RESPONSE_TOO_LARGE
        if isinstance(made, Status):
            reason = NEEDS_SECURITY if made is Status.BAD_POLICY_REJECTED else made.words
            answer = answer._replace(result=made, reason=reason)
            made = fault(handle, made, self._moment)
        if self._memory is not None:
            self._memory.learn(call.request, answer, now, call.moment)
        return self._told(call, answer, made)

    def _told(self, call: Call, answer: Answer, body: bytes) -> list[Effect]:
        return [Observed(answered(call.operation, answer)), Reply(_TO_USER, call.number.to_bytes(4) + body)]

    def _put(self, said: list[Effect]) -> list[Effect]:
        """Put messages into the channels: what passes is said anew on the other side."""
        effects: list[Effect] = []
        for effect in said:
            match effect:
                case Forward(_, message):
                    made = self._asset.put(int.from_bytes(message[:4]), message[4:])
                    effects.append(Reply(_TO_ASSET, b"".join(made)))
                case Reply(_, message):
                    made = self._user.put(int.from_bytes(message[:4]), message[4:])
                    effects.append(Reply(_TO_USER, b"".join(made)))
                case _:
                    effects.append(effect)
        return effects


def operation_of(request: Request, number: int) -> Operation:
    """Return what a request is in the record."""
    service = request.service
    return Operation(
        _TO_ASSET, PROTOCOL, service.code, service.name, request.tier, Verdict.ALLOWED, transaction=number,
        objects=request.objects, values=request.values, reason=request.fault,
    )  # fmt: skip


def answered(asked: Operation, answer: Answer) -> Operation:
    """Return what an answer is in the record: the request's function, under the number that the answer bears."""
    return replace(
        asked,
        function_code=answer.code or asked.function_code,
        direction=_TO_USER,
        verdict=Verdict.MALFORMED if answer.fault else Verdict.ALLOWED,
        is_response=True,
        values=answer.values,
        reason=answer.fault or answer.reason,
        exception_code=answer.exception_code,
    )


def _stray(answer: Answer, reason: str) -> Operation:
    return Operation(
        _TO_USER, PROTOCOL, answer.code, "stray_answer", Tier.READ, Verdict.DENIED, is_response=True, reason=reason
    )
