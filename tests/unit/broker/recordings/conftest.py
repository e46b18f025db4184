"""Recordings over the test database and a directory, wired as the broker wires them."""

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import AuditLog
from broker.audit.tables import AuditLinkRow
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.db.idempotency import DatabaseIdempotencyStore
from broker.http.edge import Edge, problems
from broker.http.errors import NotFoundError, UnauthenticatedError
from broker.http.principal import AgentPrincipal, Permission, Principal, Role
from broker.pki.keys import EvidenceKey
from broker.recordings.change_routes import ChangeRoutes, change_routes
from broker.recordings.changes import ChangeLog
from broker.recordings.exporting import ChangeExports
from broker.recordings.keyring import Keyring
from broker.recordings.looks import Looks
from broker.recordings.proofs import Prover
from broker.recordings.reading import Reading
from broker.recordings.recorder import Recorder, RecorderLimits
from broker.recordings.recovery import Recovery
from broker.recordings.routes import RecordingRoutes, routes
from broker.recordings.service import Recordings
from broker.recordings.sinks import DirectoryStorage
from broker.recordings.tables import RecordingRow
from broker.recordings.viewing import Evidence
from broker.vault.sealing import MasterKey, Sealer
from guards.effects import Direction, Operation, Verdict
from policies.rules import Tier
from recording.keys import public_keys
from recording.manifest import SessionFacts
from tests.unit.broker.fakes import START, FakeClock
from tests.unit.recording.samples import FACTS

NODE = "node-1"
Client = TestClient[web.Request, web.Application]


class FakeAuthenticator:
    """Believes the header ``X-User``: the name of one of the people below."""

    async def authenticate_user(self, request: web.Request) -> Principal:
        """Return the person that the header names."""
        name = request.headers.get("X-User", "")
        if name not in PEOPLE:
            raise UnauthenticatedError
        return PEOPLE[name]

    async def authenticate_agent(self, request: web.Request) -> AgentPrincipal:
        """No agent comes here."""
        raise UnauthenticatedError


class FakeGate:
    """Lets through who has the permission."""

    def evidence(self, principal: Principal, *, export: bool) -> None:
        """Raise unless the permission is there."""
        if not principal.may(Permission.RECORDINGS_EXPORT if export else Permission.RECORDINGS_READ):
            raise NotFoundError


def person(name: str, *permissions: Permission) -> Principal:
    """Somebody signed in, with these permissions."""
    return Principal(
        user_id=f"usr_{name}", name=name, display_name=name, organization_id="org_plant", login_id=f"lgn_{name}",
        roles=frozenset({Role.AUDITOR}), permissions=frozenset(permissions), address="192.0.2.7",
        methods=frozenset({"password", "totp"}), authenticated_at=START, mfa_at=START,
    )  # fmt: skip


AUDITOR = person("auditor", Permission.RECORDINGS_READ, Permission.RECORDINGS_EXPORT)
PEOPLE = {
    "auditor": AUDITOR,
    "operator": person("operator", Permission.RECORDINGS_READ),
    "vendor": person("vendor", Permission.SESSIONS_OPEN),
}


@dataclass
class Archive:
    """Everything that keeps recordings."""

    database: Database
    clock: FakeClock
    folder: Path
    storage: DirectoryStorage
    keyring: Keyring
    recordings: Recordings
    recovery: Recovery
    evidence: Evidence
    changes: ChangeLog
    jwks: list[dict[str, object]]
    audit: AuditLog
    executor: ThreadPoolExecutor

    async def open(self, session: str = "ses_1", **facts: str) -> Recorder:
        """Begin a recording that nobody watches over."""
        changed: SessionFacts = FACTS.model_copy(update={"session": session, **facts})
        return await self.recordings.open(changed, failed=lambda _why: None, drained=lambda: None)

    async def recorded(self, session: str = "ses_1", operations: int = 3, **facts: str) -> str:
        """Make a closed recording of alternating reads, writes and refusals, and return its id."""
        recorder = await self.open(session, **facts)
        recorder.event("stream_opened", {}, stream=1)
        for number in range(operations):
            recorder.offer(1, Direction.TO_ASSET, b"question %d" % number)
            recorder.operation(1, operation(number))
            recorder.offer(1, Direction.TO_USER, b"answer")
        await recorder.close("user_ended")
        return recorder.recording_id

    async def row(self, recording: str) -> RecordingRow:
        """The index row."""
        async with self.database.reading() as view:
            return await view.get_one(RecordingRow, recording)

    async def audited(self, recording: str) -> list[AuditLinkRow]:
        """The audit events of a recording."""
        async with self.database.reading() as view:
            query = select(AuditLinkRow).filter_by(target=recording).order_by(AuditLinkRow.sequence)
            return list(await view.scalars(query))

    def file(self, recording: str) -> Path:
        """The file itself, to damage it."""
        return self.folder / f"{recording}.wgrec"


def operation(number: int) -> Operation:
    """A read, a write that passed, or a write that was refused, in turn."""
    tier = (Tier.READ, Tier.OPERATE, Tier.PROGRAM)[number % 3]
    verdict = Verdict.DENIED if tier is Tier.PROGRAM else Verdict.ALLOWED
    return Operation(Direction.TO_ASSET, "modbus", 3, "some_function", tier, verdict, transaction=number)


@pytest.fixture
def workers() -> Iterator[Callable[[], ThreadPoolExecutor]]:
    """Makes executors that end with the test."""
    made: list[ThreadPoolExecutor] = []

    def make() -> ThreadPoolExecutor:
        made.append(ThreadPoolExecutor(2))
        return made[-1]

    yield make
    for executor in made:
        executor.shutdown()


@pytest.fixture
def archive(
    database: Database,
    bus: Bus,
    audit: AuditLog,
    clock: FakeClock,
    tmp_path: Path,
    workers: Callable[[], ThreadPoolExecutor],
) -> Archive:
    """The whole of it."""
    signer = EvidenceKey(ec.generate_private_key(ec.SECP256R1()))
    folder = tmp_path / "recordings"
    storage = DirectoryStorage(folder, min_free_bytes=0)
    keyring = Keyring(database, Sealer([MasterKey(bytes(32))]), clock)
    prover = Prover(storage, public_keys({"keys": [signer.jwk]}), workers())
    limits = RecorderLimits(flush_seconds=0.01)
    recordings = Recordings(database, bus, audit, clock, keyring, storage, signer, workers(), node=NODE, limits=limits)
    recovery = Recovery(database, audit, clock, prover, node=NODE)
    reading, looks = Reading(keyring, storage, workers()), Looks(database, audit, clock)
    evidence = Evidence(database, keyring, prover, FakeGate(), reading, looks)
    changes = ChangeLog(database, FakeGate(), reading, looks)
    return Archive(
        database,
        clock,
        folder,
        storage,
        keyring,
        recordings,
        recovery,
        evidence,
        changes,
        [signer.jwk],
        audit,
        workers(),
    )


@pytest.fixture
async def client(archive: Archive) -> AsyncIterator[Client]:
    """The API over HTTP."""
    app = web.Application(middlewares=[problems])
    edge = Edge(FakeAuthenticator(), DatabaseIdempotencyStore(archive.database, archive.clock))
    edge.register(app, routes(RecordingRoutes(archive.evidence, archive.jwks)))
    async with TestClient(TestServer(app)) as client:
        yield client


class NoAssets:
    """An inventory of one asset."""

    async def asset_by_name_or_id(self, view: AsyncSession, name: str) -> Any:
        return SimpleNamespace(id=FACTS.asset) if name == "north/plc" else None


@pytest.fixture
async def changes_client(archive: Archive) -> AsyncIterator[Client]:
    """The change log over HTTP."""
    app = web.Application(middlewares=[problems])
    edge = Edge(FakeAuthenticator(), DatabaseIdempotencyStore(archive.database, archive.clock))
    exports = ChangeExports(archive.changes, archive.database, archive.audit, archive.clock, archive.executor)
    edge.register(app, change_routes(ChangeRoutes(archive.changes, exports, archive.database, NoAssets())))
    async with TestClient(TestServer(app)) as client:
        yield client
