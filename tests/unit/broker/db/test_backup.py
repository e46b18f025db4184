"""What was backed up comes back the same, into either kind of database, or nothing comes back at all."""

import json

import pytest
from sqlalchemy import func, select

from broker.audit.log import SYSTEM, AuditEvent, AuditLog
from broker.cluster.bus import Bus
from broker.db.backup import RestoreError, dump, restore
from broker.db.engine import Database
from broker.identity.tables import UserRow
from tests.unit.broker.db.conftest import KINDS, Make
from tests.unit.broker.fakes import FakeClock
from tests.unit.broker.identity.people import People, Somebody

WAYS = [(source, target) for source in KINDS for target in KINDS]


async def lines_of(database: Database) -> list[bytes]:
    return [line async for line in dump(database)]


def as_set(lines: list[bytes]) -> set[str]:
    return {json.dumps(json.loads(line), sort_keys=True) for line in lines}


async def inhabited(database: Database, clock: FakeClock) -> tuple[People, Somebody]:
    """People with secrets, logins, sponsors (who are rows of the same table) and an audit trail; one of them."""
    bus = Bus()
    people = People(database, clock, bus, AuditLog(clock, bus))
    admin = await people.admin("admin", is_emergency=True)
    await people.vendor(admin)
    await people.operator(admin)
    return people, admin


@pytest.mark.parametrize(("source", "target"), WAYS, ids=["-to-".join(way) for way in WAYS])
async def test_every_row_comes_back_the_same(make: Make, clock: FakeClock, source: str, target: str) -> None:
    old, new = await make(source), await make(target)
    people, _ = await inhabited(old, clock)
    people.close()
    lines = await lines_of(old)
    assert await restore(new, lines) == len(lines) > 20
    assert as_set(await lines_of(new)) == as_set(lines)


@pytest.mark.parametrize("kind", KINDS)
async def test_people_sign_in_to_what_was_restored(make: Make, clock: FakeClock, kind: str) -> None:
    old, new = await make("sqlite"), await make(kind)
    before, admin = await inhabited(old, clock)
    before.close()
    await restore(new, await lines_of(old))
    bus = Bus()
    after = People(new, clock, bus, AuditLog(clock, bus))
    await after.enter(admin)
    after.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_who_was_sponsored_by_a_later_row_comes_back_too(make: Make, clock: FakeClock, kind: str) -> None:
    old, new = await make("sqlite"), await make(kind)
    people, admin = await inhabited(old, clock)
    people.close()
    async with old.transaction() as tx:
        first = (await tx.scalars(select(UserRow).where(UserRow.id == admin.id))).one()
        last = (await tx.scalars(select(UserRow).where(UserRow.name == "operator"))).one()
        first.sponsor_id = last.id
    lines = await lines_of(old)
    assert await restore(new, lines) == len(lines)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_database_with_rows_takes_no_backup(make: Make, clock: FakeClock, kind: str) -> None:
    database = await make(kind)
    people, _ = await inhabited(database, clock)
    people.close()
    lines = await lines_of(database)
    with pytest.raises(RestoreError, match="not empty"):
        await restore(database, lines)
    assert as_set(await lines_of(database)) == as_set(lines)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"not json\n", "Line 2"),
        (b'["users"]\n', "Line 2"),
        (b"[1, {}]\n", "Line 2"),
        (b'["users", []]\n', "Line 2"),
        (b'["no_such_table", {"id": "x"}]\n', "no_such_table"),
        (b'["organizations", {"id": "x", "colour": "red"}]\n', "colour"),
        (b'["organizations", {"id": "org_2", "created_at": {"$time": "noon"}}]\n', "noon"),
        (b'["organizations", {"id": "org_2"}]\n', "does not take"),
        (b'["memberships", {"group_id": "no", "user_id": "no"}]\n', "does not take"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_no_backup_is_refused_and_nothing_is_left_of_it(
    make: Make, clock: FakeClock, kind: str, line: bytes, says: str
) -> None:
    database = await make(kind)
    good = (
        b'["organizations", {"id": "org_1", "name": "plant", "display_name": "Plant", "kind": "internal", '
        b'"created_at": {"$time": "2026-03-02T08:00:00+00:00"}}]\n'
    )
    with pytest.raises(RestoreError, match=says):
        await restore(database, [good, line])
    assert await lines_of(database) == []


async def test_a_backup_is_one_consistent_view_while_others_write(make: Make, clock: FakeClock) -> None:
    database = await make("sqlite")
    people, admin = await inhabited(database, clock)
    lines = dump(database)
    taken = [await anext(lines)]
    await people.vendor(admin, "later")
    taken += [line async for line in lines]
    people.close()
    async with database.reading() as view:
        assert await view.scalar(select(func.count()).select_from(UserRow)) == 4
    assert sum(line.startswith(b'["users"') for line in taken) == 3


@pytest.mark.parametrize("kind", KINDS)
async def test_text_that_looks_like_the_backups_own_marks_stays_text(make: Make, clock: FakeClock, kind: str) -> None:
    old, new = await make("sqlite"), await make(kind)
    details = {"labels": {"$time": "noon"}}
    audit = AuditLog(clock, Bus())
    async with old.transaction() as tx:
        await audit.append(tx, AuditEvent("asset.changed", SYSTEM, "ast_1", details))
    lines = await lines_of(old)
    assert b"$time" in b"".join(lines)
    await restore(new, lines)
    assert as_set(await lines_of(new)) == as_set(lines)
