"""What the long-running programs load when they start: at a small site the agent's memory is the plant's."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHOW = "import sys; print(*sys.modules)"
GUARDS = ("bacnet", "dnp3", "enip", "fins", "iec104", "modbus", "opcua", "registers", "s7", "slmp")
JUDGES = {f"guards.{protocol}.guard" for protocol in GUARDS} | {"guards.opcua.security"}
"""Guards are loaded for the first stream of their protocol."""
NEVER_IN_AGENT = {
    *("aiohttp.web", "alembic", "broker", "client", "pydantic_settings", "recording", "reportlab", "sqlalchemy"),
    *("webauthn", "zstandard"),
}
LATER_IN_AGENT = {"agent.sharing.rtu_device", "agent.sharing.tcp_device", "jose", "serial"}
"""What a site needs that shares devices, has serial lines, or lets somebody in."""
NOT_AT_START_OF_BROKER = {"PIL", "agent", "asyncpg", "client", "reportlab"}


def loaded(*modules: str) -> set[str]:
    code = f"import {', '.join(modules)}; {SHOW}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_an_agent_that_starts_loads_nothing_that_it_does_not_need() -> None:
    found = loaded("agent.cli", "agent.config", "agent.logs", "agent.app")
    assert "agent.dialer" in found
    assert not found & (NEVER_IN_AGENT | LATER_IN_AGENT | JUDGES)


@pytest.mark.parametrize("late", ["agent.sharing.rtu_device", "agent.sharing.tcp_device", "agent.tokens"])
def test_what_an_agent_loads_later_is_light_too(late: str) -> None:
    assert not loaded("agent.app", late) & NEVER_IN_AGENT


def test_a_broker_that_starts_loads_neither_guards_nor_what_prints() -> None:
    found = loaded("broker.cli", "broker.serving")
    assert "broker.app" in found
    assert not found & (NOT_AT_START_OF_BROKER | JUDGES)
