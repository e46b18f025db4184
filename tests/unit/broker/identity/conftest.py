"""Identity, wired."""

from collections.abc import Iterator

import pytest

from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database
from tests.unit.broker.fakes import FakeClock
from tests.unit.broker.identity.people import People


@pytest.fixture
def people(database: Database, clock: FakeClock, bus: Bus, audit: AuditLog) -> Iterator[People]:
    """Identity's services on an empty database."""
    people = People(database, clock, bus, audit)
    yield people
    people.close()
