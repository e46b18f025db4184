"""Settings of all tests, the PostgreSQL that ``--postgres`` starts for them, and why they could not begin."""

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import PostgresCluster
from tests.setup_errors import reasons

# A slow or busy machine must not turn a property red: hypothesis times each example unless told otherwise.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For 'make check', which is run all day; 'make test' looks longer.
settings.register_profile("brief", settings.get_profile("untimed"), max_examples=20)
settings.load_profile("untimed")

CLUSTER: pytest.StashKey[PostgresCluster] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say whether the database tests run on PostgreSQL too."""
    parser.addoption("--postgres", action="store_true", help="run the database tests on a real PostgreSQL as well")


def pytest_configure(config: pytest.Config) -> None:
    """Start the cluster once, in the process that starts the workers; they find it in the environment."""
    if not config.getoption("--postgres") or hasattr(config, "workerinput"):
        return
    cluster = PostgresCluster()
    config.stash[CLUSTER] = cluster
    cluster.start()
    os.environ["WICKET_TEST_POSTGRES"] = cluster.url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster."""
    cluster = config.stash.get(CLUSTER, None)
    if cluster is not None:
        cluster.stop()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """Say after everything else why tests could not begin."""
    yield
    found = reasons(terminalreporter.getreports("error"))
    if found:
        terminalreporter.section("why set-ups failed")
    for reason, times in found:
        terminalreporter.write_line(f"{times} x {reason}", red=True)
