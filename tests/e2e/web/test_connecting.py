"""A page waits for the engineer's own terminal, and says by itself when it is there and when it is gone."""

import re
import shlex
from typing import Any

import pytest
from playwright.async_api import expect

from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, shown
from tests.e2e.web.people import add_vendor, connected, terminal_login

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

PLC = f"{SITE}/pump-plc"
POLL = ["mbpoll", "-0", "-a", "1", "-p", "{port}", "-l", "500", "-t", "3", "-r", "0", "-c", "3", "{host}"]


async def test_the_page_notices_the_terminal_that_connects_and_the_one_that_leaves(
    plant: Plant, windows: Windows
) -> None:
    async with patience(300):
        await add_vendor(plant, "plugger")
        request = await plant.apis["plugger"].post(
            "/requests", asset=PLC, service="modbus", reason="look at the levels", ticket="CHG-20780", duration=3600
        )
        for approver in ("operator-1", "operator-2"):
            await plant.apis[approver].post(f"/requests/{request['id']}/approve", hash=request["hash"])
        page = await windows.open("plugger")
        await page.goto("/sessions")
        await shown(page)
        await expect(page.get_by_text("Waiting for your terminal")).to_be_visible()
        await expect(page.get_by_text("Connected", exact=True)).to_have_count(0)

        await terminal_login(plant, "plugger")
        async with connected(plant, "plugger", f"{PLC}/modbus", POLL):
            await expect(page.get_by_text("Connected", exact=True)).to_be_visible()
            await page.get_by_role("link", name="Open the session").click()
            await page.wait_for_url(re.compile("/sessions/ses_"))
            await expect(page.get_by_text("1 connection is open.")).to_be_visible()
            await expect(page.get_by_role("listbox", name="Operations as they happen")).to_be_visible()
        await expect(page.get_by_text("This session has ended")).to_be_visible()


async def allowed(plant: Plant, name: str, ticket: str) -> dict[str, Any]:
    """A request for the pump that two people said yes to."""
    request: dict[str, Any] = await plant.apis[name].post(
        "/requests", asset=PLC, service="modbus", reason="look at the levels", ticket=ticket, duration=3600
    )
    for approver in ("operator-1", "operator-2"):
        request = await plant.apis[approver].post(f"/requests/{request['id']}/approve", hash=request["hash"])
    return request


async def test_the_line_of_a_request_opens_its_own_grant_though_an_older_one_is_in_use(
    plant: Plant, windows: Windows
) -> None:
    async with patience(300):
        await add_vendor(plant, "plugger-twice")
        old = await allowed(plant, "plugger-twice", "CHG-20781")
        async with plant.session(PLC, user="plugger-twice", grant=old["grant"]):
            pass
        new = await allowed(plant, "plugger-twice", "CHG-20782")
        page = await windows.open("plugger-twice")
        await page.goto("/")
        for request in (old, new):
            await expect(page.get_by_text(f"wicket connect {PLC}/modbus --grant {request['grant']}")).to_be_visible()

        await page.goto(f"/requests/{new['id']}")
        line = shlex.split(await page.get_by_text(f"wicket connect {PLC}/modbus").inner_text())
        asset, *options = line[line.index("connect") + 1 :]
        await terminal_login(plant, "plugger-twice")
        async with connected(plant, "plugger-twice", asset, POLL, options=options) as tool:
            opened = re.search(r"ses_\w+", await tool.wait_for("Session ses_"))
            assert opened is not None
            session = await plant.apis["plugger-twice"].get(f"/sessions/{opened[0]}")
            assert session["grant"] == new["grant"]
            await page.goto(f"/sessions/{opened[0]}")
            # Alone, and with a tool.
            await expect(page.get_by_text(f"modbus --grant {new['grant']}")).to_have_count(2)
