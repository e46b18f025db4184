"""Puts the parts of access together, for the composition root and for tests, so that there is one way to do it."""

from dataclasses import dataclass

from broker.access.approvals import ApprovalService
from broker.access.cards import Cards
from broker.access.conflicts import Conflicts
from broker.access.explaining import PolicyExplainer
from broker.access.extensions import ExtensionService
from broker.access.facts import FactGatherer
from broker.access.grant_routes import grant_routes
from broker.access.grants import GrantService
from broker.access.group_uses import GroupUses
from broker.access.judge import GrantJudge
from broker.access.locks import LockReader, LockService
from broker.access.policy_routes import PolicyRoutes, policy_routes
from broker.access.ports import Devices, People, Usage
from broker.access.previewing import Previewer
from broker.access.reach import AssetReach
from broker.access.request_routes import RequestRoutes, request_routes
from broker.access.requests import RequestService
from broker.access.reviews import ReviewService
from broker.access.rights import ApproverRights
from broker.access.service import AccessService
from broker.access.store import PolicyStore
from broker.access.sweep import AccessSweeper
from broker.access.uses import ServiceUses
from broker.access.visibility import AssetVisibility
from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.http.routes import Route
from tunnel.clock import Clock


@dataclass(frozen=True, slots=True)
class AccessParts:
    """All of access. Sessions need ``service``, ``extensions`` and ``rights``; the inventory ``visibility`` and
    ``uses``, identity ``group_uses``."""

    service: AccessService
    extensions: ExtensionService
    rights: ApproverRights
    visibility: AssetVisibility
    uses: ServiceUses
    group_uses: GroupUses
    store: PolicyStore
    requests: RequestService
    previewer: Previewer
    cards: Cards
    reach: AssetReach
    approvals: ApprovalService
    grants: GrantService
    locks: LockService
    reviews: ReviewService
    sweeper: AccessSweeper
    routes: tuple[Route, ...]

    @classmethod
    def build(
        cls,
        database: Database,
        clock: Clock,
        bus: Bus,
        audit: AuditLog,
        *,
        people: People,
        devices: Devices,
        usage: Usage,
    ) -> "AccessParts":
        """Build access on its ground.

        ``people`` is identity's ``Directory``, ``devices`` the ``InventoryReader``, ``usage`` the ``SessionUsage``.
        """
        store = PolicyStore(database, clock, bus, audit)
        gatherer = FactGatherer(people, devices, LockReader(devices, clock), clock)
        rights = ApproverRights(gatherer, store)
        visibility = AssetVisibility(database, store, people, clock)
        grants = GrantService(database, clock, bus, audit, devices)
        reviews = ReviewService(database, clock, bus, audit, rights, people)
        requests = RequestService(
            database, clock, bus, audit,
            store=store, gatherer=gatherer, visibility=visibility, grants=grants, reviews=reviews,
        )  # fmt: skip
        approvals = ApprovalService(
            database, clock, audit, requests=requests, rights=rights, store=store, gatherer=gatherer
        )
        locks = LockService(database, clock, bus, audit, people, devices)
        service = AccessService(
            database, clock,
            store=store, gatherer=gatherer, visibility=visibility, grants=grants,
            judge=GrantJudge(gatherer, store, clock),
        )  # fmt: skip
        explainer = PolicyExplainer(database, clock, store=store, gatherer=gatherer, people=people)
        conflicts, reach = Conflicts(usage), AssetReach(database, store, devices)
        previewer = Previewer(
            database, clock, store=store, gatherer=gatherer, people=people, requests=requests, conflicts=conflicts
        )
        cards = Cards(database, clock, store=store, gatherer=gatherer, people=people, usage=usage, conflicts=conflicts)
        return cls(
            service=service,
            extensions=ExtensionService(clock, bus, audit, store=store, grants=grants, rights=rights),
            rights=rights,
            visibility=visibility,
            uses=ServiceUses(clock, usage),
            group_uses=GroupUses(store, clock),
            store=store,
            requests=requests,
            previewer=previewer,
            cards=cards,
            reach=reach,
            approvals=approvals,
            grants=grants,
            locks=locks,
            reviews=reviews,
            sweeper=AccessSweeper(requests),
            routes=(
                *policy_routes(PolicyRoutes(store, explainer, reach)),
                *request_routes(RequestRoutes(requests, previewer, cards, approvals, reviews)),
                *grant_routes(grants, locks, clock),
            ),
        )
