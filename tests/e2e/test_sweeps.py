"""A client that sweeps over units is slowed down or cut as its policy says, and the plant reads about it."""

import asyncio

import pytest
from pymodbus.client import AsyncModbusTcpClient

from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.test_live import page
from tests.e2e.tunnel import Tunnel

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
LIMIT = 5


async def sweep(tunnel: Tunnel, units: int) -> tuple[int, str]:
    """Ask one unit after the other with pymodbus; return how many answered, and how the stream ended, if it did."""
    client = AsyncModbusTcpClient("127.0.0.1", port=tunnel.port, timeout=30, retries=0, reconnect_delay=0)
    end = asyncio.create_task(tunnel.end(60))
    async with patience(60):
        assert await client.connect()
        try:
            for unit in range(1, units + 1):
                asked = asyncio.create_task(client.read_holding_registers(0, count=1, device_id=unit))
                await asyncio.wait({asked, end}, return_when=asyncio.FIRST_COMPLETED)
                if end.done():
                    asked.cancel()
                    await asyncio.gather(asked, return_exceptions=True)
                    return unit - 1, end.result().code
                assert not asked.result().isError()
        finally:
            client.close()
            if not end.done():
                end.cancel()
                await asyncio.gather(end, return_exceptions=True)
    return units, ""


async def audited(plant: Plant, session: str) -> dict[str, object]:
    """What the audit log says of the sweep; it is written beside the relay, and the end of the session after it."""
    async with patience(30):
        while True:
            found = await plant.apis["auditor"].get("/audit", action="session.swept", target=session)
            if found["items"]:
                [event] = found["items"]
                details: dict[str, object] = event["details"]
                return details


async def test_a_sweep_over_units_is_cut_before_it_goes_on_and_the_audit_log_says_so(plant: Plant) -> None:
    device = ModbusAnswers()
    async with Device(device) as listening, page(plant, "operator-1") as operator:
        allow = f"tiers: [read], scan: {{limit: {LIMIT}, per: 1m, action: cut}}"
        asset = await plant.add_modbus("sweep-cut", listening.port, tiers="read", allow=allow)
        async with plant.tunnel(asset) as tunnel:
            await operator.socket.send_json({"watch": tunnel.session["id"]})
            assert (await operator.until("session"))["event"]["kind"] == "opened"
            assert await sweep(tunnel, 50) == (LIMIT, "sweeping")
            assert len(device.said) == LIMIT
            while (event := (await operator.until("session"))["event"])["kind"] != "sweep":
                pass
            assert (event["count"], event["action"]) == (LIMIT + 1, "cut")
        details = await audited(plant, tunnel.session["id"])
        assert {name: details[name] for name in ("swept", "count", "action")} == {
            "swept": "sub-addresses", "count": LIMIT + 1, "action": "cut",
        }  # fmt: skip
        ended = await plant.apis["auditor"].get(f"/sessions/{tunnel.session['id']}")
        assert ended["end_code"] == "sweeping"


async def test_a_throttled_sweep_goes_on_slowly_and_is_told_once(plant: Plant) -> None:
    async with Device(ModbusAnswers()) as listening:
        allow = f"tiers: [read], scan: {{limit: {LIMIT}, per: 1s, action: throttle}}"
        asset = await plant.add_modbus("sweep-slow", listening.port, tiers="read", allow=allow)
        async with plant.tunnel(asset) as tunnel:
            assert await sweep(tunnel, 3 * LIMIT) == (3 * LIMIT, "")
            details = await audited(plant, tunnel.session["id"])
            assert (details["swept"], details["action"]) == ("sub-addresses", "throttle")
            shown = await plant.apis["auditor"].get(f"/sessions/{tunnel.session['id']}")
            assert shown["state"] == "open"
