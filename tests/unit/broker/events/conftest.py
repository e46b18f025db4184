"""Live sessions on a loop whose time the test moves."""

import pytest

from tests.unit.broker.sessions.conftest import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
