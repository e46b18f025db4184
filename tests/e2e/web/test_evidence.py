"""An auditor's day: which recordings have denials, what was written, what the log says of it, and that it is whole."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, shown
from tests.e2e.web.plant_with_data import say

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

PLC = f"{SITE}/pump-plc"


async def worked(plant: Plant, ticket: str, *writes: int) -> str:
    """Let the engineer write these speeds to the pump; return the recording."""
    request = await plant.granted(
        PLC, "modbus", approvers=("operator-1", "operator-2"), ticket=ticket, tiers=["read", "operate"]
    )
    async with plant.tunnel(PLC, grant=request["grant"]) as tunnel:
        stream = await tunnel.connect()
        await say(stream, *((6, 100, value) for value in writes))
    return str(tunnel.session["recording"])


async def test_recordings_are_found_by_what_happened_and_by_ticket(plant: Plant, windows: Windows) -> None:
    quiet, refused = await worked(plant, "CHG-20450", 640), await worked(plant, "CHG-20451", 951)
    async with patience(120):
        page = await windows.open("auditor")
        await page.goto("/recordings")
        for ticket, denials, found in (("CHG-20450", False, quiet), ("CHG-20451", True, refused)):
            await page.get_by_label("Ticket").fill(ticket)
            await page.keyboard.press("Enter")
            if denials:
                await page.get_by_text("With denials").click()
            rows = page.get_by_role("table").get_by_role("row")
            await expect(rows).to_have_count(2)  # the head, and what was found
            assert found in (await rows.nth(1).get_by_role("link").first.get_attribute("href") or "")


async def test_recordings_are_found_by_who_where_when_and_whether_anything_was_written(
    plant: Plant, windows: Windows
) -> None:
    wrote, looked = await worked(plant, "CHG-20455", 641), await worked(plant, "CHG-20456")
    now = datetime.now(UTC)
    # A day further: the site's clock may be in another day already.
    before, after = (f"{now + timedelta(days=days):%Y-%m-%d}" for days in (-2, 2))
    async with patience(180):
        page = await windows.open("auditor")
        for name, fits, fails in (
            ("User", "engineer", "operator-1"), ("Asset", PLC, f"{SITE}/data-logger"),
            ("From", before, after), ("Until", after, before),
        ):  # fmt: skip
            await page.goto("/recordings?ticket=CHG-20455")
            await choose(page, name, fails)
            await expect(page.get_by_text("No recording fits")).to_be_visible()
            await choose(page, name, fits)
            await is_only(page, wrote)
        for ticket, found in (("CHG-20455", wrote), ("CHG-20456", looked)):
            await page.goto(f"/recordings?ticket={ticket}")
            await is_only(page, found)
            await page.get_by_text("With writes").click()
            if found == wrote:
                await expect(page).to_have_url(re.compile("writes=1"))
                await is_only(page, wrote)
            else:
                await expect(page.get_by_text("No recording fits")).to_be_visible()


async def test_what_is_typed_for_another_name_stays_while_the_chosen_one_is_out_of_the_list(windows: Windows) -> None:
    async with patience(120):
        page = await windows.open("auditor")
        await page.goto("/recordings")
        await choose(page, "User", "operator-1")
        field = page.get_by_role("combobox", name="User", exact=True)
        async with page.expect_response(re.compile(r"/api/v1/users\?.*q=engin")):
            await field.fill("engin")
        await expect(page.get_by_role("option", name="operator-1")).to_be_visible()  # the choice is kept beside
        await expect(page.get_by_role("option", name="admin")).to_have_count(0)  # the new list has come
        await expect(field).to_have_value("engin")


async def choose(page: Page, name: str, value: str) -> None:
    """Filter by a day, or by a name out of those that the list offers."""
    if name in {"From", "Until"}:
        await page.get_by_label(name, exact=True).fill(value)
        return
    combobox = page.get_by_role("combobox", name=name, exact=True)
    await combobox.fill(value.rpartition("/")[2])
    await page.get_by_role("option", name=value, exact=True).click()


async def is_only(page: Page, recording: str) -> None:
    """The list shows this recording and no other."""
    rows = page.get_by_role("table").get_by_role("row")
    await expect(rows).to_have_count(2)  # the head, and what was found
    await expect(rows.nth(1).get_by_role("link").first).to_have_attribute("href", re.compile(recording))


async def test_the_change_log_names_the_write_and_goes_out_as_csv(plant: Plant, windows: Windows) -> None:
    await worked(plant, "CHG-20452", 647)
    async with patience(120):
        page = await windows.open("auditor")
        await page.goto("/changes")
        row = page.get_by_role("row").filter(has_text="CHG-20452")
        await expect(row).to_have_count(1)
        await expect(row).to_contain_text("647")
        await expect(row).to_contain_text("engineer")
        await page.get_by_role("button", name="Files").click()
        async with page.expect_download() as download:
            await page.get_by_role("menuitem", name="Change log as CSV").click()
        text = (await (await download.value).path()).read_text()
        assert "647" in text


async def test_the_audit_log_is_searched_followed_and_proved(plant: Plant, windows: Windows) -> None:
    async with patience(120):
        page = await windows.open("auditor")
        await page.goto("/audit")
        await shown(page)
        await plant.granted(PLC, "modbus", approvers=(), reason="only to be seen in the log", ticket="CHG-20453")
        await expect(page.get_by_role("row").filter(has_text="Access asked for").first).to_be_visible()
        await page.get_by_role("textbox", name="Search names, reasons, details").fill("only to be seen in the log")
        await expect(page.get_by_role("row").filter(has_text="Access asked for")).to_have_count(1)
        await page.get_by_role("link", name="Verify the chain").click()
        await page.get_by_role("button", name="Check here").click()
        await expect(page.get_by_text("The chain is intact")).to_be_visible()


async def test_a_recording_goes_out_for_wireshark_and_for_scripts(plant: Plant, windows: Windows) -> None:
    recording = await worked(plant, "CHG-20454", 649)
    async with patience(120):
        page = await windows.open("auditor")
        await page.goto(f"/recordings/{recording}")
        await shown(page)
        for kind, begins in (("Wireshark|pcapng", b"\n\r\r\n"), ("JSON", b"{")):
            await page.get_by_role("button", name="Export").click()
            async with page.expect_download() as download:
                await page.get_by_role("menuitem", name=re.compile(kind)).first.click()
            assert (await (await download.value).path()).read_bytes().startswith(begins)
