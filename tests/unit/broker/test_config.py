"""Settings: where each comes from, what is refused, and that no secret is shown."""

import re
from pathlib import Path

import pytest

from broker.config import PREFIX, ConfigError, Section, Settings, effective, load, setting_names

EVERYTHING_UNKNOWN = [
    ("[server]\nprot = 1", "server.prot: unknown setting"),
    ("[sever]\nport = 1", "sever: unknown setting"),
    ('colour = "red"', "colour: unknown setting"),
    ("[server]\nport = 70000", "server.port: "),
    ('[server]\nport = "many"', "server.port: "),
    ("[limits]\nsessions_per_user = 0", "limits.sessions_per_user: "),
    ('[metrics]\nhost = "0.0.0.0"', "metrics.host: "),
    ('[log]\nlevel = "chatty"', "log.level: "),
    ("[identity]\nbrowser_idle_minutes = 4", "identity.browser_idle_minutes: "),
]


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "broker.toml"
    file.write_text(text)
    return file


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the caller's own environment."""
    import os

    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


def test_without_anything_there_are_defaults_for_this_machine_alone() -> None:
    settings = load(None, {})
    assert (settings.server.host, settings.server.port, settings.metrics.host) == ("127.0.0.1", 8443, "127.0.0.1")
    assert settings.database_url.startswith("sqlite+aiosqlite:////")
    assert settings.recordings_folder == settings.storage.data / "recordings"


def test_the_environment_goes_before_the_file_and_the_file_before_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, '[server]\nport = 1111\nhost = "127.0.0.2"\n')
    monkeypatch.setenv("WICKET_BROKER_SERVER__PORT", "2222")
    settings = load(file)
    rows = {row.key: row for row in effective(settings)}
    assert (settings.server.port, settings.server.host, settings.log.level) == (2222, "127.0.0.2", "info")
    assert rows["server.port"].origin == "environment WICKET_BROKER_SERVER__PORT"
    assert rows["server.host"].origin == f"file {file}"
    assert rows["log.level"].origin == "default"


@pytest.mark.parametrize(("text", "says"), EVERYTHING_UNKNOWN)
def test_what_a_file_says_wrong_is_named_with_the_file(tmp_path: Path, text: str, says: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError) as refused:
        load(file, {})
    assert says in str(refused.value)
    assert str(file) in str(refused.value)


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(write(tmp_path, "".join(f"{text}\n" for text in ("[server]\nprot = 1", "[log]\nlevel = 5"))), {})
    assert "server.prot" in str(refused.value)
    assert "log.level" in str(refused.value)


@pytest.mark.parametrize("text", ["[server", "port = ", "\x00", "a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, text: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError, match=re.escape(str(file))):
        load(file, {})


def test_a_file_that_is_not_there_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.toml", tmp_path):
        with pytest.raises(ConfigError, match=re.escape(str(path))):
            load(path, {})


@pytest.mark.parametrize("name", ["WICKET_BROKER_SERVER__PROT", "WICKET_BROKER_SERVER_PORT", "wicket_broker_colour"])
def test_an_unknown_variable_is_an_error_and_not_ignored(name: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(None, {name: "1", "PATH": "/bin"})
    assert name.upper() in str(refused.value)
    assert "check-config" in str(refused.value)


def test_secrets_are_masked_wherever_they_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, '[database]\nurl = "postgresql+asyncpg://wicket:tell-nobody@db/wicket"\n')
    monkeypatch.setenv("WICKET_BROKER_MASTER_KEY", "tell-nobody-either")
    settings = load(file)
    shown = {row.key: row.value for row in effective(settings)}
    assert (shown["database.url"], shown["master_key"]) == ("********", "********")
    assert shown["previous_master_key"] == "(not set)"
    assert "tell-nobody" not in repr(settings) + repr(shown)
    assert "tell-nobody" in settings.database_url


def test_a_wrong_secret_is_not_printed_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(write(tmp_path, '[database]\nurl = ["tell-nobody"]\n'), {})
    assert "tell-nobody" not in str(refused.value)


def test_every_setting_can_be_named_shown_and_given_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    names = setting_names()
    assert {key for key, _, _ in names} == {row.key for row in effective(load(None, {}), {})}
    monkeypatch.setenv("WICKET_BROKER_SERVER__NAMES", '["broker.plant.example"]')
    monkeypatch.setenv("WICKET_BROKER_LIMITS__HEAD_SECONDS", "2.5")
    settings = load(None)
    assert (settings.server.names, settings.limits.head_seconds) == (["broker.plant.example"], 2.5)


def test_no_section_takes_what_it_does_not_know() -> None:
    sections = [field.annotation for field in Settings.model_fields.values()]
    found = [section for section in sections if isinstance(section, type) and issubclass(section, Section)]
    assert len(found) == 8
    assert all(section.model_config.get("extra") == "forbid" for section in found)


def test_every_setting_says_its_meaning_and_its_default() -> None:
    rows = effective(load(None, {}), {})
    assert [row.key for row in rows if not row.meaning.endswith((".", "database"))] == []
    shown = {row.key: (row.value, row.source) for row in rows}
    assert shown == {row.key: (row.default, "default") for row in rows}
