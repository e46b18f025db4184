"""An admin lets a vendor's engineer in: an account with an end, a hand-over, a first sign-in, and the end of it."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from deploy.demo.api import ApiRefusedError, Authenticator
from tests.e2e.plant import Plant, patience
from tests.e2e.web.browser import Windows, sign_in, signed_in
from tests.e2e.web.people import add_vendor

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


async def enrol(page: Page) -> Authenticator:
    """Set up an authenticator app where the page asks for it, and keep the recovery codes."""
    secret = await page.locator("code").first.inner_text()
    app = Authenticator(secret.replace(" ", ""))
    await page.get_by_label("The app's code").fill(await app.code())
    await page.get_by_role("button", name="Confirm").click()
    await page.get_by_role("button", name="I have kept them").click()
    return app


async def test_a_vendors_engineer_is_invited_signs_in_and_is_signed_out_when_disabled(
    plant: Plant, windows: Windows
) -> None:
    windows.expect_complaint("WebSocket connection|status of 401")  # once the account is disabled
    async with patience(180):
        admin = await windows.open("admin")
        await admin.goto("/people/new")
        await admin.get_by_role("combobox", name="Organization").click()
        await admin.get_by_role("option", name="ACME Pumps").click()
        await admin.get_by_label("User name").fill("commissioner")
        await admin.get_by_label("Full name").fill("Commissioning engineer")
        await admin.get_by_role("combobox", name="Sponsor").fill("operator-1")
        await admin.get_by_role("option", name="operator-1").click()
        await admin.get_by_role("button", name="Make the account").click()
        sheet = admin.get_by_role("article", name="Sheet to hand over")
        initial = await sheet.locator("code").filter(has_text=re.compile(r"^\w{5}(-\w{5})+$")).inner_text()
        await admin.get_by_role("button", name="It is handed over").click()

        guest = await windows.open()
        await guest.goto("/")
        await guest.get_by_label("User name").fill("commissioner")
        await guest.get_by_label("Password", exact=True).fill(initial)
        await guest.get_by_role("button", name="Sign in", exact=True).click()
        await enrol(guest)
        await expect(guest.get_by_role("button", name="Signed in as commissioner")).to_be_visible()

        await admin.get_by_role("button", name="Access").click()
        await admin.get_by_role("menuitem", name="Disable").click()
        await admin.get_by_role("dialog").get_by_label("Reason").fill("the commissioning is over")
        await admin.get_by_role("dialog").get_by_role("button", name="Disable").click()
        await expect(admin.get_by_text("is disabled.")).to_be_visible()
        await expect(guest.get_by_text("Your login has ended")).to_be_visible()


async def test_a_group_and_an_organization_are_made_by_their_dialogs_and_stay(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("status of 409")
    async with patience(120):
        admin = await windows.open("admin")
        await admin.goto("/people/groups")
        await admin.get_by_role("button", name="New group").click()
        dialog = admin.get_by_role("dialog")
        await dialog.get_by_label("Short name").fill("Crane Drivers")
        await dialog.get_by_role("button", name="Make the group").click()
        await expect(dialog.get_by_label("Short name")).to_have_attribute("aria-invalid", "true")
        await dialog.get_by_label("Short name").fill("crane-drivers")
        await dialog.get_by_label("Display name").fill("Crane drivers")
        await dialog.get_by_role("button", name="Make the group").click()
        await admin.wait_for_url("**/people/groups/crane-drivers")
        await admin.goto("/people/groups")
        await admin.get_by_role("textbox", name="Search groups and members").fill("crane-drivers")
        await expect(admin.get_by_role("row").filter(has_text="crane-drivers")).to_contain_text("Crane drivers")
        groups = (await plant.apis["admin"].get("/groups", limit="500"))["items"]
        assert [each["display_name"] for each in groups if each["name"] == "crane-drivers"] == ["Crane drivers"]

        await plant.allow("crane-lift", allow="tiers: [read]", who="groups: [crane-drivers]")
        await admin.goto("/people/groups/crane-drivers")
        await admin.get_by_role("button", name="Change the display name").click()
        await dialog.get_by_label("Display name").fill("Crane crew")
        await dialog.get_by_role("button", name="Save").click()
        await expect(admin.get_by_role("heading", level=1, name="Crane crew")).to_be_visible()
        await admin.get_by_role("button", name="Remove the group").click()
        await dialog.get_by_role("button", name="Remove the group").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("The policy crane-lift names this group.")
        await plant.apis["admin"].call("DELETE", "/policies/crane-lift")
        await dialog.get_by_role("button", name="Remove the group").click()
        await expect(admin.get_by_text("The group Crane crew is removed.")).to_be_visible()
        await admin.wait_for_url("**/people/groups")
        groups = (await plant.apis["admin"].get("/groups", limit="500"))["items"]
        assert "crane-drivers" not in [each["name"] for each in groups]

        await admin.goto("/people/organizations")
        await admin.get_by_role("button", name="New organization").click()
        await dialog.get_by_label("Short name").fill("crane-works")
        await dialog.get_by_label("Display name").fill("Crane Works")
        await dialog.get_by_role("radio", name="Plant", exact=True).check()
        await dialog.get_by_role("button", name="Make the organization").click()
        await expect(dialog).to_have_count(0)
        await expect(admin.get_by_role("row").filter(has_text="crane-works")).to_contain_text("Crane Works")
        made = (await plant.apis["admin"].get("/organizations"))["items"]
        assert [each["kind"] for each in made if each["name"] == "crane-works"] == ["internal"]


async def test_an_account_that_ends_soon_is_prolonged_and_its_end_is_changed_again(
    plant: Plant, windows: Windows
) -> None:
    async with patience(120):
        await add_vendor(plant, "leaving-soon", ends_at=(datetime.now(UTC) + timedelta(days=3)).isoformat())
        user = (await plant.account("leaving-soon"))["id"]
        admin = await windows.open("admin")
        await admin.goto("/people/expiring")
        await admin.get_by_role("checkbox", name="Prolong leaving-soon").check()
        await admin.get_by_role("button", name="Prolong 1 account").click()
        dialog = admin.get_by_role("dialog")
        await expect(dialog.get_by_text("leaving-soon")).to_be_visible()
        await dialog.get_by_role("button", name="Prolong", exact=True).click()
        await expect(admin.get_by_text("The account is prolonged.")).to_be_visible()
        await expect(admin.get_by_role("checkbox", name="Prolong leaving-soon")).to_have_count(0)
        left = datetime.fromisoformat((await plant.account("leaving-soon"))["ends_at"]) - datetime.now(UTC)
        assert timedelta(days=89) < left <= timedelta(days=90)

        await admin.goto(f"/people/users/{user}")
        await admin.get_by_role("button", name="Change").click()
        clock = re.search(r"clock of (\w+)", await dialog.get_by_text("Ends (clock of").inner_text())
        assert clock is not None
        await dialog.get_by_label("Ends").fill("2031-07-06T12:30")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_have_count(0)
        ends_at = datetime.fromisoformat((await plant.account("leaving-soon"))["ends_at"])
        assert ends_at == datetime(2031, 7, 6, 12, 30, tzinfo=ZoneInfo(f"Europe/{clock[1]}"))


async def test_whose_second_factor_is_reset_sets_up_another(plant: Plant, windows: Windows) -> None:
    async with patience(120):
        await add_vendor(plant, "new-phone")
        person, user = plant.people["new-phone"], (await plant.account("new-phone"))["id"]
        admin = await windows.open("admin")
        await admin.goto(f"/people/users/{user}")
        await admin.get_by_role("button", name="Access").click()
        await admin.get_by_role("menuitem", name="Reset the second factor").click()
        await admin.get_by_role("dialog").get_by_role("button", name="Reset the second factor").click()
        await expect(admin.get_by_text("The second factor of new-phone is forgotten.")).to_be_visible()
        assert not (await plant.account("new-phone"))["mfa_enrolled"]

        guest = await windows.open()
        await guest.goto("/")
        await guest.get_by_label("User name").fill("new-phone")
        await guest.get_by_label("Password", exact=True).fill(person.password)
        await guest.get_by_role("button", name="Sign in", exact=True).click()
        app = await enrol(guest)
        assert app.secret != person.app.secret
        await signed_in(guest)
        assert (await plant.account("new-phone"))["mfa_enrolled"]


async def test_a_new_password_of_ones_own_ends_the_other_logins_and_signs_in(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("status of 40[0-9] .*/api/v1/auth/password")  # the first try
    async with patience(240):
        await add_vendor(plant, "careful")
        person, elsewhere = plant.people["careful"], plant.apis["careful"]
        page = await windows.open("careful", fresh=True)
        await page.goto("/account")
        form = page.locator("form").filter(has=page.get_by_label("Present password"))
        for present, seen in (("not it at all, sorry", None), (person.password, "The password is changed")):
            await form.get_by_label("Present password").fill(present)
            await form.get_by_label("New password", exact=True).fill("a lock of my own making")
            await form.get_by_label("New password again").fill("a lock of my own making")
            await form.get_by_label("Code from your app").fill(await person.app.code())
            await page.get_by_role("button", name="Change the password").click()
            if seen is None:
                await expect(form.get_by_role("alert")).to_be_visible()
                assert (await elsewhere.get("/auth/whoami"))["username"] == "careful"
            else:
                await expect(page.get_by_text(seen)).to_be_visible()
        with pytest.raises(ApiRefusedError, match="401"):
            await elsewhere.get("/auth/whoami")

        person.password = "a lock of my own making"
        await page.get_by_role("button", name="Signed in as careful").click()
        await page.get_by_role("menuitem", name="Sign out").click()
        await sign_in(page, person)
        await signed_in(page)
