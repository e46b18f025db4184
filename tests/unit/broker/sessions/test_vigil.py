from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from broker.cluster.bus import Bus, Event, Overrun
from broker.http.errors import UnavailableError
from broker.sessions.ending import Ending
from broker.sessions.live import LiveSession
from broker.sessions.registry import LiveSessions
from broker.sessions.states import EndCode
from broker.sessions.vigil import Vigil
from policies.decision import Allow, Code, Decision, Deny, Reason
from policies.rules import Rules, Tier
from tests.unit.broker.fakes import FakeClock
from tests.unit.broker.sessions.conftest import Bench

NO = Deny((Reason(Code.NO_POLICY, "No policy lets you reach this."),))


@dataclass
class FakeGate:
    """Answers as it is told."""

    decision: Decision = NO
    approved: frozenset[str] = frozenset()
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)

    async def still_right(self, session: LiveSession) -> Decision:
        self.asked.append(session.facts.id)
        if self.error is not None:
            raise self.error
        return self.decision

    async def grants_approved_by(self, _user_id: str) -> frozenset[str]:
        return self.approved


@dataclass
class FakeKeeper:
    """Remembers what was cut."""

    cuts: list[EndCode] = field(default_factory=list)

    def cut(self, session: LiveSession, ending: Ending) -> None:
        self.cuts.append(ending.code)
        session.end(ending.code, ending.detail)


class Watch:
    """A vigil over one live session."""

    def __init__(self, bench: Bench, clock: FakeClock) -> None:
        self.session = bench.session()
        self.bus, self.gate, self.keeper = Bus(), FakeGate(), FakeKeeper()
        live = LiveSessions()
        live.add(self.session)
        self.vigil = Vigil(self.bus, clock, live, self.gate, self.keeper)  # type: ignore[arg-type]

    def allow(self, **changes: object) -> None:
        self.gate.decision = Allow(replace(self.session.terms.obligations, **changes))  # type: ignore[arg-type]


@pytest.fixture
def watch(bench: Bench, clock: FakeClock) -> Watch:
    return Watch(bench, clock)


@pytest.mark.parametrize(
    ("topic", "ids", "code"),
    [
        ("user.disabled", {"user": "usr_vendor"}, EndCode.USER_DISABLED),
        ("login.ended", {"login": "lgn_v", "user": "usr_vendor"}, EndCode.LOGIN_ENDED),
        ("grant.revoked", {"grant": "grt_1"}, EndCode.GRANT_REVOKED),
    ],
)
def test_what_is_over_cuts_within_the_announcement_itself(
    watch: Watch, topic: str, ids: dict[str, str], code: EndCode
) -> None:
    watch.vigil.start()
    watch.bus.publish(Event(topic, ids))
    assert watch.keeper.cuts == [code]


def test_what_is_over_for_somebody_else_cuts_nobody(watch: Watch) -> None:
    watch.vigil.start()
    watch.bus.publish(Event("login.ended", {"login": "lgn_other", "user": "usr_vendor"}))
    assert watch.keeper.cuts == []


@pytest.mark.parametrize("topic", ["policy.applied", "lock.set", "site.locked", "asset.changed", "user.changed"])
async def test_a_change_that_takes_the_right_away_cuts(watch: Watch, topic: str) -> None:
    await watch.vigil.react(Event(topic))
    assert len(watch.keeper.cuts) == 1


async def test_a_change_that_leaves_the_right_cuts_nobody(watch: Watch) -> None:
    watch.allow()
    await watch.vigil.react(Event("policy.applied"))
    assert (watch.gate.asked, watch.keeper.cuts) == ([watch.session.facts.id], [])


async def test_a_change_elsewhere_is_not_even_looked_at(watch: Watch) -> None:
    await watch.vigil.react(Event("asset.changed", {"asset": "ast_other"}))
    assert watch.gate.asked == []


async def test_lost_events_mean_a_look_at_everything(watch: Watch) -> None:
    await watch.vigil.react(Overrun("overrun"))
    assert watch.keeper.cuts == [EndCode.POLICY_CHANGED]


async def test_who_cannot_be_judged_after_a_change_may_not_go_on(watch: Watch) -> None:
    watch.gate.error = UnavailableError("the database is away")
    await watch.vigil.react(Event("policy.applied"))
    assert watch.keeper.cuts == [EndCode.POLICY_CHANGED]


async def test_an_approver_who_lost_the_right_takes_the_sessions_that_rest_on_it_along(watch: Watch) -> None:
    watch.gate.approved = frozenset({"grt_1"})
    await watch.vigil.react(Event("user.disabled", {"user": "usr_approver"}))
    assert len(watch.keeper.cuts) == 1


async def test_a_policy_that_gives_less_to_say_ends_the_session(watch: Watch) -> None:
    watch.allow(rules=Rules(tiers=frozenset({Tier.READ}), units=frozenset({7})))
    await watch.vigil.react(Event("policy.applied"))
    assert watch.keeper.cuts == [EndCode.POLICY_CHANGED]


async def test_a_policy_that_gives_more_changes_nothing(watch: Watch) -> None:
    watch.allow(rules=Rules(tiers=frozenset(Tier)), not_after=watch.session.terms.not_after + timedelta(hours=1))
    before = watch.session.terms
    await watch.vigil.react(Event("policy.applied"))
    assert (watch.keeper.cuts, watch.session.terms) == ([], before)


async def test_a_policy_that_ends_earlier_moves_the_deadline(watch: Watch) -> None:
    earlier = watch.session.terms.not_after - timedelta(minutes=30)
    watch.allow(not_after=earlier)
    await watch.vigil.react(Event("policy.applied"))
    assert (watch.keeper.cuts, watch.session.terms.not_after) == ([], earlier)


@pytest.mark.parametrize("topic", ["agent.revoked", "agent.quarantined"])
async def test_an_agent_that_lost_its_trust_takes_its_sessions_along(watch: Watch, topic: str) -> None:
    from tunnel.ids import StreamId

    watch.session.add_stream(StreamId("str_one1"), "agt_1")
    watch.allow()
    await watch.vigil.react(Event(topic, {"agent": "agt_2"}))
    assert watch.keeper.cuts == []
    await watch.vigil.react(Event(topic, {"agent": "agt_1"}))
    assert watch.keeper.cuts == [EndCode.AGENT_LOST]


async def test_a_policy_that_begins_to_want_somebody_to_watch_stops_input_and_cuts_nobody(watch: Watch) -> None:
    watch.allow(supervised=True)
    await watch.vigil.react(Event("policy.applied", {"policy": "p"}))
    assert watch.session.is_unwatched
    assert watch.keeper.cuts == []
