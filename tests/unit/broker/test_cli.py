"""The administrator's commands: what they do, and that what goes wrong is said with what to do about it."""

import asyncio
import base64
import json
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from broker.app import lay_foundation
from broker.cli import cli
from broker.config import IdentitySection, Settings, StorageSection
from broker.db import migrate
from broker.identity.enrolments import EnrolmentRequired
from broker.identity.logins import Device, Tokens
from broker.identity.sign_in import Proof

DEVICE = Device("192.0.2.1", "test")
PASSWORD = "copper lantern 47 walks"
CHEAP = {
    "WICKET_BROKER_IDENTITY__ARGON2_MEMORY_KIB": "8",
    "WICKET_BROKER_IDENTITY__ARGON2_TIME": "1",
    "WICKET_BROKER_IDENTITY__ARGON2_LANES": "1",
}


class Broker:
    """A data folder and the commands on it."""

    def __init__(self, data: Path, **more: str) -> None:
        self.data = data
        self.environment = {**CHEAP, "WICKET_BROKER_STORAGE__DATA": str(data), **more}

    def run(self, *words: str, stdin: str | None = None, **more: str) -> Result:
        """Run a command to its end."""
        result = CliRunner().invoke(cli, list(words), input=stdin, env={**self.environment, **more})
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    def create_admin(self, name: str = "admin") -> Result:
        """Make an admin account."""
        return self.run("create-admin", name, "--password-stdin", stdin=PASSWORD + "\n")

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the database holds."""
        with closing(sqlite3.connect(self.data / "broker.db")) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """An empty data folder, and nothing of the caller's own settings."""
    for name in list(os.environ):
        if name.startswith(("WICKET_", "WICKET_BROKER_")) and name != "WICKET_TEST_POSTGRES":
            monkeypatch.delenv(name)
    yield Broker(tmp_path / "data")


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


# --- check-config


def test_check_config_prints_every_setting_with_its_origin_and_masks_secrets(broker: Broker) -> None:
    result = broker.run("check-config", "--json", WICKET_BROKER_MASTER_KEY="tell-nobody")
    rows = {row["key"]: row for row in json.loads(result.output)}
    assert result.exit_code == 0
    assert rows["storage.data"] == {
        "key": "storage.data",
        "value": str(broker.data),
        "origin": "environment WICKET_BROKER_STORAGE__DATA",
    }
    assert rows["server.port"]["origin"] == "default"
    assert rows["master_key"]["value"] == "********"
    assert "tell-nobody" not in broker.run("check-config", WICKET_BROKER_MASTER_KEY="tell-nobody").output


def test_check_config_ends_with_its_own_code_when_settings_are_wrong(broker: Broker, tmp_path: Path) -> None:
    file = tmp_path / "broker.toml"
    file.write_text("[server]\nprot = 1\n")
    result = broker.run("--config", str(file), "check-config")
    assert result.exit_code == 78
    assert "server.prot: unknown setting" in result.output
    result = broker.run("check-config", WICKET_BROKER_SEVER="1")
    assert (result.exit_code, "WICKET_BROKER_SEVER" in result.output) == (78, True)


def test_check_config_lists_names(broker: Broker) -> None:
    assert "WICKET_BROKER_SERVER__PORT" in broker.run("check-config", "--names").output


def test_check_config_makes_nothing(broker: Broker) -> None:
    broker.run("check-config")
    assert not broker.data.exists()


# --- migrate


def test_migrate_brings_an_empty_folder_to_the_head_and_check_says_so(broker: Broker) -> None:
    head = migrate.head()
    assert (broker.run("migrate", "--check").exit_code, broker.run("migrate").exit_code) == (1, 0)
    result = broker.run("migrate", "--check")
    assert (result.exit_code, f"database: {head}, this version: {head}" in result.output) == (0, True)


def test_migrate_goes_down_and_up_again(broker: Broker) -> None:
    broker.run("migrate")
    assert "0001" in broker.run("migrate", "--down-to", "0001").output
    assert broker.run("migrate", "--check").exit_code == 1
    assert broker.run("migrate").exit_code == 0


def test_an_unknown_revision_is_named(broker: Broker) -> None:
    broker.run("migrate")
    result = broker.run("migrate", "--down-to", "9999")
    assert (result.exit_code, "9999" in result.output) == (1, True)


def test_a_database_of_a_newer_version_is_not_touched(broker: Broker) -> None:
    broker.run("migrate")
    with closing(sqlite3.connect(broker.data / "broker.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    result = broker.run("migrate")
    assert (result.exit_code, "9999" in result.output) == (1, True)
    assert broker.rows("SELECT version_num FROM alembic_version") == [("9999",)]


def test_a_database_that_does_not_answer_is_said_without_its_password(broker: Broker) -> None:
    url = "postgresql+asyncpg://wicket:tell-nobody@127.0.0.1:1/none"
    for command in ("migrate", "rekey"):
        result = broker.run(command, WICKET_BROKER_DATABASE__URL=url)
        assert result.exit_code == 1
        assert "database" in result.output.lower()
        assert "tell-nobody" not in result.output


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "postgresql://wicket@host/db", "sqlite:////tmp/x.db"])
def test_a_database_of_another_kind_is_refused_by_name_of_the_setting(broker: Broker, url: str) -> None:
    result = broker.run("check-config", WICKET_BROKER_DATABASE__URL=url)
    assert (result.exit_code, "database.url" in result.output) == (78, True)


# --- create-admin


def test_create_admin_makes_an_account_in_a_folder_that_did_not_exist(broker: Broker) -> None:
    result = broker.create_admin()
    assert result.exit_code == 0, result.output
    assert "wicket login" in result.output
    assert PASSWORD not in result.output
    assert broker.rows("SELECT name, is_emergency FROM users") == [("admin", 0)]
    assert broker.rows("SELECT action FROM audit_links ORDER BY sequence") == [("user.created",)]


def test_an_emergency_admin_is_marked(broker: Broker) -> None:
    broker.run("create-admin", "red-phone", "--emergency", WICKET_PASSWORD=PASSWORD)
    assert broker.rows("SELECT name, is_emergency FROM users") == [("red-phone", 1)]


@pytest.mark.parametrize(
    ("name", "password", "says"),
    [("admin", "short", "password"), ("admin", "", "password"), ("_", PASSWORD, "user name"), ("usr_x", PASSWORD, "")],
)
def test_a_poor_password_or_name_is_refused_with_what_to_do(
    broker: Broker, name: str, password: str, says: str
) -> None:
    result = broker.run("create-admin", name, "--password-stdin", stdin=password + "\n")
    assert result.exit_code == 1
    assert says in result.output.lower()
    assert broker.rows("SELECT name FROM users") == []


def test_a_name_that_is_taken_is_refused(broker: Broker) -> None:
    broker.create_admin()
    result = broker.create_admin("ADMIN")
    assert (result.exit_code, "already" in result.output) == (1, True)


# --- backup and restore


def test_a_backup_is_private_and_leaves_the_master_key_out(broker: Broker, tmp_path: Path) -> None:
    broker.create_admin()
    (broker.data / "recordings").mkdir()
    (broker.data / "recordings" / "rec_1.wgrec").write_bytes(b"sealed")
    target = tmp_path / "backup.tar.gz"
    result = broker.run("backup", str(target))
    assert result.exit_code == 0, result.output
    assert "master key is not in it" in result.output
    assert target.stat().st_mode & 0o777 == 0o600
    with tarfile.open(target) as archive:
        names = set(archive.getnames())
    assert {"rows.jsonl", "recordings/rec_1.wgrec", "keys/ca.key", "keys/tokens.key"} <= names
    assert "keys/master.key" not in names


def test_what_was_backed_up_is_restored_into_an_empty_folder(broker: Broker, tmp_path: Path) -> None:
    broker.create_admin()
    (broker.data / "recordings").mkdir()
    (broker.data / "recordings" / "rec_1.wgrec").write_bytes(b"sealed" * 100_000)
    target = tmp_path / "backup.tar.gz"
    assert broker.run("backup", str(target), "--with-master-key").exit_code == 0
    other = Broker(tmp_path / "other")
    result = other.run("restore", str(target))
    assert result.exit_code == 0, result.output
    assert other.rows("SELECT id, name FROM users") == broker.rows("SELECT id, name FROM users")
    for name in ("keys/master.key", "keys/ca.key", "keys/node.id", "recordings/rec_1.wgrec"):
        assert (other.data / name).read_bytes() == (broker.data / name).read_bytes()
        assert (other.data / name).stat().st_mode & 0o777 == 0o600


def test_a_folder_with_something_in_it_takes_no_backup(broker: Broker, tmp_path: Path) -> None:
    broker.create_admin()
    target = tmp_path / "backup.tar.gz"
    broker.run("backup", str(target))
    result = broker.run("restore", str(target))
    assert (result.exit_code, "empty data folder" in result.output) == (1, True)
    assert len(broker.rows("SELECT id FROM users")) == 1


@pytest.mark.parametrize("share", [0.0, 0.1, 0.9])
def test_a_backup_that_was_cut_short_is_refused_and_nothing_is_restored(
    broker: Broker, tmp_path: Path, share: float
) -> None:
    broker.create_admin()
    target = tmp_path / "backup.tar.gz"
    broker.run("backup", str(target))
    target.write_bytes(target.read_bytes()[: int(target.stat().st_size * share)])
    other = Broker(tmp_path / "other")
    result = other.run("restore", str(target))
    assert (result.exit_code, "no backup of a broker" in result.output) == (1, True)
    assert other.rows("SELECT id FROM users") == []


def test_files_that_no_broker_wrote_are_not_unpacked(broker: Broker, tmp_path: Path) -> None:
    target = tmp_path / "evil.tar.gz"
    (tmp_path / "payload").write_text("x")
    for name in ("keys/../../escaped", "/etc/escaped", "elsewhere/file", "keys/..", "keys"):
        with tarfile.open(target, "w:gz") as archive:
            archive.add(tmp_path / "payload", name)
        result = Broker(tmp_path / "other").run("restore", str(target))
        assert result.exit_code == 1, name
    assert not (tmp_path / "escaped").exists()


def test_an_archive_of_something_else_is_no_backup(broker: Broker, tmp_path: Path) -> None:
    target = tmp_path / "other.tar.gz"
    with tarfile.open(target, "w:gz"):
        pass
    result = broker.run("restore", str(target))
    assert (result.exit_code, "not a backup" in result.output) == (1, True)


def test_a_backup_where_nothing_can_be_written_says_so(broker: Broker, tmp_path: Path) -> None:
    broker.create_admin()
    result = broker.run("backup", str(tmp_path / "no-such-folder" / "backup.tar.gz"))
    assert (result.exit_code, "no-such-folder" in result.output) == (1, True)


# --- master keys


@pytest.mark.parametrize("key", ["short", "not base64 at all!", base64.b64encode(b"k" * 31).decode()])
@pytest.mark.parametrize("name", ["WICKET_BROKER_MASTER_KEY", "WICKET_BROKER_PREVIOUS_MASTER_KEY"])
def test_a_master_key_that_is_none_is_refused_with_how_to_make_one_and_not_printed(
    broker: Broker, name: str, key: str
) -> None:
    result = broker.run("rekey", **{name: key})
    assert result.exit_code in (1, 78)
    assert "openssl rand -base64 32" in result.output
    assert key not in result.output


def test_a_master_key_file_that_was_damaged_is_named(broker: Broker) -> None:
    broker.create_admin()
    (broker.data / "keys" / "master.key").write_text("gone\n")
    result = broker.run("rekey")
    assert result.exit_code == 1
    assert "master.key" in result.output


@pytest.mark.parametrize("name", ["ca.key", "ca.crt", "tokens.key", "evidence.key"])
def test_a_key_file_that_was_damaged_is_named(broker: Broker, name: str) -> None:
    broker.create_admin()
    (broker.data / "keys" / name).write_text("gone\n")
    result = broker.run("rekey")
    assert (result.exit_code, name in result.output) == (1, True)


def settings_of(broker: Broker, **more: SecretStr) -> Settings:
    cheap = IdentitySection(argon2_memory_kib=8, argon2_time=1, argon2_lanes=1)
    return Settings(storage=StorageSection(data=broker.data), identity=cheap, **more)


async def enrol(settings: Settings) -> str:
    """Sign the admin in for the first time; return the secret of the second factor, which the database keeps sealed."""
    async with lay_foundation(settings) as foundation:
        identity = foundation.identity
        outcome = await identity.sign_in.sign_in(Proof("admin", PASSWORD, DEVICE))
        assert isinstance(outcome, EnrolmentRequired)
        secret = (await identity.enrolments.propose(outcome.enrolment_token)).secret
        await identity.enrolments.confirm(outcome.enrolment_token, pyotp.TOTP(secret).now(), DEVICE)
        return secret


async def signs_in(settings: Settings, secret: str) -> bool:
    """Tell whether the admin can sign in with the next code."""
    async with lay_foundation(settings) as foundation:
        code = pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30))
        outcome = await foundation.identity.sign_in.sign_in(Proof("admin", PASSWORD, DEVICE, otp=code))
        return isinstance(outcome, Tokens)


def test_after_rekeying_the_old_key_is_not_needed_any_more(broker: Broker) -> None:
    broker.create_admin()
    secret = asyncio.run(enrol(settings_of(broker)))
    file = broker.data / "keys" / "master.key"
    old, new = file.read_text().strip(), new_key()
    result = broker.run("rekey", WICKET_BROKER_MASTER_KEY=new, WICKET_BROKER_PREVIOUS_MASTER_KEY=old)
    assert (result.exit_code, "1 secrets sealed anew" in result.output) == (0, True), result.output
    file.unlink()
    assert "0 secrets" in broker.run("rekey", WICKET_BROKER_MASTER_KEY=new).output
    assert asyncio.run(signs_in(settings_of(broker, master_key=SecretStr(new)), secret))


def test_rekeying_without_the_old_key_says_which_is_missing_and_changes_nothing(broker: Broker) -> None:
    broker.create_admin()
    secret = asyncio.run(enrol(settings_of(broker)))
    result = broker.run("rekey", WICKET_BROKER_MASTER_KEY=new_key())
    assert result.exit_code == 1
    assert "master key" in result.output
    assert asyncio.run(signs_in(settings_of(broker), secret))
