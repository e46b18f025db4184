"""A loop whose time the test moves, and sessions on it."""

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broker.sessions.ledger import Ledger
from broker.sessions.live import LiveSession
from broker.sessions.states import EndCode
from broker.sessions.terms import SessionFacts, SessionTerms
from policies.decision import AtExpiry, Cut, DeadlineCause, Mode, Obligations
from policies.facts import Asked
from policies.rules import Rules, Tier
from tests.unit.broker.fakes import FakeClock
from tunnel.frames import Notice
from tunnel.ids import SessionId
from tunnel.messages import Target

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
START_MONOTONIC = 1000.0


class FakeTimer:
    """What ``call_at`` returns."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class FakeLoop:
    """The part of an event loop that keeps time."""

    def __init__(self) -> None:
        self.now = START_MONOTONIC
        self._queue: list[tuple[float, int, FakeTimer, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[..., None], *args: object) -> FakeTimer:
        timer = FakeTimer()
        heapq.heappush(self._queue, (when, len(self._queue), timer, lambda: callback(*args)))
        return timer

    def call_later(self, delay: float, callback: Callable[..., None], *args: object) -> FakeTimer:
        return self.call_at(self.now + delay, callback, *args)

    def advance(self, seconds: float) -> None:
        until = self.now + seconds
        while self._queue and self._queue[0][0] <= until:
            self.now, _, timer, callback = heapq.heappop(self._queue)
            if not timer.cancelled:
                callback()
        self.now = until


class FakeRelay:
    """A relay that remembers what was done to it."""

    def __init__(self) -> None:
        self.bytes_to_asset = 0
        self.bytes_to_user = 0
        self.cuts: list[tuple[str, str]] = []
        self.deadline: float | None = None
        self.notices: list[Notice] = []
        self.paused: set[object] = set()
        self.is_held = False

    def cut(self, code: str, reason: str = "") -> None:
        self.cuts.append((code, reason))

    def extend(self, not_after_monotonic: float | None) -> None:
        self.deadline = not_after_monotonic

    def notify(self, notice: Notice) -> None:
        self.notices.append(notice)

    def pause(self, token: object) -> None:
        self.paused.add(token)

    def resume(self, token: object) -> None:
        self.paused.discard(token)

    def hold_input(self) -> None:
        self.is_held = True

    def release_input(self) -> None:
        self.is_held = False


class Bench:
    """Makes live sessions and remembers how they ended."""

    def __init__(self) -> None:
        self.loop = FakeLoop()
        self.ends: list[tuple[EndCode, str]] = []
        self.finishes: list[EndCode] = []
        self.holds = 0
        self.changes = 0
        self.watched: list[tuple[bool, str]] = []
        self.clock = FakeClock(START)

    def session(
        self,
        *,
        seconds: float = 3600,
        at_expiry: AtExpiry | None = None,
        warn: tuple[timedelta, ...] = (),
        idle: timedelta | None = None,
        fingerprint: bool = False,
        supervised: bool = False,
    ) -> LiveSession:
        given = terms(seconds=seconds, at_expiry=at_expiry or Cut(), warn=warn, idle=idle)
        return LiveSession(
            facts(),
            replace(given, obligations=replace(given.obligations, fingerprint=fingerprint, supervised=supervised)),
            Ledger(self.clock),
            loop=self.loop,  # type: ignore[arg-type]
            linger_seconds=120,
            on_end=lambda _session, code, detail: self.ends.append((code, detail)),
            on_hold=lambda _session: self._hold(),
            on_change=lambda _session: self._change(),
            on_finish=self._finish,
            on_watched=lambda session, by: self.watched.append((not session.is_unwatched, by.id)),
        )

    def _finish(self, session: LiveSession, code: EndCode) -> None:
        self.finishes.append(code)
        session.end(code)

    def _hold(self) -> None:
        self.holds += 1

    def _change(self) -> None:
        self.changes += 1


def facts() -> SessionFacts:
    return SessionFacts(
        id=SessionId("ses_aaaa"), user_id="usr_vendor", user_name="vendor", organization_id="org_v",
        organization_name="acme", is_vendor=True, login_id="lgn_v", address="203.0.113.9", site_id="site_north",
        target=Target(asset="ast_plc", asset_name="north/plc-1", service="svc_mb", service_name="modbus",
                      protocol="modbus", host="10.0.0.5", port=502),
        grant_id="grt_1", asked=Asked(), opened_at=START,
    )  # fmt: skip


def terms(
    *, seconds: float, at_expiry: AtExpiry, warn: tuple[timedelta, ...] = (), idle: timedelta | None = None
) -> SessionTerms:
    end = START + timedelta(seconds=seconds)
    obligations = Obligations(
        policy="acme-plc", policy_digest="d", mode=Mode.REQUEST, rules=Rules(tiers=frozenset({Tier.READ})),
        not_after=end, deadline_cause=DeadlineCause.DURATION, at_expiry=at_expiry, warn=warn, idle=idle,
    )  # fmt: skip
    return SessionTerms(obligations, obligations.rules, end, START_MONOTONIC + seconds)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def events_of(queue: "asyncio.Queue[object]") -> list[str]:
    kinds = []
    while not queue.empty():
        kinds.append(queue.get_nowait().kind)  # type: ignore[attr-defined]
    return kinds
