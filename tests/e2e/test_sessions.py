"""Sessions over their life: limits that say so, more time on somebody's yes, holds, the red button."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.demo.api import ApiRefusedError
from tests.e2e.devices import Call, Device
from tests.e2e.plant import Plant
from tests.e2e.test_promises import deadline_of, flowing, passed
from tests.e2e.tunnel import Tunnel
from tunnel.upgrade import UpgradeRefusedError

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
ASKED = "mode: request, approvals: [{group: ot-operations}]"
SHORT = "5s"


async def refused(call: Awaitable[Any]) -> ApiRefusedError:
    with pytest.raises(ApiRefusedError) as refusal:
        await call
    return refusal.value


async def add_vendor(plant: Plant, name: str) -> None:
    """An engineer of the vendor that only one journey touches."""
    ends_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    about = {"organization": "acme-pumps", "sponsor": "admin", "ends_at": ends_at}
    await plant.add_person(name, roles=["vendor"], groups=["acme-engineers"], **about)


# --- limits


async def test_one_session_too_many_on_an_asset_is_refused_with_the_limit(plant: Plant) -> None:
    async with Device() as device, AsyncExitStack() as opened:
        asset = await plant.add_opaque("crowded", device.port)
        for _ in range(4):
            await opened.enter_async_context(plant.session(asset))
        refusal = await refused(plant.apis["engineer"].post("/sessions", asset=asset))
    assert (refusal.status, refusal.code) == (429, "limit_reached")
    assert (refusal.problem["limit"], refusal.problem["maximum"]) == ("sessions on this asset", 4)


async def test_a_policys_own_limit_counts_where_it_is_lower(plant: Plant) -> None:
    async with Device() as device:
        asset = await plant.add_opaque("one-each", device.port, session="limits: {sessions_per_asset: 1}")
        async with plant.session(asset):
            refusal = await refused(plant.apis["engineer"].post("/sessions", asset=asset))
        assert refusal.problem["limit"] == "sessions on this asset under this policy"
        async with plant.session(asset):
            pass


async def test_a_device_gets_no_more_streams_than_it_bears_whoever_opens_them(plant: Plant) -> None:
    async with Device() as device:
        await plant.add_opaque("fragile", device.port)
        asset = await plant.add_asset("fragile-2", "tcp", device.port, max_streams=2)
        await plant.allow("fragile-2", allow="opaque: true")
        async with plant.tunnel(asset) as one, plant.tunnel(asset) as other:
            await flowing(one, device)
            await flowing(other, device)
            await other.connect()
            refusal = await other.refusal()
    assert isinstance(refusal, UpgradeRefusedError)
    assert (refusal.status, refusal.code, len(device.calls)) == (429, "limit_reached", 2)


# --- more time


@asynccontextmanager
async def short_session(plant: Plant, name: str, device: Device, **policy: Any) -> AsyncIterator[tuple[Tunnel, Call]]:
    """A session of a few seconds on an approved request, with a stream that flows."""
    asset = await plant.add_opaque(name, device.port, access=ASKED, **policy)
    await plant.granted(asset, "tcp", approvers=("operator-1",), duration=5)
    async with plant.tunnel(asset) as tunnel:
        call, writer = await flowing(tunnel, device)
        writer.write(b"still here")
        await call.has(15)
        yield tunnel, call


async def say(tunnel: Tunnel, call: Call, word: bytes) -> None:
    """Know that bytes still reach the device."""
    length = len(call.received)
    tunnel._writers[0].write(word)
    await call.has(length + len(word))


async def test_an_approved_extension_moves_the_deadline_at_both_ends(plant: Plant) -> None:
    async with Device() as device, short_session(plant, "extended", device) as (tunnel, call):
        session = tunnel.session["id"]
        wish = await plant.apis["engineer"].post(f"/sessions/{session}/extensions", duration=60, reason="one more")
        assert (wish["state"], [need["group"] for need in wish["approvals_needed"]]) == ("pending", ["ot-operations"])
        listed = await plant.apis["operator-1"].get(f"/sessions/{session}/extensions")
        assert [need["group"] for need in listed["items"][0]["approvals_needed"]] == ["ot-operations"]
        own = await refused(plant.apis["engineer"].post(f"/extensions/{wish['id']}/approve"))
        other = await refused(plant.apis["operator-2"].post(f"/extensions/{wish['id']}/approve"))
        assert (own.code, other.code) == ("forbidden", "not_an_approver")
        approved = await plant.apis["operator-1"].post(f"/extensions/{wish['id']}/approve")
        assert approved["state"] == "approved"
        await passed(deadline_of(tunnel))
        await say(tunnel, call, b"after the first deadline")
        assert [notice.code for notice in tunnel.notices] == ["extended"]


async def test_an_extension_that_nobody_approved_changes_nothing(plant: Plant) -> None:
    async with Device() as device, short_session(plant, "not-extended", device) as (tunnel, call):
        path = f"/sessions/{tunnel.session['id']}/extensions"
        await plant.apis["engineer"].post(path, duration=60, reason="one more")
        assert (await tunnel.end()).code == "deadline"
        assert await call.end() == "fin"


@pytest.mark.parametrize("answer", ["approve", "deny"])
async def test_a_held_session_goes_on_until_the_plant_answers(plant: Plant, answer: str) -> None:
    async with Device() as device, short_session(plant, f"held-{answer}", device, session="at_expiry: hold") as held:
        tunnel, call = held
        await passed(deadline_of(tunnel))
        await say(tunnel, call, b"in overtime")
        await tunnel.connect()
        refusal = await tunnel.refusal()
        assert isinstance(refusal, UpgradeRefusedError)
        assert refusal.code == "session_held", "what is open may go on, nothing new opens"
        asked = await plant.apis["operator-1"].get(f"/sessions/{tunnel.session['id']}/extensions")
        (question,) = asked["items"]
        body = {"reason": "come back tomorrow"} if answer == "deny" else {}
        await plant.apis["operator-1"].post(f"/extensions/{question['id']}/{answer}", **body)
        if answer == "approve":
            await say(tunnel, call, b"the plant said yes")
        else:
            assert (await tunnel.end()).code == "deadline"
            assert await call.end() == "fin"


async def test_grace_lets_what_is_open_go_on_for_its_time_and_no_longer(plant: Plant) -> None:
    async with Device() as device, short_session(plant, "graced", device, session="at_expiry: 'grace 3s'") as graced:
        tunnel, call = graced
        await passed(deadline_of(tunnel))
        await say(tunnel, call, b"in the grace")
        assert (await tunnel.end()).code == "deadline"
        assert await call.end() == "fin"


async def test_who_says_nothing_for_the_idle_time_is_put_out(plant: Plant) -> None:
    async with Device() as device:
        asset = await plant.add_opaque("silent", device.port, session="idle: 2s")
        async with plant.tunnel(asset) as tunnel:
            call, _ = await flowing(tunnel, device)
            assert (await tunnel.end()).code == "idle"
            assert await call.end() == "fin"


# --- the red button, and what else ends sessions within a second


async def test_a_killed_user_does_not_come_back_until_the_block_is_lifted(plant: Plant) -> None:
    engineer, operator = plant.apis["engineer"], plant.apis["operator-1"]
    async with Device() as device:
        asset, other = [await plant.add_opaque(name, device.port) for name in ("kill-here", "kill-elsewhere")]
        opened = await engineer.post("/sessions", asset=asset)
        block = await operator.post(f"/sessions/{opened['id']}/kill", reason="enough")
        assert (await refused(engineer.post("/sessions", asset=asset))).code == "reconnect_blocked"
        async with plant.session(other):
            pass
        await plant.crash_broker()
        assert (await refused(engineer.post("/sessions", asset=asset))).code == "reconnect_blocked"
        assert (await refused(engineer.call("DELETE", f"/blocks/{block['id']}"))).code in {"forbidden", "not_found"}
        await operator.call("DELETE", f"/blocks/{block['id']}")
        async with plant.session(asset):
            pass


async def test_the_red_button_cuts_what_vendors_have_open_and_reports_how_fast(plant: Plant) -> None:
    async with Device() as device, AsyncExitStack() as opened:
        asset = await plant.add_opaque("drill", device.port, who="groups: [acme-engineers, ot-operations]")
        vendors = [await opened.enter_async_context(plant.tunnel(asset)) for _ in range(2)]
        ours = await opened.enter_async_context(plant.tunnel(asset, user="operator-1"))
        calls = [(await flowing(tunnel, device))[0] for tunnel in (*vendors, ours)]
        report = await plant.apis["operator-2"].post("/sessions/kill-all", reason="drill")
        assert {tunnel.session["id"] for tunnel in vendors} == {line["session"] for line in report["sessions"]}
        assert [(await tunnel.end()).code for tunnel in vendors] == ["killed", "killed"]
        assert [await call.end(5) for call in calls[:2]] == ["fin", "fin"]
        await say(ours, calls[2], b"the plant's own people go on")
    await plant.lift_blocks()


async def disable_user(plant: Plant, user: str) -> None:
    await plant.apis["admin"].post(f"/users/{user}/disable", reason="left the firm")


async def log_out(plant: Plant, user: str) -> None:
    await plant.apis[user].post("/auth/logout")


async def leave_group(plant: Plant, user: str) -> None:
    shown = await plant.apis["admin"].get(f"/users/{user}")
    await plant.apis["admin"].call("DELETE", f"/groups/acme-engineers/members/{shown['id']}")


async def lock_user(plant: Plant, user: str) -> None:
    await plant.apis["operator-1"].post("/locks", kind="user", target=user, reason="enough")


async def reset_mfa(plant: Plant, user: str) -> None:
    await plant.apis["admin"].post(f"/users/{user}/reset-mfa")


@pytest.mark.parametrize("end", [disable_user, log_out, leave_group, lock_user, reset_mfa])
async def test_whatever_takes_the_right_away_ends_the_session_at_once(
    plant: Plant, end: Callable[[Plant, str], Awaitable[None]]
) -> None:
    user = "leaver-" + end.__name__.replace("_", "-")
    await add_vendor(plant, user)
    async with Device() as device:
        asset = await plant.add_opaque(user, device.port)
        opened = await plant.apis[user].post("/sessions", asset=asset)
        async with plant.tunnel_into(opened, user=user) as tunnel:
            call, _ = await flowing(tunnel, device)
            await end(plant, user)
            told = await asyncio.gather(tunnel.end(5), call.end(5))
    assert told[0].code in {"user_disabled", "login_ended", "policy_changed", "locked"}
    assert told[1] == "fin"
