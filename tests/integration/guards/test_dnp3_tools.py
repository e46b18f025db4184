"""The master and the outstation of opendnp3, both independent of us, with the guard between them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import opendnp3
import pytest

from guards.effects import Operation, Verdict
from policies.rules import Rules, Tier
from tests.integration.guards.dnp3_stack import DONE, Master, Outstation, master, outstation
from tests.integration.guards.wire import GuardedPort, guarded

pytestmark = pytest.mark.integration
READ_ONLY = Rules(tiers=frozenset({Tier.READ}), units=frozenset({10}))
OPERATING = Rules.model_validate(
    {
        "tiers": {"read", "operate"},
        "writes": [
            {"table": "analog_output", "addresses": [{"first": 0, "last": 1}], "maximum": 1000, "step": 100},
            {"table": "binary_output", "addresses": [{"first": 2, "last": 2}], "minimum": 3, "maximum": 4},
            {"table": "internal_indication"},
        ],
    }
)
EVERYTHING = Rules(tiers=frozenset(Tier))
READING = Rules(tiers=frozenset({Tier.READ, Tier.OPERATE}), units=frozenset({10}), read_before_write=True)
REFUSED, SUCCEEDED = ("SUCCESS", "NOT_AUTHORIZED"), ("SUCCESS", "SUCCESS")


@asynccontextmanager
async def plant(rules: Rules, *, starts_up: bool = False) -> AsyncIterator[tuple[Master, GuardedPort, Outstation]]:
    async with outstation() as device, guarded(rules, device.port, protocol="dnp3") as port:
        device.set((opendnp3.Analog(42.0), 1), (opendnp3.AnalogOutputStatus(300.0), 0), (opendnp3.Binary(True), 3))
        async with master(port.port, starts_up=starts_up) as tool:
            yield tool, port, device


def passed(port: GuardedPort) -> set[str]:
    return {op.function for op in requests(port) if op.verdict is Verdict.ALLOWED}


def requests(port: GuardedPort) -> list[Operation]:
    return [operation for operation in port.operations if not operation.is_response]


async def test_an_integrity_poll_passes_with_all_points() -> None:
    async with plant(READ_ONLY) as (tool, port, _):
        assert await tool.read("Analog", 1) == 42.0
        assert await tool.read("Binary", 3) is True
        assert await tool.read("AnalogOutputStatus", 0) == 300.0
        [told] = [op for op in port.operations if op.is_response and "analog_output 0-3" in op.objects][:1]
        assert (told.unit, 300 in told.values) == (10, True)
        assert passed(port) <= {"read", "confirm"}


@pytest.mark.parametrize(
    ("command", "index"),
    [
        (opendnp3.ControlRelayOutputBlock(), 2),
        (opendnp3.AnalogOutputInt16(5), 0),
        (opendnp3.AnalogOutputInt32(5), 0),
        (opendnp3.AnalogOutputFloat32(5.0), 0),
        (opendnp3.AnalogOutputDouble64(5.0), 0),
    ],
)
async def test_commands_are_refused_as_not_authorized_and_the_master_goes_on(command: object, index: int) -> None:
    async with plant(READ_ONLY) as (tool, port, device):
        assert await tool.command("DirectOperate", command, index) == REFUSED
        assert await tool.command("SelectAndOperate", command, index) == ("SELECT_FAIL", "NOT_AUTHORIZED")
        assert await tool.read("Analog", 1) == 42.0
        assert ("CLOSED",) not in tool.reports.all()
        assert passed(port) <= {"read", "confirm"}
        assert [report for report in device.reports.all() if report[0] in {"select", "operate"}] == []


async def test_commands_within_their_bounds_are_seen_by_the_outstation_and_others_are_not() -> None:
    async with plant(OPERATING) as (tool, port, device):
        assert await tool.command("SelectAndOperate", opendnp3.ControlRelayOutputBlock(), 2) == ("SUCCESS", "SUCCESS")
        assert await device.reports.get("select") == ("select", 2, "LATCH_ON")
        assert await device.reports.get("operate") == ("operate", 2, "LATCH_ON")
        pulse = opendnp3.ControlRelayOutputBlock(opendnp3.OperationType.PULSE_ON)
        assert await tool.command("DirectOperate", pulse, 2) == ("SUCCESS", "OUT_OF_RANGE")
        assert await tool.command("DirectOperate", opendnp3.ControlRelayOutputBlock(), 1) == REFUSED
        # What the output is now is known from a poll, and then from what was confirmed.
        assert await tool.read("AnalogOutputStatus", 0) == 300.0
        assert await tool.command("DirectOperate", opendnp3.AnalogOutputInt16(400), 0) == ("SUCCESS", "SUCCESS")
        assert await tool.command("DirectOperate", opendnp3.AnalogOutputInt16(501), 0) == ("SUCCESS", "OUT_OF_RANGE")
        assert await tool.command("SelectAndOperate", opendnp3.AnalogOutputInt16(500), 0) == ("SUCCESS", "SUCCESS")
        assert await tool.read("AnalogOutputStatus", 0) == 500.0
        operated = [report for report in device.reports.all() if report[0] == "operate"]
        assert operated == [("operate", 0, 400), ("operate", 0, 500)]
        assert passed(port) >= {"select", "operate", "direct_operate", "read"}


async def test_functions_of_higher_tiers_are_refused_and_the_master_goes_on() -> None:
    async with plant(OPERATING) as (tool, port, _):
        for code in (opendnp3.FunctionCode.COLD_RESTART, opendnp3.FunctionCode.INITIALIZE_DATA):
            assert await tool.perform(code) == "FAILURE_BAD_RESPONSE"
        assert await tool.perform(opendnp3.FunctionCode.ASSIGN_CLASS) == "FAILURE_BAD_RESPONSE"
        assert await tool.read("Analog", 1) == 42.0
        refused = [op.function for op in requests(port) if op.verdict is Verdict.DENIED]
        assert [function for function in refused if function != "enable_unsolicited"] == [
            "cold_restart",
            "initialize_data",
            "assign_class",
        ]


async def test_a_master_starts_up_as_it_would_without_a_guard() -> None:
    async with plant(EVERYTHING, starts_up=True) as (tool, port, device):
        for task in ("DISABLE_UNSOLICITED", "CLEAR_RESTART", "STARTUP_INTEGRITY_POLL", "ENABLE_UNSOLICITED"):
            assert await tool.reports.get(DONE, task) == (DONE, task, "SUCCESS")
        device.set((opendnp3.Analog(99.0), 2))
        assert await tool.reports.get("Analog", 2) == ("Analog", 2, 99.0)
        assert any(
            op.function == "unsolicited_response" and op.objects == ("analog_input 2",) for op in port.operations
        )


async def test_a_master_that_may_not_clear_a_restart_goes_on_and_does_not_poll_without_end() -> None:
    async with plant(READ_ONLY, starts_up=True) as (tool, port, _):
        refused = await tool.reports.get(DONE, "DISABLE_UNSOLICITED")
        assert refused[2] == "FAILURE_BAD_RESPONSE"
        assert (await tool.reports.get("Analog", 1))[2] == 42.0
        assert (await tool.reports.get(DONE, "STARTUP_INTEGRITY_POLL"))[2] == "SUCCESS"
        assert (await tool.reports.get(DONE, "CLEAR_RESTART"))[2] == "FAILURE_RESPONSE_TIMEOUT"
        assert await tool.command("DirectOperate", opendnp3.AnalogOutputInt16(5), 0) == REFUSED
        assert len([op for op in requests(port) if op.function == "read"]) < 10


async def test_another_outstation_behind_the_same_port_is_not_reached() -> None:
    async with outstation() as device, guarded(READ_ONLY, device.port, protocol="dnp3") as port:
        async with master(port.port, starts_up=False, outstation_address=11) as tool:
            assert await tool.perform(opendnp3.FunctionCode.COLD_RESTART) == "FAILURE_BAD_RESPONSE"
            assert await tool.poll() == {}
            assert await tool.command("DirectOperate", opendnp3.AnalogOutputInt16(5), 0) == REFUSED
        assert {op.verdict for op in requests(port) if op.unit == 11} == {Verdict.DENIED}
        assert "OPEN" in {report[0] for report in device.reports.all()}


async def test_the_guard_reads_before_commands_and_the_master_does_not_notice() -> None:
    async with plant(READING) as (tool, port, device):
        device.set((opendnp3.BinaryOutputStatus(True), 2))
        assert await tool.read("AnalogOutputStatus", 0) == 300.0
        for how, value in (("DirectOperate", 5), ("SelectAndOperate", 7), ("SelectAndOperate", 9)):
            assert await tool.command(how, opendnp3.AnalogOutputInt16(value), 0) == SUCCEEDED
        assert await tool.command("DirectOperate", opendnp3.ControlRelayOutputBlock(), 2) == SUCCEEDED
        assert await tool.read("AnalogOutputStatus", 0) == 9.0
        operated = [report for report in device.reports.all() if report[0] == "operate"]
    commands = [one for one in requests(port) if one.function in {"direct_operate", "select", "operate"}]
    assert [(one.function, one.before, one.is_before_read) for one in commands] == [
        ("direct_operate", (300,), True),
        ("select", (5,), True),
        ("operate", (5,), False),
        ("select", (7,), True),
        ("operate", (7,), False),
        ("direct_operate", (1,), True),
    ]
    assert [value for _, index, value in operated if index == 0] == [5, 7, 9]
