"""Requests and their answers, from one channel to the other: judged, in their turns, and made anew for each side."""

from dataclasses import replace
from datetime import datetime

from guards.dialogue import Dialogue
from guards.effects import Direction, Effect, Forward, Observed, Operation, Reply, Verdict
from guards.exchange import read_for_record
from guards.material import GuardMaterial
from guards.opcua.answers import Answer, fault, header, read_answer, refusal
from guards.opcua.before import Befores
from guards.opcua.binary import LayoutError
from guards.opcua.call import Call, operation_of
from guards.opcua.chunks import Message
from guards.opcua.inside import NEEDS_SECURITY, AssetChannel
from guards.opcua.judge import Judge
from guards.opcua.limits import PROTOCOL
from guards.opcua.outside import UserChannel
from guards.opcua.services import FAULT, PUBLISH, REGISTER_NODES, UNREGISTER_NODES
from guards.opcua.sessions import Sessions
from guards.opcua.status import Status
from guards.reasons import Reason, why
from guards.refusal import Answer as Worded
from guards.refusal import Cause, Refusal, denied, malformed
from policies.rules import Rules, Tier

MAX_WAITING_BYTES = 0x100000
MAX_PUBLISHING = 16
PATIENCE_SECONDS = 86_400.0
"""How long a device may keep a Publish: until it has something to tell, or its keep-alive is due."""
_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_ALLOWED, _MALFORMED = Verdict.ALLOWED, Verdict.MALFORMED
_REGISTRATIONS = frozenset({REGISTER_NODES, UNREGISTER_NODES})
_STATUS = {
    Cause.MALFORMED: Status.BAD_DECODING,
    Cause.BUSY: Status.BAD_SERVER_TOO_BUSY,
    Cause.GONE: Status.BAD_COMMUNICATION,
    Cause.SILENT: Status.BAD_TIMEOUT,
}
_NO_SESSION = frozenset({Status.BAD_SESSION_ID, Status.BAD_SESSION_CLOSED})
_FULL = denied(Cause.BUSY, why("too_much_waits"))


class Calls:
    """The open requests of one stream."""

    __slots__ = (
        *("_asset", "_befores", "_dialogue", "_is_gone", "_judge", "_material", "_now", "_publishing"),
        *("_sessions", "_user"),
    )

    def __init__(
        self, rules: Rules, device_timeout_seconds: float, material: GuardMaterial, sessions: Sessions,
        user: UserChannel, asset: AssetChannel,
    ) -> None:  # fmt: skip
        """Begin with nothing open."""
        self._judge = Judge(rules)
        self._befores = Befores(rules, self._judge, asset, material)
        self._dialogue: Dialogue[Call] = Dialogue(
            rules, device_timeout_seconds, self._refuse, material.armed, befores=self._befores
        )
        # A device answers a Publish when it has something to tell: meanwhile other requests must have their turn.
        patient = rules.model_copy(update={"max_in_flight": MAX_PUBLISHING})
        self._publishing: Dialogue[Call] = Dialogue(patient, PATIENCE_SECONDS, self._refuse)
        self._sessions, self._user, self._asset = sessions, user, asset
        self._material = material
        self._now = material.started_monotonic
        self._is_gone = False

    @property
    def held_bytes(self) -> int:
        """How many bytes of waiting requests and answers are kept."""
        return self._dialogue.held_bytes + self._publishing.held_bytes

    def judge_setup(self) -> Refusal | None:
        """Return the refusal of what comes before every request."""
        return self._judge.limits.judge_setup()

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """See ``Guard``."""
        self._dialogue.arm(fingerprint, until_monotonic)

    def next_tick_monotonic(self) -> float | None:
        """See ``Guard``."""
        ticks = (self._dialogue.next_tick_monotonic(), self._publishing.next_tick_monotonic())
        return min((tick for tick in ticks if tick is not None), default=None)

    def on_tick(self, now: float) -> list[Effect]:
        """See ``Guard``."""
        self._now = now
        return self._put([*self._dialogue.on_tick(now), *self._publishing.on_tick(now)])

    def asset_gone(self, now: float) -> list[Effect]:
        """See ``Guard``."""
        self._now, self._is_gone = now, True
        return self._put([*self._dialogue.asset_gone(), *self._publishing.asset_gone()])

    def end(self) -> None:
        """Forget everything that is open."""
        self._dialogue.end()
        self._publishing.end()

    @property
    def _moment(self) -> datetime:
        """When it is that something is said."""
        return self._material.wall_time(self._now)

    # --- from the tool

    def from_user(self, message: Message, now: float) -> list[Effect]:
        """Judge a request, and send it on, answer it, or let it wait."""
        self._now = now
        request, (refused, items) = self._judge.judge(message.body, now)
        code = request.service.code
        call = Call(self._asset.next_id(), message, request, operation_of(request, message.request_id))
        call.refused = items
        if refused is None and code in _REGISTRATIONS and not self._is_gone:
            return self._register(call, message.body)
        if refused is None or refused.verdict is Verdict.ASKED:
            refused = self._translate(call, message.body) or refused
        effects: list[Effect] = []
        call.wants_read = self._befores.wants_to_read(request, now)
        dialogue, memory = self._publishing if code == PUBLISH else self._dialogue, self._judge.memory
        if dialogue.ask(call, refused, now, effects) and memory is not None:
            call.moment = memory.on_its_way(request, now)
        return self._put(effects)

    def _register(self, call: Call, body: bytes) -> list[Effect]:
        """Answer with the nodes' own names: behind others a device might hide what is not given."""
        request = call.request
        answer = header(request.service.answer, request.head.handle, Status.GOOD, self._moment)
        if request.service.code == REGISTER_NODES:
            answer += body[request.fields_at :]
        seen = replace(call.operation, reason=why("names_kept"))
        return self._put([Observed(seen), Reply(_TO_USER, call.number.to_bytes(4) + answer)])

    def _translate(self, call: Call, body: bytes) -> Refusal | None:
        """Make the request what the device gets; return why it cannot get it."""
        try:
            made = self._sessions.to_asset(call.request, body, self._user)
        except LayoutError as wrong:
            return malformed(wrong.reason)
        if not isinstance(made, Status) and not self._asset.fits(made):
            made = Status.BAD_REQUEST_TOO_LARGE
        if isinstance(made, Status):
            call.status = made
            return denied(Cause.FUNCTION, made.words)
        if made is not body:
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
        self._now, key = now, message.request_id
        for dialogue in (self._dialogue, self._publishing):
            call = dialogue.answered(key)
            if call is not None:
                is_own = call.reads_for is not None
                effects = self._read(call, message) if is_own else self._answered(call, message, now)
                dialogue.let_go(now, effects)
                return self._put(effects)
        late = self._dialogue.was_given_up(key)
        return [Observed(_stray(read_answer(message.body, None), why("too_late") if late else why("nobody_asked")))]

    def _answered(self, call: Call, message: Message, now: float) -> list[Effect]:
        handle, service = call.request.head.handle, call.request.service
        if message.abort is not None:
            answer = Answer(0, message.abort, why("broke_off"))
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
                answer, made = answer._replace(fault=wrong.reason), Status.BAD_DECODING
        if not isinstance(made, Status) and not self._user.fits(made):
            made = Status.BAD_RESPONSE_TOO_LARGE
        if isinstance(made, Status):
            reason = NEEDS_SECURITY if made is Status.BAD_POLICY_REJECTED else made.words
            answer = answer._replace(result=made, reason=reason)
            made = fault(handle, made, self._moment)
        if self._judge.memory is not None:
            self._judge.memory.learn(call.request, answer, now, call.moment)
        return self._told(call, answer, made)

    def _read(self, own: Call, message: Message) -> list[Effect]:
        """Take the answer to the guard's own read: it is none of the tool's."""
        answer = read_answer(message.body, own.request.service)
        if message.abort is not None:
            answer = Answer(0, message.abort)
        if isinstance(own.reads_for, Call):
            self._befores.learn_each(own.reads_for, answer)
        told = answered(own.operation, answer)
        return [read_for_record(told)]

    def _told(self, call: Call, answer: Answer, body: bytes) -> list[Effect]:
        return [Observed(answered(call.operation, answer)), Reply(_TO_USER, call.number.to_bytes(4) + body)]

    def _put(self, said: list[Effect]) -> list[Effect]:
        """Put messages into the channels: what passes is said anew on the other side."""
        for at, effect in enumerate(said):
            if isinstance(effect, Forward) or isinstance(effect, Reply):  # noqa: SIM101 - half the time of a union
                number, body = int.from_bytes(effect.data[:4]), effect.data[4:]
                channel = self._asset if effect.direction is _TO_ASSET else self._user
                said[at] = Reply(effect.direction, channel.put(number, body))
        return said


def answered(asked: Operation, answer: Answer) -> Operation:
    """Return what an answer is in the record: the request's function, under the number that the answer bears."""
    return Operation(
        _TO_USER,
        asked.protocol,
        answer.code or asked.function_code,
        asked.function,
        asked.tier,
        _MALFORMED if answer.fault else _ALLOWED,
        True,
        asked.transaction,
        asked.unit,
        asked.objects,
        answer.values,
        answer.fault or answer.reason,
        answer.exception_code,
        asked.route,
        asked.is_upload,
        asked.before,
        asked.is_before_read,
        asked.parts,
    )


def _stray(answer: Answer, reason: Reason) -> Operation:
    return Operation(
        _TO_USER, PROTOCOL, answer.code, "stray_answer", Tier.READ, Verdict.DENIED, is_response=True, reason=reason
    )
