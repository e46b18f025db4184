"""The command line, as far as it works without an agent."""

import base64
from datetime import timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from agent.cli import Duration, main
from tunnel.messages import JoinToken


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("WICKET_AGENT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("WICKET_AGENT_CEILING_FILE", str(tmp_path / "ceiling.yaml"))
    return lambda *words: CliRunner().invoke(main, words)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("2h", timedelta(hours=2)),
        ("1d12h", timedelta(hours=36)),
    ],
)
def test_time_spans_are_read(text: str, span: timedelta) -> None:
    assert Duration().convert(text, None, None) == span


@pytest.mark.parametrize("text", ["", "2", "2x", "h", "-2h", "2h30", "0s", "2 h"])
def test_what_is_no_time_span_is_refused(text: str) -> None:
    with pytest.raises(click.UsageError):
        Duration().convert(text, None, None)


def test_every_command_has_help() -> None:
    for name, command in main.commands.items():
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0
        assert command.help


def test_check_config_prints_values_origins_and_the_ceiling(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "ceiling.yaml").write_text("version: 1\ntargets: []\n")
    (tmp_path / "ceiling.yaml").chmod(0o644)
    result: Result = run("check-config")
    assert result.exit_code == 0
    assert "(WICKET_AGENT_STATE_DIR)" in result.output
    assert "0 target(s)" in result.output


def test_check_config_shows_serial_lines_and_what_devices_bear(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "ceiling.yaml").write_text(
        "version: 1\ntargets:\n"
        "  - {name: line, serial: {device: /dev/ttyS0, baud: 9600, parity: E, stop_bits: 1}, protocols: [modbus-rtu]}\n"
        "  - {name: gate, addresses: [10.0.0.5], ports: [502], protocols: [modbus], tiers: [read], family: gateway}\n"
    )
    (tmp_path / "ceiling.yaml").chmod(0o644)
    result: Result = run("check-config")
    assert result.exit_code == 0
    assert "line: /dev/ttyS0 9600 8E1: modbus-rtu: no tier: 1 connection(s), shared, 10 a minute" in result.output
    assert "gate: 10.0.0.5/32: modbus: read: 1 connection(s), shared, 10 a minute" in result.output


def test_check_config_fails_on_a_wrong_ceiling_with_the_line(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "ceiling.yaml").write_text("version: 1\ntarget: []\n")
    result: Result = run("check-config")
    assert result.exit_code == 3
    assert "line 2: unknown key 'target': did you mean 'targets'?" in result.output


def test_a_lock_set_without_an_agent_shows_in_status(run) -> None:  # type: ignore[no-untyped-def]
    assert run("lock", "--for", "2h", "--reason", "drill").exit_code == 0
    result: Result = run("status")
    assert result.exit_code == 7
    assert "LOCKED until" in result.output
    assert "drill" in result.output


def test_a_time_span_of_years_is_refused_plainly(run) -> None:  # type: ignore[no-untyped-def]
    result: Result = run("lock", "--for", "9999d")
    assert result.exit_code == 2
    assert "at most ten years" in result.output


def test_a_damaged_join_token_is_refused_plainly(run) -> None:  # type: ignore[no-untyped-def]
    result: Result = run("enroll", "--token", "wgj1.broken")
    assert result.exit_code == 5
    assert "copy it as a whole" in result.output


def test_a_name_that_the_broker_would_refuse_is_refused_here(run) -> None:  # type: ignore[no-untyped-def]
    token = JoinToken(url="https://127.0.0.1:1", ca_fingerprint="0" * 64, site="ste_north", secret="s" * 43)
    text = "wgj1." + base64.urlsafe_b64encode(token.model_dump_json().encode()).decode().rstrip("=")
    result: Result = run("enroll", "--token", text, "--name", "North 1")
    assert result.exit_code == 5
    assert "is not a name" in result.output
