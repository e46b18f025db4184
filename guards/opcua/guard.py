"""The OPC UA guard: ends the connection and the secure channel of each side, and carries over what the rules allow.

It forwards nothing: both sides count their messages, so every byte that either gets is made here (``Reply``).
"""

from enum import Enum, auto

from guards.effects import Cut, Direction, Effect, Observed, Operation, Reply, Verdict
from guards.exchange import no_answer
from guards.malformations import flaw
from guards.material import GuardMaterial
from guards.opcua import chunks
from guards.opcua.calls import Calls
from guards.opcua.chunks import Fault, Message
from guards.opcua.inside import NEEDS_SECURITY, OURS, AssetChannel
from guards.opcua.limits import PROTOCOL
from guards.opcua.outside import Opening, UserChannel
from guards.opcua.security import load_identity
from guards.opcua.services import CLOSE_CHANNEL, CLOSE_SESSION, OPEN_CHANNEL, OPENED_CHANNEL
from guards.opcua.sessions import Sessions
from guards.opcua.status import Status
from guards.reasons import UNSAID, Reason, why
from guards.splitting import Splitter
from policies.rules import Rules, Tier

MAX_GOOD_BYE_BYTES = 4096
_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_SECURITY = frozenset({Status.BAD_POLICY_REJECTED, Status.BAD_MODE_REJECTED, Status.BAD_SECURITY_CHECKS})
_MEASURE = chunks.measure_up_to(chunks.MAX_CHUNK_BYTES)
_UNEXPECTED = Fault("opcua_order", Status.BAD_TCP_TYPE, flaw("not_its_turn"))


class State(Enum):
    """How far a connection has come: both sides go through it together."""

    NEW = auto()
    GREETING = auto()
    GREETED = auto()
    OPENING = auto()
    OPEN = auto()
    ENDED = auto()


# Bound once: looking a member up in its enum costs more than forwarding does.
_OPEN = State.OPEN


class OpcUaGuard:
    """The inspector of one stream; sans I/O, on the caller's clock."""

    __slots__ = (
        *("_asset", "_calls", "_deadline_monotonic", "_from_asset", "_from_user", "_is_cut", "_is_gone", "_material"),
        *("_opening", "_sessions", "_state", "_timeout_seconds", "_user"),
    )

    def __init__(self, rules: Rules, *, device_timeout_seconds: float, material: GuardMaterial) -> None:
        """Compile ``rules``; security is offered to tools where ``material`` has a certificate."""
        identity = load_identity(material.certificate, material.private_key)
        self._material = material
        self._timeout_seconds = device_timeout_seconds
        self._user, self._asset = UserChannel(identity, material.random), AssetChannel()
        self._sessions = Sessions(identity, material.random)
        self._calls = Calls(rules, device_timeout_seconds, material, self._sessions, self._user, self._asset)
        self._from_user, self._from_asset = Splitter(_MEASURE), Splitter(_MEASURE)
        self._state = State.NEW
        self._opening: Opening | None = None
        self._deadline_monotonic: float | None = None
        self._is_cut = False
        self._is_gone = False

    @property
    def held_bytes(self) -> int:
        """How many peer bytes are kept."""
        halves = self._from_user.held_bytes + self._from_asset.held_bytes
        return halves + self._user.held_bytes + self._asset.held_bytes + self._calls.held_bytes

    def opened(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Say nothing: the tool greets first."""
        return []

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Effect]:
        """Take the next bytes of one direction; any chunking of the same bytes gives the same effects."""
        if self._is_cut:
            return []
        effects: list[Effect] = []
        is_users = direction is _TO_ASSET
        came, broken = (self._from_user if is_users else self._from_asset).feed(data)
        take = self._chunk_of_user if is_users else self._chunk_of_asset
        for chunk in came:
            fault = take(chunk, now_monotonic, effects)
            if fault is not None:
                return self._cut(direction, fault, effects)
        if broken is not None:
            status = Status.BAD_TCP_TOO_LARGE if broken.code == "opcua_size" else Status.BAD_TCP_TYPE
            return self._cut(direction, Fault(broken.code, status, broken.reason), effects)
        return effects

    def on_tick(self, now_monotonic: float) -> list[Effect]:
        """Answer for a silent device, and let the next requests go."""
        if self._is_cut:
            return []
        if self._deadline_monotonic is not None and now_monotonic >= self._deadline_monotonic:
            reason = no_answer(self._timeout_seconds)
            return self._cut(_TO_USER, Fault("opcua_silent", Status.BAD_TIMEOUT, reason), [])
        return self._calls.on_tick(now_monotonic)

    def next_tick_monotonic(self) -> float | None:
        """Return when the device will have been silent for too long, or ``None``."""
        ticks = (self._deadline_monotonic, self._calls.next_tick_monotonic())
        return min((tick for tick in ticks if tick is not None), default=None)

    def arm(self, fingerprint: bytes, until_monotonic: float) -> None:
        """Let the request with this ``fingerprint`` pass once, if it comes again in time."""
        self._calls.arm(fingerprint, until_monotonic)

    def asset_gone(self, now_monotonic: float) -> list[Effect]:
        """Answer everything open, and from now on every request; a channel that is not open yet never will be."""
        if self._is_cut:
            return []
        self._is_gone, self._deadline_monotonic = True, None
        self._asset.clear()
        self._from_asset = Splitter(_MEASURE)
        if self._state in {State.GREETING, State.OPENING} or self._opening is not None:
            fault = _gone()
            if self._state is State.OPENING:
                fault = fault._replace(reason=flaw("without_security", reason=fault.reason))
            return self._cut(_TO_USER, fault, [])
        return self._calls.asset_gone(now_monotonic)

    def good_bye(self, now_monotonic: float) -> list[Effect]:
        """Close the sessions with their subscriptions, and the channel, unless the tool did."""
        if self._is_gone or not self._asset.is_open:
            return []
        moment, said, effects = self._material.wall_time(now_monotonic), b"", list[Effect]()
        for token in self._sessions.tokens:
            if len(said) + len(token) + 256 <= MAX_GOOD_BYE_BYTES:
                said += self._asset.close_session(token, moment)
                effects.append(Observed(_operation(_TO_ASSET, CLOSE_SESSION, "close_session")))
        self._sessions.clear()
        effects.append(Observed(_operation(_TO_ASSET, CLOSE_CHANNEL, "close_secure_channel")))
        return [*effects, Reply(_TO_ASSET, said + self._asset.close(moment))]

    # --- from the tool

    def _chunk_of_user(self, chunk: bytes, now: float, effects: list[Effect]) -> Fault | None:
        kind, state = chunk[:3], self._state
        if state is _OPEN and (kind == chunks.MESSAGE or kind == chunks.CLOSE):
            message = self._user.take(chunk, now)
            if isinstance(message, Fault):
                return message
            if kind == chunks.CLOSE:
                self._close(now, effects)
            elif message is not None and message.abort is None:
                effects += self._calls.from_user(message, now)
            return None
        if kind == chunks.HELLO and state is State.NEW:
            return self._hello(chunk, now, effects)
        if kind == chunks.OPEN and state in {State.GREETED, _OPEN} and self._opening is None:
            return self._open(chunk, now, effects)
        return _UNEXPECTED

    def _hello(self, chunk: bytes, now: float, effects: list[Effect]) -> Fault | None:
        read = chunks.read_hello(chunk)
        if isinstance(read, Fault):
            return read
        operation = _operation(_TO_ASSET, 0, "hello")
        refusal = self._calls.judge_setup()
        if refusal is not None:
            return Fault("opcua_refused", Status.BAD_USER_ACCESS_DENIED, refusal.reason)
        if self._is_gone:
            return _gone()
        limits, url = read
        self._user.greet(limits)
        self._sessions.url = url
        self._wait(State.GREETING, now)
        effects += [Observed(operation), Reply(_TO_ASSET, chunks.hello(OURS, url))]
        return None

    def _open(self, chunk: bytes, now: float, effects: list[Effect]) -> Fault | None:
        opening = self._user.opening(chunk)
        if isinstance(opening, Fault) or self._is_gone:
            return opening if isinstance(opening, Fault) else _gone()
        self._opening = opening
        self._wait(State.OPEN if opening.renews else State.OPENING, now)
        words = self._asset.ask(opening.lifetime_ms, self._material.wall_time(now))
        effects += [Observed(_opens(_TO_ASSET, opening)), Reply(_TO_ASSET, words)]
        return None

    def _close(self, now: float, effects: list[Effect]) -> None:
        effects += self.good_bye(now)
        self._state, self._deadline_monotonic = State.ENDED, None
        self._calls.end()

    def _wait(self, state: State, now: float) -> None:
        self._state, self._deadline_monotonic = state, now + self._timeout_seconds

    # --- from the device

    def _chunk_of_asset(self, chunk: bytes, now: float, effects: list[Effect]) -> Fault | None:
        kind, state = chunk[:3], self._state
        if state is _OPEN and kind == chunks.MESSAGE:
            message = self._asset.take(chunk)
            if isinstance(message, Message):
                effects += self._calls.from_asset(message, now)
            return message if isinstance(message, Fault) else None
        if state is State.ENDED:
            return None
        if kind == chunks.ERROR:
            return self._failed(chunk, effects)
        if kind == chunks.ACKNOWLEDGE and state is State.GREETING:
            return self._acknowledged(chunk, effects)
        if kind == chunks.OPEN and self._opening is not None:
            return self._opened(chunk, self._opening, now, effects)
        return _UNEXPECTED

    def _acknowledged(self, chunk: bytes, effects: list[Effect]) -> Fault | None:
        limits = chunks.read_acknowledge(chunk)
        if isinstance(limits, Fault):
            return limits
        self._asset.greet(limits)
        self._state, self._deadline_monotonic = State.GREETED, None
        ours = chunks.Limits(
            chunks.MAX_CHUNK_BYTES, chunks.MAX_CHUNK_BYTES, chunks.MAX_REQUEST_BYTES, chunks.MAX_CHUNKS
        )
        effects += [Observed(_operation(_TO_USER, 0, "acknowledge")), Reply(_TO_USER, chunks.acknowledge(ours))]
        return None

    def _opened(self, chunk: bytes, opening: Opening, now: float, effects: list[Effect]) -> Fault | None:
        opened = self._asset.opened(chunk)
        if isinstance(opened, Fault):
            return opened
        self._state, self._opening, self._deadline_monotonic = State.OPEN, None, None
        moment = self._material.wall_time(now)
        words = self._user.opened(opening, opened.channel, opened.lifetime_ms, moment, now)
        effects += [Observed(_opens(_TO_USER, opening)), Reply(_TO_USER, words)]
        return None

    def _failed(self, chunk: bytes, effects: list[Effect]) -> Fault:
        status, reason = chunks.read_error(chunk)
        if self._opening is not None and status in _SECURITY:
            reason = NEEDS_SECURITY
        self._is_gone = True
        effects.append(Observed(_operation(_TO_USER, 0, "error", status=status, reason=reason)))
        return Fault("opcua_asset_error", status, flaw("device_ends", reason=reason))

    # --- the end

    def _cut(self, direction: Direction, fault: Fault, effects: list[Effect]) -> list[Effect]:
        self._is_cut, self._deadline_monotonic = True, None
        self._calls.end()
        self._user.clear()
        self._asset.clear()
        self._from_user, self._from_asset = Splitter(_MEASURE), Splitter(_MEASURE)
        side = "user" if direction is _TO_ASSET else "asset"
        reason = f"from the {side}'s side: {fault.reason}"
        return [*effects, Reply(_TO_USER, chunks.error(fault.status, reason)), Cut(fault.code, reason)]


def _gone() -> Fault:
    return Fault("opcua_asset_gone", Status.BAD_COMMUNICATION, why("asset_gone"))


def _operation(
    direction: Direction, code: int, name: str, *, status: int | None = None, reason: Reason = UNSAID
) -> Operation:
    return Operation(
        direction, PROTOCOL, code, name, Tier.READ, Verdict.ALLOWED, direction is _TO_USER, reason=reason,
        exception_code=status,
    )  # fmt: skip


def _opens(direction: Direction, opening: Opening) -> Operation:
    code = OPEN_CHANNEL if direction is _TO_ASSET else OPENED_CHANNEL
    name = "renew_secure_channel" if opening.renews else "open_secure_channel"
    return _operation(direction, code, name, reason=why("channel_mode", mode=opening.mode))
