"""Promises 4, 5, 7 and 8: whose word counts, what proves afterwards, what is never written down, what survives."""

import asyncio
import base64
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from client.offline.audit import verify_export
from client.offline.keys import keys_of
from client.offline.recordings import verify_file
from deploy.demo.api import Api, ApiRefusedError
from deploy.demo.programs import python_program, run_once
from recording.keys import PublicKeys
from recording.reader import RecordingReader
from tests.e2e.devices import Call, Device, echo
from tests.e2e.plant import Plant, patience

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
PLC = "waterworks/pump-plc"
WISH = {"asset": PLC, "service": "modbus", "reason": "the pump trips", "ticket": "CHG-12345", "duration": 3600}


# --- 4: nobody approves their own request; nobody alone satisfies a quorum of two


async def test_nobody_approves_their_own_request(plant: Plant) -> None:
    groups = ["acme-engineers", "ot-operations", "it-security"]
    planner = await plant.add_person("planner", roles=["operator"], groups=groups)
    request = await planner.post("/requests", **WISH, tiers=["read", "operate"])
    assert await refused(planner.post(f"/requests/{request['id']}/approve", hash=request["hash"])) == "self_approval"
    for operator in ("operator-1", "operator-2"):
        request = await plant.apis[operator].post(f"/requests/{request['id']}/approve", hash=request["hash"])
    assert request["state"] == "approved"
    assert [approval["approver_name"] for approval in request["approvals"]] == ["operator-1", "operator-2"]


async def test_one_person_in_both_groups_is_one_person(plant: Plant) -> None:
    two_hats = await plant.add_person("two-hats", roles=["operator"], groups=["ot-operations", "it-security"])
    request = await plant.apis["engineer"].post("/requests", **WISH)
    approve = f"/requests/{request['id']}/approve"
    answers = await asyncio.gather(
        *(two_hats.post(approve, hash=request["hash"]) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert await refused(two_hats.post(approve, hash=request["hash"])) == "already_approved"
    standing = await plant.apis["engineer"].get(f"/requests/{request['id']}")
    assert (standing["state"], standing["grant"]) == ("pending", None)
    assert (await plant.apis["operator-1"].post(approve, hash=request["hash"]))["state"] == "approved"


async def test_a_yes_counts_for_the_terms_that_were_read_and_no_others(plant: Plant) -> None:
    request = await plant.apis["engineer"].post("/requests", **WISH)
    path = f"/requests/{request['id']}"
    await plant.apis["operator-1"].post(f"{path}/approve", hash=request["hash"])
    narrowed = await plant.apis["operator-2"].post(f"{path}/narrow", duration=600)
    assert narrowed["hash"] != request["hash"]
    late = plant.apis["operator-2"].post(f"{path}/approve", hash=request["hash"])
    assert await refused(late) == "request_changed"
    second = await plant.apis["operator-2"].post(f"{path}/approve", hash=narrowed["hash"])
    assert second["state"] == "pending", "the first yes was for other terms"


async def refused(call: Any) -> str:
    with pytest.raises(ApiRefusedError) as refusal:
        await call
    return refusal.value.code


# --- 5: changing, dropping, reordering or truncating one record is found, offline, and named


async def evidence(plant: Plant, name: str) -> tuple[bytes, list[int], PublicKeys]:
    """A downloaded recording of several segments, where each begins and the last ends, and the public keys."""
    async with Device(echo) as device, plant.tunnel(await plant.add_opaque(name, device.port)) as tunnel:
        reader, writer = await tunnel.connect()
        async with patience():
            for _ in range(4):
                sent = os.urandom(2**20)
                writer.write(sent)
                assert await reader.readexactly(len(sent)) == sent
    auditor = plant.apis["auditor"]
    sealed: bytes = await auditor.get(f"/recordings/{tunnel.session['recording']}/content")
    found = list(RecordingReader(lambda at, length: sealed[at : at + length], len(sealed)).segments())
    last_at, last = found[-1]
    places = [*(at for at, _ in found), last_at + last.total_bytes]
    return sealed, places, keys_of(await auditor.get("/evidence-keys"))


def changed(sealed: bytes, at: int) -> bytes:
    return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]


Tamper = Callable[[bytes, list[int]], bytes]
TAMPERED: dict[str, tuple[Tamper, int | None]] = {
    "one bit of the opening": (lambda s, p: changed(s, 40), None),
    "one bit of a header": (lambda s, p: changed(s, p[1] + 20), 1),
    "one bit of the content": (lambda s, p: changed(s, p[1] + 1000), 1),
    "one bit of a signature": (lambda s, p: changed(s, p[2] - 1), 1),
    "a segment dropped": (lambda s, p: s[: p[1]] + s[p[2] :], 1),
    "the last segment dropped": (lambda s, p: s[: p[-2]] + s[p[-1] :], None),
    "two segments swapped": (lambda s, p: s[: p[1]] + s[p[2] : p[3]] + s[p[1] : p[2]] + s[p[3] :], 1),
    "a segment twice": (lambda s, p: s[: p[2]] + s[p[1] : p[2]] + s[p[2] :], 2),
    "one bit of the closing": (lambda s, p: changed(s, p[-1] + 30), None),
    "cut in a segment": (lambda s, p: s[: p[2] - 10], 1),
    "cut behind a segment": (lambda s, p: s[: p[2]], 2),
    "cut before the last byte": (lambda s, p: s[:-1], None),
    "one byte more": (lambda s, p: s + b"\0", None),
}


async def test_a_recording_that_was_tampered_with_is_found_out_offline_and_the_place_is_named(
    plant: Plant, tmp_path: Path
) -> None:
    sealed, places, keys = await evidence(plant, "tampered")
    assert len(places) > 4
    copy = tmp_path / "copy.wgrec"
    copy.write_bytes(sealed)
    assert verify_file(copy, keys, allow_open=False).state == "whole"
    for what, (tamper, segment) in TAMPERED.items():
        copy.write_bytes(tamper(sealed, places))
        proof = verify_file(copy, keys, allow_open=False)
        assert proof.state == "broken", what
        assert proof.fault is not None
        assert proof.fault.segment == segment, f"{what}: {proof.detail}"


async def test_the_wicket_command_names_what_is_wrong_without_any_broker(plant: Plant, tmp_path: Path) -> None:
    sealed, places, _ = await evidence(plant, "offline")
    keys, good, bad = tmp_path / "keys.json", tmp_path / "good.wgrec", tmp_path / "bad.wgrec"
    keys.write_text(json.dumps(await plant.apis["auditor"].get("/evidence-keys")))
    good.write_bytes(sealed)
    bad.write_bytes(changed(sealed, places[1] + 1000))
    wicket = [python_program("wicket"), "recordings", "verify", "--keys", str(keys)]
    away = {"WICKET_URL": "https://localhost:1", "WICKET_HOME": str(tmp_path / "home")}
    assert (await run_once([*wicket, str(good)], environment=away))[0] == 0
    code, printed, errors = await run_once([*wicket, str(bad)], environment=away)
    assert code == 8
    assert "segment 1" in printed + errors


AUDIT_TAMPERED: dict[str, tuple[Callable[[list[bytes], int], list[bytes]], int]] = {
    "changed": (
        lambda lines, at: [*lines[:at], lines[at].replace(b'"target":"', b'"target":"x', 1), *lines[at + 1 :]],
        0,
    ),
    "dropped": (lambda lines, at: [*lines[:at], *lines[at + 1 :]], 0),
    "swapped": (lambda lines, at: [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]], 0),
    "doubled": (lambda lines, at: [*lines[: at + 1], *lines[at:]], 1),
    "cut off": (lambda lines, at: lines[:at], 0),
}


async def test_an_audit_log_that_was_tampered_with_is_found_out_offline_and_the_link_is_named(plant: Plant) -> None:
    auditor = plant.apis["auditor"]
    exported: bytes = await auditor.get("/audit/export")
    keys = keys_of(await auditor.get("/evidence-keys"))
    lines = exported.splitlines(keepends=True)
    assert verify_export(lines, keys).intact
    links = [at for at, line in enumerate(lines) if b'"type":"link"' in line]
    at = next(at for at in links[10:] if at + 1 in links)
    sequence = json.loads(lines[at])["sequence"]
    for what, (tamper, offset) in AUDIT_TAMPERED.items():
        proof = verify_export(tamper(lines, at), keys)
        assert (proof.intact, proof.sequence) == (False, sequence + offset), what
        assert str(proof.sequence) in proof.problem or what == "cut off", proof.problem


async def test_a_row_of_the_audit_log_that_was_changed_in_the_database_is_named(plant: Plant) -> None:
    auditor, database = plant.apis["auditor"], plant.folder / "broker" / "broker.db"
    assert (await auditor.post("/audit/verify"))["intact"]
    with sqlite3.connect(database) as rows:
        (name,) = rows.execute("SELECT actor_name FROM audit_links WHERE sequence = 12").fetchone()
        rows.execute("UPDATE audit_links SET actor_name = 'somebody else' WHERE sequence = 12")
    broken = await auditor.post("/audit/verify")
    with sqlite3.connect(database) as rows:
        rows.execute("UPDATE audit_links SET actor_name = ? WHERE sequence = 12", (name,))
    rows.close()
    assert (broken["intact"], broken["sequence"]) == (False, 12)
    assert "changed" in broken["problem"]
    assert (await auditor.post("/audit/verify"))["intact"]


# --- 7: secrets are in no log, and not in clear in the database or in recordings


async def test_no_secret_is_in_a_log_or_in_clear_in_the_stores(plant: Plant) -> None:
    secrets = await use_secrets(plant)
    keys = plant.folder / "broker" / "keys"
    for path in sorted(plant.folder.rglob("*")):
        if path.is_file() and keys not in path.parents and path.name != "demo.json" and path.parent.name != "ssh":
            content = path.read_bytes()
            found = [what for what, secret in secrets if secret in content]
            assert not found, f"{path.relative_to(plant.folder)} holds {found}"
    log = b"".join(line.encode() for line in plant.broker.lines() if line.startswith("{"))
    assert b"wgs1." not in log, "the set-up token is printed once, and not logged"


async def use_secrets(plant: Plant) -> list[tuple[str, bytes]]:
    """Use every kind of secret, also wrongly, and return all that are known."""
    marker, password, wrong = "what was typed on the device", "a new good passphrase 17", "a wrong passphrase 99"
    async with Device(echo) as device, plant.tunnel(await plant.add_opaque("marked", device.port)) as tunnel:
        reader, writer = await tunnel.connect()
        writer.write(marker.encode())
        assert await reader.readexactly(len(marker)) == marker.encode()
    admin = plant.apis["admin"]
    leaver = await plant.add_person("leaver", roles=["auditor"], groups=[])
    person = plant.people["leaver"]
    codes = (await admin.call("POST", "/users/leaver/reset-mfa"), await sign_in_anew(plant, "leaver"))[1]
    first = {"access": leaver.token, "refresh": leaver.refresh_token}
    fresh = await plant.apis["leaver"].post("/auth/refresh", refresh_token=plant.apis["leaver"].refresh_token)
    joined = await admin.post("/sites/waterworks/join-tokens")
    secret = json.loads(base64.urlsafe_b64decode(joined["token"].removeprefix("wgj1.") + "=="))["secret"]
    async with Api(plant.url, plant.ca) as stranger:
        await stranger.raw("POST", "/auth/login", {"username": "leaver", "password": wrong, "otp": "123456"})
        await stranger.raw("POST", "/auth/login", {"username": wrong, "password": password})
        await stranger.raw("POST", "/auth/refresh", {"refresh_token": first["refresh"]})
        body = {"secret": secret, "csr": "no csr", "name": "x", "software": "x", "clock": "2026-01-01T00:00:00Z"}
        await stranger.raw("POST", "/agent/v1/enrolment", body)
    known: list[tuple[str, str]] = [
        ("marker", marker), ("join token", joined["token"]), ("join secret", secret), ("wrong password", wrong),
        *first.items(), ("fresh access", fresh["access_token"]), ("fresh refresh", fresh["refresh_token"]),
        *(("recovery code", code) for code in codes), ("totp of before", person.app.secret),
    ]  # fmt: skip
    for name, one in plant.people.items():
        known += [(f"password of {name}", one.password), (f"totp of {name}", one.app.secret)]
        known.append((f"access token of {name}", plant.apis[name].token.rpartition(".")[2]))
        known.append((f"refresh token of {name}", plant.apis[name].refresh_token))
    raw = [(f"raw totp of {name}", base64.b32decode(one.app.secret)) for name, one in plant.people.items()]
    return [(what, value.encode()) for what, value in known] + raw


async def sign_in_anew(plant: Plant, name: str) -> list[str]:
    """Sign in with the password alone, enrol the second factor again; return the recovery codes."""
    api, person = plant.apis[name], plant.people[name]
    answer = await api.post("/auth/login", username=name, password=person.password)
    token = answer["enrolment_token"]
    app = type(person.app)((await api.post("/auth/enrol/totp", enrolment_token=token))["secret"])
    done = await api.post("/auth/enrol/totp/confirm", enrolment_token=token, otp=await app.code())
    api.token, api.refresh_token = done["tokens"]["access_token"], done["tokens"]["refresh_token"]
    person.app = app
    return list(done["recovery_codes"])


# --- 8: killing the broker at any time loses no approved decision, no audit event, at most one second of recording


@pytest.mark.parametrize("answers_before", [1, 4])
async def test_a_broker_killed_in_the_middle_of_approvals_has_lost_none_that_it_answered(
    plant: Plant, answers_before: int
) -> None:
    name = f"decided-{answers_before}"
    asset = await plant.add_asset(name, "tcp", 9)
    await plant.allow(name, allow="opaque: true", access="mode: request, approvals: [{group: ot-operations}]")
    wish = {"asset": asset, "reason": "the pump trips", "duration": 600}
    requests = [await plant.apis["engineer"].post("/requests", **wish) for _ in range(8)]
    answered = await approve_until_killed(plant, requests, answers_before)
    await plant.return_broker()
    auditor = plant.apis["auditor"]
    events = await auditor.get("/audit", action="request.approved", limit="500")
    told = {event["target"] for event in events["items"]}
    states = {one["id"]: (await auditor.get(f"/requests/{one['id']}"))["state"] for one in requests}
    assert len(answered) >= answers_before
    assert answered <= {request for request, state in states.items() if state == "approved"}
    assert {request for request, state in states.items() if state == "approved"} == told & set(states)
    assert (await auditor.post("/audit/verify"))["intact"]


async def approve_until_killed(plant: Plant, requests: list[dict[str, Any]], answers_before: int) -> set[str]:
    """Approve everything at once, kill the broker after some answers, and return what was answered with yes."""
    answered: set[str] = set()
    enough = asyncio.Event()

    async def approve(request: dict[str, Any]) -> None:
        with suppress(aiohttp.ClientError, OSError):
            done = await plant.apis["operator-1"].post(f"/requests/{request['id']}/approve", hash=request["hash"])
            assert done["state"] == "approved"
            answered.add(request["id"])
            if len(answered) >= answers_before:
                enough.set()

    async with asyncio.TaskGroup() as tasks, patience():
        for request in requests:
            tasks.create_task(approve(request))
        await enough.wait()
        await plant.broker.kill()
    return answered


async def test_a_broker_killed_in_mid_session_has_recorded_all_but_the_last_second(plant: Plant) -> None:
    async with Device() as device, plant.tunnel(await plant.add_opaque("in-mid-session", device.port)) as tunnel:
        _, writer = await tunnel.connect()
        call = await device.call()
        killed_at = await write_lines_and_kill(plant, writer, call)
        await call.end()
        await plant.return_broker()
        path = f"/recordings/{tunnel.session['recording']}"
        auditor = plant.apis["auditor"]
        recording = await auditor.get(path)
        proof = await auditor.get(f"{path}/verification", content="true")
        capture: bytes = await auditor.get(f"{path}/export", format="pcapng")
    assert (recording["state"], proof["state"], proof["content_checked"]) == ("crashed", "open", True)
    kept, owed = recording["bytes_to_asset"], call.length_at(killed_at - 1.0)
    assert kept >= owed > 0, f"{owed} bytes were there a second before, {kept} are recorded"
    assert bytes(call.received[(kept // LINE - 1) * LINE :][:LINE]) in capture


LINE = 40


async def write_lines_and_kill(plant: Plant, writer: asyncio.StreamWriter, call: Call) -> float:
    """Write numbered lines for some seconds, then kill the broker; return when."""
    loop = asyncio.get_running_loop()
    until = loop.time() + 2.5
    for line in lines():
        writer.write(line)
        await asyncio.sleep(0.005)
        if loop.time() > until and len(call.received) > 50 * LINE:
            break
    killed_at = loop.time()
    await plant.broker.kill()
    return killed_at


def lines() -> Iterator[bytes]:
    number = 0
    while True:
        number += 1
        yield f"line {number:0{LINE - 6}}\n".encode()
