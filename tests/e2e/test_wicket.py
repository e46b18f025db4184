"""The ``wicket`` command against a real broker: through a proxy, cut by the plant, and what each refusal exits with."""

import asyncio
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.programs import python_program, run_once
from tests.e2e.devices import Device, echo
from tests.e2e.plant import Plant
from tests.tinyproxy import PASSWORD, USER, tinyproxy

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
PLC = "waterworks/pump-plc"
TALK = (
    "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2])));"
    "s.sendall(b'how deep'); s.shutdown(1); sys.exit(0 if s.makefile('rb').read() == b'how deep' else 1)"
)
WAIT = (
    "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2])));"
    "s.sendall(b'here'); print('open', flush=True); s.recv(1); s.recv(1); s.recv(1); s.recv(1); s.recv(1)"
)


class Wicket:
    """The command as one person, in a folder of its own."""

    def __init__(self, plant: Plant, user: str, **more: str) -> None:
        self.environment = {**plant.client_environment(user), "WICKET_TOKENS": "file", **more}

    async def run(self, *words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        return await run_once([python_program("wicket"), *words], environment=self.environment, stdin=stdin)

    async def json(self, *words: str) -> Any:
        code, printed, errors = await self.run("--json", *words)
        assert code == 0, printed + errors
        return json.loads(printed)


async def signed_in(plant: Plant, user: str, **more: str) -> Wicket:
    """Sign in, unless this person has: each code works once, and the next one is half a minute away."""
    wicket, person = Wicket(plant, user, **more), plant.people[user]
    if (await wicket.run("whoami"))[0] == 0:
        return wicket
    code, printed, errors = await wicket.run(
        "login", "--password-stdin", "--otp", await person.app.code(), stdin=person.password.encode() + b"\n"
    )
    assert code == 0, printed + errors
    return wicket


@pytest.mark.skipif(shutil.which("tinyproxy") is None, reason="tinyproxy is not installed")
async def test_everything_goes_through_a_proxy_with_a_password(plant: Plant, tmp_path: Path) -> None:
    async with Device(echo) as device, tinyproxy(tmp_path) as (port, log):
        asset = await plant.add_opaque("proxied", device.port)
        through = {"WICKET_PROXY": f"http://{USER}:{PASSWORD}@127.0.0.1:{port}", "WICKET_HOME": str(tmp_path / "home")}
        wicket = await signed_in(plant, "engineer", **through)
        code, printed, errors = await wicket.run("connect", asset, "--", sys.executable, "-c", TALK, "{host}", "{port}")
        assert code == 0, printed + errors
        assert log.read_text().count("CONNECT localhost") >= 3, "sign-in, watching and the stream"
        wrong = Wicket(plant, "engineer", **{**through, "WICKET_PROXY": f"http://{USER}:wrong@127.0.0.1:{port}"})
        code, _, errors = await wrong.run("ls")
        assert code == 7
        assert "proxy" in errors.lower()


async def test_a_kill_ends_the_tool_and_says_by_whose_hand(plant: Plant, tmp_path: Path) -> None:
    async with Device(echo) as device:
        asset = await plant.add_opaque("killed-by-command", device.port)
        engineer = await signed_in(plant, "engineer")
        operator = await signed_in(plant, "operator-1")
        connect = ["connect", asset, "--", sys.executable, "-c", WAIT, "{host}", "{port}"]
        running = asyncio.create_task(engineer.run(*connect))
        await (await device.call()).has(4)
        (session,) = [
            each for each in (await operator.json("sessions", "--active"))["items"] if each["asset_name"] == asset
        ]
        assert (await operator.run("kill", session["id"], "--reason", "wrong pump"))[0] == 0
        code, _, errors = await running
        assert (code, "wrong pump [killed]" in errors) == (6, True), errors
        code, _, errors = await engineer.run(*connect)
        assert (code, "reconnect_blocked" in errors) == (4, True), errors
        for block in (await operator.json("blocks"))["items"]:
            assert (await operator.run("unblock", block["id"]))[0] == 0


async def test_what_is_not_ones_own_is_not_there(plant: Plant) -> None:
    engineer = await signed_in(plant, "engineer")
    for words in (("requests", "req_nobodys"), ("grants", "grt_nobodys"), ("sessions", "ses_nobodys")):
        assert (await engineer.run(*words))[0] == 11, words
    assert (await engineer.run("recordings", "list"))[0] == 4
    assert (await engineer.run("connect", "waterworks/no-such-thing", "--", "true"))[0] == 11


async def test_a_lock_shuts_everybody_out_until_it_is_lifted(plant: Plant) -> None:
    async with Device(echo) as device:
        asset = await plant.add_opaque("locked-by-command", device.port)
        engineer, operator = await signed_in(plant, "engineer"), await signed_in(plant, "operator-1")
        talk = ["connect", asset, "--", sys.executable, "-c", TALK, "{host}", "{port}"]
        assert (await operator.run("lock", "asset", asset, "--reason", "crane works", "--until", "2h"))[0] == 0
        code, _, errors = await engineer.run(*talk)
        assert (code, "crane works" in errors or "locked" in errors) == (4, True), errors
        assert (await operator.run("unlock", "asset", asset))[0] == 0
        assert (await engineer.run(*talk))[0] == 0


async def test_evidence_is_exported_and_proved_by_command(plant: Plant, tmp_path: Path) -> None:
    operator, auditor = await signed_in(plant, "operator-1"), await signed_in(plant, "auditor")
    connect = [
        "connect",
        PLC,
        "--",
        sys.executable,
        "-c",
        "import socket, sys; socket.create_connection(sys.argv[1:3])",
    ]
    await operator.run(*connect, "{host}", "{port}")
    recording = (await auditor.json("recordings", "list"))["items"][0]["id"]
    keys, log, capture = tmp_path / "keys.json", tmp_path / "audit.jsonl", tmp_path / "capture.pcapng"
    for words in (
        ("recordings", "keys", "--out", str(keys)),
        ("audit", "export", "--out", str(log)),
        ("audit", "verify", str(log), "--keys", str(keys)),
        ("recordings", "export", recording, "--out", str(capture)),
        ("recordings", "verify", recording, "--content"),
    ):
        code, printed, errors = await auditor.run(*words)
        assert code == 0, (words, printed, errors)
    assert capture.read_bytes()[:4] == b"\x0a\x0d\x0d\x0a"
    log.write_bytes(log.read_bytes().replace(b'"target":"', b'"target":"x', 1))
    code, _, errors = await auditor.run("audit", "verify", str(log), "--keys", str(keys))
    assert code == 8
    assert "does not prove" in errors


async def test_policies_are_checked_tested_explained_and_applied_by_command(plant: Plant, tmp_path: Path) -> None:
    admin = await signed_in(plant, "admin")
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(
        "apiVersion: wicketgate/v1\nkind: AccessPolicy\nmetadata: {name: by-command}\nspec:\n"
        "  who: {groups: [acme-engineers]}\n  what: {assets: {labels: {type: by-command}}}\n"
        "  access: {max_duration: 1h}\n  allow: {tiers: [read]}\n"
    )
    bad.write_text(good.read_text().replace("max_duration", "max_durration"))
    code, _, errors = await admin.run("policy", "apply", str(bad))
    assert (code, "line 7" in errors, "max_duration" in errors) == (9, True, True), errors
    assert (await admin.run("policy", "check", str(good)))[0] == 0
    assert (await admin.run("policy", "apply", str(good), "--comment", "for a test"))[0] == 0
    assert (await admin.json("policy", "show", "by-command"))["name"] == "by-command"
    code, printed, _ = await admin.run("policy", "explain", "engineer", PLC, "modbus", "--ticket", "CHG-12345")
    assert (code, "needs approval" in printed) == (0, True), printed
    library = Path(__file__).parents[2] / "policies" / "library"
    texts = [
        word for path in sorted(library.glob("*.yaml")) if path.name != "tests.yaml" for word in ("--with", str(path))
    ]
    code, printed, errors = await admin.run("policy", "test", str(library / "tests.yaml"), "--offline", *texts)
    assert code == 0, printed + errors
