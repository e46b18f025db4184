"""The inventory's services over the test database."""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broker.audit.log import AuditLog
from broker.audit.tables import AuditLinkRow
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.http.principal import AgentPrincipal
from broker.inventory.agents import Agents
from broker.inventory.assets import Assets
from broker.inventory.enrolment import BrokerAddress, Enrolment
from broker.inventory.facts import AssetFacts
from broker.inventory.models import NewAsset, NewSite
from broker.inventory.previews import Previews
from broker.inventory.reader import InventoryReader
from broker.inventory.sight import Sight
from broker.inventory.sites import Sites
from broker.inventory.standing import AgentStanding
from broker.inventory.tags import TagBook
from broker.inventory.transfer import Transfer
from broker.pki.authority import Authority
from broker.pki.trust import ServerTrust
from tests.unit.broker.fakes import FakeClock
from tests.unit.broker.inventory.fakes import (
    ADMIN,
    FakeGrantKeys,
    FakeProtocols,
    FakeServiceUsage,
    FakeVisibility,
    csr_of,
    new_key,
)
from tunnel.messages import EnrolmentRequest, EnrolmentResponse


@dataclass
class Plant:
    """Every service of the inventory, wired as the broker wires them."""

    database: Database
    clock: FakeClock
    visibility: FakeVisibility
    authority: Authority
    reader: InventoryReader
    sites: Sites
    assets: Assets
    agents: Agents
    standing: AgentStanding
    enrolment: Enrolment
    transfer: Transfer
    previews: Previews
    usage: FakeServiceUsage
    tags: TagBook

    async def site(self, name: str = "north") -> str:
        """Add a site and return its id."""
        return (await self.sites.create(ADMIN, NewSite(name=name, timezone="Europe/Berlin"))).facts.id

    async def asset(self, name: str = "plc-1", site: str = "north", **fields: object) -> AssetFacts:
        """Add an asset with one Modbus service."""
        service = {"name": "modbus", "protocol": "modbus", "host": "10.0.0.5", "port": 502}
        spec = {"site": site, "name": name, "services": [service], **fields}
        return await self.assets.create(ADMIN, NewAsset.model_validate(spec))

    async def join_secret(self, site: str = "north") -> str:
        """Issue a join token and return its secret."""
        token = await self.enrolment.issue_join_token(ADMIN, site)
        text = token.text.removeprefix("wgj1.")
        return str(json.loads(urlsafe_b64decode(text + "=="))["secret"])

    def asked(self, secret: str, name: str = "agent-1", late: timedelta = timedelta(0)) -> EnrolmentRequest:
        """An enrolment request with a new key."""
        now = self.clock.now() + late
        return EnrolmentRequest(secret=secret, csr=csr_of(new_key()), name=name, software="test", clock=now)

    async def enrolled(self, name: str = "agent-1") -> EnrolmentResponse:
        """Enrol an agent at the site north."""
        return await self.enrolment.enrol(self.asked(await self.join_secret(), name), "198.51.100.9")

    async def audited(self, action: str) -> list[AuditLinkRow]:
        """The audit events of this action."""
        async with self.database.reading() as view:
            query = select(AuditLinkRow).filter_by(action=action).order_by(AuditLinkRow.sequence)
            return list(await view.scalars(query))


def principal_of(response: EnrolmentResponse) -> AgentPrincipal:
    """The agent that a certificate proves."""
    from cryptography import x509

    from broker.pki.authority import read_agent_identity

    identity = read_agent_identity(x509.load_pem_x509_certificates(response.certificate.encode())[0])
    return AgentPrincipal(identity.agent_id, identity.site_id, identity.serial, "198.51.100.9")


@pytest.fixture
async def plant(database: Database, clock: FakeClock, bus: Bus, audit: AuditLog, tmp_path: Path) -> Plant:
    """The inventory's services, with nothing in them."""
    protocols, visibility, usage = FakeProtocols(), FakeVisibility(), FakeServiceUsage()
    reader = InventoryReader(protocols, clock)
    sight = Sight(reader, visibility)
    sites = Sites(database, clock, bus, audit, sight, usage)
    assets = Assets(database, clock, bus, audit, reader, sight, protocols, usage)
    authority = Authority(tmp_path / "pki", clock.now())
    address = BrokerAddress(
        "https://broker.example:8443", "wicketgate", ServerTrust(authority.pem.decode(), authority.fingerprint)
    )
    return Plant(
        database, clock, visibility, authority, reader, sites, assets, Agents(database, clock, bus, audit),
        AgentStanding(database, clock, bus, audit),
        Enrolment(database, clock, bus, audit, authority, FakeGrantKeys(), address),
        Transfer(database, audit, sites, assets, usage), Previews(database, reader, sight, assets, usage), usage,
        TagBook(database, bus, audit, reader, sight),
    )  # fmt: skip
