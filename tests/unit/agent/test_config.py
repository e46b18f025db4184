"""Settings: file, environment, origins, and what is told when they are wrong."""

from pathlib import Path

import pytest

from agent.config import ProxySettings, load_settings
from agent.errors import SettingsError


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WICKET_AGENT_CONFIG", "WICKET_AGENT_STATE_DIR", "WICKET_AGENT_LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)


def write(folder: Path, text: str) -> Path:
    path = folder / "agent.toml"
    path.write_text(text)
    return path


def fault(path: Path | None) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    return str(caught.value)


def test_without_anything_the_defaults_count(tmp_path: Path) -> None:
    effective = load_settings(write(tmp_path, ""))
    assert effective.settings.device.connect_timeout_seconds == 20
    assert set(effective.origins.values()) == {"default"}


def test_the_environment_wins_over_the_file_and_each_value_names_its_origin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, 'log_level = "debug"\nmax_streams = 7\n[device]\nconnect_timeout_seconds = 30\n')
    monkeypatch.setenv("WICKET_AGENT_LOG_LEVEL", "error")
    monkeypatch.setenv("WICKET_AGENT_PROXY__URL", "http://proxy.test:3128")
    effective = load_settings(path)
    rows = {key: (value, origin) for key, value, origin in effective.rows()}
    assert rows["log_level"] == ("error", "WICKET_AGENT_LOG_LEVEL")
    assert rows["proxy.url"] == ("http://proxy.test:3128", "WICKET_AGENT_PROXY__URL")
    assert rows["max_streams"] == ("7", str(path))
    assert rows["device.connect_timeout_seconds"] == ("30.0", str(path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour = 1", "colour is no setting"),
        ("[proxy]\nuri = 'x'", "proxy.uri is no setting"),
        ("max_streams = 0", "max_streams"),
        ("max_streams = ", "not readable as TOML"),
        ("[proxy]\nurl = 'http://me:secret@proxy:1'", "instead of credentials in the URL"),
        ("[proxy]\nurl = 'https://proxy:1'", "must look like http://"),
        ("[proxy]\nurl = 'http://proxy:1'\nuser = 'me'", "user needs password_file"),
    ],
)
def test_a_wrong_file_is_named_with_the_key(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path, text)
    found = fault(path)
    assert said in found
    assert str(path) in found
    assert "secret" not in found


def test_an_unknown_variable_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WICKET_AGENT_COLOUR", "red")
    assert "WICKET_AGENT_COLOUR" in fault(write(tmp_path, ""))


def test_a_wrong_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WICKET_AGENT_LOG_LEVEL", "loud")
    assert fault(write(tmp_path, "")).startswith("WICKET_AGENT_LOG_LEVEL: log_level")


def test_a_file_that_was_asked_for_must_exist(tmp_path: Path) -> None:
    assert "no such file" in fault(tmp_path / "missing.toml")


def test_secrets_are_masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WICKET_AGENT_PROXY__URL", "http://proxy.test:3128")
    monkeypatch.setenv("WICKET_AGENT_PROXY__USER", "plant")
    monkeypatch.setenv("WICKET_AGENT_PROXY__PASSWORD", "hunter2")
    effective = load_settings(write(tmp_path, ""))
    assert effective.settings.proxy.secret() == "hunter2"
    assert "hunter2" not in str(list(effective.rows())) + repr(effective)


def test_the_password_is_read_from_its_file_without_the_line_end(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("hunter2\n")
    assert ProxySettings(url="http://p:1", user="plant", password_file=file).secret() == "hunter2"


def test_a_password_file_that_is_missing_is_named(tmp_path: Path) -> None:
    settings = ProxySettings(url="http://p:1", user="plant", password_file=tmp_path / "gone")
    with pytest.raises(SettingsError, match=r"proxy\.password_file"):
        settings.secret()
