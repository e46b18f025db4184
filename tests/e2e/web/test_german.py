"""German pages: what policies answer, guards refuse and the broker finds is in German, moments by the site's clock."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from deploy.demo.plant import SITE
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, read_german, shown
from tests.e2e.web.plant_with_data import BEYOND, PLC, WRITE, emergency_access, say
from tests.e2e.web.test_rules import write

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

# Midsummer of 2026 to that of 2036: by the clock of a site in Berlin it begins two hours later than in UTC.
FREEZE = """
apiVersion: wicketgate/v1
kind: Freeze
metadata: {name: unheeded}
spec: {from: 2026-06-21T10:00:00Z, to: 2036-06-21T10:00:00Z, reason: Messkampagne}
"""

FAULTY = """
apiVersion: wicketgate/v1
metadata: {nme: pumps}
kind: Freeze
spec: {from: 2026-06-21T10:00:00Z, to: 2036-06-21T10:00:00Z}
""".lstrip()

FAILING_TEST = """
apiVersion: wicketgate/v1
kind: PolicyTests
given:
  now: 2026-10-05T10:00:00+02:00
  subject: {name: nobody, groups: [], organization: none}
  target: {site: nowhere, asset: nothing, service: modbus, protocol: modbus}
tests:
  - {name: Fremde kommen hinein, expect: {decision: allow}}
""".lstrip()

FAULTY_TAGS = """
protocol,table,address,name
modbus,db1,1,Drehzahl
modbus,holding,zwei,Strom,zuviel
modbus,holding,3,
""".lstrip()

FAULTY_INVENTORY = """
apiVersion: wicketgate/v1
kind: Inventory
sites:
- {name: nord, timezone: Nirgends}
- {name: nord, tiemzone: UTC}
""".lstrip()


@pytest_asyncio.fixture(loop_scope="session")
async def freeze(plant: Plant) -> AsyncIterator[None]:
    """A freeze that no policy heeds: it is told beside each request of its time, and stops none."""
    await plant.apis["admin"].post("/policies/apply", yaml=FREEZE, comment="for a test")
    yield
    await plant.apis["admin"].call("DELETE", "/policies/unheeded")


async def german(windows: Windows, who: str) -> Page:
    """A window of somebody who reads German."""
    page = await windows.open(who)
    await read_german(page)
    return page


async def english(page: Page) -> list[str]:
    """What a page marks as said in English."""
    marked: list[str] = await page.locator("main [lang=en]").all_inner_texts()
    return marked


@pytest.mark.usefixtures("freeze")
async def test_a_preview_says_in_german_what_is_missing_and_what_conflicts(windows: Windows) -> None:
    async with patience(180):
        page = await german(windows, "engineer")
        await page.goto("/requests/new")
        await page.get_by_role("combobox", name="Gerät").fill("pump-plc")
        await page.get_by_role("option", name=f"{SITE}/pump-plc").click()
        await expect(page.get_by_text("Eine Begründung ist nötig. Sagen Sie, was zu tun ist.")).to_be_visible()
        await expect(page.get_by_text("Nennen Sie ein Ticket der Form")).to_be_visible()
        conflict = page.get_by_role("list", name="Zu beachten").get_by_text("Die Sperrzeit unheeded gilt von")
        await expect(conflict).to_contain_text("21. Juni 2026, 12:00")
        await expect(conflict).to_contain_text("Messkampagne. Die Richtlinie beachtet sie nicht.")
        assert await english(page) == []


async def test_an_explanation_is_in_german(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        page = await german(windows, "admin")
        asset = await plant.id_of(f"{SITE}/pump-plc")
        await page.goto(
            f"/policies/tools/explain?user=engineer&asset={asset}&op_tier=operate&op_table=holding&op_unit=1&op_address=21"
        )
        await shown(page)
        finding = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="pump-maintenance")).first
        await expect(finding).to_contain_text("Nennen Sie ein Ticket der Form")
        await expect(finding).to_contain_text("holding 21 liegt außerhalb dessen, was gegeben ist.")
        await expect(page.get_by_text("Es gibt keinen Zugang, also geht nichts durch.")).to_be_visible()
        assert await english(page) == []


async def test_who_may_reach_an_asset_and_why_is_said_in_german(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        page = await german(windows, "operator-1")
        asset = await plant.id_of(f"{SITE}/pump-plc")
        await page.goto(f"/inventory/assets/{asset}")
        await shown(page)
        await expect(page.get_by_text(re.compile("Die Richtlinie pump-maintenance meint Standort"))).to_be_visible()
        assert await english(page) == []


async def test_a_refused_write_is_told_in_german_live_and_in_replay(plant: Plant, windows: Windows) -> None:
    request = await plant.granted(
        PLC, "modbus", approvers=("operator-1", "operator-2"), ticket="CHG-20471", tiers=["read", "operate"]
    )
    refused = "ein Wert für holding 100 kann außerhalb seiner Grenzen liegen"
    async with patience(240):
        page = await german(windows, "operator-1")
        async with plant.tunnel(PLC, grant=request["grant"]) as tunnel:
            await page.goto(f"/sessions/{tunnel.session['id']}")
            await shown(page)
            await say(await tunnel.connect(), (WRITE, 100, BEYOND))
            live = page.get_by_role("listbox").locator("[data-outcome=denied]")
            await expect(live).to_contain_text(refused)
            await live.click()
            await expect(page.locator("dd").filter(has_text=refused)).to_be_visible()
            assert await english(page) == []
        await page.reload()
        await expect(page.locator("main")).to_contain_text("Selbst beendet")
        await expect(page.locator("main")).not_to_contain_text("The user ended")
        assert await english(page) == []

        auditor = await german(windows, "auditor")
        await auditor.goto(f"/recordings/{tunnel.session['recording']}")
        await shown(auditor)
        await expect(auditor.locator("[data-outcome=denied]").first).to_contain_text(refused)
        await auditor.get_by_role("button", name=re.compile("^Prüfung")).click()
        await expect(auditor.locator("dd").filter(has_text="Selbst beendet").first).to_be_visible()
        assert await english(auditor) == []


async def test_whoever_cuts_is_told_in_their_own_words(plant: Plant, windows: Windows) -> None:
    request = await plant.granted(PLC, "modbus", approvers=("operator-1", "operator-2"), ticket="CHG-20472")
    async with patience(180):
        async with plant.session(PLC, grant=request["grant"]) as session:
            await plant.apis["operator-1"].post(f"/sessions/{session['id']}/kill", reason="The account was disabled.")
        await plant.lift_blocks()
        page = await german(windows, "operator-1")
        await page.goto(f"/sessions/{session['id']}")
        await expect(page.get_by_text("Vom Standort getrennt: The account was disabled.")).to_be_visible()


async def test_what_is_wrong_with_a_policy_is_said_in_german(windows: Windows) -> None:
    windows.expect_complaint("status of 422 .*/policies/check")
    async with patience(180):
        page = await german(windows, "admin")
        await page.goto("/policies/tools/new")
        await shown(page)
        await write(page, FAULTY)
        faults = page.get_by_role("list", name="Fehler").get_by_role("listitem")
        await expect(faults).to_have_count(2)
        await expect(faults.nth(0)).to_contain_text("Zeile 2metadata.name das Feld „name“ fehlt")
        await expect(faults.nth(1)).to_contain_text("unbekanntes Feld „nme“ meinten Sie „name“?")
        assert await english(page) == []


async def test_what_came_of_a_policy_test_is_said_in_german(windows: Windows) -> None:
    async with patience(180):
        page = await german(windows, "admin")
        await page.goto("/policies/tools/tests")
        await shown(page)
        await write(page, FAILING_TEST, "Erwartungen")
        await page.get_by_role("button", name="Tests ausführen").click()
        outcomes = page.get_by_role("table", name="Ergebnisse")
        await expect(outcomes).to_contain_text("Erwartet: erlaubt. Es kam: verweigert (")
        assert await english(page) == []


async def test_the_settings_mean_something_in_german(windows: Windows) -> None:
    async with patience(120):
        page = await german(windows, "admin")
        await page.goto("/settings")
        await expect(page.get_by_text("Offene Sitzungen auf einem Gerät.")).to_be_visible()
        assert await english(page) == []


async def test_a_review_is_told_and_closed_in_german(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        request = await emergency_access(plant)
        page = await german(windows, "operator-2")
        await page.goto(f"/requests/{request}/review")
        await shown(page)
        await expect(page.get_by_role("list", name="Was schrieb oder abgelehnt wurde")).to_be_visible()
        await page.get_by_role("button", name="Nachprüfung abschließen").click()
        await expect(page.get_by_text("Bitte wählen Sie, was Sie festgestellt haben.")).to_be_visible()
        assert await english(page) == []
        await page.get_by_role("radio", name="Gerechtfertigt", exact=True).check()
        await page.get_by_label("Was Sie festgestellt haben").fill("Der Behälter lief über.")
        await page.get_by_role("button", name="Nachprüfung abschließen").click()
        await expect(page.get_by_text("Die Nachprüfung ist abgeschlossen.")).to_be_visible()
        await page.goto("/requests/reviews?view=all")
        await shown(page)
        assert await english(page) == []


async def test_what_is_wrong_with_a_tag_list_or_an_inventory_is_said_in_german_line_by_line(
    plant: Plant, windows: Windows
) -> None:
    async with patience(180):
        windows.expect_complaint("status of 422 .*/tags/import")
        page = await german(windows, "admin")
        for address, text, faults in (
            (
                f"/inventory/assets/{await plant.id_of(PLC)}/tags",
                FAULTY_TAGS,
                ("modbus hat keine Tabelle „db1“", "mehr Zellen als Spalten", "das Feld „name“ fehlt"),
            ),
            (
                "/inventory/import",
                FAULTY_INVENTORY,
                ("'Nirgends' ist keine Zeitzone der IANA", "unbekanntes Feld „tiemzone“"),
            ),
        ):
            await page.goto(address)
            await page.get_by_label("Inhalt der Datei").fill(text)
            await page.get_by_role("button", name="Prüfen").click()
            for fault in faults:
                await expect(page.get_by_role("listitem").filter(has_text=fault)).to_be_visible()
            assert await english(page) == []


async def test_what_stands_in_the_way_of_a_removal_is_said_in_german(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        await plant.allow("needs-its-group", allow="tiers: [read]", who="groups: [needed-group]")
        await plant.apis["admin"].post("/groups", name="needed-group", display_name="Needed")
        windows.expect_complaint("status of 409 .*/groups/")
        page = await german(windows, "admin")
        await page.goto("/people/groups/needed-group")
        await page.get_by_role("button", name="Gruppe löschen").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Gruppe löschen").click()
        alert = dialog.get_by_role("alert")
        await expect(alert).to_contain_text("Die Richtlinie needs-its-group nennt diese Gruppe.")
        await expect(alert.locator("[lang=en]")).to_have_count(0)
