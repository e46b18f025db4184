"""The audit log is listed, verified and exported, and reading it is an event."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, update

from broker.audit import service
from broker.audit.chain import ChainBroken, ChainIntact, Checkpoint, Link, verify_chain
from broker.audit.checkpoints import Checkpointer, CheckpointPolicy
from broker.audit.log import Actor, AuditEvent, AuditLog
from broker.audit.service import AuditFilter, AuditReader
from broker.audit.tables import AuditCheckpointRow, AuditLinkRow
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.http.principal import Permission, Principal, Role
from broker.pki.keys import EvidenceKey, verify_evidence
from tests.unit.broker.fakes import START, FakeClock

Actions = Callable[[], Awaitable[list[str]]]
KEY = EvidenceKey(ec.generate_private_key(ec.SECP256R1()))
AUDITOR = Principal(
    "usr_auditor", "auditor", "Auditor", "org_plant", "lgn_a", frozenset({Role.AUDITOR}),
    frozenset({Permission.AUDIT_READ}), "192.0.2.1", frozenset({"password", "totp"}), START,
)  # fmt: skip


@pytest.fixture
def reader(database: Database, audit: AuditLog, clock: FakeClock) -> AuditReader:
    return AuditReader(database, audit, clock, {KEY.key_id: KEY.jwk})


@pytest.fixture
def checkpointer(database: Database, bus: Bus, clock: FakeClock) -> Checkpointer:
    return Checkpointer(database, KEY, bus, clock, CheckpointPolicy(every=3))


async def happen(database: Database, audit: AuditLog, *actions: str, actor: str = "usr_admin") -> None:
    for action in actions:
        async with database.transaction() as tx:
            await audit.append(tx, AuditEvent(action, Actor(actor, actor), "ste_a", {"name": "nörth"}))


async def test_events_are_listed_newest_first_and_by_the_page(
    database: Database, audit: AuditLog, reader: AuditReader
) -> None:
    await happen(database, audit, "site.created", "site.changed", "asset.created")
    first = await reader.events(AUDITOR, AuditFilter(), limit=2)
    rest = await reader.events(AUDITOR, AuditFilter(), before=first[-1].sequence, limit=2)
    assert [link.action for link in first + rest] == ["audit.read", "asset.created", "site.changed", "site.created"]


@pytest.mark.parametrize(
    "wanted",
    [
        AuditFilter(action="site.changed"),
        AuditFilter(action="site.ch."),
        AuditFilter(actor="usr_admin", action="site."),
        AuditFilter(target="ste_a"),
        AuditFilter(since=START + timedelta(seconds=60), until=START + timedelta(seconds=61)),
    ],
)
async def test_events_are_filtered(
    database: Database, audit: AuditLog, reader: AuditReader, clock: FakeClock, wanted: AuditFilter
) -> None:
    async with database.transaction() as tx:
        await audit.append(tx, AuditEvent("user.created", Actor("usr_other", "other"), "usr_new"))
    clock.advance(60)
    await happen(database, audit, "site.changed")
    clock.advance(60)
    found = [link.action for link in await reader.events(AUDITOR, wanted)]
    assert found == ([] if wanted.action == "site.ch." else ["site.changed"])


async def test_listing_is_recorded_once_a_minute_for_each_reader(
    reader: AuditReader, clock: FakeClock, actions: Actions
) -> None:
    for _ in range(3):
        await reader.events(AUDITOR, AuditFilter())
    clock.advance(60)
    await reader.events(AUDITOR, AuditFilter())
    assert await actions() == ["audit.read", "audit.read"]


async def test_an_untouched_chain_verifies_and_that_is_recorded(
    database: Database, audit: AuditLog, reader: AuditReader, checkpointer: Checkpointer, actions: Actions
) -> None:
    await happen(database, audit, "site.created", "site.changed")
    await checkpointer.write()
    await happen(database, audit, "site.changed")
    outcome = await reader.verify(AUDITOR)
    assert isinstance(outcome, ChainIntact)
    assert (outcome.links, outcome.checkpoints, outcome.uncovered) == (3, 1, 1)
    assert (await actions())[-1] == "audit.verified"


async def test_a_chain_longer_than_a_batch_verifies(
    database: Database, audit: AuditLog, reader: AuditReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    await happen(database, audit, *["site.changed"] * 5)
    outcome = await reader.verify(AUDITOR)
    assert isinstance(outcome, ChainIntact)
    assert outcome.links == 5


async def test_a_row_changed_in_the_database_is_named(database: Database, audit: AuditLog, reader: AuditReader) -> None:
    await happen(database, audit, *["site.changed"] * 4)
    async with database.transaction() as tx:
        await tx.execute(update(AuditLinkRow).where(AuditLinkRow.sequence == 3).values(actor="usr_nobody"))
    outcome = await reader.verify(AUDITOR)
    assert isinstance(outcome, ChainBroken)
    assert outcome.sequence == 3


async def test_rows_cut_off_the_end_are_named(database: Database, audit: AuditLog, reader: AuditReader) -> None:
    await happen(database, audit, *["site.changed"] * 4)
    async with database.transaction() as tx:
        await tx.execute(delete(AuditLinkRow).where(AuditLinkRow.sequence > 2))
    outcome = await reader.verify(AUDITOR)
    assert outcome == ChainBroken(3, "the chain ends at 2, but its head stands at 4")


async def test_a_forged_checkpoint_is_named(
    database: Database, audit: AuditLog, reader: AuditReader, checkpointer: Checkpointer
) -> None:
    await happen(database, audit, "site.created", "site.changed")
    await checkpointer.write()
    async with database.transaction() as tx:
        await tx.execute(update(AuditCheckpointRow).values(signature=b"\x01" * 64))
    outcome = await reader.verify(AUDITOR)
    assert outcome == ChainBroken(2, "checkpoint 2 has a signature that does not verify")


async def test_an_export_verifies_with_nothing_but_itself(
    database: Database, audit: AuditLog, reader: AuditReader, checkpointer: Checkpointer
) -> None:
    await happen(database, audit, "site.created", "site.changed")
    await checkpointer.write()
    text = b"".join([chunk async for chunk in reader.export(AUDITOR)])
    header, *lines = [json.loads(line) for line in text.splitlines()]
    links = [_read_link(line) for line in lines if line["type"] == "link"]
    marks = [_read_mark(line) for line in lines if line["type"] == "checkpoint"]
    keys = {key["kid"]: key for key in header["keys"]}
    outcome = verify_chain(links, marks, lambda key_id, message, sig: verify_evidence(keys[key_id], message, sig))
    assert outcome == ChainIntact(3, 1, 1, links[-1].hash)
    assert links[-1].action == "audit.exported"


def _read_link(line: dict[str, object]) -> Link:

    plain = {**line, "at": datetime.fromisoformat(str(line["at"]))}
    plain |= {name: bytes.fromhex(str(line[name])) for name in ("previous", "hash")}
    plain.pop("type")
    return Link(**plain)  # type: ignore[arg-type]


def _read_mark(line: dict[str, object]) -> Checkpoint:

    signature = base64.urlsafe_b64decode(f"{line['signature']}==")
    at, hashed = datetime.fromisoformat(str(line["at"])), bytes.fromhex(str(line["hash"]))
    return Checkpoint(int(str(line["sequence"])), at, hashed, str(line["key_id"]), signature)


async def test_a_checkpoint_is_written_only_when_there_is_something_new(
    database: Database, audit: AuditLog, checkpointer: Checkpointer
) -> None:
    assert await checkpointer.write() is None
    await happen(database, audit, "site.created")
    mark = await checkpointer.write()
    assert mark is not None
    assert mark.sequence == 1
    assert await checkpointer.write() is None


async def test_two_nodes_write_one_checkpoint(database: Database, audit: AuditLog, bus: Bus, clock: FakeClock) -> None:
    await happen(database, audit, "site.created")
    nodes = [Checkpointer(database, KEY, bus, clock) for _ in range(3)]
    marks = await asyncio.gather(*(node.write() for node in nodes))
    assert [mark.sequence for mark in marks if mark is not None] == [1]


async def test_the_task_writes_after_so_many_links(
    database: Database, audit: AuditLog, bus: Bus, checkpointer: Checkpointer
) -> None:
    written = await _run_until_written(checkpointer, happen(database, audit, *["site.changed"] * 3))
    assert written == 3


async def test_the_task_writes_after_so_long(database: Database, audit: AuditLog, bus: Bus, clock: FakeClock) -> None:
    soon = CheckpointPolicy(every=1000, within=timedelta(milliseconds=1))
    checkpointer = Checkpointer(database, KEY, bus, clock, soon)
    assert await _run_until_written(checkpointer, happen(database, audit, "site.changed")) == 1


async def _run_until_written(checkpointer: Checkpointer, work: Awaitable[None]) -> int:
    """Run the task, let the work happen, and return the sequence of the first checkpoint."""
    written: asyncio.Queue[int] = asyncio.Queue()
    started = asyncio.Event()
    write = checkpointer.write

    async def watched() -> Checkpoint | None:
        mark = await write()
        started.set()
        if mark is not None:
            written.put_nowait(mark.sequence)
        return mark

    checkpointer.write = watched  # type: ignore[method-assign]
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(checkpointer.run())
        await started.wait()
        await work
        sequence = await written.get()
        task.cancel()
    return sequence
