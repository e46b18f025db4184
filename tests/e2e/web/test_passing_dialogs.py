"""Dialogs that are there only while something waits, is locked or was just made hold what every dialog holds."""

import pytest
from playwright.async_api import expect

from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.test_tools import modbus
from tests.e2e.web.browser import Windows, read_german, shown
from tests.e2e.web.explorer import Explorer, GermanOnPhone, read_only
from tests.e2e.web.test_passkeys import give_authenticator, make_passkey

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

SECONDS = 300
LOOKS = (Explorer, GermanOnPhone)
ASKED_FOR = "mode: request, approvals: [{group: ot-operations}]"


async def explored(windows: Windows, look: type[Explorer], who: str, path: str) -> dict[str, int]:
    """What opens from a page, looked at in this way; nothing happens to the plant by it."""
    page = await read_only(windows, who)
    if look is GermanOnPhone:
        await page.set_viewport_size({"width": 360, "height": 740})
        await read_german(page)
    explorer = look(page, path, "main")
    await explorer.explore()
    return dict(explorer.found)


def said(look: type[Explorer], english: str, german: str) -> str:
    """A button's words as this look sees them."""
    return german if look is GermanOnPhone else english


@pytest.mark.parametrize("look", LOOKS)
async def test_what_a_session_asks_and_wishes_is_answered_in_dialogs_like_any_other(
    plant: Plant, windows: Windows, look: type[Explorer]
) -> None:
    async with Device(ModbusAnswers()) as device, patience(SECONDS):
        name, allow = f"waiting-{look.__name__.lower()}", "tiers: [read], ask: [operate]"
        asset = await plant.add_modbus(name, device.port, tiers="read, operate", allow=allow)
        await plant.allow(name, allow=allow, access=ASKED_FOR)
        await plant.granted(asset, "modbus", approvers=("operator-1",), duration=1200)
        async with plant.tunnel(asset) as tunnel, modbus(tunnel.port) as client:
            session = f"/sessions/{tunnel.session['id']}"
            wish = await plant.apis["engineer"].post(f"{session}/extensions", duration=600, reason="the pump runs on")
            assert said(look, "Refuse", "Ablehnen") in await explored(windows, look, "operator-1", session)
            await plant.apis["operator-1"].post(f"/extensions/{wish['id']}/deny", reason="it will not")
            assert (await client.write_register(100, 640, device_id=1)).isError()
            found = await explored(windows, look, "operator-1", session)
        assert said(look, "Allow once", "Einmal erlauben") in found
        assert said(look, "Refuse", "Ablehnen") in found


@pytest.mark.parametrize("look", LOOKS)
async def test_locks_and_blocks_are_lifted_in_dialogs_like_any_other(
    plant: Plant, windows: Windows, look: type[Explorer]
) -> None:
    async with patience(SECONDS):
        name = f"locked-up-{look.__name__.lower()}"
        await plant.allow(name, allow="tiers: [read]")
        path = await plant.add_asset(name, "modbus", 502)
        async with plant.session(path) as session:
            await plant.apis["operator-1"].post(f"/sessions/{session['id']}/kill", reason="to try the dialogs")
        asset = (await plant.apis["admin"].get("/assets", q=name))["items"][0]["id"]
        lock = await plant.apis["operator-1"].post("/locks", kind="asset", target=asset, reason="to try the dialogs")
        try:
            for address in ("/sessions?view=blocks", "/locks", f"/inventory/assets/{asset}"):
                found = await explored(windows, look, "operator-1", address)
                assert any(word in each for each in found for word in ("Lift", "aufheben", "Aufheben")), address
        finally:
            await plant.apis["operator-1"].call("DELETE", f"/locks/{lock['id']}")
            await plant.lift_blocks()


async def test_a_passkey_and_new_recovery_codes_stand_in_dialogs_like_any_other(plant: Plant, windows: Windows) -> None:
    async with patience(SECONDS):
        await plant.add_person("many-proofs", roles=["operator"], groups=[])
        page = await windows.open("many-proofs", fresh=True)
        await give_authenticator(page)
        await make_passkey(page, "the green key")
        explorer = Explorer(page, "/account", "main")
        assert await explorer.opens(page.get_by_role("button", name="the green key"), "the green key")

        await page.get_by_label("Code from your app").first.fill(await plant.people["many-proofs"].app.code())
        await page.get_by_role("button", name="Make new codes").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await explorer.look("recovery codes")


@pytest.mark.parametrize("look", LOOKS)
async def test_an_event_of_the_log_opens_in_a_dialog_where_there_is_no_room_beside(
    windows: Windows, look: type[Explorer]
) -> None:
    async with patience(SECONDS):
        page = await windows.open("auditor")
        await page.set_viewport_size({"width": 360, "height": 740})
        if look is GermanOnPhone:
            await read_german(page)
        await page.goto("/audit")
        await shown(page)
        await page.get_by_role("main").get_by_role("list").get_by_role("link").first.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await look(page, "/audit", "main").look("event")
