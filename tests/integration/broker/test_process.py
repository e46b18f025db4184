"""The broker as a process: it starts with a sentence, or does not start with one that says what to do."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

COMMAND = (sys.executable, "-c", "from broker.cli import main; main()")
START_SECONDS = 60


def environment(data: Path, **more: str) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WICKET_")}
    return {
        **kept,
        "WICKET_BROKER_STORAGE__DATA": str(data),
        "WICKET_BROKER_SERVER__PORT": "0",
        "WICKET_BROKER_LOG__FORMAT": "json",
        **more,
    }


async def refused(data: Path, **more: str) -> str:
    """Start a broker that cannot start; return what it says."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "serve", env=environment(data, **more), stdout=PIPE, stderr=STDOUT
    )
    async with asyncio.timeout(START_SECONDS):
        output, _ = await process.communicate()
    assert process.returncode == 1
    said = output.decode()
    assert "The broker cannot start: " in said
    assert "Traceback" not in said
    return said


@asynccontextmanager
async def serving(data: Path, **more: str) -> AsyncIterator[tuple[Process, list[str]]]:
    """A broker that serves, and its first words."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "serve", env=environment(data, **more), stdout=PIPE, stderr=STDOUT
    )
    assert process.stdout is not None
    words: list[str] = []
    try:
        async with asyncio.timeout(START_SECONDS):
            while not any('"serving"' in line for line in words):
                line = await process.stdout.readline()
                assert line, words
                words.append(line.decode().rstrip())
        yield process, words
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_without_configuration_it_says_how_the_first_admin_is_made_and_keeps_its_files_private(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    async with serving(data) as (process, words):
        text = "\n".join(words)
        assert "Wicketgate broker on https://127.0.0.1:" in text
        assert "--token" in text
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(START_SECONDS):
            assert await process.wait() == 0
    assert data.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in (data / "keys").iterdir()}
    modes |= {path.name: path.stat().st_mode & 0o777 for path in data.glob("broker.db*")}
    assert set(modes.values()) == {0o600}, modes
    assert "broker.db" in modes


async def test_a_second_broker_on_the_same_folder_does_not_start(tmp_path: Path) -> None:
    async with serving(tmp_path):
        said = await refused(tmp_path)
    assert f"another broker uses {tmp_path}" in said
    assert "storage.data" in said


async def test_a_broker_that_was_killed_leaves_no_lock_behind(tmp_path: Path) -> None:
    async with serving(tmp_path) as (process, _):
        process.kill()
        await process.wait()
    async with serving(tmp_path) as (_, words):
        assert any("Wicketgate broker on" in line for line in words)


async def test_a_port_in_use_is_named_with_the_settings_that_choose_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = await refused(tmp_path, WICKET_BROKER_SERVER__PORT=str(port))
    assert f"127.0.0.1:{port}" in said
    assert "server.port" in said


@pytest.mark.parametrize("fault", ["missing", "garbage", "of another key"])
async def test_a_certificate_that_cannot_be_used_is_named_with_its_setting(tmp_path: Path, fault: str) -> None:
    certificate, key = tmp_path / "site.crt", tmp_path / "site.key"
    if fault == "garbage":
        certificate.write_text("no certificate")
        key.write_text("no key")
    if fault == "of another key":
        async with serving(tmp_path / "a"), serving(tmp_path / "b"):
            certificate.write_bytes((tmp_path / "a" / "keys" / "server.crt").read_bytes())
            key.write_bytes((tmp_path / "b" / "keys" / "server.key").read_bytes())
    said = await refused(
        tmp_path / "data", WICKET_BROKER_SERVER__CERTIFICATE=str(certificate), WICKET_BROKER_SERVER__KEY=str(key)
    )
    assert str(certificate) in said
    assert "server.certificate" in said


async def test_a_master_key_that_is_none_is_not_printed(tmp_path: Path) -> None:
    said = await refused(tmp_path, WICKET_BROKER_MASTER_KEY="dGVsbCBub2JvZHk=")
    assert "openssl rand -base64 32" in said
    assert "dGVsbCBub2JvZHk" not in said


async def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("x")
    assert str(file) in await refused(file)


async def test_a_database_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    said = await refused(
        tmp_path, WICKET_BROKER_DATABASE__URL="postgresql+asyncpg://wicket:tell-nobody@127.0.0.1:1/none"
    )
    assert "database.url" in said
    assert "tell-nobody" not in said


async def test_a_database_that_was_not_migrated_is_said_where_the_start_may_not_do_it(tmp_path: Path) -> None:
    said = await refused(tmp_path, WICKET_BROKER_DATABASE__MIGRATE_ON_START="false")
    assert "wicket-broker migrate" in said
