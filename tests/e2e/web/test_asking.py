"""Arm-then-act in the browser: a session asks, somebody of the plant allows it once, and the log says so."""

import re

import pytest
from playwright.async_api import expect

from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.test_tools import modbus
from tests.e2e.web.browser import Windows, inaccessible

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def test_the_first_page_asks_and_a_yes_lets_it_pass_once(plant: Plant, windows: Windows) -> None:
    async with patience(180), Device(ModbusAnswers()) as device:
        asset = await plant.add_modbus(
            "asking-in-pages", device.port, tiers="read, operate", allow="tiers: [read], ask: [operate]"
        )
        page = await windows.open("operator-1")
        await page.goto("/")
        async with plant.tunnel(asset) as tunnel, modbus(tunnel.port) as client:
            assert (await client.write_register(100, 640, device_id=1)).isError()
            await expect(page.get_by_text("write_single_register holding 100 = 640")).to_be_visible()
            for width in (1280, 360):
                await page.set_viewport_size({"width": width, "height": 740})
                assert await inaccessible(page) == []
                assert await page.evaluate(OVERHANG) == 0
            await page.goto("/requests")
            await expect(page).to_have_title(re.compile(r"^\(1\) Requests"))
            await expect(page.get_by_text("A session asks you")).to_be_visible()
            assert await inaccessible(page) == []
            await page.goto(f"/sessions/{tunnel.session['id']}")
            await page.get_by_role("button", name="Allow once").click()
            dialog = page.get_by_role("dialog")
            await expect(dialog.get_by_text("write_single_register holding 100 = 640")).to_be_visible()
            assert await inaccessible(page) == []
            await dialog.get_by_label("Reason").fill("the pump stands")
            await dialog.get_by_role("button", name="Allow once").click()
            await expect(page.get_by_text("Allowed: it passes once")).to_be_visible()
            await expect(page.get_by_text("A session asks you")).to_have_count(0)
            assert not (await client.write_register(100, 640, device_id=1)).isError()
            assert (await client.write_register(100, 640, device_id=1)).isError()
        await page.goto("/changes")
        await expect(page.get_by_text("holding 100").first).to_be_visible()
        assert await page.evaluate(OVERHANG) == 0
        await page.get_by_role("button", name="Files").click()
        async with page.expect_download() as download:
            await page.get_by_role("menuitem", name="Undo sheet as PDF").click()
        assert (await download.value).suggested_filename == "undo.pdf"
