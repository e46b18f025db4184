"""Arm-then-act: asked once, answered by somebody else, within the transaction, good for exactly one repetition."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from broker.access.errors import RequestClosedError, RequestOutdatedError, SelfApprovalError
from broker.access.states import RequestState
from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.http.errors import NotFoundError
from broker.http.paging import PageQuery
from broker.identity.errors import MfaRequiredError
from broker.sessions.asking import MAX_PENDING, Asking
from broker.sessions.errors import SessionEndedError
from broker.sessions.keeping import SessionKeeper
from broker.sessions.live import LiveSession
from broker.sessions.questions import QuestionBook, QuestionQuery
from broker.sessions.registry import LiveSessions
from broker.sessions.states import EndCode
from broker.sessions.tables import QuestionRow
from broker.sessions.wanted import words_of
from guards.effects import Direction, Operation, Verdict
from policies.rules import Tier
from tests.unit.broker.access.plant import POLICY, STEP_UP, Plant
from tests.unit.broker.conftest import Published
from tests.unit.broker.fakes import START, FakeClock
from tests.unit.broker.sessions.conftest import Bench, FakeRelay, facts
from tests.unit.broker.sessions.rows import session_row
from tests.unit.broker.sessions.test_killing import FlakyDatabase
from tunnel.ids import StreamId
from tunnel.tasks import Supervisor

FINGERPRINT = bytes(range(32))
WRITE = Operation(
    Direction.TO_ASSET, "modbus", 6, "write_single_register", Tier.OPERATE, Verdict.ASKED, transaction=7, unit=1,
    objects=("holding 100",), values=(640,),
)  # fmt: skip
PAGE = PageQuery()


class FakeRecorder:
    """Takes events."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, object]]] = []

    def event(self, kind: str, details: dict[str, object], stream: int = 0) -> bool:
        self.events.append((kind, details))
        return stream == 0


class FakeKeeper:
    """Has one recorder."""

    def __init__(self) -> None:
        self.recorder = FakeRecorder()

    def recorder_of(self, _session: LiveSession) -> FakeRecorder:
        return self.recorder


class Desk:
    """One live session, and those who may answer what it asks."""

    def __init__(
        self, plant: Plant, bus: Bus, audit: AuditLog, tasks: Supervisor, session: LiveSession, patience: float
    ) -> None:
        self.database, self.live, self.session = FlakyDatabase(plant.database), LiveSessions(), session
        self.database.is_away = False
        self.live.add(session)
        self.plant, self.keeper, self.tasks = plant, FakeKeeper(), tasks
        self.watcher = session.watch(is_presence=False)
        self.watcher.get_nowait()
        database = cast("Database", self.database)
        self.book = QuestionBook(database, plant.clock, bus, audit, node="nod_test")
        keeper = cast("SessionKeeper", self.keeper)
        self.asking = Asking(
            self.book, database, plant.clock, self.live, keeper, tasks, plant.parts.rights, patience_seconds=patience
        )

    def ask(self, fingerprint: bytes = FINGERPRINT) -> None:
        self.asking.ask(self.session, WRITE, fingerprint)

    async def asked(self, fingerprint: bytes = FINGERPRINT) -> str:
        """Ask, wait until the user was told so, and return the question's id."""
        self.ask(fingerprint)
        return str((await self.event("asked"))["question"])

    async def event(self, kind: str) -> dict[str, object]:
        """Wait for the next thing that watchers are told; it is of this kind."""
        async with asyncio.timeout(10):
            told = await self.watcher.get()
        assert told.kind == kind
        return dict(told.details)

    async def row(self, question: str) -> QuestionRow:
        return await self.book.get(self.plant.principal("operator"), question)

    def takes(self, seconds: float = 0.0) -> bool:
        return self.session.armed.take(FINGERPRINT, self.plant.clock.monotonic() + seconds)


MakeDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture
async def make(
    database: Database, clock: FakeClock, bus: Bus, audit: AuditLog, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MakeDesk]:
    monkeypatch.setattr("broker.sessions.asking.RETRY_SECONDS", (0.001, 0.01))
    plant = Plant(database, clock, bus, audit)
    for name in ("vendor", "operator"):
        await plant.sign_in(name)
    await plant.apply(POLICY)
    async with database.transaction() as tx:
        tx.add(session_row("usr_vendor", START, id=facts().id))
    async with Supervisor(lambda _name, _error: None) as tasks:

        async def desk(patience: float = 120) -> Desk:
            return Desk(plant, bus, audit, tasks, bench.session(), patience)

        yield desk


@pytest.fixture
async def desk(make: MakeDesk) -> Desk:
    return await make()


def test_an_operation_is_put_in_words() -> None:
    assert words_of(WRITE) == "write_single_register holding 100 = 640, unit 1 (operate)"
    many = Operation(
        Direction.TO_ASSET, "s7", 5, "write_var", Tier.OPERATE, Verdict.ASKED, route="0/2",
        objects=tuple(f"db1 {at}" for at in range(9)),
    )  # fmt: skip
    assert words_of(many).endswith("db1 5, and 3 more, 0/2 (operate)")


async def test_a_question_says_exactly_what_is_asked(desk: Desk, published: Published, actions: Any) -> None:
    question = await desk.asked()
    row = await desk.row(question)
    assert (row.function, row.objects, row.values, row.unit, row.tier) == (
        "write_single_register", ["holding 100"], [640], 1, "operate",
    )  # fmt: skip
    assert (row.session_id, row.user_name, row.asset_name) == (facts().id, "vendor", "north/plc-1")
    assert (row.fingerprint, desk.book.state_of(row)) == (FINGERPRINT, RequestState.PENDING)
    assert published.of("question.asked") == [
        {"question": question, "session": facts().id, "user": "usr_vendor", "asset": "ast_plc", "site": "site_north"}
    ]
    assert (await actions())[-1] == "question.asked"
    assert [kind for kind, _ in desk.keeper.recorder.events] == ["question_asked"]


async def test_asking_the_same_again_makes_no_second_question(desk: Desk, published: Published) -> None:
    await desk.asked()
    desk.ask()
    await desk.asked(b"another")
    assert len(published.of("question.asked")) == 2


async def test_so_many_questions_wait_and_no_more(desk: Desk) -> None:
    for number in range(MAX_PENDING):
        await desk.asked(bytes([number]))
    desk.ask(b"one too many")
    await desk.event("ask_dropped")
    assert len(desk.session.questions) == MAX_PENDING


async def test_after_a_yes_it_passes_once_within_its_time(desk: Desk, actions: Any) -> None:
    relay = FakeRelay()
    desk.session.attach(desk.session.add_stream(StreamId("str_1"), "agt_1"), relay)
    question = await desk.asked()
    row = await desk.asking.answer(desk.plant.principal("operator"), question, yes=True, reason="go on")
    told = await desk.event("ask_approved")
    assert (row.state, row.answered_by_name, row.answer_reason) == ("approved", "operator", "go on")
    assert row.armed_until is not None
    assert (row.armed_until - desk.plant.clock.now()).total_seconds() == told["seconds_left"] == 60
    assert [notice.text for notice in relay.notices][-1] == "Approved: repeat it within 60 s."
    assert desk.takes(59.9)
    assert not desk.takes()
    assert (await actions())[-1] == "question.approved"
    # What was used up is asked anew.
    assert await desk.asked() != question


async def test_an_approval_that_is_not_used_lapses(desk: Desk) -> None:
    await desk.asking.answer(desk.plant.principal("operator"), await desk.asked(), yes=True, reason="")
    assert not desk.takes(60.0)


async def test_after_a_no_nothing_passes_and_the_user_is_told_why(desk: Desk, actions: Any) -> None:
    question = await desk.asked()
    await desk.asking.answer(desk.plant.principal("operator"), question, yes=False, reason="the pump runs")
    assert (await desk.event("ask_denied"))["reason"] == "the pump runs"
    assert not desk.takes()
    assert (await actions())[-1] == "question.denied"


@pytest.mark.parametrize("who", ["operator", "admin"])
async def test_where_approvers_must_show_a_second_factor_a_yes_needs_it_too(desk: Desk, actions: Any, who: str) -> None:
    await desk.plant.apply(STEP_UP)
    question, known = await desk.asked(), len(await actions())
    stale = replace(desk.plant.principal(who), mfa_at=START - timedelta(minutes=16))
    with pytest.raises(MfaRequiredError) as refused:
        await desk.asking.answer(stale, question, yes=True, reason="")
    assert refused.value.fields == {"methods": ["totp"], "max_age": 900}
    assert not desk.takes()
    assert desk.book.state_of(await desk.row(question)) is RequestState.PENDING
    assert len(await actions()) == known
    await desk.asking.answer(desk.plant.principal(who), question, yes=True, reason="")
    assert desk.takes()


async def test_a_no_needs_no_second_factor(desk: Desk) -> None:
    await desk.plant.apply(STEP_UP)
    stale = replace(desk.plant.principal("operator"), mfa_at=None)
    row = await desk.asking.answer(stale, await desk.asked(), yes=False, reason="not now")
    assert row.state == "denied"


async def test_nobody_says_yes_under_a_policy_that_is_gone(desk: Desk) -> None:
    question = await desk.asked()
    await desk.plant.parts.store.delete(desk.plant.principal("admin"), "acme-plc")
    with pytest.raises(RequestOutdatedError):
        await desk.asking.answer(desk.plant.principal("operator"), question, yes=True, reason="")
    assert not desk.takes()


async def test_nobody_answers_their_own_question(desk: Desk) -> None:
    question = await desk.asked()
    desk.plant.people.change("vendor", roles=desk.plant.people.people["usr_operator"].roles)
    with pytest.raises(SelfApprovalError):
        await desk.asking.answer(desk.plant.principal("vendor"), question, yes=True, reason="")
    assert not desk.takes()
    assert desk.book.state_of(await desk.row(question)) is RequestState.PENDING


async def test_who_may_not_decide_finds_nothing_to_answer(desk: Desk) -> None:
    question = await desk.asked()
    for person in ("stranger", "vendor"):
        with pytest.raises(NotFoundError):
            await desk.asking.answer(desk.plant.principal(person), question, yes=True, reason="")
    with pytest.raises(NotFoundError):
        await desk.asking.answer(desk.plant.principal("operator"), "qst_none", yes=True, reason="")


async def test_a_question_is_answered_once(desk: Desk) -> None:
    question = await desk.asked()
    await desk.asking.answer(desk.plant.principal("operator"), question, yes=False, reason="no")
    with pytest.raises(RequestClosedError):
        await desk.asking.answer(desk.plant.principal("admin"), question, yes=True, reason="")
    assert not desk.takes()


async def test_a_question_that_waited_too_long_has_expired(make: MakeDesk, actions: Any) -> None:
    desk = await make(patience=0.05)
    question = await desk.asked()
    await desk.event("ask_expired")
    row = await desk.row(question)
    assert (row.state, row.answered_by) == ("expired", "system")
    assert desk.session.questions == {}
    assert (await actions())[-1] == "question.expired"
    with pytest.raises(RequestClosedError):
        await desk.asking.answer(desk.plant.principal("operator"), question, yes=True, reason="")


async def test_a_yes_that_comes_too_late_counts_for_nothing_though_nobody_wrote_that_down(desk: Desk) -> None:
    question = await desk.asked()
    desk.plant.clock.advance(120)
    with pytest.raises(RequestClosedError):
        await desk.asking.answer(desk.plant.principal("operator"), question, yes=True, reason="")
    assert not desk.takes()


async def test_with_its_session_a_question_ends(desk: Desk, published: Published) -> None:
    question = await desk.asked()
    desk.session.end(EndCode.FINISHED)
    desk.live.remove(desk.session)
    async with asyncio.timeout(10):
        while not published.of("question.withdrawn"):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
    assert (await desk.row(question)).state == "withdrawn"
    desk.ask()
    assert desk.session.questions == {}


async def test_a_session_that_has_just_ended_is_armed_no_more(desk: Desk) -> None:
    question = await desk.asked()
    desk.live.remove(desk.session)
    with pytest.raises(SessionEndedError):
        await desk.asking.answer(desk.plant.principal("operator"), question, yes=True, reason="")
    assert (await desk.row(question)).state == "pending"


async def test_a_yes_that_cannot_be_written_arms_nothing(desk: Desk) -> None:
    question = await desk.asked()
    desk.database.is_away = True
    with pytest.raises(OSError, match="away"):
        await desk.asking.answer(desk.plant.principal("operator"), question, yes=True, reason="")
    assert not desk.takes()


async def test_a_yes_that_does_not_reach_the_audit_log_arms_nothing(
    desk: Desk, audit: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = await desk.asked()

    async def fails(*_: object) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr(audit, "append", fails)
    with pytest.raises(OSError, match="full"):
        await desk.asking.answer(desk.plant.principal("operator"), question, yes=True, reason="")
    assert not desk.takes()
    assert (await desk.row(question)).state == "pending"


async def test_a_question_is_asked_as_soon_as_the_database_is_back(desk: Desk) -> None:
    desk.database.is_away = True
    desk.ask()
    await asyncio.sleep(0)
    desk.database.is_away = False
    assert await desk.row(str((await desk.event("asked"))["question"]))


async def test_lists_show_ones_own_and_to_the_plant_all(desk: Desk) -> None:
    question = await desk.asked()
    people = {"operator": [question], "vendor": [question], "stranger": []}
    for name, expected in people.items():
        rows, _ = await desk.book.list(desk.plant.principal(name), QuestionQuery(pending=True), PAGE)
        assert [row.id for row in rows] == expected
    async with desk.plant.database.reading() as view:
        assert await desk.book.count_waiting(view, desk.plant.principal("operator")) == 1
        assert await desk.book.count_waiting(view, desk.plant.principal("vendor")) == 0
    desk.plant.clock.advance(120)
    rows, _ = await desk.book.list(desk.plant.principal("operator"), QuestionQuery(pending=True), PAGE)
    assert rows == []
    rows, _ = await desk.book.list(desk.plant.principal("operator"), QuestionQuery(site="site_north"), PAGE)
    assert [desk.book.state_of(row) for row in rows] == [RequestState.EXPIRED]


async def test_after_a_crash_what_was_open_is_closed(desk: Desk) -> None:
    question = await desk.asked()
    assert await desk.book.recover() == 1
    assert (await desk.row(question)).state == "expired"
    assert await desk.book.recover() == 0
