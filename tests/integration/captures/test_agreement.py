"""Real tools talk to real devices; tshark and ``wicket inspect`` must read the same PDUs in what was captured."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import c104
import opendnp3
import pytest
from asyncua import Client, ua
from asyncua.ua.uaerrors import UaError
from cpppo.server.enip.client import connector, parse_operations
from pycomm3 import CIPDriver
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.pdu.register_message import MaskWriteRegisterRequest
from snap7.client import Client as S7Client
from snap7.error import S7Error
from snap7.server import Server as S7Server
from snap7.type import Block, SrvArea

from tests.integration.captures import tiers
from tests.integration.captures.agreement import Fields, Pdu, dissected, inspected, number, ours, services_of, theirs
from tests.integration.captures.references import read_by_tshark, said_in
from tests.integration.captures.tap import tapped, tapped_datagrams
from tests.integration.guards import bacnet_devices, iec104
from tests.integration.guards.controller import controller
from tests.integration.guards.dnp3_stack import master, outstation
from tests.integration.guards.test_fins_tools import DM
from tests.integration.guards.test_fins_tools import Tool as FinsTool
from tests.integration.guards.test_modbus_tools import device as modbus_device
from tests.integration.guards.test_opcua_tools import OWNER, PUMP, START
from tests.integration.guards.test_opcua_tools import device as opcua_device
from tests.integration.guards.test_slmp_tools import Tool as SlmpTool
from tests.simulators.running import simulator

pytestmark = pytest.mark.integration
needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
PATIENCE_SECONDS = 30


async def aside(call: Any, *arguments: Any, **named: Any) -> Any:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await asyncio.to_thread(call, *arguments, **named)


def check_tiers(lines: list[dict[str, Any]], table: tiers.Tiers, at_least: Iterable[int]) -> None:
    """Hold the tiers of requests against a table, and those of answers against their requests."""
    asked = [line for line in lines if line["direction"] == "request"]
    assert {line["function_code"] for line in asked} >= set(at_least)
    assert {(line["function_code"], line["tier"]) for line in asked} <= set(table.items())
    requests: dict[tuple[object, ...], str] = {}
    for line in lines:
        key = line["flow"], line["transaction"]
        if line["direction"] == "request":
            requests[key] = line["tier"]
        elif line["transaction"] is not None:
            assert line["tier"] == requests[key], line


@needs_tshark
async def test_modbus(tmp_path: Path) -> None:
    capture = tmp_path / "modbus.pcap"
    async with modbus_device() as device_port, tapped("modbus", device_port, capture) as port:
        client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=5, retries=0)
        assert await client.connect()
        for read in ("coils", "discrete_inputs", "holding_registers", "input_registers"):
            await getattr(client, f"read_{read}")(7, count=3, device_id=1)
        await client.write_coil(1, True, device_id=1)
        await client.write_register(5, 99, device_id=2)
        await client.write_registers(5, [1, 2, 3], device_id=1)
        await client.write_coils(3, [True, False], device_id=1)
        await client.readwrite_registers(read_address=1, read_count=2, address=9, values=[4], device_id=1)
        await client.execute(False, MaskWriteRegisterRequest(address=4, and_mask=1, or_mask=2, dev_id=1))
        await client.read_holding_registers(60000, count=1, device_id=1)  # there is none: an exception
        client.close()

    def code(fields: Fields) -> int | None:
        return number(fields, "modbus.func_code")

    lines = await aside(inspected, capture)
    assert ours(lines) == theirs(capture, "modbus", 502, code)
    assert len(lines) == 22
    read = [fields for to_home, fields in dissected(capture, "modbus", 502) if to_home]
    objects = [" ".join(line["objects"]).split() for line in lines if line["direction"] == "request"]
    assert [int(words[1].partition("-")[0]) for words in objects] == [
        number(fields, "modbus.reference_num") or number(fields, "modbus.read_reference_num") for fields in read
    ]
    assert [line["exception_code"] for line in lines][-1] == number(
        list(dissected(capture, "modbus", 502))[-1][1], "modbus.exception_code"
    )
    check_tiers(lines, tiers.MODBUS, {1, 2, 3, 4, 5, 6, 15, 16, 22, 23})


def _s7_asks(fields: Fields) -> bool:
    """Tell whether a PDU asks: the device itself asks for the next piece of what is loaded into it."""
    kind = number(fields, "s7comm.header.rosctr")
    return kind == 1 or (kind == 7 and number(fields, "s7comm.param.userdata.type") == 4)


@needs_tshark
async def test_s7(tmp_path: Path) -> None:
    capture = tmp_path / "s7.pcap"
    server, client = S7Server(log=False), S7Client()
    server.register_area(SrvArea.DB, 1, bytearray(64))
    server.register_area(SrvArea.MK, 0, bytearray(64))
    server.start_to("127.0.0.1", 0)
    assert server.server_socket is not None
    try:
        async with tapped("s7", server.server_socket.getsockname()[1], capture) as port:
            await aside(client.connect, "127.0.0.1", 0, 2, port)
            clock = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
            for name, *arguments in (
                ("db_read", 1, 0, 4), ("db_write", 1, 4, bytearray(b"\0\1")), ("list_blocks",), ("get_cpu_info",),
                ("get_block_info", Block.DB, 1), ("list_blocks_of_type", Block.DB, 10), ("get_plc_datetime",),
                ("set_plc_datetime", clock), ("set_session_password", "secret"), ("plc_stop",), ("plc_hot_start",),
                ("plc_cold_start",), ("compress", 100), ("copy_ram_to_rom", 100), ("upload", 1),
                ("download", bytearray(range(64)), 1), ("db_read", 9, 0, 4),
            ):  # fmt: skip
                try:
                    await aside(getattr(client, name), *arguments)
                except S7Error:
                    assert name in {"db_read", "set_session_password"}  # what the simulator has not
            await aside(client.disconnect)
    finally:
        await aside(server.stop)
    lines = await aside(inspected, capture)
    said = [line for line in lines if line["function_code"] not in {0xE0, 0xD0, 0x80, 0xC0}]
    read = list(dissected(capture, "s7comm", 102))
    assert [line["direction"] == "request" for line in said] == [_s7_asks(fields) for _, fields in read]
    for line, (_, fields) in zip(said, read, strict=True):
        group = number(fields, "s7comm.param.userdata.funcgroup")
        if group is None:
            assert line["function_code"] == number(fields, "s7comm.param.func")
            tier = tiers.S7[line["function_code"]]
        else:
            assert line["function_code"] & 0x0F == group
            sub = next(int(values[0], 0) for name, values in fields.items() if "userdata.subfunc" in name)
            tier = tiers.S7_USERDATA[group, sub]
        assert line["tier"] == tier, line
        assert line["transaction"] == number(fields, "s7comm.header.pduref")
    assert {line["function_code"] for line in said} >= {0xF0, 4, 5, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F, 0x28, 0x29}


@needs_tshark
async def test_enip(tmp_path: Path) -> None:
    capture = tmp_path / "enip.pcap"
    asked = ["Speed=(INT)42", "Speed", "Levels[0-3]=(DINT)1,2,3,4", "Levels[0-3]"]

    def cpppo(port: int, **how: Any) -> None:
        with connector(host="127.0.0.1", port=port, timeout=20) as client:
            for multiple in (0, 200):
                operations = parse_operations(asked, **how)
                done = client.pipeline(operations=operations, depth=1, multiple=multiple, timeout=20)
                assert len(list(done)) == len(asked)

    def pycomm3(port: int) -> None:
        with CIPDriver(f"127.0.0.1:{port}") as driver:
            for service, class_code, attribute in ((1, 1, b""), (0x0E, 1, b"\1"), (0x10, 0x93, b"\x0a"), (5, 1, b"")):
                instance = 3 if class_code == 0x93 else 1
                driver.generic_message(
                    service=service, class_code=class_code, instance=instance, attribute=attribute, connected=False,
                    request_data=b"\1\0" if service == 0x10 else b"",
                )  # fmt: skip

    async with controller() as device_port, tapped("enip", device_port, capture) as port:
        await aside(cpppo, port)
        await aside(cpppo, port, route_path=False, send_path="")
        await aside(pycomm3, port)
    lines = await aside(inspected, capture)
    read = list(dissected(capture, "enip", 44818))
    assert [line["direction"] == "request" for line in lines] == [to_home for to_home, _ in read]
    services = [[one & 0x7F for one in each] for each in services_of(capture)]
    assert [[part["function_code"] for part in _parts(line)] for line in lines] == [
        codes or [number(fields, "enip.command")] for codes, (_, fields) in zip(services, read, strict=True)
    ]
    assert any(len(codes) > len(asked) for codes in services)
    parts = [part for line in lines if line["function"] not in _COMMANDS for part in _parts(line)]
    plain = {(part["function_code"], part["tier"]) for part in parts if part["function"] not in _CARRIERS}
    assert plain <= set(tiers.CIP.items())
    assert {code for code, _ in plain} >= {0x01, 0x05, 0x0E, 0x10, 0x4C, 0x4D}
    carrying = [(line["tier"], {part["tier"] for part in line["parts"]}) for line in lines if "parts" in line]
    assert all(tier == max(inside, key=_SEVERITY.index) for tier, inside in carrying)


_SEVERITY = ("read", "operate", "program", "firmware")
_CARRIERS = frozenset({"unconnected_send", "multiple_service_packet"})
_COMMANDS = frozenset(
    {"send_rr_data", "register_session", "unregister_session", "list_identity", "list_services", "list_interfaces"}
)


def _parts(line: dict[str, Any]) -> list[dict[str, Any]]:
    return line.get("parts") or [line]


@needs_tshark
async def test_dnp3(tmp_path: Path) -> None:
    capture = tmp_path / "dnp3.pcap"
    async with outstation() as device, tapped("dnp3", device.port, capture) as port, master(port) as tool:
        device.set((opendnp3.Analog(42.0), 1), (opendnp3.Binary(True), 3))
        await tool.poll()
        trip, setpoint = opendnp3.ControlRelayOutputBlock(), opendnp3.AnalogOutputInt16(5)
        for how in ("DirectOperate", "SelectAndOperate"):
            for command in (trip, setpoint):
                assert await tool.command(how, command, 2) == ("SUCCESS", "SUCCESS")
        for function in ("DELAY_MEASURE", "RECORD_CURRENT_TIME", "COLD_RESTART", "WARM_RESTART"):
            await tool.perform(getattr(opendnp3.FunctionCode, function))
        device.set((opendnp3.Analog(43.0), 1))
        await tool.poll()
    lines = await aside(inspected, capture)
    assert ours(lines) == theirs(capture, "dnp3", 20000, lambda fields: number(fields, "dnp3.al.func"))
    broken = [line["function"] for line in lines if line["malformed"]]
    assert broken == []
    table = {**tiers.DNP3, 2: "operate"}  # the master clears the restart indication, and writes nothing else
    check_tiers(lines, table, {0x01, 0x02, 0x03, 0x04, 0x05, 0x0D, 0x0E, 0x14, 0x15, 0x17, 0x18})


@needs_tshark
async def test_iec104(tmp_path: Path) -> None:
    capture = tmp_path / "iec104.pcap"
    async with (
        iec104.device() as station,
        tapped("iec104", station.port, capture) as port,
        iec104.centre(port) as control,
    ):
        for call in ("interrogation", "counter_interrogation", "clock_sync", "test"):
            await control.do(getattr(control.connection, call), common_address=iec104.STATION)
        await control.do(control.points["pressure"].read)
        for name, value in (("switch", True), ("selected", True), ("setpoint", 12.5)):
            await control.send(name, value)
        assert station.points["pressure"].transmit(cause=c104.Cot.SPONTANEOUS)
        await control.do(control.points["pressure"].read)
    lines = await aside(inspected, capture)
    said = [line for line in lines if line["unit"] is not None]  # and not the control functions of the link
    assert Counter(ours(said)) == Counter(theirs(capture, "iec60870_asdu", 2404, _type_of))
    asked = {(line["function_code"], line["tier"]) for line in said if line["direction"] == "request"}
    assert asked <= set(tiers.IEC104.items())
    assert {code for code, _ in asked} >= {45, 50, 100, 102, 103}


def _type_of(fields: Fields) -> int | None:
    return number(fields, "iec60870_asdu.typeid")


@needs_tshark
async def test_opcua(tmp_path: Path) -> None:
    capture = tmp_path / "opcua.pcap"
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        opcua_device() as device,
        tapped("opcua", device.port, capture) as port,
        Client(f"opc.tcp://127.0.0.1:{port}/") as client,
    ):
        pump = client.get_node(PUMP)
        assert await pump.read_value() == 1.5
        await pump.write_value(4.5)
        await client.get_node(START).read_browse_name()
        await client.nodes.objects.get_children()
        await client.get_node(OWNER).call_method(ua.NodeId.from_string(START), 2.0)
        subscription = await client.create_subscription(50, Silent())
        await subscription.unsubscribe(await subscription.subscribe_data_change(pump))
        await subscription.delete()
        for forbidden in (
            client.nodes.objects.add_variable(2, "new", 1),
            client.get_node("ns=2;s=No").read_value(),
        ):
            with suppress(UaError):
                await forbidden
    lines = await aside(inspected, capture)
    read = theirs(capture, "opcua", 4840, lambda fields: number(fields, "opcua.servicenodeid.numeric") or 0)
    assert ours(lines) == read
    check_tiers(lines, tiers.OPCUA, {446, 461, 467, 527, 631, 673, 712, 787, 751, 488})
    nodes = [
        fields["opcua.nodeid.string"]
        for _, fields in dissected(capture, "opcua", 4840)
        if number(fields, "opcua.servicenodeid.numeric") == 673
    ]
    assert [line["objects"] for line in lines if line["function_code"] == 673] == [
        [f"node ns=2;s={one[-1]}"] for one in nodes
    ]


class Silent:
    """Takes what a subscription tells."""

    def datachange_notification(self, node: Any, value: Any, data: Any) -> None:
        """Nothing is done with it."""


@needs_tshark
async def test_bacnet(tmp_path: Path) -> None:
    capture = tmp_path / "bacnet.pcap"
    async with (
        bacnet_devices.controller() as device,
        tapped_datagrams("bacnet", device.port, capture) as port,
        bacnet_devices.workstation(port) as tool,
    ):
        assert await tool.read("analog-input,1") == 21.5
        assert await tool.read("analog-value,9") == "object: unknown-object"
        await tool.read_many("analog-value,1", ["present-value", "object-name"])
        assert await tool.write("analog-value,1", 30) is None
        await tool.write("analog-output,1", 1, "relinquish-default")
        await tool.write_many(av1=40, av2=50)
        await tool.who_is()
        assert await tool.silence() is None
        assert await tool.restart() is None
    lines = await aside(inspected, capture)
    assert said_in(lines) == read_by_tshark(capture, "bacnet")
    asked = [(line["function_code"], line["tier"]) for line in lines if line["direction"] == "request"]
    codes = [(12, "read"), (12, "read"), (14, "read"), (15, "operate"), (15, "program"), (16, "operate")]
    assert asked == [*codes, (0x108, "read"), (17, "program"), (20, "firmware")]


@needs_tshark
async def test_fins(tmp_path: Path) -> None:
    capture = tmp_path / "fins.pcap"
    tool = FinsTool()
    async with simulator("fins_plc") as device_port, tapped("fins", device_port, capture) as port:
        await tool.connect(port)
        try:
            await tool.do("memory_area_read", DM, b"\0\x64\0", 2)
            await tool.do("memory_area_write", DM, b"\0\x64\0", b"\0\7", 1)
            await tool.send(0x0103, DM + b"\0\x64\0\0\1\0\7")
            await tool.do("cpu_unit_status_read")
            await tool.do("change_to_program_mode")
            for command, text in (
                (0x0402, b""),
                (0x0501, b""),
                (0x0701, b""),
                (0x0702, bytes(7)),
                (0x2101, b"\xff\xff"),
                (0x9999, b""),
            ):
                await tool.send(command, text)
        finally:
            tool.close()
    lines = await aside(inspected, capture)
    said = [line for line in lines if line["transaction"] is not None]
    assert ours(said) == theirs(capture, "omron", 9600, lambda fields: number(fields, "omron.command"))
    check_tiers(said, tiers.FINS, {0x0101, 0x0102, 0x0103, 0x0402, 0x0601, 0x0702, 0x9999})


async def test_slmp(tmp_path: Path) -> None:
    capture = tmp_path / "slmp.pcap"
    tool = SlmpTool()
    async with simulator("slmp_plc") as device_port, tapped("slmp", device_port, capture) as port:
        await tool.do("connect", "127.0.0.1", port)
        try:
            await tool.do("batchwrite_wordunits", "D100", [42, -1])
            await tool.do("batchread_wordunits", "D100", 2)
            await tool.do("batchread_bitunits", "M10", 3)
            await tool.do("randomread", ["D100"], ["D102"])
            await tool.do("randomwrite", ["D102"], [7], ["D104"], [9])
            await tool.do("read_cputype")
        finally:
            tool.client.close()
    lines = await aside(inspected, capture)  # tshark does not know SLMP
    commands = (0x1401, 0x0401, 0x0401, 0x0403, 0x1402, 0x0101)
    assert ours(lines) == [Pdu(asks, code) for code in commands for asks in (True, False)]
    assert [(line["function_code"], line["tier"]) for line in lines] == [
        (c, tiers.SLMP[c]) for c in commands for _ in "ab"
    ]
