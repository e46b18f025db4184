"""Compare Wicketgate's chain with OpenSSH's, alternating in one run, and print ratios: ``python -m benchmarks``."""

import argparse
import asyncio
import json
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import guards, load, memory
from benchmarks.chain import BenchPlant
from benchmarks.openssh import OpenSshChain
from benchmarks.report import Report
from deploy.demo.ports import free_port

RESULTS = Path(__file__).with_name("results")
MODBUS_SERVICES = 9


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    rounds: int = 5
    mib: int = 128
    trips: int = 2000
    openings: int = 30
    cuts: int = 30
    links: int = 1000
    streams: int = 1000


QUICK = Scale(rounds=2, mib=32, trips=300, openings=10, cuts=5, links=50, streams=50)


@dataclass(slots=True)
class Samples:
    """Medians of rounds, by what was measured."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """Take one round's value."""
        self.values.setdefault(name, []).append(value)

    def median(self, name: str) -> float:
        """The median over the rounds."""
        return statistics.median(self.values[name])


@contextmanager
def device() -> Iterator[tuple[int, int]]:
    """Run the device and yield its bulk and its Modbus port."""
    command = [sys.executable, "-m", "benchmarks.device", str(MODBUS_SERVICES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            bulk, modbus = map(int, process.stdout.readline().split())
            yield bulk, modbus
        finally:
            process.terminate()


async def measure(scale: Scale, folder: Path) -> Report:
    """Run everything."""
    with device() as (bulk, modbus):
        ports = {"bulk": bulk, **{f"modbus-{number}": modbus for number in range(MODBUS_SERVICES)}}
        async with AsyncExitStack() as stack:
            openssh = OpenSshChain(folder)
            stack.push_async_callback(openssh.stop)
            ssh_bulk, ssh_modbus = await openssh.start(bulk, modbus)
            recorded = await stack.enter_async_context(BenchPlant(folder / "recorded", ports, recorded=True))
            plain = await stack.enter_async_context(BenchPlant(folder / "plain", ports, recorded=False))
            chains = {"openssh": (ssh_bulk, ssh_modbus)}
            for name, plant in (("plain", plain), ("recorded", recorded)):
                await plant.login()
                chains[name] = (free_port(), free_port())
                await plant.connect("bulk", chains[name][0])
                await plant.connect("modbus-0", chains[name][1])
            samples = await asyncio.to_thread(compare, chains, modbus, scale)
            opened = await asyncio.to_thread(load.openings, chains["recorded"][1], scale.openings)
            cuts = await revoke_to_cut(recorded, scale.cuts)
            admin, user = await recorded.signed_in("admin"), await recorded.signed_in("engineer")
            stack.push_async_exit(admin)
            stack.push_async_exit(user)
            services = [name for name in ports if name != "bulk" and name != "modbus-0"]
            stream_kb = await memory.idle_stream_kb(recorded, user, services, scale.streams)
            link_kb = await memory.agent_link_kb(recorded, admin, folder, scale.links)
    alone = await asyncio.to_thread(guards.requests_per_second)
    return Report.of(samples.values, opened, cuts, link_kb=link_kb, stream_kb=stream_kb, guards=alone)


def compare(chains: dict[str, tuple[int, int]], device: int, scale: Scale) -> Samples:
    """Let the chains take turns, and the device itself beside them."""
    samples = Samples()
    size = scale.mib * load.MIB
    for number in range(scale.rounds):
        print(f"round {number + 1} of {scale.rounds} ...", file=sys.stderr, flush=True)
        direct = load.percentile(load.round_trips(device, scale.trips), 0.95)
        for name, (bulk, modbus) in chains.items():
            trips = load.round_trips(modbus, scale.trips)
            samples.add(f"{name} round_trip_p50", load.percentile(trips, 0.5))
            samples.add(f"{name} round_trip_p99", load.percentile(trips, 0.99))
            samples.add(f"{name} round_trip_added_p95", load.percentile(trips, 0.95) - direct)
            samples.add(f"{name} throughput_up", load.throughput_up(bulk, size))
            samples.add(f"{name} throughput_down", load.throughput_down(bulk, size))
    return samples


async def revoke_to_cut(plant: BenchPlant, count: int) -> list[float]:
    """Seconds from sending a grant's revocation to the end of the tool's connection."""
    operator = await plant.signed_in("operator-1")
    loop, times = asyncio.get_running_loop(), []
    for number in range(count):
        local = free_port()
        program = await plant.connect("modbus-1", local)
        connection = await asyncio.to_thread(load.connect, local)
        connection.sendall(load.READ)
        await asyncio.to_thread(connection.recv, load.ANSWER_BYTES, socket.MSG_WAITALL)
        session = (await operator.get("/sessions", active="true", limit="1"))["items"][0]
        begin = loop.time()
        waiting = asyncio.create_task(asyncio.to_thread(connection.recv, 1))
        await operator.post(f"/grants/{session['grant']}/revoke", reason=f"benchmark {number}")
        await waiting
        times.append(loop.time() - begin)
        connection.close()
        await program.stop()
    await operator.__aexit__(None, None, None)
    return times


def main() -> int:
    """Measure, print the table, keep the numbers; return the exit code, 1 where a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it works")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wg-bench-") as folder:
        report = asyncio.run(measure(QUICK if options.quick else Scale(), Path(folder)))
    print(report.table())
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / "latest.json"
    target.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    print(f"\nWritten to {target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target}")
    # Small numbers say nothing about speed.
    return 1 if report.missed() and not options.quick else 0


if __name__ == "__main__":
    raise SystemExit(main())
