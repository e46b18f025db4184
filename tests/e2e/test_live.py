"""What the plant sees while somebody works: operations as they happen, and what it says back reaching the engineer."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from deploy.demo.api import ApiRefusedError
from deploy.demo.plant import SITE
from deploy.demo.programs import Program, python_program, run_once
from tests.e2e.devices import Device, ModbusAnswers, echo
from tests.e2e.plant import Plant, patience
from tests.e2e.test_promises import read_adu
from tests.page import Page
from tunnel.tls import client_context

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

READ, WRITE = 3, 6


def page(plant: Plant, who: str, **query: str | int) -> Page:
    """The page of somebody who is signed in."""
    return Page(plant.url, plant.apis[who].token, client_context(plant.ca.read_text()), **query)


def request(transaction: int, function: int, value: int = 2) -> bytes:
    return struct.pack(">HHHBBHH", transaction, 0, 6, 1, function, 100, value)


class Talk:
    """A Modbus dialogue, one request after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._transaction = 0

    async def say(self, *functions: int) -> None:
        for function in functions:
            self._transaction += 1
            self._writer.write(request(self._transaction, function))
            await read_adu(self._reader)


@asynccontextmanager
async def working(plant: Plant, name: str) -> AsyncIterator[tuple[dict[str, Any], Talk]]:
    """The engineer in a session on a PLC that may be read and not written."""
    async with Device(ModbusAnswers()) as device, patience(60):
        asset = await plant.add_modbus(name, device.port, tiers="read, operate", allow="tiers: [read]")
        async with plant.tunnel(asset) as tunnel:
            yield tunnel.session, Talk(*await tunnel.connect())


async def operations(watching: Page, count: int) -> list[dict[str, Any]]:
    """The next requests of a watched session; with their answers, no two alike and none left out."""
    items: list[dict[str, Any]] = []
    while sum(not item.get("is_response") for item in items) < count:
        frame = await watching.until("operations")
        assert frame["dropped"] == 0
        items += frame["items"]
    numbers = [item["number"] for item in items]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return items


async def test_operations_are_seen_as_they_happen_and_the_refused_ones_are_marked(plant: Plant) -> None:
    async with working(plant, "live-seen") as (session, talk), page(plant, "operator-1") as operator:
        await operator.socket.send_json({"watch": session["id"]})
        await talk.say(READ, WRITE, READ)
        seen = [item for item in await operations(operator, 3) if not item.get("is_response")]
        assert [(item["function_code"], item["verdict"], item["tier"]) for item in seen] == [
            (READ, "allowed", "read"), (WRITE, "denied", "operate"), (READ, "allowed", "read"),
        ]  # fmt: skip
        assert seen[1]["values"] == [2]
        assert seen[1]["reason"]


async def test_a_page_that_comes_back_misses_nothing_and_sees_nothing_twice(plant: Plant) -> None:
    async with working(plant, "live-resumed") as (session, talk):
        async with page(plant, "operator-1") as before:
            await before.socket.send_json({"watch": session["id"]})
            await talk.say(READ, READ)
            last = (await operations(before, 2))[-1]["number"]
        await talk.say(WRITE, READ, READ)
        await plant.apis["engineer"].post(f"/requests/{await asked(plant)}/withdraw")
        async with page(plant, "operator-1", epoch=before.hello["epoch"], after=before.seq) as again:
            await again.socket.send_json({"watch": session["id"], "after": last})
            missed = await operations(again, 3)
            assert missed[0]["number"] == last + 1
            topics = [frame["topic"] for frame in again.heard if frame["kind"] == "changed"]
            assert {"request.created", "request.decided"} <= set(topics)
            seqs = [frame["seq"] for frame in again.heard if frame["kind"] == "changed"]
            assert seqs == sorted(set(seqs))
            assert seqs[0] > before.seq


async def asked(plant: Plant) -> str:
    """A request of the engineer's that waits."""
    wish = {"asset": f"{SITE}/data-logger", "service": "ssh", "reason": "a look", "duration": 600}
    return str((await plant.apis["engineer"].post("/requests", **wish))["id"])


async def test_the_numbers_of_a_session_grow_while_it_runs_and_stay_when_it_has_ended(plant: Plant) -> None:
    async with working(plant, "live-counted") as (session, talk):
        await talk.say(READ, READ, WRITE)
        now = await plant.apis["operator-1"].get(f"/sessions/{session['id']}")
        assert (now["operations"], now["writes"], now["denials"], now["tiers_used"]) == (3, 0, 1, ["read"])
        assert now["connected"]
        assert now["rate"] > 0
    ended = await plant.apis["operator-1"].get(f"/sessions/{session['id']}")
    assert (ended["operations"], ended["writes"], ended["denials"], ended["tiers_used"]) == (3, 0, 1, ["read"])
    assert (ended["connected"], ended["rate"]) == (False, 0)
    recording = await plant.apis["auditor"].get(f"/recordings/{session['recording']}")
    assert (recording["operations"], recording["writes"], recording["denials"]) == (3, 0, 1)


async def test_a_session_of_others_is_invisible_to_a_vendor_of_another_organization(plant: Plant) -> None:
    stranger = await rival(plant)
    async with working(plant, "live-hidden") as (session, talk), page(plant, stranger) as theirs:
        await theirs.socket.send_json({"watch": session["id"]})
        assert (await theirs.until("refused"))["code"] == "not_found"
        await talk.say(READ)
    async with page(plant, "operator-1") as operator:  # what came before would be there by now
        await plant.apis["admin"].call("PATCH", f"/users/{stranger}", {"display_name": "still nobody"})
        await operator.changed("user.changed")
    async with page(plant, stranger, epoch=theirs.hello["epoch"], after=theirs.hello["seq"]) as theirs_again:
        await theirs_again.changed("user.changed")
    heard = [frame for frame in theirs.heard + theirs_again.heard if frame["kind"] == "changed"]
    # Who was away is told that there may be other assets in sight, but of none by its id.
    assert {frame["topic"] for frame in heard} <= {"user.changed", "asset.changed", "site.changed"}
    own = (await plant.apis[stranger].get("/auth/whoami"))["id"]
    assert {named for frame in heard for named in frame["ids"].items()} == {("user", own)}


async def rival(plant: Plant) -> str:
    """A vendor's engineer of another organization."""
    admin, name = plant.apis["admin"], "rival-engineer"
    if name not in plant.apis:
        await admin.post("/organizations", name="rival-pumps", display_name="Rival", kind="vendor")
        about = {"organization": "rival-pumps", "sponsor": "admin", "ends_at": "2036-01-01T00:00:00+00:00"}
        await plant.add_person(name, roles=["vendor"], groups=[], **about)
    return name


async def test_looking_on_is_written_down_and_is_not_the_users_presence(plant: Plant) -> None:
    async with Device(echo) as device:
        asset = await plant.add_opaque("live-alone", device.port)
        async with (
            plant.session(asset) as session,
            page(plant, "operator-1") as operator,
            page(plant, "engineer") as own,
        ):
            for each in (operator, own):
                await each.socket.send_json({"watch": session["id"]})
                assert (await each.until("session"))["event"]["kind"] == "opened"
            assert not (await plant.apis["operator-1"].get(f"/sessions/{session['id']}"))["connected"]
            found = await plant.apis["auditor"].get("/audit", action="session.watched", target=session["id"])
            assert [event["actor_name"] for event in found["items"]] == ["operator-1"]


async def test_the_end_of_a_watched_session_is_the_last_that_is_told_of_it(plant: Plant) -> None:
    async with working(plant, "live-cut") as (session, talk), page(plant, "operator-1") as operator:
        await operator.socket.send_json({"watch": session["id"]})
        await talk.say(READ, READ)
        block = await plant.apis["operator-1"].post(f"/sessions/{session['id']}/kill", reason="enough")
        await operations(operator, 2)
        while (event := (await operator.until("session"))["event"])["kind"] != "ended":
            pass
        assert event["code"] == "killed"
        assert (await operator.changed("block.set"))["block"] == block["id"]
        await plant.apis["operator-1"].call("DELETE", f"/blocks/{block['id']}")
        assert (await operator.changed("session.ended"))["session"] == session["id"]
        assert (await operator.changed("block.lifted"))["block"] == block["id"]


async def test_when_the_agent_goes_and_comes_back_pages_hear_it(plant: Plant) -> None:
    async with page(plant, "operator-1") as operator, page(plant, "engineer") as engineer:
        await plant.agent.stop()
        gone = await operator.changed("agent.disconnected")
        await plant.start_agent()
        assert await operator.changed("agent.connected") == gone
        assert await engineer.changed("site.changed") == {"site": gone["site"]}


async def test_a_warning_reaches_the_tools_stream_and_the_watchers_and_the_record(plant: Plant) -> None:
    text = "Close valve 4 before you leave."
    async with Device(echo) as device:
        asset = await plant.add_opaque("live-warned", device.port)
        async with plant.tunnel(asset) as tunnel, page(plant, "operator-2") as watching, patience():
            reader, writer = await tunnel.connect()
            writer.write(b"x")
            await reader.readexactly(1)
            await watching.socket.send_json({"watch": tunnel.session["id"]})
            await watching.until("session")
            await plant.apis["operator-1"].post(f"/sessions/{tunnel.session['id']}/warn", text=text)
            while (event := (await watching.until("session"))["event"])["kind"] != "warned":
                pass
            assert event["text"] == text
            writer.write(b"y")  # the notice travels before what comes after it
            await reader.readexactly(1)
            assert [(notice.code, notice.text) for notice in tunnel.notices] == [("warned", text)]
            for who, status in (("engineer", 403), ("auditor", 403)):
                with pytest.raises(ApiRefusedError) as refused:
                    await plant.apis[who].post(f"/sessions/{tunnel.session['id']}/warn", text="me too")
                assert refused.value.status == status
        [event] = (await plant.apis["auditor"].get("/audit", action="session.warned", target=tunnel.session["id"]))[
            "items"
        ]
        assert (event["actor_name"], event["details"]["text"]) == ("operator-1", text)


async def test_an_approver_proposes_more_time_and_another_group_agrees(plant: Plant) -> None:
    asset = f"{SITE}/pump-plc"
    wish = {"ticket": "CHG-54321", "duration": 600}
    await plant.granted(asset, "modbus", approvers=("operator-1", "operator-2"), **wish)
    async with plant.session(asset, service="modbus") as session, page(plant, "engineer") as engineer:
        before = session["not_after"]
        more = {"duration": 900, "reason": "the valve is half open"}
        proposed = await plant.apis["operator-1"].post(f"/sessions/{session['id']}/extensions", **more)
        assert (proposed["state"], [need["group"] for need in proposed["approvals_needed"]]) == (
            "pending", ["it-security"],
        )  # fmt: skip
        assert (await engineer.changed("extension.requested"))["extension"] == proposed["id"]
        with pytest.raises(ApiRefusedError) as refused:
            await plant.apis["engineer"].post(f"/extensions/{proposed['id']}/approve")
        assert refused.value.status == 403
        given = await plant.apis["operator-2"].post(f"/extensions/{proposed['id']}/approve")
        assert given["not_after"] > before
        assert (await engineer.changed("session.extended"))["session"] == session["id"]


# --- the command line


async def signed_in(plant: Plant, name: str) -> dict[str, str]:
    """The environment of ``wicket`` for somebody who is signed in there."""
    person = plant.people[name]
    environment = {**plant.client_environment(name), "WICKET_TOKENS": "file"}
    login = [python_program("wicket"), "login", "--otp", await person.app.code()]
    code, _, errors = await run_once(login, environment={**environment, "WICKET_PASSWORD": person.password})
    assert code == 0, errors
    return environment


@asynccontextmanager
async def connected(plant: Plant, asset: str) -> AsyncIterator[Program]:
    """The engineer's ``wicket connect``, once its port is open."""
    command = [python_program("wicket"), "connect", asset]
    log = plant.folder / f"connect-{asset.rpartition('/')[2]}.log"
    connect = await Program.start("connect", command, log, environment=await signed_in(plant, "engineer"))
    try:
        await connect.wait_for("Connect to 127.0.0.1:")
        yield connect
    finally:
        await connect.stop()


async def test_a_warning_is_shown_by_the_engineers_wicket(plant: Plant) -> None:
    async with Device(echo) as device, connected(plant, await plant.add_opaque("live-wicket", device.port)) as connect:
        opened = await connect.wait_for("Session ses_")
        session = opened.partition("Session ")[2].partition(":")[0]
        async with page(plant, "operator-1") as operator:
            while not (await plant.apis["operator-1"].get(f"/sessions/{session}"))["connected"]:
                await operator.changed("session.changed")
        await plant.apis["operator-1"].post(f"/sessions/{session}/warn", text="Close valve 4 before you leave.")
        assert await connect.wait_for("The plant says: Close valve 4 before you leave.")


async def test_nobody_works_at_a_site_before_they_said_yes_to_its_present_banner(plant: Plant) -> None:
    admin, engineer, text = plant.apis["admin"], plant.apis["engineer"], "Call the control room first.\nPhone 100."
    wicket = [python_program("wicket"), "connect", f"{SITE}/live-banner"]
    async with Device(echo) as device:
        asset = await plant.add_opaque("live-banner", device.port)
        environment = await signed_in(plant, "engineer")
        await admin.call("PATCH", f"/sites/{SITE}", {"banner": text})
        try:
            for path, body in (("/sessions", {}), ("/requests", {"reason": "pump", "duration": 600})):
                with pytest.raises(ApiRefusedError) as refused:
                    await engineer.post(path, asset=asset, **body)
                assert (refused.value.status, refused.value.code) == (409, "banner_not_accepted")
                assert refused.value.problem["banner"] == text
            code, _, errors = await run_once([*wicket, "--", "true"], environment=environment)
            assert (code, "Phone 100." in errors) == (2, True)
            code, _, errors = await run_once([*wicket, "--accept-banner", "--", "true"], environment=environment)
            assert code == 0, errors
            code, _, errors = await run_once([*wicket, "--", "true"], environment=environment)
            assert code == 0, errors
            await admin.call("PATCH", f"/sites/{SITE}", {"banner": "Crane at work."})
            assert (await run_once([*wicket, "--", "true"], environment=environment))[0] == 2
            digest = refused.value.problem["digest"]
            with pytest.raises(ApiRefusedError) as refused:
                await engineer.post(f"/sites/{SITE}/banner/acceptance", digest=digest)
            assert refused.value.problem["banner"] == "Crane at work."
        finally:
            await admin.call("PATCH", f"/sites/{SITE}", {"banner": ""})
        accepted = await plant.apis["auditor"].get("/audit", action="banner.accepted")
        assert [event["details"]["digest"] for event in accepted["items"]] == [digest]
