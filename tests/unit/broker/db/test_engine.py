"""One way to read and one way to write, with the same promises on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from broker.audit.tables import AuditLinkRow
from broker.db.engine import Database, Transaction
from broker.db.idempotency import DatabaseIdempotencyStore, IdempotentAnswer
from broker.http.idempotency import StoredAnswer
from tests.unit.broker.fakes import FakeClock

AT = datetime(2026, 3, 2, 8, 30, 15, 123456, tzinfo=UTC)


def answer(key: str, at: datetime = AT) -> IdempotentAnswer:
    return IdempotentAnswer(caller="usr_1", key=key, body_digest=b"d" * 32, status=200, body=b"{}", created_at=at)


async def count(database: Database) -> int:
    async with database.reading() as view:
        return await view.scalar(select(func.count()).select_from(IdempotentAnswer)) or 0


async def test_a_transaction_that_raises_leaves_nothing_and_calls_nobody(database: Database) -> None:
    called: list[str] = []
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            tx.add(answer("a"))
            tx.on_commit(lambda: called.append("a"))
            await tx.flush()
            raise RuntimeError
    assert (await count(database), called) == (0, [])


async def test_callbacks_run_in_order_once_the_change_can_be_seen(database: Database) -> None:
    called: list[str] = []
    async with database.transaction() as tx:
        tx.add(answer("a"))
        tx.on_commit(lambda: called.append("first"))
        tx.on_commit(lambda: called.append("second"))
        assert called == []
    assert (await count(database), called) == (1, ["first", "second"])


async def test_a_commit_that_fails_calls_nobody(database: Database) -> None:
    called: list[str] = []
    async with database.transaction() as tx:
        tx.add(answer("a"))
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            tx.add(answer("a"))
            tx.on_commit(lambda: called.append("a"))
    assert called == []


async def test_what_is_done_in_a_view_is_not_kept(database: Database) -> None:
    async with database.reading() as view:
        view.add(answer("a"))
        await view.flush()
    assert await count(database) == 0


async def test_readers_see_the_old_state_while_a_writer_is_at_work(database: Database) -> None:
    async with database.transaction() as tx:
        tx.add(answer("a"))
        await tx.flush()
        assert await count(database) == 0
    assert await count(database) == 1


async def test_writers_at_the_same_time_queue_and_none_fails(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.transaction() as tx:
            tx.add(answer(str(number)))

    await asyncio.gather(*(write(number) for number in range(30)))
    assert await count(database) == 30


async def test_a_writer_that_is_cancelled_lets_the_next_one_in(database: Database) -> None:
    inside = asyncio.Event()

    async def hold() -> None:
        async with database.transaction() as tx:
            tx.add(answer("a"))
            await tx.flush()
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(20), database.transaction() as tx:
        tx.add(answer("a"))
    assert await count(database) == 1


async def test_times_come_back_aware_exact_and_in_utc(database: Database) -> None:
    async with database.transaction() as tx:
        tx.add(answer("a", AT.astimezone(timezone(timedelta(hours=5)))))
    async with database.reading() as view:
        row = (await view.scalars(select(IdempotentAnswer))).one()
    assert row.created_at == AT
    assert row.created_at.tzinfo is UTC


async def test_a_naive_time_is_a_bug(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with database.transaction() as tx:
            tx.add(answer("a", AT.replace(tzinfo=None)))


async def test_a_row_that_points_to_nothing_is_refused(database: Database) -> None:
    async def orphan(tx: Transaction) -> None:
        await tx.execute(text("INSERT INTO memberships (group_id, user_id) VALUES ('no', 'no')"))

    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await orphan(tx)


async def test_an_address_that_answers_no_database_is_an_error_within_its_time() -> None:
    database = Database("postgresql+asyncpg://wicket@127.0.0.1:1/none")
    async with asyncio.timeout(20):
        with pytest.raises(ConnectionError):
            async with database.reading() as view:
                await view.scalar(select(func.count()).select_from(AuditLinkRow))
    await database.close()


async def test_answers_to_retries_are_claimed_once_kept_a_day_and_forgotten(
    database: Database, clock: FakeClock
) -> None:
    store = DatabaseIdempotencyStore(database, clock)
    assert await store.begin("usr_1 POST /x", "key", b"d" * 32) is None
    assert await store.begin("usr_1 POST /x", "key", b"e" * 32) == StoredAnswer(b"d" * 32, 0, b"")
    await store.finish("usr_1 POST /x", "key", 201, b"{}")
    clock.advance(timedelta(hours=23))
    assert await store.begin("usr_1 POST /x", "key", b"d" * 32) == StoredAnswer(b"d" * 32, 201, b"{}")
    clock.advance(timedelta(hours=2))
    assert await store.begin("usr_1 POST /x", "key", b"d" * 32) is None


async def test_of_two_first_calls_at_once_one_claims_the_key(database: Database, clock: FakeClock) -> None:
    store = DatabaseIdempotencyStore(database, clock)
    found = await asyncio.gather(*(store.begin("usr_1 POST /x", "key", b"d" * 32) for _ in range(8)))
    assert found.count(None) == 1
    await store.abandon("usr_1 POST /x", "key")
    assert await store.begin("usr_1 POST /x", "key", b"d" * 32) is None
