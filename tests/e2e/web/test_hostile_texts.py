"""Texts of others are text: whatever somebody writes into a reason or a name appears as written, and does nothing."""

import pytest
from playwright.async_api import Page, expect

from deploy.demo.plant import SITE
from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.test_promises import read_adu
from tests.e2e.web.browser import Windows, shown
from tests.e2e.web.people import add_vendor

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

SCRIPT = "<script>window.owned = 1</script><img src=x onerror='window.owned = 1'>"
LINK = "javascript:window.owned=1//"
POLICY = """
# {comment}
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {{name: marked-up-rules}}
spec:
  who: {{groups: [acme-engineers]}}
  what: {{sites: [waterworks], assets: {{names: [no-such-asset]}}}}
  access: {{mode: standing, max_duration: 1h, valid_until: "2036-01-01T00:00:00+00:00"}}
  allow: {{tiers: [read]}}
"""


async def is_text(page: Page, path: str, text: str) -> None:
    """The page shows the text letter by letter, and nothing in it became a thing of the page."""
    await page.goto(path)
    await shown(page)
    await expect(page.get_by_text(text).first).to_be_visible()
    assert await page.locator("img[src=x]").count() == 0
    assert await page.locator("a[href^='javascript:']").count() == 0
    assert await page.evaluate("window.owned") is None


def identify(asked: bytes) -> bytes:
    """A device whose vendor name is a script (Modbus 43/14, one object)."""
    name = SCRIPT.encode()
    said = bytes([0x2B, 0x0E, 1, 1, 0, 0, 1, 0, len(name)]) + name
    return asked[:4] + (len(said) + 1).to_bytes(2, "big") + asked[6:7] + said


async def test_reasons_and_names_appear_as_they_were_written(plant: Plant, windows: Windows) -> None:
    async with patience(240):
        name = f"Mallory {SCRIPT}"
        await add_vendor(plant, "mallory", display_name=name)
        reason = f"{SCRIPT} {LINK}"
        wish = {"asset": f"{SITE}/data-logger", "service": "ssh", "reason": reason, "duration": 600}
        request = await plant.apis["mallory"].post("/requests", **wish)
        operator = await windows.open("operator-1")
        await is_text(operator, f"/requests/{request['id']}", SCRIPT)
        await operator.get_by_role("button", name="Deny").click()
        await operator.get_by_role("dialog").get_by_label("Reason").fill(reason)
        await operator.get_by_role("dialog").get_by_role("button", name="Deny").click()
        vendor = await windows.open("mallory")
        await is_text(vendor, f"/requests/{request['id']}", "onerror")
        await is_text(vendor, "/account", name)


async def test_an_assets_name_and_a_warning_appear_as_they_were_written(plant: Plant, windows: Windows) -> None:
    async with Device(ModbusAnswers()) as device, patience(240):
        asset = await plant.add_modbus("marked-up", device.port, tiers="read", allow="tiers: [read]")
        found = next(each for each in (await plant.apis["admin"].get("/assets"))["items"] if each["path"] == asset)
        await plant.apis["admin"].call("PATCH", f"/assets/{found['id']}", {"display_name": SCRIPT})
        operator = await windows.open("operator-1")
        await is_text(operator, f"/inventory/assets/{found['id']}", SCRIPT)
        async with plant.session(asset) as session:
            await is_text(operator, f"/sessions/{session['id']}", "Operations as they happen")
            await plant.apis["operator-1"].post(f"/sessions/{session['id']}/warn", text=LINK + SCRIPT)
            await expect(operator.get_by_text(LINK).first).to_be_visible()
            assert await operator.evaluate("window.owned") is None


async def test_what_a_device_says_of_itself_does_nothing(plant: Plant, windows: Windows) -> None:
    async with Device(identify) as device, patience(240):
        asset = await plant.add_modbus("liar", device.port, tiers="read", allow="tiers: [read]")
        operator = await windows.open("operator-1")
        async with plant.tunnel(asset) as tunnel:
            reader, writer = await tunnel.connect()
            await operator.goto(f"/sessions/{tunnel.session['id']}")
            writer.write(bytes.fromhex("000100000005012b0e0100"))
            assert SCRIPT.encode() in await read_adu(reader)
            await is_text(operator, f"/sessions/{tunnel.session['id']}", "read device identification")
        auditor = await windows.open("auditor")
        await is_text(auditor, f"/recordings/{tunnel.session['recording']}", "read device identification")


async def test_a_policys_words_appear_as_they_were_written(plant: Plant, windows: Windows) -> None:
    async with patience(240):
        yaml = POLICY.format(comment=SCRIPT)
        await plant.apis["admin"].post("/policies/apply", yaml=yaml, comment=f"{SCRIPT} {LINK}")
        admin = await windows.open("admin")
        await is_text(admin, "/policies/marked-up-rules", SCRIPT)
        await is_text(admin, "/policies/marked-up-rules/history", SCRIPT)
