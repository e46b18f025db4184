"""What a page says of each kind of refusal, in both languages: what happened, what to do, and the code to report."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from deploy.demo.api import Api
from deploy.demo.plant import ADMIN_PASSWORD, DemoPlant
from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, inaccessible, read_german

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

LANGUAGES = ("en", "de")
ATTEMPTS_OF_AN_ADDRESS = 30
# A fault of ours cannot be had by asking for it: this is what the broker says of one.
FAULT = """{"type": "urn:wicketgate:problem:internal", "title": "Internal error", "status": 500, "code": "internal",
"request_id": "req_33cbb97743d2ec1ce57c79ca", "detail": "Something failed here.",
"hint": "Tell your admin the request id: the broker's log has more under it."}"""
TRY_TO_SIGN_IN = """async (times) => {
  const body = JSON.stringify({ username: "nobody", password: "no password", otp: "000000", browser: true });
  for (let tried = 0; tried < times; tried += 1) {
    await fetch("/api/v1/auth/login", { method: "POST", headers: { "content-type": "application/json" }, body });
  }
}"""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in one language: what happened, and what to do."""

    title: str
    hint: str


NOT_FOUND = {
    "en": Words("Not found", "It does not exist, or it is not yours to see."),
    "de": Words("Nicht gefunden", "Es existiert nicht, oder Sie dürfen es nicht sehen."),
}
FORBIDDEN = {
    "en": Words("Not allowed", "Ask an admin of the broker for a role that has it."),
    "de": Words("Das ist Ihnen nicht erlaubt", "Fragen Sie die Administration."),
}
TAKEN = {
    "en": Words("Name already taken", "Choose another name."),
    "de": Words("Der Name ist schon vergeben", "Wählen Sie einen anderen Namen."),
}
GONE = {
    "en": Words("The broker does not answer", "What you typed stays here; try again in a moment."),
    "de": Words("Der Broker antwortet nicht", "Ihre Eingaben bleiben hier stehen"),
}
FAULTY = {
    "en": Words("Internal error", "Tell your admin the request id"),
    "de": Words("Fehler im Broker", "Melden Sie die Anfragenummer Ihrer Administration."),
}
UNREADABLE = {
    "en": Words("", "Tell your admin: recordings cannot be stored or read."),
    "de": Words("Aufzeichnungen lassen sich nicht speichern oder lesen", "Verständigen Sie die Administration."),
}
TOO_OFTEN = {
    "en": Words("Too many requests", "Another try makes sense in"),
    "de": Words("Zu viele Versuche", "Ein neuer Versuch lohnt sich in"),
}
# By language: the label of the name, the other field, the button, and what the broker's limit of 200 letters is called.
GROUP = {
    "en": ("Short name", "Display name", "Make the group", "At most 200 characters."),
    "de": ("Kurzname", "Anzeigename", "Gruppe anlegen", "Höchstens 200 Zeichen."),
}


async def tells(place: Page | Locator, words: Words, code: str, *, has_id: bool = True) -> None:
    """There is a problem with its words, its code, and the id of the request."""
    alert = place.get_by_role("alert").filter(has_text=code)
    for text in (words.title, words.hint, *(["req_"] if has_id else [])):
        await expect(alert).to_contain_text(text)


async def speak(page: Page, language: str) -> None:
    """Let the page be in this language when it is next loaded."""
    if language == "de":
        await read_german(page)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_form_says_what_was_refused_and_keeps_what_was_typed(
    plant: Plant, windows: Windows, language: str
) -> None:
    windows.expect_complaint(r"status of (403|409|422|500) .*/api/v1/groups|ERR_INTERNET_DISCONNECTED|WebSocket")
    name, display_name, send, at_most = GROUP[language]
    async with patience(240):
        who = f"fading-{language}"
        await plant.add_person(who, roles=["admin"], groups=[])
        page = await windows.open(who)
        await speak(page, language)
        await page.goto("/people/groups")
        await page.get_by_role("main").get_by_role("button", name=re.compile("New group|Neue Gruppe")).click()
        dialog = page.get_by_role("dialog")
        sending = dialog.get_by_role("button", name=send)

        # 422: an older page that lets more through than the broker takes.
        await dialog.get_by_label(name).fill("acme-engineers")
        await dialog.get_by_label(display_name).evaluate("(field) => field.removeAttribute('maxlength')")
        await dialog.get_by_label(display_name).fill("x" * 201)
        await sending.click()
        await expect(dialog.get_by_label(display_name)).to_have_accessible_description(at_most)
        await expect(dialog.get_by_label(display_name)).to_have_attribute("aria-invalid", "true")
        await dialog.get_by_label(display_name).fill("Engineers of ACME")

        await sending.click()
        await tells(dialog, TAKEN[language], "name_taken")
        await page.context.set_offline(True)
        await sending.click()
        await tells(dialog, GONE[language], "unreachable", has_id=False)
        await page.context.set_offline(False)
        await page.route("**/api/v1/groups", lambda route: route.fulfill(
            status=500, content_type="application/problem+json", body=FAULT
        ))  # fmt: skip
        await sending.click()
        await tells(dialog, FAULTY[language], "internal")
        assert await inaccessible(page, "[role=dialog]") == []
        await page.unroute("**/api/v1/groups")

        own = (await plant.account(who))["id"]
        await plant.apis["admin"].call("PATCH", f"/users/{own}", {"roles": ["operator"]})
        await sending.click()
        await tells(page, FORBIDDEN[language], "forbidden")
        await expect(dialog.get_by_label(display_name)).to_have_value("Engineers of ACME")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_page_that_cannot_be_had_says_why(plant: Plant, windows: Windows, language: str) -> None:
    windows.expect_complaint(r"status of (404|503)")
    async with Device(ModbusAnswers()) as device, patience(240):
        asset = await plant.add_modbus(f"lost-{language}", device.port, tiers="read", allow="tiers: [read]")
        async with plant.session(asset) as session:
            pass
        page = await windows.open("auditor")
        await speak(page, language)
        await page.goto("/sessions/ses_aaaaaaaaaaaaaaaaaaaaaaaaaa")
        await tells(page, NOT_FOUND[language], "not_found")

        (plant.folder / "broker" / "recordings" / f"{session['recording']}.wgrec").unlink()
        await page.goto(f"/recordings/{session['recording']}")
        await tells(page, UNREADABLE[language], "storage_failed")


async def test_who_tried_too_often_reads_how_long_to_wait(browser: Browser, tmp_path: Path) -> None:
    house = DemoPlant(tmp_path)
    try:
        token = await house.start_broker()
        async with Api(house.url, house.ca) as api:
            await api.enrol(await api.post("/setup", token=token, username="admin", password=ADMIN_PASSWORD))
        windows = Windows(browser, house, {})
        windows.expect_complaint("status of (401|429) .*/api/v1/auth/login")
        async with patience(180):
            for language, locale in (("en", "en-GB"), ("de", "de-DE")):
                page = await windows.open(locale=locale, pages=house.pages)
                await page.goto("/")
                await page.get_by_label(re.compile("User name|Benutzername")).fill("nobody")
                await page.evaluate(TRY_TO_SIGN_IN, ATTEMPTS_OF_AN_ADDRESS)
                await page.get_by_label(re.compile("^(Password|Passwort)$")).fill("no password")
                await page.get_by_role("button", name=re.compile("^(Sign in|Anmelden)$")).click()
                await tells(page, TOO_OFTEN[language], "too_many_requests")
                await expect(page.get_by_role("alert").get_by_role("timer")).to_have_text(re.compile(r"^\d+:\d\d"))
                assert await inaccessible(page) == []
        await windows.close()
    finally:
        await house.stop()
