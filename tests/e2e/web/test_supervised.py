"""A session that must be watched, in the browser: it waits on the first page, and goes on while its own is open."""

import pytest
from playwright.async_api import expect

from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.test_tools import modbus
from tests.e2e.web.browser import Windows, inaccessible

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def test_the_tool_gets_through_while_an_operator_has_the_page_open(plant: Plant, windows: Windows) -> None:
    async with patience(180), Device(ModbusAnswers()) as device:
        asset = await plant.add_guarded(
            "supervised-in-pages", "modbus", device.port, ceiling="tiers: [operate]", allow="tiers: [operate]",
            session="supervised: true",
        )  # fmt: skip
        own, page = await windows.open("engineer"), await windows.open("operator-1")
        await page.goto("/")
        async with plant.tunnel(asset) as tunnel, modbus(tunnel.port) as client:
            path = f"/sessions/{tunnel.session['id']}"
            await own.goto(path)
            await expect(own.get_by_text("Nothing of yours reaches the device until")).to_be_visible()
            assert await inaccessible(own) == []
            assert (await client.write_register(100, 640, device_id=1)).isError()
            item = page.get_by_role("listitem").filter(has=page.locator(f"a[href='{path}']"))
            await expect(item.get_by_text("Waits to be watched")).to_be_visible()
            for width in (1280, 360):
                await page.set_viewport_size({"width": width, "height": 740})
                assert await inaccessible(page) == []
                assert await page.evaluate(OVERHANG) == 0
            await item.get_by_role("link", name="Watch").click()
            await expect(page.get_by_text("Somebody watches")).to_be_visible()
            await expect(own.get_by_text("Somebody watches")).to_be_visible()
            assert not (await client.write_register(100, 640, device_id=1)).isError()
            assert await inaccessible(page) == []
            await page.get_by_role("main").get_by_role("link", name="Sessions").click()
            await expect(page.get_by_role("main").get_by_text("Waits to be watched").first).to_be_visible()
            await expect(own.get_by_text("Nothing of yours reaches the device until")).to_be_visible()
            assert (await client.write_register(100, 640, device_id=1)).isError()
            assert device.received.count(b"\x06\x00\x64\x02\x80") == 1
