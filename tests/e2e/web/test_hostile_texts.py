"""Texts of others are text: whatever somebody writes into a reason or a name appears as written, and does nothing."""

import pytest
from playwright.async_api import Page, expect

from deploy.demo.api import ApiRefusedError
from deploy.demo.plant import SITE
from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.test_promises import read_adu
from tests.e2e.test_tools import modbus
from tests.e2e.web.browser import Windows, overhang, shown, sign_in, signed_in
from tests.e2e.web.people import add_vendor
from tests.e2e.web.test_passkeys import give_authenticator, make_passkey

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

SCRIPT = "<script>window.owned = 1</script><img src=x onerror='window.owned = 1'>"
# As long as a ticket or an engineering unit may be.
SHORT = "<img src=x onerror='owned = 1'>"
# Of a program that nobody knows, the pages show the first word.
AGENT = "<script>window.owned=1</script><svg/onload=window.owned=1>" + "W" * 100
LINK = "javascript:window.owned=1//"
POLICY = """
# {comment}
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {{name: marked-up-rules, description: "described: {comment}"}}
spec:
  who: {{groups: [acme-engineers]}}
  what: {{sites: [waterworks], assets: {{names: [no-such-asset]}}}}
  access: {{mode: standing, max_duration: 1h, valid_until: "2036-01-01T00:00:00+00:00"}}
  allow: {{tiers: [read]}}
"""
ASKED_FOR = "mode: request, approvals: [{group: ot-operations}]"
EMERGENCY = "mode: emergency, after_review: {group: it-security}"


async def is_text(page: Page, path: str, text: str) -> None:
    """The page shows the text letter by letter, and nothing in it became a thing of the page."""
    await page.goto(path)
    await is_text_here(page, text)


async def is_text_here(page: Page, text: str) -> None:
    """The page that is open shows it so."""
    await shown(page)
    await expect(page.get_by_text(text).first).to_be_visible()
    assert await page.locator("img[src=x]").count() == 0
    assert await page.locator("a[href^='javascript:']").count() == 0
    assert await page.evaluate("window.owned") is None


class Liar:
    """A device whose vendor name is a script, another one each time (Modbus 43/14, one object), and nothing else."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, asked: bytes) -> bytes:
        said = self._identity() if asked[7] == 0x2B else bytes([asked[7] | 0x80, 1])
        return asked[:4] + (len(said) + 1).to_bytes(2, "big") + asked[6:7] + said

    def _identity(self) -> bytes:
        self.names.append(f"{len(self.names)}{SCRIPT}")
        name = self.names[-1].encode()
        return bytes([0x2B, 0x0E, 1, 1, 0, 0, 1, 0, len(name)]) + name


async def is_logged(plant: Plant, page: Page, target: str, action: str) -> None:
    """The audit log's page shows the text in the details of this event."""
    events = (await plant.apis["auditor"].get("/audit", target=target, action=action))["items"]
    await is_text(page, f"/audit?target={target}&event={events[0]['sequence']}", SCRIPT)


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
        number = await plant.id_of(asset)
        await plant.apis["admin"].call("PATCH", f"/assets/{number}", {"display_name": SCRIPT})
        operator = await windows.open("operator-1")
        await is_text(operator, f"/inventory/assets/{number}", SCRIPT)
        async with plant.session(asset) as session:
            await is_text(operator, f"/sessions/{session['id']}", "Operations as they happen")
            await plant.apis["operator-1"].post(f"/sessions/{session['id']}/warn", text=LINK + SCRIPT)
            await expect(operator.get_by_text(LINK).first).to_be_visible()
            assert await operator.evaluate("window.owned") is None


async def test_what_a_device_says_of_itself_appears_as_it_was_said(plant: Plant, windows: Windows) -> None:
    liar = Liar()
    async with Device(liar) as device, patience(240):
        asset = await plant.add_guarded(
            "liar", "modbus", device.port, ceiling="tiers: [read]", allow="tiers: [read]", session="fingerprint: true"
        )
        operator = await windows.open("operator-1")
        async with plant.tunnel(asset) as tunnel:
            reader, writer = await tunnel.connect()
            await operator.goto(f"/sessions/{tunnel.session['id']}")
            writer.write(bytes.fromhex("000100000005012b0e0100"))
            assert SCRIPT.encode() in await read_adu(reader)
            await is_text(operator, f"/sessions/{tunnel.session['id']}", "read device identification")
        await is_text(operator, f"/sessions/{tunnel.session['id']}", f"{liar.names[0]} → {liar.names[-1]}")
        auditor = await windows.open("auditor")
        await is_text(auditor, f"/recordings/{tunnel.session['recording']}", liar.names[0])


async def test_what_is_said_about_a_session_appears_as_it_was_written(plant: Plant, windows: Windows) -> None:
    async with Device(ModbusAnswers()) as device, patience(300):
        await plant.add_modbus("marked-work", device.port, tiers="read, operate", allow="tiers: [read], ask: [operate]")
        await plant.allow("marked-work", allow="tiers: [read], ask: [operate]", access=ASKED_FOR)
        request = await plant.granted(
            f"{SITE}/marked-work", "modbus", approvers=(), reason=SCRIPT, ticket=SHORT, duration=1800
        )
        operator, vendor, auditor = [await windows.open(who) for who in ("operator-1", "engineer", "auditor")]
        say = plant.apis["operator-1"].post
        await say(f"/requests/{request['id']}/approve", hash=request["hash"], comment=f"yes: {SCRIPT}")
        await is_text(vendor, f"/requests/{request['id']}", f"yes: {SCRIPT}")
        await is_text(vendor, f"/requests/{request['id']}", SHORT)

        grant = (await plant.apis["engineer"].get(f"/requests/{request['id']}"))["grant"]
        async with plant.tunnel(f"{SITE}/marked-work", grant=grant) as tunnel:
            session = f"/sessions/{tunnel.session['id']}"
            await plant.apis["engineer"].post(f"{session}/extensions", duration=600, reason=f"longer: {SCRIPT}")
            await is_text(operator, session, f"longer: {SCRIPT}")
            async with modbus(tunnel.port) as client:
                assert (await client.write_register(100, 640, device_id=1)).isError()
                await is_text(operator, "/", SHORT)
                question = (await plant.apis["operator-1"].get("/questions", session=tunnel.session["id"]))["items"][0]
                await say(f"/questions/{question['id']}/answer", answer="no", reason=f"no: {SCRIPT}")
            await say(f"{session}/kill", reason=f"cut: {SCRIPT}")
            await is_text(vendor, session, f"cut: {SCRIPT}")
        await is_text(operator, "/sessions?view=blocks", f"cut: {SCRIPT}")
        await is_logged(plant, auditor, question["id"], "question.denied")
        await plant.lift_blocks()


async def test_what_is_said_of_an_emergency_afterwards_appears_as_it_was_written(
    plant: Plant, windows: Windows
) -> None:
    async with Device(ModbusAnswers()) as device, patience(240):
        await plant.add_modbus("marked-alarm", device.port, tiers="read", allow="tiers: [read]")
        await plant.allow("marked-alarm", allow="tiers: [read]", access=EMERGENCY)
        wish = {"emergency": True, "reason": SCRIPT, "tiers": ["read"]}
        request = await plant.granted(f"{SITE}/marked-alarm", "modbus", approvers=(), **wish)
        async with plant.session(f"{SITE}/marked-alarm", grant=request["grant"]):
            pass
        reviewed = {"outcome": "justified", "comment": f"reviewed: {SCRIPT}"}
        review = await plant.apis["operator-2"].post(f"/requests/{request['id']}/review", **reviewed)
        await is_logged(plant, await windows.open("auditor"), review["id"], "review.closed")


async def test_what_the_inventory_calls_things_appears_as_it_was_written(plant: Plant, windows: Windows) -> None:
    async with Device(ModbusAnswers()) as device, patience(240):
        path = await plant.add_modbus(
            "marked-stock", device.port, tiers="read, operate", allow="tiers: [read, operate]"
        )
        admin = plant.apis["admin"]
        asset = (await admin.get("/assets", q="marked-stock"))["items"][0]["id"]
        await admin.call("PATCH", f"/assets/{asset}", {"labels": {"type": "marked-stock", "note": f"label: {SCRIPT}"}})
        with pytest.raises(ApiRefusedError, match="zone"):
            await admin.call("PATCH", f"/assets/{asset}", {"zone": SHORT})
        tags = f"protocol,table,address,name,engineering_unit\nmodbus,holding,100,{SCRIPT},{SHORT}\n"
        await admin.post(f"/assets/{asset}/tags/import", csv=tags)
        async with plant.tunnel(path) as tunnel, modbus(tunnel.port) as client:
            assert not (await client.write_register(100, 640, device_id=1)).isError()
        operator = await windows.open("operator-1")
        await is_text(operator, f"/inventory/assets/{asset}", f"label: {SCRIPT}")
        await is_text(operator, "/changes", SCRIPT)
        lock = await plant.apis["operator-1"].post("/locks", kind="asset", target=asset, reason=f"locked: {SCRIPT}")
        try:
            await is_text(operator, "/locks", f"locked: {SCRIPT}")
            await is_text(operator, f"/inventory/assets/{asset}", f"locked: {SCRIPT}")
        finally:
            await plant.apis["operator-1"].call("DELETE", f"/locks/{lock['id']}")


async def test_a_sites_name_and_notice_appear_as_they_were_written(plant: Plant, windows: Windows) -> None:
    windows.expect_complaint("status of 409 .*/api/v1/requests")
    async with patience(240):
        admin, vendor = await windows.open("admin"), await windows.open("engineer")
        site = (await plant.apis["admin"].get(f"/sites/{SITE}"))["id"]
        usual = {"display_name": "Waterworks", "banner": ""}
        await plant.apis["admin"].call("PATCH", f"/sites/{SITE}", {"display_name": SCRIPT, "banner": f"read: {SCRIPT}"})
        try:
            await is_text(admin, f"/inventory/sites/{site}", SCRIPT)
            await is_text(admin, f"/inventory/sites/{site}", f"read: {SCRIPT}")
            await vendor.goto("/requests/new")
            await vendor.get_by_role("combobox", name="Asset").fill("data-logger")
            await vendor.get_by_role("option", name=f"{SITE}/data-logger").click()
            await vendor.get_by_label("Reason").fill("to see the notice")
            await vendor.get_by_role("button", name="Ask for access").click()
            await expect(vendor.get_by_role("dialog").get_by_text(f"read: {SCRIPT}")).to_be_visible()
            assert await vendor.evaluate("window.owned") is None
        finally:
            await plant.apis["admin"].call("PATCH", f"/sites/{SITE}", usual)


async def test_names_of_groups_and_organizations_appear_as_they_were_written(plant: Plant, windows: Windows) -> None:
    async with patience(120):
        for kind, more in (("groups", {}), ("organizations", {"kind": "vendor"})):
            with pytest.raises(ApiRefusedError, match="name"):
                await plant.apis["admin"].post(f"/{kind}", name=SHORT, display_name="", **more)
            await plant.apis["admin"].post(f"/{kind}", name=f"marked-{kind}", display_name=f"{kind} {SCRIPT}", **more)
            page = await windows.open("admin", at=f"/people/{kind}")
            if kind == "groups":
                await page.get_by_role("textbox", name="Search groups and members").fill(f"marked-{kind}")
            await is_text_here(page, f"{kind} {SCRIPT}")


async def test_what_an_account_is_called_and_disabled_for_appears_as_it_was_written(
    plant: Plant, windows: Windows
) -> None:
    windows.expect_complaint("WebSocket connection|status of 401")  # once the account is disabled
    async with patience(240):
        await add_vendor(plant, "marked-hand")
        user = (await plant.account("marked-hand"))["id"]
        guest, admin = await windows.open(), await windows.open("admin")
        debugger = await guest.context.new_cdp_session(guest)
        await debugger.send("Network.setUserAgentOverride", {"userAgent": f"{AGENT} {SCRIPT}"})
        await guest.goto("/")
        await sign_in(guest, plant.people["marked-hand"])
        await signed_in(guest)
        await give_authenticator(guest)
        await make_passkey(guest, SHORT)
        await is_text(guest, "/account", SHORT)
        for page, path in ((guest, "/account"), (admin, f"/people/users/{user}")):
            await page.set_viewport_size({"width": 360, "height": 740})
            await is_text(page, path, AGENT)
            assert await overhang(page) == 0
        await expect(admin.get_by_title(f"{AGENT} <script>")).to_be_visible()
        await plant.apis["admin"].post(f"/users/{user}/disable", reason=f"disabled: {SCRIPT}")
        await is_text(admin, f"/people/users/{user}", f"disabled: {SCRIPT}")


async def test_why_the_red_button_was_pressed_appears_as_it_was_written(plant: Plant, windows: Windows) -> None:
    async with patience(120):
        site = {"name": "marked-drill", "display_name": f"site {SCRIPT}", "timezone": "Europe/Berlin"}
        await plant.apis["admin"].post("/sites", **site)
        pressed = {"site": "marked-drill", "reason": f"pressed: {SCRIPT}"}
        drill = await plant.apis["operator-1"].post("/sessions/kill-all", **pressed)
        operator = await windows.open("operator-1", width=360, height=740)
        for path in ("/sessions?view=drills", f"/sessions/drills/{drill['id']}"):
            await is_text(operator, path, f"pressed: {SCRIPT}")
            await is_text(operator, path, f"site {SCRIPT}")
            assert await overhang(operator) == 0
        await operator.emulate_media(media="print")
        await expect(operator.get_by_role("button", name="Print")).to_be_hidden()
        await expect(operator.get_by_text(f"pressed: {SCRIPT}")).to_be_visible()
        await is_logged(plant, await windows.open("auditor"), drill["id"], "sessions.killed")


async def test_a_policys_words_appear_as_they_were_written(plant: Plant, windows: Windows) -> None:
    async with patience(240):
        yaml = POLICY.format(comment=SCRIPT)
        await plant.apis["admin"].post("/policies/apply", yaml=yaml, comment=f"{SCRIPT} {LINK}")
        admin = await windows.open("admin")
        await admin.goto("/policies")
        await admin.get_by_role("textbox", name="Search names and comments").fill("marked-up-rules")
        await is_text_here(admin, f"{SCRIPT} {LINK}")
        await is_text(admin, "/policies/marked-up-rules", f"described: {SCRIPT}")
        await is_text(admin, "/policies/marked-up-rules/history", SCRIPT)
