"""A small plant for the tests of access: people, two PLCs, policies, and the parts of access on top of them."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.parts import AccessParts
from broker.access.ports import LiveUse, PastUse
from broker.access.records import RequestRecord
from broker.access.tables import GrantRow
from broker.access.wishes import Wish
from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database, Transaction
from broker.http.principal import Principal, Role
from broker.identity.directory import Person
from broker.identity.roles import permissions_of
from broker.identity.tables import LoginRow, OrganizationRow, UserRow
from broker.inventory.facts import AssetFacts, BannerFacts, ServiceFacts, SiteFacts, SiteLockFacts
from policies.facts import OrganizationKind, Subject
from tests.unit.broker.fakes import START, FakeClock
from tunnel.ids import AgentId, SiteId

SITE = SiteFacts(SiteId("sit_north"), "north", "North", "Europe/Berlin")
MODBUS = ServiceFacts("svc_modbus", "modbus", "modbus", "10.0.0.5", 502, guarded=True)
PLC = AssetFacts("ast_plc", SITE.id, "north", "plc-1", "PLC 1", labels={"type": "plc"}, services=(MODBUS,))
OTHER = AssetFacts(
    "ast_drive", SITE.id, "north", "drive-1", "Drive 1", labels={"type": "drive"},
    services=(replace(MODBUS, id="svc_drive"),),
)  # fmt: skip

POLICY = """
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: acme-plc}
spec:
  who: {groups: [acme]}
  what: {sites: [north], assets: {labels: {type: plc}}, services: [modbus]}
  access:
    mode: request
    max_duration: 4h
    approvals: [{group: ot-operations}, {group: it-security}]
    ticket: "CHG-[0-9]{5}"
  session: {at_expiry: cut}
  allow: {tiers: [read, operate], ask: [program]}
"""
STEP_UP = POLICY.replace("{group: ot-operations}", "{group: ot-operations, mfa: [totp], max_age: 15m}")
STANDING = """
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: staff-look}
spec:
  who: {groups: [staff]}
  what: {sites: [north]}
  access: {mode: standing, max_duration: 2h, valid_until: "2026-12-31T00:00:00Z"}
  allow: {tiers: [read]}
"""
EMERGENCY = """
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: emergency}
spec:
  who: {groups: [acme]}
  what: {sites: [north], assets: {labels: {type: plc}}}
  access: {mode: emergency, max_duration: 1h, after_review: {group: it-security}}
  allow: {tiers: [read, operate]}
"""


class FakePeople:
    """People whose groups and accounts a test changes at will."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}

    def add(self, name: str, groups: Iterable[str], roles: Iterable[Role] = (Role.OPERATOR,)) -> None:
        """Take somebody in; the id is ``usr_`` and the name."""
        self.people[f"usr_{name}"] = Person(
            id=f"usr_{name}", name=name, display_name=name, email=None, organization_id="org_1",
            organization="acme", organization_kind=OrganizationKind.VENDOR, roles=frozenset(roles),
            groups=frozenset(groups), ends_at=None, disabled=False, is_emergency=False,
        )  # fmt: skip

    def change(self, name: str, **changes: object) -> None:
        """Change somebody."""
        self.people[f"usr_{name}"] = replace(self.people[f"usr_{name}"], **changes)  # type: ignore[arg-type]

    async def subjects(self, view: AsyncSession, user_ids: Iterable[str], now: object) -> dict[str, Subject]:
        """Return these people, but for the disabled."""
        await asyncio.sleep(0)
        found = [self.people[user_id] for user_id in user_ids if user_id in self.people]
        return {person.id: person.subject() for person in found if not person.disabled}

    async def find(self, view: AsyncSession, reference: str) -> Person | None:
        """Return the person of this id or name."""
        return self.people.get(reference) or self.people.get(f"usr_{reference}")

    async def members_of(self, view: AsyncSession, group: str) -> frozenset[str]:
        """Return the ids of everybody in the group."""
        return frozenset(person.id for person in self.people.values() if group in person.groups)

    async def names_of(self, view: AsyncSession, user_ids: frozenset[str]) -> dict[str, str]:
        """Return the names of those who are known."""
        return {person.id: person.name for person in self.people.values() if person.id in user_ids}


class FakeUsage:
    """Sessions that a test makes up."""

    def __init__(self) -> None:
        self.live: list[LiveUse] = []
        self.past = PastUse(0, None)

    async def live_on(self, view: AsyncSession, asset: str) -> list[LiveUse]:
        """Return them, whatever the asset."""
        return self.live

    async def count_through(self, view: AsyncSession, services: Collection[str]) -> int:
        """Return how many live, if any service is named."""
        return len(self.live) if services else 0

    async def past_of(self, view: AsyncSession, user: str) -> PastUse:
        """Return it, whoever the user."""
        return self.past


class FakeDevices:
    """Two PLCs at one site."""

    def __init__(self) -> None:
        self.site = SITE
        self.is_site_gone = False
        self.assets = {asset.id: asset for asset in (PLC, OTHER)}
        self.banner = ""
        self.accepted: set[tuple[str, str]] = set()

    def lock(self, reason: str) -> None:
        """Lock the site on site."""
        self.site = replace(self.site, lock=SiteLockFacts(AgentId("agt_1"), reason, None))

    async def asset_by_name_or_id(self, view: AsyncSession, name: str) -> AssetFacts | None:
        """Return the asset of this id or path."""
        return next((asset for asset in self.assets.values() if name in {asset.id, asset.path}), None)

    async def asset_and_service(
        self, view: AsyncSession, asset: str, service: str
    ) -> tuple[AssetFacts, ServiceFacts] | None:
        """Return both."""
        found = await self.asset_by_name_or_id(view, asset)
        known = found.service(service or "modbus") if found is not None else None
        return (found, known) if found is not None and known is not None else None

    async def site_by_name_or_id(self, view: AsyncSession, name: str) -> SiteFacts | None:
        """Return the site."""
        return self.site if name in {self.site.id, self.site.name} else None

    async def hold_site(self, tx: Transaction, site_id: str) -> bool:
        """Tell whether the site is still there."""
        return site_id == self.site.id and not self.is_site_gone

    async def banner_to_accept(self, view: AsyncSession, site_id: str, user_id: str) -> BannerFacts | None:
        """Return the banner to those who did not accept it."""
        banner = BannerFacts(SITE.id, SITE.name, self.banner)
        return banner if self.banner and (user_id, banner.digest) not in self.accepted else None

    async def site_lock(self, view: AsyncSession, site_id: str) -> SiteLockFacts | None:
        """Return the plant's own lock."""
        return self.site.lock

    def is_there(self, service: SQLColumnExpression[str]) -> ColumnElement[bool]:
        """Tell it by the ids of all services."""
        return service.in_([service.id for asset in self.assets.values() for service in asset.services])


class Plant:
    """Everything that a test of access talks to."""

    def __init__(self, database: Database, clock: FakeClock, bus: Bus, audit: AuditLog) -> None:
        self.database = database
        self.clock = clock
        self.people = FakePeople()
        self.devices = FakeDevices()
        self.usage = FakeUsage()
        self.parts = AccessParts.build(
            database, clock, bus, audit, people=self.people, devices=self.devices, usage=self.usage
        )
        self.people.add("vendor", ["acme"], [Role.VENDOR])
        self.people.add("operator", ["ot-operations"])
        self.people.add("officer", ["it-security"])
        self.people.add("both", ["ot-operations", "it-security"])
        self.people.add("staff", ["staff"])
        self.people.add("admin", [], [Role.ADMIN])
        self.people.add("stranger", [], [Role.VENDOR])

    def principal(self, name: str, address: str = "203.0.113.9") -> Principal:
        """Sign somebody in, with a second factor a moment ago."""
        person = self.people.people[f"usr_{name}"]
        return Principal(
            user_id=person.id, name=name, display_name=name, organization_id="org_1", login_id=f"log_{name}",
            roles=person.roles, permissions=permissions_of(person.roles), address=address,
            methods=frozenset({"password", "totp"}), authenticated_at=self.clock.now(), mfa_at=self.clock.now(),
        )  # fmt: skip

    async def apply(self, *policies: str) -> None:
        """Put policies in force."""
        await self.parts.store.apply(self.principal("admin"), "---".join(policies), "for the test")

    async def ask(self, name: str = "vendor", **changes: object) -> RequestRecord:
        """Make a good request."""
        wish = Wish("north/plc-1", reason="pump fails", ticket="CHG-00042", duration=timedelta(hours=2))
        return await self.parts.requests.create(self.principal(name), replace(wish, **changes))  # type: ignore[arg-type]

    async def approve(self, request: RequestRecord, *names: str) -> RequestRecord:
        """Let these people approve, one after the other."""
        for name in names:
            request = await self.parts.approvals.approve(self.principal(name), request.row.id, request.row.hash)
        return request

    async def granted(self, **changes: object) -> GrantRow:
        """Ask and get."""
        request = await self.approve(await self.ask(**changes), "operator", "officer")
        assert request.grant_id is not None
        return await self.parts.grants.get(self.principal("vendor"), request.grant_id)

    async def sign_in(self, name: str) -> str:
        """Write a login down as identity does, and return its id."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            if await tx.get(OrganizationRow, "org_1") is None:
                tx.add(OrganizationRow(id="org_1", name="acme", display_name="Acme", kind="vendor", created_at=START))
                await tx.flush()
            tx.add(
                UserRow(
                    id=f"usr_{name}", name=name, display_name=name, organization_id="org_1", password_hash="-",
                    created_at=START,
                )
            )  # fmt: skip
            await tx.flush()
            tx.add(
                LoginRow(
                    id=f"log_{name}", user_id=f"usr_{name}", methods="password,totp", address="203.0.113.9",
                    user_agent="", authenticated_at=now, mfa_at=now, expires_at=now + timedelta(days=1),
                    last_seen_at=now,
                )
            )  # fmt: skip
        return f"log_{name}"
