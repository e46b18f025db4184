"""Signing in: with and without a terminal, the first time and later, and where tokens are kept."""

import json
import stat
import sys
from pathlib import Path

import pytest

from client.totp import totp_code
from tests.unit.client.conftest import Wicket, json_of
from tests.unit.client.fake_broker import SECRET, Account, FakeBroker

ME = {"username": "vendor-1", "roles": ["vendor"], "groups": [], "organization": "acme"}


def where(broker: FakeBroker) -> tuple[str, ...]:
    return ("--url", broker.url, "--ca", str(broker.certificate))


def test_after_a_sign_in_other_commands_need_no_more_words(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.answer("GET", "/auth/whoami", ME)
    result = signed_in("whoami", "--json")
    assert result.exit_code == 0
    assert json_of(result)["username"] == "vendor-1"


def test_tokens_are_kept_for_the_owner_only(signed_in: Wicket, home: Path) -> None:
    assert stat.S_IMODE((home / "tokens.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_everything_may_come_from_the_environment(
    wicket: Wicket, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"URL": broker.url, "CA": str(broker.certificate), "USER": "vendor-1", "PASSWORD": "correct horse"}
    for name, value in {**given, "OTP": "123456"}.items():
        monkeypatch.setenv(f"WICKET_{name}", value)
    assert wicket("login").exit_code == 0


def test_a_wrong_password_is_exit_code_3(wicket: Wicket, broker: FakeBroker) -> None:
    words = ("login", *where(broker), "--user", "vendor-1", "--otp", "123456", "--password-stdin")
    result = wicket(*words, stdin="wrong\n")
    assert result.exit_code == 3
    assert "login_failed" in result.stderr


def test_without_a_terminal_nothing_is_asked_and_what_is_missing_is_said(wicket: Wicket, broker: FakeBroker) -> None:
    result = wicket("login", *where(broker), "--user", "vendor-1")
    assert result.exit_code == 2
    assert "Password is missing" in result.stderr
    assert "WICKET_PASSWORD" in result.stderr
    assert broker.calls == []


def test_without_an_address_the_command_says_how_to_give_one(wicket: Wicket) -> None:
    result = wicket("whoami")
    assert result.exit_code == 2
    assert "WICKET_URL" in result.stderr


def test_a_broker_of_another_authority_is_not_spoken_to(wicket: Wicket, broker: FakeBroker) -> None:
    result = wicket("login", "--url", broker.url, "--user", "vendor-1", "--password-stdin", stdin="correct horse\n")
    assert result.exit_code == 7
    assert "not trusted" in result.stderr
    assert broker.calls == []


def test_the_first_sign_in_enrols_and_writes_the_secret_to_a_private_file(
    wicket: Wicket, broker: FakeBroker, tmp_path: Path
) -> None:
    broker.accounts["vendor-1"].enrolled = False
    out = tmp_path / "secret"
    words = ("login", *where(broker), "--user", "vendor-1", "--password-stdin", "--totp-secret-out", str(out), "--json")
    result = wicket(*words, stdin="correct horse\n")
    assert json_of(result)["recovery_codes"] == ["one-two"]
    assert out.read_text() == f"{SECRET}\n"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert SECRET not in result.output


def test_the_first_sign_in_without_a_terminal_says_how_to_enrol(wicket: Wicket, broker: FakeBroker) -> None:
    broker.accounts["vendor-1"] = Account(enrolled=False)
    words = ("login", *where(broker), "--user", "vendor-1", "--password-stdin")
    result = wicket(*words, stdin="correct horse\n")
    assert result.exit_code == 2
    assert "--totp-secret-out" in result.stderr


def test_set_up_makes_the_first_admin_and_signs_in(wicket: Wicket, broker: FakeBroker, tmp_path: Path) -> None:
    words = ("setup", *where(broker), "--token", "wgs1.x", "--user", "admin-1", "--password-stdin")
    result = wicket(*words, "--totp-secret-out", str(tmp_path / "secret"), stdin="a long password\n")
    assert result.exit_code == 0, result.output
    assert broker.bodies("POST", "/setup") == [
        {"token": "wgs1.x", "username": "admin-1", "password": "a long password"}
    ]


def test_a_recovery_code_replaces_the_second_factor(wicket: Wicket, broker: FakeBroker) -> None:
    words = ("login", *where(broker), "--user", "vendor-1", "--recovery-code", "one-two", "--password-stdin")
    assert wicket(*words, stdin="correct horse\n").exit_code == 0


def test_a_step_up_keeps_the_new_tokens(signed_in: Wicket, broker: FakeBroker, home: Path) -> None:
    before = json.loads((home / "tokens.json").read_text())
    assert signed_in("login", "--step-up", "--otp", "654321").exit_code == 0
    assert json.loads((home / "tokens.json").read_text()) != before


def test_signing_out_ends_the_login_and_forgets_the_tokens(signed_in: Wicket, broker: FakeBroker, home: Path) -> None:
    broker.answer("POST", "/auth/logout", {})
    assert signed_in("logout").exit_code == 0
    assert not (home / "tokens.json").exists()
    assert signed_in("whoami").exit_code == 3


def test_tokens_of_one_broker_are_not_shown_to_another(signed_in: Wicket, broker: FakeBroker) -> None:
    calls = len(broker.calls)
    result = signed_in("--url", broker.url.replace("127.0.0.1", "localhost"), "--ca", str(broker.certificate), "whoami")
    assert result.exit_code == 3
    assert len(broker.calls) == calls


@pytest.mark.parametrize(
    ("now", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(now: float, code: str) -> None:
    assert totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", now) == code


def test_where_a_part_is_not_installed_the_command_says_which(
    wicket: Wicket, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.delenv("WICKET_TOKENS")
    words = ("login", "--url", broker.url, "--ca", str(broker.certificate), "--user", "vendor-1", "--otp", "123456")
    result = wicket(*words, "--password-stdin", stdin="correct horse\n")
    assert result.exit_code == 1
    assert result.stderr == "wicket: keyring is not installed. Install what wicket needs: pip install '.[client]'\n"
