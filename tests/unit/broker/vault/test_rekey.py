"""Secrets move to a new master key, all of them, also when the first run stops half-way."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from broker.audit.log import SYSTEM, AuditLog
from broker.db.engine import Database
from broker.vault.rekey import Rekeying, RekeyReport, SealedColumn
from broker.vault.sealing import MasterKey, Sealer, UnsealError

Actions = Callable[[], Awaitable[list[str]]]
OLD, NEW = MasterKey(b"o" * 32), MasterKey(b"n" * 32)


class FakeBase(DeclarativeBase):
    """Apart from the broker's own tables."""


class FakeSecretRow(FakeBase):
    """A table with a sealed column."""

    __tablename__ = "fake_secrets"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes | None]


COLUMN = SealedColumn(FakeSecretRow, "sealed", "fake.secret:")


async def fill(database: Database, count: int) -> None:
    sealer = Sealer([OLD])
    async with database.engine.begin() as connection:
        await connection.run_sync(FakeBase.metadata.drop_all)
        await connection.run_sync(FakeBase.metadata.create_all)
    async with database.transaction() as tx:
        for number in range(count):
            row_id = f"sec_{number:03}"
            tx.add(FakeSecretRow(id=row_id, sealed=sealer.seal(f"secret {number}".encode(), COLUMN.place(row_id))))
        tx.add(FakeSecretRow(id="sec_empty", sealed=None))


async def opened(database: Database, sealer: Sealer) -> list[str]:
    async with database.reading() as view:
        rows = await view.scalars(select(FakeSecretRow).order_by(FakeSecretRow.id))
        return [sealer.unseal(row.sealed, COLUMN.place(row.id)).decode() for row in rows if row.sealed is not None]


async def test_everything_opens_with_the_new_key_alone(database: Database, audit: AuditLog, actions: Actions) -> None:
    await fill(database, 7)
    report = await Rekeying(database, Sealer([NEW, OLD]), audit, (COLUMN,), batch=3).run(SYSTEM)
    assert report == RekeyReport({"fake.secret:": 7}, {"fake.secret:": 0})
    assert await opened(database, Sealer([NEW])) == [f"secret {number}" for number in range(7)]
    assert await actions() == ["vault.rekeyed"] * 3


async def test_a_second_run_does_what_the_first_did_not(database: Database, audit: AuditLog) -> None:
    await fill(database, 5)
    async with database.transaction() as tx:
        row = await tx.get_one(FakeSecretRow, "sec_003")
        row.sealed = b"\x01 damaged"
    rekeying = Rekeying(database, Sealer([NEW, OLD]), audit, (COLUMN,), batch=2)
    with pytest.raises(UnsealError):
        await rekeying.run(SYSTEM)
    async with database.transaction() as tx:
        await tx.delete(await tx.get_one(FakeSecretRow, "sec_003"))
    report = await rekeying.run(SYSTEM)
    assert report == RekeyReport({"fake.secret:": 2}, {"fake.secret:": 2})


async def test_without_the_old_key_nothing_is_changed(database: Database, audit: AuditLog, actions: Actions) -> None:
    await fill(database, 2)
    with pytest.raises(UnsealError):
        await Rekeying(database, Sealer([NEW]), audit, (COLUMN,)).run(SYSTEM)
    assert len(await opened(database, Sealer([OLD]))) == 2
    assert await actions() == []
