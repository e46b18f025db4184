"""The composition root: makes every part once and hands it what it needs; starts and stops the whole."""

import asyncio
import base64
import binascii
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import random

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware
from sqlalchemy import text

from broker import tables as _all_tables  # noqa: F401 - the metadata must be whole
from broker.access.parts import AccessParts
from broker.audit import routes as audit_routes
from broker.audit.checkpoints import Checkpointer
from broker.audit.log import AuditLog
from broker.audit.service import AuditReader
from broker.cluster.bus import Bus
from broker.config import ConfigError, Settings, effective
from broker.db.engine import Database
from broker.db.idempotency import DatabaseIdempotencyStore
from broker.events.parts import EventParts
from broker.gateways import tcp
from broker.gateways.carrying import Carrier
from broker.gateways.dials import Dials
from broker.gateways.looking import Looker
from broker.gateways.tcp import TcpGateway
from broker.http.built import installed_pages
from broker.http.edge import Edge, problems
from broker.http.local import for_this_machine, without_agents
from broker.http.metrics import Metrics
from broker.http.pages import PageRoutes
from broker.http.routes import Route
from broker.http.settings import SettingOut, settings_routes
from broker.http.system import UNREADY, SystemRoutes
from broker.identity import routes as identity_routes
from broker.identity import welcome
from broker.identity.logins import LoginLimits
from broker.identity.passwords import Argon2Cost
from broker.identity.service import Ground, Identity, IdentitySettings
from broker.inventory.control import LinkTerms
from broker.inventory.enrolment import BrokerAddress
from broker.inventory.parts import InventoryBase, InventoryGround, InventoryParts
from broker.overview.routes import OverviewRoutes
from broker.overview.service import Overview
from broker.pki.applications import Applications
from broker.pki.authority import Authority
from broker.pki.keys import EvidenceKey, load_or_make_key, write_private
from broker.pki.trust import ServerTrust
from broker.recordings.parts import RecordingGround, RecordingParts
from broker.sessions.gate import Gate
from broker.sessions.limits import SessionLimits
from broker.sessions.parts import SessionGround, SessionParts
from broker.sessions.registry import LiveSessions
from broker.sessions.usage import SessionUsage
from broker.vault.sealing import MasterKey, Sealer, load_or_make_master_key
from guards import registry
from guards.looks import load_looks
from guards.registry import load_guards
from tunnel.clock import Clock, SystemClock
from tunnel.ends import ReadBuffer
from tunnel.ids import new_id
from tunnel.tasks import Backoff, Supervisor
from tunnel.tls import server_context

log = structlog.get_logger("broker")
RESTART_SECONDS = (0.5, 30.0)
FORGET_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Foundation:
    """What every part stands on, and what the administrative commands need without serving."""

    settings: Settings
    clock: Clock
    bus: Bus
    audit: AuditLog
    database: Database
    sealer: Sealer
    authority: Authority
    evidence: EvidenceKey
    identity: Identity
    node: str

    @property
    def keys(self) -> Path:
        """The folder of keys."""
        return self.settings.storage.data / "keys"


@asynccontextmanager
async def lay_foundation(settings: Settings) -> AsyncIterator[Foundation]:
    """Open database and keys (made where missing); closed at the end of the block."""
    clock, bus = SystemClock(), Bus()
    folder = settings.storage.data / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    audit = AuditLog(clock, bus)
    database = Database(settings.database_url, pool_size=settings.database.pool_size)
    sealer = Sealer(master_keys(settings))
    node = _node_id(folder)
    identity = Identity(
        Ground(database, audit, bus, clock, sealer),
        load_or_make_key(folder / "tokens.key"),
        f"wicket-broker:{node}",
        IdentitySettings(
            argon2=Argon2Cost(
                settings.identity.argon2_memory_kib, settings.identity.argon2_time, settings.identity.argon2_lanes
            ),
            logins=LoginLimits(
                lifetime=settings.refresh_lifetime,
                browser_idle=timedelta(minutes=settings.identity.browser_idle_minutes),
            ),
            names=tuple(settings.server.names),
            public_url=settings.server.public_url,
            access_lifetime=timedelta(seconds=settings.identity.access_token_seconds),
        ),
    )
    try:
        yield Foundation(
            settings, clock, bus, audit, database, sealer, Authority(folder, clock.now()),
            EvidenceKey(load_or_make_key(folder / "evidence.key")), identity, node,
        )  # fmt: skip
    finally:
        identity.close()
        await database.close()


def master_keys(settings: Settings) -> list[MasterKey]:
    """Return the present master key, and the previous one while re-keying."""
    keys = []
    for name, value in (("master_key", settings.master_key), ("previous_master_key", settings.previous_master_key)):
        if value is not None:
            try:
                keys.append(MasterKey(base64.b64decode(value.get_secret_value(), validate=True)))
            except (binascii.Error, ValueError) as error:
                raise ConfigError(f"{name} must be the base64 of 32 bytes: openssl rand -base64 32") from error
    path = settings.storage.data / "keys" / "master.key"
    if settings.master_key is None:
        keys.insert(0, load_or_make_master_key(path))
    return keys


class Threads:
    """Threads for sealing recordings and for reading them: a long export never holds a recorder up."""

    def __init__(self) -> None:
        self.recording = ThreadPoolExecutor(2, thread_name_prefix="record")
        self.reading = ThreadPoolExecutor(2, thread_name_prefix="read")

    def __enter__(self) -> "Threads":
        return self

    def __exit__(self, *_: object) -> None:
        self.recording.shutdown()
        self.reading.shutdown(cancel_futures=True)


class Broker:
    """The whole broker, composed. ``start`` it before the first request, ``stop`` it after the last."""

    def __init__(self, foundation: Foundation, tasks: Supervisor, threads: Threads, port: int) -> None:
        settings, clock, bus = foundation.settings, foundation.clock, foundation.bus
        database, audit, identity = foundation.database, foundation.audit, foundation.identity
        self.settings = settings
        self.identity = identity
        self.authority = foundation.authority
        self.metrics = Metrics()
        self.tls, self.trust = _port_identity(settings, foundation)
        self.url = settings.server.public_url or f"https://{settings.server.names[0]}:{port}"
        self._foundation = foundation
        self._tasks = tasks
        ground = InventoryGround(database, clock, bus, audit, foundation.authority, registry, identity.tokens)
        self.inventory = InventoryBase.build(ground)
        self.access = AccessParts.build(
            database,
            clock,
            bus,
            audit,
            people=identity.directory,
            devices=self.inventory.reader,
            usage=SessionUsage(),
        )
        live = LiveSessions()
        gate = Gate(self.access.service, live, database)
        self.recordings = RecordingParts.build(
            RecordingGround(
                database, clock, bus, audit, foundation.sealer, foundation.evidence, threads.recording, threads.reading
            ),
            folder=settings.recordings_folder,
            min_free_bytes=settings.storage.min_free_mb * 1024 * 1024,
            node=foundation.node,
            gate=gate,
            inventory=self.inventory.reader,
        )
        self.sessions = SessionParts.build(
            SessionGround(
                database, clock, bus, audit, tasks, self.metrics, identity.directory, identity.tokens,
                self.inventory.reader, self.inventory.links, self.access, self.recordings.service, live, gate,
            ),
            node=foundation.node,
            limits=_session_limits(settings),
            linger_seconds=settings.sessions.linger_seconds,
            ask_seconds=settings.sessions.ask_seconds,
        )  # fmt: skip
        self.events = EventParts.build(
            database, bus, self.sessions.service,
            inventory=self.inventory.reader, visibility=self.access.visibility, who_is=identity.principals.of,
        )  # fmt: skip
        self.metrics.event_sockets.set_function(lambda: len(self.events.hub))
        self.metrics.agents.set_function(lambda: sum(link.ready for link in self.inventory.links))
        load_guards()
        load_looks()
        dials = Dials()
        carrier = Carrier(
            live, self.sessions.keeper, self.inventory.links, dials, self.sessions.signer,
            Applications(settings.storage.data / "keys"), self.sessions.asking, self.sessions.sweeping, clock,
            self.metrics, streams_per_agent=settings.limits.streams_per_agent,
        )  # fmt: skip
        buffer = ReadBuffer()
        looker = Looker(gate, carrier, dials, self.inventory.links, self.sessions.keeper, tasks, clock, buffer)
        gateway = TcpGateway(
            gate, carrier, looker, dials, clock, self.metrics, buffer=buffer,
            dial_seconds=settings.sessions.dial_seconds,
        )  # fmt: skip
        inventory = InventoryParts.build(
            ground,
            self.inventory,
            address=BrokerAddress(self.url, identity.tokens.issuer, self.trust),
            terms=LinkTerms(foundation.node, settings.sessions.heartbeat_seconds),
            visibility=self.access.visibility,
            usage=self.access.uses,
            events=dials,
        )
        self.checkpoints = Checkpointer(database, foundation.evidence, bus, clock)
        auditor = AuditReader(database, audit, clock, {foundation.evidence.key_id: foundation.evidence.jwk})
        overview = Overview(database, clock, self.access.requests, self.sessions.questions, self.inventory.links)
        system = SystemRoutes(version("wicketgate"), {"database": self._database_problem})
        self.routes: tuple[Route, ...] = (
            *system.routes(),
            *welcome.routes(identity.setup, version=version("wicketgate"), banner=settings.server.banner),
            *identity_routes.routes(identity, self.access.group_uses),
            *inventory.routes,
            *self.access.routes,
            *self.recordings.routes,
            *self.sessions.routes,
            *self.events.routes,
            *tcp.routes(gateway),
            *audit_routes.routes(auditor),
            *OverviewRoutes(overview).routes(),
            *settings_routes(_shown(settings)),
            *PageRoutes(installed_pages()).routes(),
        )
        system.describe(self.routes)

    def application(self) -> web.Application:
        """The web application of all routes."""
        return self._application(self.routes)

    def local_application(self) -> web.Application:
        """The same for this machine alone, over plain HTTP: without agents, and under no name but ``localhost``."""
        return self._application(without_agents(self.routes), for_this_machine)

    def _application(self, routes: Sequence[Route], *more: Middleware) -> web.Application:
        app = web.Application(middlewares=[self.metrics.measure, problems, *more], client_max_size=0)
        authenticator = self.identity.authenticator(self.inventory.standing.agent_is_live)
        store = DatabaseIdempotencyStore(self._foundation.database, self._foundation.clock)
        Edge(authenticator, store).register(app, routes)
        return app

    async def start(self) -> None:
        """Tidy up after a crash, then start what runs beside the requests."""
        crashed = await self.sessions.archivist.close_crashed()
        await self.sessions.questions.recover()
        recovered = await self.recordings.recovery.recover()
        if crashed or recovered:
            log.warning("recovered_after_crash", sessions=crashed, recordings=recovered)
        self.sessions.vigil.start()
        jobs: Mapping[str, object] = {
            "vigil": self.sessions.vigil.run,
            "sweep": self.sessions.vigil.sweep,
            "holds": self.sessions.extensions.run,
            "links": self.inventory.links.run,
            "requests": self.access.sweeper.run,
            "checkpoints": self.checkpoints.run,
            "logins": self._forget_old_logins,
        }
        for name, job in jobs.items():
            self._tasks.keep(name, job, Backoff(*RESTART_SECONDS, random))  # type: ignore[arg-type]

    async def stop(self) -> None:
        """End sessions (their recordings are closed), say good-bye to pages and agents, sign a last checkpoint."""
        await self.sessions.keeper.close()
        await self.events.hub.close()
        await self.inventory.links.close()
        await self.checkpoints.write()

    async def _forget_old_logins(self) -> None:
        while True:
            await self.identity.logins.purge()
            await asyncio.sleep(FORGET_SECONDS)

    async def _database_problem(self) -> str | None:
        try:
            async with asyncio.timeout(5), self._foundation.database.reading() as view:
                await view.execute(text("SELECT 1"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the broker is not ready
            return UNREADY["database"].format(cause=type(error).__name__)
        return None


@asynccontextmanager
async def compose(settings: Settings, port: int) -> AsyncIterator[Broker]:
    """Compose a broker that will listen on ``port``; its tasks end with the block."""
    failed = partial(log.error, "task_failed")
    async with lay_foundation(settings) as foundation:
        with Threads() as threads:
            async with Supervisor(lambda name, error: failed(task=name, cause=repr(error))) as tasks:
                yield Broker(foundation, tasks, threads, port)


def _port_identity(settings: Settings, foundation: Foundation) -> tuple[ssl.SSLContext, ServerTrust]:
    """The TLS context of the port, and what agents trust it by; our own certificate where none is configured."""
    server, authority = settings.server, foundation.authority
    if server.certificate is not None and server.key is not None:
        certificate, key = server.certificate, server.key
    else:
        certificate, key = authority.server_files(server.names, foundation.clock.now())
    try:
        return server_context(certificate, key, authority.pem.decode()), ServerTrust.of_chain(certificate)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigError(
            f"the certificate {certificate} with the key {key} cannot be used ({reason}). Set server.certificate and "
            "server.key to PEM files that belong together and that the broker's user may read."
        ) from error


def _shown(settings: Settings) -> list[SettingOut]:
    return [
        SettingOut(name=row.key, value=row.value, origin=row.source, default=row.default, meaning=row.meaning)
        for row in effective(settings)
    ]


def _session_limits(settings: Settings) -> SessionLimits:
    limits = settings.limits
    return SessionLimits(
        sessions_per_user=limits.sessions_per_user,
        sessions_per_asset=limits.sessions_per_asset,
        sessions_per_agent=limits.sessions_per_agent,
    )


def _node_id(folder: Path) -> str:
    path = folder / "node.id"
    if not path.exists():
        write_private(path, new_id("nod").encode())
    return path.read_text().strip()
