"""The plant of access, on each database."""

import pytest

from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database
from tests.unit.broker.access.plant import POLICY, Plant
from tests.unit.broker.fakes import FakeClock


@pytest.fixture
def empty_plant(database: Database, clock: FakeClock, bus: Bus, audit: AuditLog) -> Plant:
    """A plant without policies."""
    return Plant(database, clock, bus, audit)


@pytest.fixture
async def plant(empty_plant: Plant) -> Plant:
    """A plant whose PLC may be worked on after two approvals."""
    await empty_plant.apply(POLICY)
    return empty_plant
