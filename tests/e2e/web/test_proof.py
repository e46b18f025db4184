"""An auditor's browser proves a recording by itself, and names what somebody changed in it."""

import re

import pytest
from playwright.async_api import Route, expect

from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.test_promises import read_adu
from tests.e2e.web.browser import Windows

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

READ = bytes.fromhex("000100000006010300000002")


async def tampered(route: Route) -> None:
    """Answer as the broker does, but for one bit in the middle of the sealed bytes."""
    answer = await route.fetch()
    body = bytearray(await answer.body())
    body[len(body) // 2] ^= 1
    await route.fulfill(response=answer, body=bytes(body))


async def test_a_changed_bit_is_found_by_the_browser_and_its_place_named(plant: Plant, windows: Windows) -> None:
    async with Device(ModbusAnswers()) as device, patience(240):
        asset = await plant.add_modbus("to-be-proved", device.port, tiers="read", allow="tiers: [read]")
        async with plant.tunnel(asset) as tunnel:
            reader, writer = await tunnel.connect()
            writer.write(READ)
            await read_adu(reader)
        page = await windows.open("auditor")
        await page.goto(f"/recordings/{tunnel.session['recording']}")
        await page.get_by_role("button", name=re.compile("^Proof")).click()
        await expect(page.get_by_role("heading", name="Whole and unchanged")).to_be_visible()

        await page.route(re.compile(r"/recordings/\w+/content"), tampered)
        await page.reload()
        await page.get_by_role("button", name=re.compile("^Proof")).click()
        await expect(page.get_by_role("heading", name="Broken")).to_be_visible()
        await expect(page.get_by_text("First fault:")).to_be_visible()
