"""Arm-then-act through the whole chain: refused first, asked of the plant, passed once after a yes, refused again."""

from typing import Any

import pytest
from pymodbus.client import AsyncModbusTcpClient

from tests.e2e.devices import Device, ModbusAnswers
from tests.e2e.plant import Plant, patience
from tests.e2e.test_tools import modbus
from tests.e2e.test_wicket import Wicket, signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
ILLEGAL_FUNCTION = 1


async def written(client: AsyncModbusTcpClient, value: int) -> bool:
    """Write to register 100; tell whether the device took it, and not the guard refused it."""
    async with patience():
        answer = await client.write_register(100, value, device_id=1)
    assert not answer.isError() or answer.exception_code == ILLEGAL_FUNCTION
    return not answer.isError()


async def asked(operator: Wicket, session: str) -> dict[str, Any]:
    """Wait until the operator is shown what the session asks."""
    async with patience():
        found = []
        while not found:
            found = (await operator.json("asks", "--session", session))["items"]
    (question,) = found
    return dict(question)


async def test_what_must_be_asked_for_passes_once_after_the_operators_yes(plant: Plant) -> None:
    answers = ModbusAnswers()
    async with Device(answers) as device:
        asset = await plant.add_modbus(
            "asking", device.port, tiers="read, operate", allow="tiers: [read], ask: [operate]"
        )
        operator = await signed_in(plant, "operator-1")
        async with plant.tunnel(asset) as tunnel, modbus(tunnel.port) as client, modbus(tunnel.port) as second:
            assert not await written(client, 640)
            question = await asked(operator, tunnel.session["id"])
            assert (question["function"], question["objects"], question["values"], question["unit"]) == (
                "write_single_register", ["holding 100"], [640], 1,
            )  # fmt: skip
            assert not await written(client, 640)
            assert (await asked(operator, tunnel.session["id"]))["id"] == question["id"], "asked once"
            assert device.received == b"", "nothing was let through yet"

            code, printed, errors = await operator.run("answer", question["id"], "yes", "--reason", "the pump stands")
            assert code == 0, printed + errors
            assert not await written(client, 641), "another value is another operation"
            assert await written(second, 640), "whichever stream repeats it"
            assert not await written(client, 640), "approved once is once, over all streams"
            assert not await written(second, 640)
        assert [adu[7:] for adu in answers.said] == [bytes.fromhex("0600640280")]
        log = await plant.apis["admin"].get(f"/audit?target={question['id']}")
        assert {each["action"] for each in log["items"]} == {"question.asked", "question.approved"}


async def test_a_no_is_told_and_nothing_passes(plant: Plant) -> None:
    async with Device(ModbusAnswers()) as device:
        asset = await plant.add_modbus(
            "asking-in-vain", device.port, tiers="read, operate", allow="tiers: [read], ask: [operate]"
        )
        operator, engineer = await signed_in(plant, "operator-1"), await signed_in(plant, "engineer")
        async with plant.tunnel(asset) as tunnel, modbus(tunnel.port) as client:
            assert not await written(client, 1)
            question = await asked(operator, tunnel.session["id"])
            code, _, errors = await engineer.run("answer", question["id"], "yes")
            assert (code, "forbidden" in errors) == (4, True), errors
            assert (await operator.run("answer", question["id"], "no", "--reason", "not now"))[0] == 0
            assert not await written(client, 1)
            texts = [notice.text for notice in tunnel.notices]
            assert "Denied: not now" in texts
            assert any(text.startswith("Asked the plant: write_single_register holding 100 = 1") for text in texts)
        assert device.received == b""
