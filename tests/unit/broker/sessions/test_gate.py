from dataclasses import replace
from typing import cast

import pytest

from broker.access.service import AccessService
from broker.db.engine import Database
from broker.http.errors import NotFoundError
from broker.http.principal import Permission, Principal, Role
from broker.identity.roles import permissions_of
from broker.sessions.errors import SessionEndedError
from broker.sessions.gate import Action, Gate
from broker.sessions.live import LiveSession
from broker.sessions.registry import LiveSessions
from broker.sessions.states import EndCode
from policies.decision import Allow, Decision
from tests.unit.broker.sessions.conftest import START, Bench


class FakeAccess:
    """Answers that a live session may go on, after whatever happens meanwhile."""

    def __init__(self, session: LiveSession) -> None:
        self.session = session
        self.killed_meanwhile = False
        self.asked = 0

    async def decide_continuation(self, *, grant_id: str, login_id: str, address: str) -> Decision:
        self.asked += 1
        if self.killed_meanwhile:
            self.session.end(EndCode.KILLED, "enough")
        return Allow(self.session.terms.obligations)


class FakeView:
    """A database in which no end is written yet."""

    def reading(self) -> "FakeView":
        return self

    async def __aenter__(self) -> "FakeView":
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def get(self, *_: object) -> None:
        return None


def principal(user: str) -> Principal:
    return Principal(
        user_id=user, name=user, display_name=user, organization_id="org_v", login_id="lgn_v",
        roles=frozenset({Role.VENDOR}), permissions=frozenset({Permission.SESSIONS_OPEN}), address="203.0.113.9",
        methods=frozenset({"password", "totp"}), authenticated_at=START,
    )  # fmt: skip


class Entrance:
    def __init__(self, bench: Bench) -> None:
        self.session = bench.session()
        self.live = LiveSessions()
        self.live.add(self.session)
        self.access = FakeAccess(self.session)
        self.gate = Gate(cast("AccessService", self.access), self.live, cast("Database", FakeView()))


@pytest.fixture
def judgements_do_not_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.sessions.live.JUDGEMENT_SECONDS", 0.0)


@pytest.fixture
def entrance(bench: Bench) -> Entrance:
    return Entrance(bench)


async def test_a_stream_is_judged_again_once_the_last_judgement_is_old(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor, session = principal("usr_vendor"), entrance.session
    await entrance.gate.enter(vendor, session.facts.id, Action.STREAM)
    assert entrance.access.asked == 0  # it was judged when it was opened, just now
    monkeypatch.setattr("broker.sessions.live.JUDGEMENT_SECONDS", 0.0)
    await entrance.gate.enter(vendor, session.facts.id, Action.STREAM)
    assert entrance.access.asked == 1


@pytest.mark.usefixtures("judgements_do_not_last")
async def test_a_session_that_is_killed_while_it_is_judged_passes_no_stream(entrance: Entrance) -> None:
    entrance.access.killed_meanwhile = True
    with pytest.raises(SessionEndedError) as refused:
        await entrance.gate.enter(principal("usr_vendor"), entrance.session.facts.id, Action.STREAM)
    assert (refused.value.fields["end_code"], str(refused.value)) == ("killed", "enough")


async def test_the_user_learns_why_a_session_ended_before_the_end_is_written_down(entrance: Entrance) -> None:
    entrance.session.end(EndCode.DEADLINE)
    entrance.live.remove(entrance.session)
    for action in Action:
        with pytest.raises(SessionEndedError) as refused:
            await entrance.gate.enter(principal("usr_vendor"), entrance.session.facts.id, action)
        assert refused.value.fields["end_code"] == "deadline"
    entrance.live.forget(entrance.session)
    with pytest.raises(NotFoundError):
        await entrance.gate.enter(principal("usr_vendor"), entrance.session.facts.id, Action.END)


async def test_to_others_a_session_is_none_alive_or_ending(entrance: Entrance) -> None:
    with pytest.raises(NotFoundError):
        await entrance.gate.enter(principal("usr_other"), entrance.session.facts.id, Action.WATCH)
    entrance.session.end(EndCode.DEADLINE)
    entrance.live.remove(entrance.session)
    with pytest.raises(NotFoundError):
        await entrance.gate.enter(principal("usr_other"), entrance.session.facts.id, Action.WATCH)


@pytest.mark.parametrize(
    ("user", "role", "may"),
    [
        ("usr_op", Role.OPERATOR, True),
        ("usr_admin", Role.ADMIN, True),
        ("usr_auditor", Role.AUDITOR, False),
        ("usr_other", Role.VENDOR, False),
        ("usr_vendor", Role.OPERATOR, False),
    ],
)
def test_only_who_could_cut_somebody_elses_session_counts_as_watching_it(
    entrance: Entrance, user: str, role: Role, may: bool
) -> None:
    roles = frozenset({role})
    who = replace(principal(user), roles=roles, permissions=permissions_of(roles))
    assert entrance.gate.allows(who, entrance.session, Action.SUPERVISE) is may
