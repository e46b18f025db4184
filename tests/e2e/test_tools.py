"""Real tools through the whole chain see what they see when they talk to the device directly."""

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pymodbus.client import AsyncModbusTcpClient

from deploy.demo.programs import run_once, start_on_free_port
from tests.e2e.devices import Device, echo
from tests.e2e.plant import Plant, patience

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
PLC, HOST = "waterworks/pump-plc", "waterworks/data-logger"
BULK_BYTES = 256 * 1024 * 1024
MOST_PIECES = 256
BULK_SECONDS = 300.0


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


@asynccontextmanager
async def modbus(port: int) -> AsyncIterator[AsyncModbusTcpClient]:
    """A pymodbus client; it is patient, for the first stream also dials the device."""
    client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=20, retries=0)
    assert await client.connect()
    try:
        yield client
    finally:
        client.close()


async def said_by_the_plc(port: int) -> list[str]:
    """What pymodbus gets to see of values that do not move, and of the device's own refusals."""
    async with modbus(port) as client:
        answers = [
            await client.read_coils(0, count=2, device_id=1),
            await client.read_holding_registers(101, count=2, device_id=1),
            await client.read_holding_registers(150, count=30, device_id=1),
            await client.read_holding_registers(0, count=1, device_id=1),
            await client.read_input_registers(90, count=10, device_id=1),
        ]
    return [str(answer) for answer in answers]


async def mbpoll(port: int, *arguments: str) -> tuple[int, str]:
    """Run mbpoll once; return exit code and output without the port."""
    command = ["mbpoll", "-1", "-0", "-o", "10", "-a", "1", "-t", "4", "-p", str(port), "127.0.0.1", *arguments]
    code, printed, errors = await run_once(command)
    return code, (printed + errors).replace(str(port), "PORT")


async def test_pymodbus_sees_through_the_chain_what_it_sees_directly(plant: Plant) -> None:
    async with plant.tunnel(PLC, user="operator-1") as tunnel:
        through = await said_by_the_plc(tunnel.port)
    direct = await said_by_the_plc(plant.plc_port)
    assert through == direct
    assert any("exception" in answer.lower() for answer in direct), "the device's own refusals are part of this"


@needs("mbpoll")
@pytest.mark.parametrize("arguments", [("-r", "101", "-c", "2"), ("-r", "0", "-c", "1"), ("-r", "150", "-c", "20")])
async def test_mbpoll_prints_through_the_chain_what_it_prints_directly(
    plant: Plant, arguments: tuple[str, ...]
) -> None:
    async with plant.tunnel(PLC, user="operator-1") as tunnel:
        assert await mbpoll(tunnel.port, *arguments) == await mbpoll(plant.plc_port, *arguments)


@needs("mbpoll")
async def test_a_write_that_the_policy_does_not_give_is_an_illegal_function_to_mbpoll(plant: Plant) -> None:
    async with plant.tunnel(PLC, user="operator-1") as tunnel:
        code, printed = await mbpoll(tunnel.port, "-r", "102", "7")
        assert code != 0
        assert "Illegal function" in printed
        assert "7" not in [str(line["values"]) for line in journal(plant) if line["address"] == 102]


async def test_an_approved_engineer_moves_the_pump_within_the_bounds_and_no_further(plant: Plant) -> None:
    await plant.granted(PLC, "modbus", approvers=("operator-1", "operator-2"), ticket="CHG-12345")
    async with plant.tunnel(PLC, service="modbus") as tunnel, modbus(tunnel.port) as client:
        assert not (await client.write_register(100, 512, device_id=1)).isError()
        assert (await client.write_register(100, 801, device_id=1)).exception_code == 3
        assert (await client.read_holding_registers(100, device_id=1)).registers == [512]
    written = [line["values"] for line in journal(plant) if line["function"] == 6 and line["address"] == 100]
    assert written == [[512]]


def journal(plant: Plant) -> list[dict[str, object]]:
    return [json.loads(line) for line in plant.journal.read_text().splitlines()]


# --- OpenSSH


@asynccontextmanager
async def shell(plant: Plant) -> AsyncIterator[int]:
    """An approved engineer's local port to the SSH host."""
    await plant.granted(HOST, "ssh", approvers=("operator-1",))
    async with plant.tunnel(HOST, service="ssh") as tunnel:
        yield tunnel.port


def ssh(plant: Plant, port: int, *command: str) -> list[str]:
    return ["ssh", *plant.ssh.options(), "-p", str(port), f"{plant.ssh.user}@127.0.0.1", *command]


async def test_ssh_runs_a_command_and_returns_its_output_and_exit_code(plant: Plant) -> None:
    async with shell(plant) as port:
        assert await run_once(ssh(plant, port, "cat; echo done >&2; exit 7"), stdin=b"typed") == (7, "typed", "done\n")


async def test_the_end_of_a_file_sent_through_ssh_ends_the_remote_command(plant: Plant, tmp_path: Path) -> None:
    sent, arrived = os.urandom(3_000_001), tmp_path / "arrived"
    async with shell(plant) as port:
        code, _, errors = await run_once(ssh(plant, port, f"cat > {arrived}"), stdin=sent)
    assert (code, errors) == (0, "")
    assert arrived.read_bytes() == sent


async def test_256_mib_go_up_with_scp_and_down_with_sftp_unchanged(plant: Plant, tmp_path: Path) -> None:
    source, there, back = (tmp_path / name for name in ("source", "there", "back"))
    expected = fill(source, BULK_BYTES)
    async with shell(plant) as port:
        target = f"{plant.ssh.user}@127.0.0.1"
        options = [*plant.ssh.options(), "-q", "-P", str(port)]
        up = await run_once(["scp", *options, str(source), f"{target}:{there}"], seconds=BULK_SECONDS)
        assert (up[0], digest(there)) == (0, expected), up
        source.unlink()
        down = await run_once(["sftp", *options, f"{target}:{there}", str(back)], seconds=BULK_SECONDS)
        assert (down[0], digest(back)) == (0, expected), down
    there.unlink()
    back.unlink()


def fill(path: Path, size: int) -> str:
    """Write random bytes; return their SHA-256."""
    with path.open("wb") as file:
        for _ in range(size // 2**20):
            file.write(os.urandom(2**20))
    return digest(path)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- plain TCP


@needs("iperf3")
async def test_iperf3_runs_both_ways_through_an_opaque_service(plant: Plant) -> None:
    command = ["iperf3", "-s", "-B", "127.0.0.1", "--forceflush", "-p"]
    server, port = await start_on_free_port(
        "iperf3", lambda port: [*command, str(port)], plant.folder / "iperf3.log", says="Server listening"
    )
    try:
        asset = await plant.add_opaque("iperf", port)
        async with plant.tunnel(asset) as tunnel:
            for direction in ((), ("-R",)):
                command = ["iperf3", "-J", "-c", "127.0.0.1", "-p", str(tunnel.port), "-t", "1", *direction]
                code, printed, _ = await run_once(command)
                assert code == 0, printed
                assert json.loads(printed)["end"]["sum_received"]["bytes"] > 2**20
    finally:
        await server.stop()


async def test_a_half_close_travels_through_the_chain_and_the_answer_comes_back_whole(plant: Plant) -> None:
    question, answer = os.urandom(300_000), os.urandom(2_000_000)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.write(answer)
        await writer.drain()
        writer.close()

    heard: list[bytes] = []
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    asset = await plant.add_opaque("half-close", server.sockets[0].getsockname()[1])
    async with server, plant.tunnel(asset) as tunnel, patience():
        reader, writer = await tunnel.connect()
        writer.write(question)
        writer.write_eof()
        assert await reader.read() == answer
        assert (await tunnel.end()).code == "closed"
    assert heard == [question]


async def test_a_slow_reader_slows_the_device_and_loses_nothing(plant: Plant) -> None:
    async with Device(echo) as device, plant.tunnel(await plant.add_opaque("slow", device.port)) as tunnel:
        reader, writer = await tunnel.connect()
        sent = await fill_the_way(writer)
        assert len(sent) < MOST_PIECES, "nobody reads the echo: all buffers on the way fill up, then it must stop"
        async with patience(60):
            for piece in sent:
                assert await reader.readexactly(len(piece)) == piece


async def fill_the_way(writer: asyncio.StreamWriter) -> list[bytes]:
    """Write pieces until one is not taken within three seconds; the kernel's buffers alone may hold many."""
    sent = []
    while len(sent) < MOST_PIECES:
        sent.append(os.urandom(4 * 2**20))
        writer.write(sent[-1])
        try:
            await asyncio.wait_for(writer.drain(), 3)
        except TimeoutError:
            break
    return sent
