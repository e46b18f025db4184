"""Whoever says yes with a second factor that is too old shows it again there; until then nothing is approved."""

import sqlite3
from contextlib import closing

import pytest
from playwright.async_api import expect

from deploy.demo.api import ApiRefusedError
from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.test_tools import modbus
from tests.e2e.web.browser import Windows, inaccessible
from tests.e2e.web.explorer import Explorer

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

AN_HOUR_AGO = "datetime(mfa_at, '-1 hour')"


async def grow_old(plant: Plant, name: str) -> None:
    """Let an hour pass over the second factors that a person has shown, in all their logins."""
    database = plant.folder / "broker" / "broker.db"
    with closing(sqlite3.connect(database)) as rows, rows:
        changed = rows.execute(
            f"UPDATE logins SET mfa_at = {AN_HOUR_AGO}, totp_at = {AN_HOUR_AGO} "
            "WHERE user_id = (SELECT id FROM users WHERE name = ?)",
            (name,),
        ).rowcount
    assert changed >= 2, "the login of the window and that of the program"
    # The broker remembers logins for a moment, and reads anew what changed.
    await plant.apis["admin"].call("PATCH", f"/users/{name}", display_name="Somebody who signs")


async def test_an_approval_counts_only_after_a_fresh_second_factor(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        await plant.add_person("signatory", roles=["operator"], groups=["ot-operations"])
        asset = await plant.add_asset("signed-for", "modbus", 502)
        approvals = "approvals: [{group: ot-operations, mfa: [totp], max_age: 15m}]"
        await plant.allow("signed-for", allow="tiers: [read]", access=f"mode: request, {approvals}")
        request = await plant.granted(asset, "modbus", approvers=(), duration=600)
        page = await windows.open("signatory", fresh=True, at=f"/requests/{request['id']}")
        await grow_old(plant, "signatory")

        with pytest.raises(ApiRefusedError) as refused:
            await plant.apis["signatory"].post(f"/requests/{request['id']}/approve", hash=request["hash"])
        assert (refused.value.code, refused.value.problem["methods"]) == ("mfa_required", ["totp"])
        assert refused.value.problem["max_age"] == 900

        windows.expect_complaint(f"status of 403 .*/requests/{request['id']}/approve")
        await page.get_by_role("button", name="Approve").click()
        await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
        proof = page.get_by_role("dialog", name="second factor")
        await expect(proof).to_be_visible()
        await Explorer(page, page.url, "main").look("step-up")
        unheard = await plant.apis["signatory"].get(f"/requests/{request['id']}")
        assert (unheard["state"], unheard["approvals"]) == ("pending", [])

        await proof.get_by_label("Code").fill(await plant.people["signatory"].app.code())
        await proof.get_by_role("button", name="Confirm").click()
        await expect(page.get_by_text("Approved.", exact=True)).to_be_visible()
        approved = await plant.apis["signatory"].get(f"/requests/{request['id']}")
        assert approved["state"] == "approved"
        assert [each["approver_name"] for each in approved["approvals"]] == ["signatory"]


async def test_what_a_session_asks_passes_only_after_a_fresh_second_factor(plant: Plant, windows: Windows) -> None:
    async with patience(180), Device(ModbusAnswers()) as device:
        await plant.add_person("watchman", roles=["operator"], groups=["ot-operations"])
        allow = "tiers: [read], ask: [operate]"
        asset = await plant.add_modbus("asks-for-proof", device.port, tiers="read, operate", allow=allow)
        approvals = "approvals: [{group: ot-operations, mfa: [totp], max_age: 15m}]"
        await plant.allow("asks-for-proof", allow=allow, access=f"mode: request, {approvals}")
        await plant.granted(asset, "modbus", approvers=("watchman",), duration=600)
        page = await windows.open("watchman", fresh=True)
        async with plant.tunnel(asset) as tunnel, modbus(tunnel.port) as client:
            assert (await client.write_register(100, 640, device_id=1)).isError()
            await page.goto(f"/sessions/{tunnel.session['id']}")
            await grow_old(plant, "watchman")

            windows.expect_complaint("status of 403 .*/questions/.*/answer")
            await page.get_by_role("button", name="Allow once").click()
            dialog = page.get_by_role("dialog")
            await dialog.get_by_label("Reason").fill("the pump stands")
            await dialog.get_by_role("button", name="Allow once").click()
            proof = page.get_by_role("dialog", name="second factor")
            await expect(proof).to_be_visible()
            assert (await client.write_register(100, 640, device_id=1)).isError()

            await proof.get_by_label("Code").fill(await plant.people["watchman"].app.code())
            await proof.get_by_role("button", name="Confirm").click()
            await expect(page.get_by_text("Allowed: it passes once")).to_be_visible()
            assert not (await client.write_register(100, 640, device_id=1)).isError()


async def test_what_approvers_must_show_is_said_before_anybody_asks_or_approves(plant: Plant, windows: Windows) -> None:
    async with patience(180):
        approvals = "approvals: [{group: ot-operations, mfa: [totp, passkey], max_age: 15m}]"
        await plant.allow("proved-for", allow="tiers: [read]", access=f"mode: request, {approvals}")
        asset = await plant.add_asset("proved-for", "modbus", 502)
        told = "second factor to approve, at most 15 min old: passkey or authenticator app"
        found = await plant.apis["engineer"].get(f"/assets/{asset.replace('/', '%2F')}")
        page = await windows.open("engineer", at=f"/requests/new?asset={found['id']}&service=modbus")
        await expect(page.get_by_text(told)).to_be_visible()
        await expect(page.get_by_text("Policy proved-for asks for this.")).to_be_visible()
        assert not await inaccessible(page)

        request = await plant.granted(asset, "modbus", approvers=(), duration=600)
        page = await windows.open("operator-1", at=f"/requests/{request['id']}")
        await expect(page.get_by_text(told)).to_be_visible()
