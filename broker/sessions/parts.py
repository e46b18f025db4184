"""Puts the parts of sessions together, for the composition root and for tests, so that there is one way to do it."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.parts import AccessParts
from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.http.metrics import Metrics
from broker.http.routes import Route
from broker.identity.directory import Directory
from broker.identity.tokens import TokenIssuer
from broker.inventory.links import LinkRegistry
from broker.inventory.reader import InventoryReader
from broker.recordings.service import Recordings
from broker.sessions.asking import Asking
from broker.sessions.ending import SessionArchivist
from broker.sessions.extending import Extensions
from broker.sessions.gate import Gate
from broker.sessions.keeping import SessionKeeper
from broker.sessions.killing import RedButton
from broker.sessions.limits import SessionLimits
from broker.sessions.opening import Person, SessionDesk
from broker.sessions.ports import Recorder, RecorderHooks
from broker.sessions.question_routes import QuestionRoutes, question_routes
from broker.sessions.questions import QuestionBook
from broker.sessions.registry import LiveSessions
from broker.sessions.routes import SessionRoutes, routes
from broker.sessions.service import SessionService
from broker.sessions.signing import GrantSigner
from broker.sessions.sweeping import Sweeping
from broker.sessions.terms import SessionFacts, SessionTerms
from broker.sessions.vigil import Vigil
from broker.sessions.warning import Warnings
from policies.facts import OrganizationKind
from recording.manifest import SessionFacts as RecordedFacts
from tunnel.clock import Clock
from tunnel.tasks import Supervisor


@dataclass(frozen=True, slots=True)
class SessionGround:
    """What sessions stand on."""

    database: Database
    clock: Clock
    bus: Bus
    audit: AuditLog
    tasks: Supervisor
    metrics: Metrics
    directory: Directory
    tokens: TokenIssuer
    inventory: InventoryReader
    links: LinkRegistry
    access: AccessParts
    recordings: Recordings
    live: LiveSessions
    gate: Gate


@dataclass(frozen=True, slots=True)
class SessionParts:
    """All of sessions. Gateways need ``keeper``, ``signer``, ``asking``, ``sweeping``; the node runs ``vigil``."""

    keeper: SessionKeeper
    signer: GrantSigner
    archivist: SessionArchivist
    vigil: Vigil
    extensions: Extensions
    questions: QuestionBook
    asking: Asking
    sweeping: Sweeping
    service: SessionService
    routes: tuple[Route, ...]

    @classmethod
    def build(
        cls, on: SessionGround, *, node: str, limits: SessionLimits, linger_seconds: float, ask_seconds: float
    ) -> "SessionParts":
        """Build sessions on their ground."""
        database, clock, bus, audit = on.database, on.clock, on.bus, on.audit
        live, gate = on.live, on.gate
        archivist = SessionArchivist(database, clock, bus, audit, node=node)
        keeper = SessionKeeper(
            database, clock, bus, audit, live, archivist, on.links, on.tasks, on.metrics,
            open_recorder=_RecorderOpener(on.recordings), linger_seconds=linger_seconds,
        )  # fmt: skip
        desk = SessionDesk(database, clock, bus, audit, live, limits, node=node, activate=on.access.service.activate)
        service = SessionService(
            database, audit, live, gate, desk, keeper, on.links, person_of=_PersonReader(on.directory)
        )
        signer = GrantSigner(on.tokens, clock)
        extensions = Extensions(database, clock, bus, live, gate, keeper, on.links, signer, on.access.extensions)
        button = RedButton(database, clock, bus, audit, live, keeper, on.tasks)
        warnings = Warnings(database, audit, live, keeper)
        questions = QuestionBook(database, clock, bus, audit, node=node)
        rights = on.access.rights
        asking = Asking(questions, database, clock, live, keeper, on.tasks, rights, patience_seconds=ask_seconds)
        handlers = SessionRoutes(service, button, warnings, extensions, database, on.inventory)
        return cls(
            keeper=keeper,
            signer=signer,
            archivist=archivist,
            extensions=extensions,
            questions=questions,
            asking=asking,
            sweeping=Sweeping(database, audit, keeper, on.tasks),
            vigil=Vigil(bus, clock, live, gate, keeper),
            service=service,
            routes=(
                *routes(handlers),
                *question_routes(QuestionRoutes(asking, questions, database, on.inventory)),
            ),
        )


class _RecorderOpener:
    """Begins the recording of a session, telling it who and what the session is."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings

    async def __call__(self, facts: SessionFacts, _terms: SessionTerms, hooks: RecorderHooks) -> Recorder:
        target = facts.target
        recorded = RecordedFacts(
            session=facts.id,
            user=facts.user_id,
            user_name=facts.user_name,
            asset=target.asset,
            asset_name=target.asset_name,
            service=target.service,
            service_name=target.service_name,
            protocol=target.protocol,
            site=facts.site_id,
            organization=facts.organization_name,
            grant=facts.grant_id,
            ticket=facts.asked.ticket,
            target_host=target.host,
            target_port=target.port,
            client_address=facts.address,
        )
        return await self._recordings.open(recorded, failed=hooks.failed, drained=hooks.drained)


class _PersonReader:
    """Reads what a session keeps of its user beside the principal."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def __call__(self, view: AsyncSession, user_id: str) -> Person:
        person = await self._directory.person(view, user_id)
        if person is None:
            return Person("", is_vendor=True)
        return Person(person.organization, is_vendor=person.organization_kind is OrganizationKind.VENDOR)
