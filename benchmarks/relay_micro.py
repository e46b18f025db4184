"""What the relay itself costs: client, broker and agent as three processes, against OpenSSH ``-L`` + ``-R`` over sshd.

Nothing but the tunnel: no policy, no recording. ``--inspect`` puts a pass-through inspector into broker and agent.
``--guard`` puts into the broker what stands there for Modbus (guard, counters, the ledger that live views read), and
measures round trips only.
Both chains carry the same load between the same generator and the same device, alternating. Run from the repository:
``python -m benchmarks.relay_micro --rounds 5``.
"""

import argparse
import asyncio
import datetime
import ipaddress
import os
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvloop
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from broker.gateways.carrying import operation_counter
from broker.http.metrics import Metrics
from broker.sessions.inspector import RecordingInspector
from broker.sessions.ledger import Ledger
from deploy.demo.ports import free_port
from guards.effects import Direction, Effect, Forward
from guards.material import GuardMaterial
from guards.registry import make_guard
from policies.rules import Rules, Tier
from tunnel.clock import SystemClock
from tunnel.ends import FramedEnd, PlainEnd, ReadBuffer
from tunnel.relay import Inspector, Relay
from tunnel.taking import accept_stream
from tunnel.tls import client_context, server_context
from tunnel.upgrade import Endpoint, open_stream

AGENT_STREAMS = 24
REQUEST = struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 0, 10)  # a Modbus/TCP read of 10 registers
REPLY = struct.pack(">HHHBBB", 1, 0, 23, 1, 3, 20) + bytes(20)


class PassThrough:
    """An inspector that sees everything and forwards it."""

    def opened(self, _now_monotonic: float) -> Iterable[Effect]:
        return ()

    def inspect(self, direction: Direction, data: bytes, _now_monotonic: float) -> Iterable[Effect]:
        return (Forward(direction, data),)

    def on_tick(self, _now_monotonic: float) -> Iterable[Effect]:
        return ()

    def next_tick_monotonic(self) -> float | None:
        return None

    def asset_gone(self, _now_monotonic: float) -> Iterable[Effect]:
        return ()

    def good_bye(self, _now_monotonic: float) -> Iterable[Effect]:
        return ()


def judge() -> RecordingInspector:
    """What stands in the broker between both sides of a Modbus stream, but for the recorder."""
    material = GuardMaterial(os.urandom, datetime.datetime.now(datetime.UTC), time.monotonic())
    guard = make_guard("modbus", Rules(tiers=frozenset({Tier.READ})), device_timeout_seconds=30, material=material)
    count = operation_counter(Metrics(), Ledger(SystemClock()), 1)
    return RecordingInspector(1, None, guard, required=False, on_full=lambda: None, on_operation=count)


def relay(left: FramedEnd | PlainEnd, right: FramedEnd | PlainEnd, inspector: Inspector | None) -> None:
    Relay(left, right, inspector, idle_seconds=600, on_end=lambda _end: None).start()


async def run_broker(folder: Path, inspector: Callable[[], Inspector | None]) -> None:
    buffer, waiting = ReadBuffer(), asyncio.Queue[FramedEnd]()

    async def agent(request: web.Request) -> web.StreamResponse:
        end = FramedEnd(buffer)
        response = accept_stream(request, end)
        waiting.put_nowait(end)
        return response

    async def user(request: web.Request) -> web.StreamResponse:
        right, left = await waiting.get(), FramedEnd(buffer)
        response = accept_stream(request, left)
        relay(left, right, inspector())
        return response

    application = web.Application()
    application.add_routes([web.get("/agent", agent), web.get("/user", user)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    tls = server_context(folder / "server.pem", folder / "key.pem", (folder / "ca.pem").read_text())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        await web.SockSite(runner, listener, ssl_context=tls).start()
        announce(listener)
        await asyncio.Event().wait()


def broker_endpoint(folder: Path, port: int) -> Endpoint:
    return Endpoint("127.0.0.1", port, client_context((folder / "ca.pem").read_text()))


async def run_agent(folder: Path, inspect: bool, broker_port: int, device_port: int) -> None:
    buffer, endpoint = ReadBuffer(), broker_endpoint(folder, broker_port)
    for _ in range(AGENT_STREAMS):
        left = FramedEnd(buffer)
        _, right = await asyncio.get_running_loop().create_connection(
            lambda: PlainEnd(buffer), "127.0.0.1", device_port
        )
        await open_stream(endpoint, "/agent", {}, left)
        relay(left, right, PassThrough() if inspect else None)
    print("ready", flush=True)
    await asyncio.Event().wait()


async def run_client(folder: Path, broker_port: int) -> None:
    buffer, endpoint, tasks = ReadBuffer(), broker_endpoint(folder, broker_port), set[asyncio.Task[None]]()

    async def splice(left: PlainEnd) -> None:
        right = FramedEnd(buffer)
        await open_stream(endpoint, "/user", {}, right)
        relay(left, right, None)

    def accepted() -> PlainEnd:
        left = PlainEnd(buffer)
        tasks.add(asyncio.ensure_future(splice(left)))
        return left

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = await asyncio.get_running_loop().create_server(accepted, sock=listener)
        announce(listener)
        await server.serve_forever()


def announce(listener: socket.socket) -> None:
    print(listener.getsockname()[1], flush=True)


def run_device() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        announce(listener)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve_device, args=(connection,), daemon=True).start()


def serve_device(connection: socket.socket) -> None:
    """Serve one connection: ``U`` counts what comes, ``D`` sends as many bytes as asked; else it answers requests."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffer = bytearray(1 << 20)
    with connection:
        match connection.recv(1, socket.MSG_PEEK):
            case b"U":
                total = -1
                while size := connection.recv_into(buffer):
                    total += size
                connection.sendall(total.to_bytes(8, "big"))
            case b"D":
                left = int.from_bytes(connection.recv(9, socket.MSG_WAITALL)[1:], "big")
                while left:
                    left -= connection.send(memoryview(buffer)[: min(left, len(buffer))])
            case _:
                while connection.recv(len(REQUEST), socket.MSG_WAITALL):
                    connection.sendall(REPLY)


def connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def measure_up(port: int, size: int) -> float:
    """Return MiB/s towards the device."""
    block = bytes(1 << 20)
    with connect(port) as connection:
        begin = time.perf_counter()
        connection.sendall(b"U")
        for _ in range(size // len(block)):
            connection.sendall(block)
        connection.shutdown(socket.SHUT_WR)
        if int.from_bytes(connection.recv(8, socket.MSG_WAITALL), "big") != size:
            raise RuntimeError("bytes were lost")
        return size / (time.perf_counter() - begin) / (1 << 20)


def measure_down(port: int, size: int) -> float:
    """Return MiB/s from the device."""
    buffer, total = bytearray(1 << 20), 0
    with connect(port) as connection:
        begin = time.perf_counter()
        connection.sendall(b"D" + size.to_bytes(8, "big"))
        while count := connection.recv_into(buffer):
            total += count
        if total != size:
            raise RuntimeError("bytes were lost")
        return size / (time.perf_counter() - begin) / (1 << 20)


def measure_round_trips(port: int, count: int) -> list[float]:
    """Return microseconds of single requests, one after the other."""
    times = []
    with connect(port) as connection:
        for _ in range(count):
            begin = time.perf_counter()
            connection.sendall(REQUEST)
            answer = connection.recv(len(REPLY), socket.MSG_WAITALL)
            times.append((time.perf_counter() - begin) * 1e6)
            if answer != REPLY:
                raise RuntimeError("the dialogue broke off")
    return times[count // 10 :]


@contextmanager
def process(arguments: list[str]) -> Iterator[str]:
    """Run a process, yield its first line."""
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child.stdout.readline().strip() if child.stdout else ""
        finally:
            child.terminate()


def start_ours(stack: ExitStack, folder: Path, device: str, flags: list[str]) -> int:
    def role(*arguments: str) -> str:
        me = [sys.executable, "-m", "benchmarks.relay_micro", "--folder", str(folder), *flags, "--role", *arguments]
        return stack.enter_context(process(me))

    broker = role("broker")
    role("agent", broker, device)
    return int(role("client", broker))


def start_openssh(stack: ExitStack, folder: Path, device: str) -> int:
    """Start sshd, an ``ssh -R`` in the agent's place and an ``ssh -L`` in the client's; return the local port."""
    key, host = folder / "user_key", folder / "host_key"
    for path in (key, host):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    sshd_port, middle, local = free_port(), free_port(), free_port()
    options = [
        *(f"HostKey={host}", f"AuthorizedKeysFile={key}.pub", f"PidFile={folder}/sshd.pid", "StrictModes=no"),
        *("UsePAM=no", "PermitRootLogin=yes", "ListenAddress=127.0.0.1", "AllowTcpForwarding=yes"),
    ]
    sshd = shutil.which("sshd", path="/usr/sbin:/usr/bin") or "sshd"
    Path("/run/sshd").mkdir(exist_ok=True)
    flags = [part for option in options for part in ("-o", option)]
    stack.enter_context(background([sshd, "-D", "-e", "-f", "/dev/null", "-p", str(sshd_port), *flags]))
    wait_for(sshd_port)
    ssh = ["ssh", "-N", "-i", str(key), "-p", str(sshd_port), "-F", "/dev/null", "-o", "StrictHostKeyChecking=no"]
    ssh += ["-o", "UserKnownHostsFile=/dev/null", "-o", "ExitOnForwardFailure=yes", "-o", "LogLevel=ERROR", "127.0.0.1"]
    stack.enter_context(background([*ssh, "-R", f"127.0.0.1:{middle}:127.0.0.1:{device}"]))
    wait_for(middle)
    stack.enter_context(background([*ssh, "-L", f"127.0.0.1:{local}:127.0.0.1:{middle}"]))
    wait_for(local)
    return local


@contextmanager
def background(arguments: list[str]) -> Iterator[None]:
    with subprocess.Popen(arguments, stderr=subprocess.DEVNULL) as child:
        try:
            yield
        finally:
            child.terminate()


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing listens on {port}")


def make_certificates(folder: Path) -> None:
    """Write ca.pem, server.pem (leaf, CA) and key.pem."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "benchmark CA")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    ca = certificate(ca_name, ca_key.public_key(), ca_name, ca_key, x509.BasicConstraints(True, None))
    leaf = certificate(name, key.public_key(), ca_name, ca_key, address)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(leaf.public_bytes(pem) + ca.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)


def certificate(
    name: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(issuer, name, key, x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(hours=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=1))
    return builder.add_extension(extension, critical=True).sign(issuer_key, hashes.SHA256())


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def compare(chains: dict[str, int], rounds: int, size: int, trips: int) -> None:
    """Alternate between the chains and print medians and ratios; without a ``size``, of round trips only."""
    results: dict[str, dict[str, list[float]]] = {name: {} for name in chains}
    for _ in range(rounds):
        for name, port in chains.items():
            times = measure_round_trips(port, trips)
            bulk = {"up MiB/s": measure_up(port, size), "down MiB/s": measure_down(port, size)} if size else {}
            row = {**bulk, "p50 us": percentile(times, 0.5), "p99 us": percentile(times, 0.99)}
            for measure, value in row.items():
                results[name].setdefault(measure, []).append(value)
    print_table(results)


def print_table(results: dict[str, dict[str, list[float]]]) -> None:
    print(f"{'':12}" + "".join(f"{name:>12}" for name in results) + f"{'ratio':>8}")
    for measure in next(iter(results.values())):
        medians = [statistics.median(row[measure]) for row in results.values()]
        cells = "".join(f"{value:12.0f}" for value in medians)
        print(f"{measure:12}{cells}" + (f"{medians[0] / medians[1]:8.2f}" if len(medians) > 1 else ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mib", type=int, default=128)
    parser.add_argument("--trips", type=int, default=2000)
    parser.add_argument("--inspect", action="store_true")
    parser.add_argument("--guard", action="store_true")
    parser.add_argument("--only", choices=["ours", "openssh"])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--role", nargs="+")
    options = parser.parse_args()
    if options.role:
        play(options)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        make_certificates(folder)
        device = stack.enter_context(process([sys.executable, "-m", "benchmarks.relay_micro", "--role", "device"]))
        chains = {}
        if options.only != "openssh":
            flags = [f"--{name}" for name in ("inspect", "guard") if getattr(options, name)]
            chains["ours"] = start_ours(stack, folder, device, flags)
        if options.only != "ours":
            chains["openssh"] = start_openssh(stack, folder, device)
        compare(chains, options.rounds, 0 if options.guard else options.mib << 20, options.trips)


def play(options: argparse.Namespace) -> None:
    role, folder, inspect = options.role, options.folder, options.inspect
    ports = [int(port) for port in role[1:]]
    inspector = judge if options.guard else PassThrough if inspect else lambda: None
    roles: dict[str, Callable[[], object]] = {
        "device": run_device,
        "broker": lambda: uvloop.run(run_broker(folder, inspector)),
        "agent": lambda: uvloop.run(run_agent(folder, inspect, *ports)),
        "client": lambda: uvloop.run(run_client(folder, *ports)),
    }
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    roles[role[0]]()


if __name__ == "__main__":
    main()
