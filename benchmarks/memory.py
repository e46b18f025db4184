"""What an idle agent link and an idle stream cost the broker: resident memory before and after many of them."""

import asyncio
import gc
import secrets
import ssl
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.chain import BenchPlant
from deploy.demo.api import Api
from deploy.demo.plant import SITE
from tunnel.ends import FramedEnd, ReadBuffer
from tunnel.messages import CONTROL_PATH, ENROLMENT_PATH, Hello, SiteLock
from tunnel.tls import client_context
from tunnel.upgrade import Endpoint, open_stream

SETTLE_SECONDS = 3.0


def resident_kb(pid: int) -> int:
    """Resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("no VmRSS")


async def agent_link_kb(plant: BenchPlant, admin: Api, folder: Path, count: int) -> float:
    """Kilobytes of the broker per idle agent link."""
    certificates = [await _enrol(plant, admin, folder, number) for number in range(count)]
    before = await _settled(plant)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        links = [await _link(http, plant, certificate) for certificate in certificates]
        after = await _settled(plant)
        for link in links:
            await link.close()
    return (after - before) / count


async def idle_stream_kb(plant: BenchPlant, user: Api, services: list[str], count: int) -> float:
    """Kilobytes of the broker per idle stream, recorder and guard included."""
    sessions = [await plant.open_session(user, service) for service in services]
    endpoint = Endpoint("localhost", int(plant.url.rpartition(":")[2]), client_context(plant.ca.read_text()))
    buffer, ends = ReadBuffer(), []
    before = await _settled(plant)
    for number in range(count):
        end = FramedEnd(buffer)
        path = f"/api/v1/sessions/{sessions[number % len(sessions)]['id']}/streams"
        await open_stream(endpoint, path, {"Authorization": f"Bearer {user.token}"}, end)
        ends.append(end)
    after = await _settled(plant)
    for end in ends:
        end.discard()
    for session in sessions:
        await user.post(f"/sessions/{session['id']}/end")
    return (after - before) / count


async def _settled(plant: BenchPlant) -> int:
    gc.collect()
    await asyncio.sleep(SETTLE_SECONDS)
    return resident_kb(plant.broker.pid)


async def _enrol(plant: BenchPlant, admin: Api, folder: Path, number: int) -> ssl.SSLContext:
    token = secrets_of((await admin.post(f"/sites/{SITE}/join-tokens"))["token"])
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"bench-{number}")])
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    body = {
        "secret": token, "csr": csr.public_bytes(serialization.Encoding.PEM).decode(), "name": f"bench-{number}",
        "software": "benchmark", "clock": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    answer = await admin.call("POST", ENROLMENT_PATH, body)
    path = folder / f"bench-{number}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + answer["certificate"].encode())
    return client_context(plant.ca.read_text(), certificate=path, key=path)


def secrets_of(token: str) -> str:
    """The secret inside a join token."""
    import base64
    import json

    text = token.removeprefix("wgj1.")
    value: str = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))["secret"]
    return value


async def _link(http: aiohttp.ClientSession, plant: BenchPlant, tls: ssl.SSLContext) -> aiohttp.ClientWebSocketResponse:
    socket = await http.ws_connect(plant.url + CONTROL_PATH, ssl=tls, autoping=True, compress=0)
    hello = Hello(
        software="benchmark", clock=datetime.now(UTC), lock=SiteLock(locked=False), ceiling_digest="0",
        instance=secrets.token_hex(16),
    )  # fmt: skip
    await socket.send_str(hello.model_dump_json())
    await socket.receive(timeout=30)
    return socket
