"""An emergency: taken at night without anybody's yes, and judged afterwards by others than who took it."""

import re

import pytest
from playwright.async_api import Page, expect

from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, inaccessible, shown
from tests.e2e.web.plant_with_data import say

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

PLC = f"{SITE}/pump-plc"
REASON = "The tank runs over and nobody answers the telephone."
FOUND = "The tank was half full, and the telephone was answered."
WRITE, WITHIN, BEYOND = 6, 655, 955


def policy() -> str:
    """Who may reach the PLC in an emergency of this journey, and who looks at it afterwards."""
    return (
        "apiVersion: wicketgate/v1\nkind: AccessPolicy\nmetadata: {name: night-shift}\nspec:\n"
        "  who: {groups: [night-shift]}\n  what: {assets: {labels: {type: plc}}, services: [modbus]}\n"
        "  access: {mode: emergency, max_duration: 1h, reason: required, after_review: {group: night-review}}\n"
        "  session: {at_expiry: cut, recording: required, max_streams: 2}\n"
        "  allow: {tiers: [read], units: [1], writes: [{table: holding, addresses: '100', min: 0, max: 800}]}\n"
    )


async def staff(plant: Plant) -> None:
    """A night shift, and those who look at what it did; one person is in both."""
    for group in ("night-shift", "night-review"):
        await plant.apis["admin"].post("/groups", name=group)
    await plant.add_person("night-engineer", roles=["operator"], groups=["night-shift", "night-review"])
    await plant.add_person("night-officer", roles=["operator"], groups=["night-review"])
    await plant.apis["admin"].post("/policies/apply", yaml=policy(), comment="for the night")


async def take(plant: Plant, page: Page) -> str:
    """Ask for the PLC as an emergency in the browser, and use it; return the request's id."""
    await page.goto(f"/requests/new?asset={await plant.id_of(PLC)}&service=modbus")
    await page.get_by_role("checkbox", name=re.compile("This is an emergency")).check()
    await page.get_by_role("checkbox", name=re.compile("Operate")).check()
    await page.get_by_label("Reason").fill(REASON)
    await page.get_by_role("button", name="Ask for access").click()
    await page.wait_for_url(re.compile("/requests/req_"))
    request = page.url.rpartition("/")[2]
    async with plant.session(PLC, user="operator-1"):
        pass  # somebody else at the same device: no part of this story
    grant = (await plant.apis["night-engineer"].get(f"/requests/{request}"))["grant"]
    async with plant.tunnel(PLC, user="night-engineer", grant=grant) as tunnel:
        await say(await tunnel.connect(), (WRITE, 100, WITHIN), (WRITE, 100, BEYOND))
    return request


async def close(page: Page) -> None:
    """From home to a judgement."""
    await page.goto("/")
    reviews = page.locator("section").filter(has_text="Reviews of emergencies")
    await reviews.get_by_role("link", name=f"night-engineer · {PLC}").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"Review: night-engineer on {PLC}")
    await expect(page.get_by_text(REASON)).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile("^Session of"))).to_have_count(1)
    done = page.get_by_role("list", name="What wrote or was denied").get_by_role("listitem")
    await expect(done).to_have_count(2)
    await expect(done.nth(0)).to_contain_text(str(WITHIN))
    await expect(done.nth(1).locator("[data-outcome=denied]")).to_contain_text(str(BEYOND))
    await expect(page.get_by_role("link", name="Replay the recording")).to_have_attribute(
        "href", re.compile("/recordings/rec_")
    )
    assert await inaccessible(page) == []
    await page.get_by_role("button", name="Close the review").click()
    await expect(page.get_by_text("Choose what you found.")).to_be_visible()
    await page.get_by_role("radio", name="Not justified").check()
    await page.get_by_label("What you found").fill(FOUND)
    await page.get_by_role("button", name="Close the review").click()
    await expect(page.get_by_text("The review is closed.")).to_be_visible()


async def test_an_emergency_is_judged_by_others_than_who_took_it(plant: Plant, windows: Windows) -> None:
    async with patience(420):
        await staff(plant)
        user = await windows.open("night-engineer")
        request = await take(plant, user)
        await user.get_by_role("link", name="Show", exact=True).click()
        await user.wait_for_url(f"**/requests/{request}/review")
        await expect(user.get_by_text("You used this access yourself: others look at it.")).to_be_visible()
        await expect(user.get_by_role("button", name="Close the review")).to_have_count(0)

        auditor = await windows.open("auditor")
        await auditor.goto("/")
        await auditor.get_by_role("link", name="All reviews").click()
        await shown(auditor)
        waiting = auditor.get_by_role("row").filter(has_text="night-engineer")
        await expect(waiting).to_contain_text(REASON)
        await expect(waiting).to_contain_text("Open")

        await close(await windows.open("night-officer"))

        await expect(waiting).to_have_count(0)  # the list of the open ones, by itself
        await expect(user.get_by_text(FOUND)).to_be_visible()
        await auditor.get_by_text("All", exact=True).click()
        await expect(waiting).to_contain_text("Not justified")
        await waiting.get_by_role("link").click()
        await expect(auditor.get_by_text(FOUND)).to_be_visible()
        await expect(auditor.get_by_text("night-officer")).to_be_visible()
        await auditor.goto("/audit")
        await auditor.get_by_role("textbox", name="Search names, reasons, details").fill(FOUND)
        entry = auditor.get_by_role("row").filter(has_text="Review closed")
        await expect(entry).to_have_count(1)
        await expect(entry).to_contain_text("night-officer")


async def test_somebody_outside_of_the_review_group_reads_and_cannot_close(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        await plant.apis["admin"].post("/groups", name="day-review")
        text = policy().replace("night-shift", "day-shift").replace("night-review", "day-review")
        await plant.apis["admin"].post("/groups", name="day-shift")
        await plant.add_person("day-engineer", roles=["operator"], groups=["day-shift"])
        await plant.apis["admin"].post("/policies/apply", yaml=text, comment="for the day")
        request = await plant.apis["day-engineer"].post(
            "/requests", asset=PLC, service="modbus", reason="a valve burst", duration=600, emergency=True
        )
        page = await windows.open("operator-1", width=360, height=740)
        await page.goto(f"/requests/{request['id']}/review")
        await expect(page.get_by_text("Somebody of day-review closes it.")).to_be_visible()
        await expect(page.get_by_text("Nobody has connected with this access")).to_be_visible()
        await expect(page.get_by_role("button", name="Close the review")).to_have_count(0)
        assert await inaccessible(page) == []
