"""What every decoder must keep: garbage never raises, chunks never matter, what is kept is bounded."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.captures.files import read_packets
from client.captures.packets import PacketReader
from guards.datagrams import framed
from guards.effects import Direction, Operation
from guards.registry import decoded_protocols, make_decoder
from policies.ports import WELL_KNOWN_PORTS
from policies.protocols import is_datagrams
from policies.rules import Rules, Tier
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED
from tests.unit.guards.properties import Step, rechunked

FOLDERS = {
    "bacnet": "bacnet",
    "dnp3": "dnp3",
    "enip": "enip",
    "fins": "omron-fins",
    "modbus": "modbus",
    "opcua": "opcua-binary",
    "s7": "s7comm",
}
SEVERE = frozenset({"dnp3-flowbuffer-overflow-assert", "pending_overflow", "fuzz-72", "fuzz-1011"})
"""Captures that are broken on purpose: after a fault the next chunk is the beginning of a message."""
MAX_KEPT_BYTES = 1 << 20
STEPS = st.lists(st.tuples(st.sampled_from(list(Direction)), st.binary(max_size=120)), max_size=6)
every = pytest.mark.parametrize("protocol", sorted(decoded_protocols()))


def captures() -> Iterator[tuple[str, Path]]:
    for protocol, folder in sorted(FOLDERS.items()):
        for path in sorted((CAPTURES / folder).rglob("*.pcap")):
            if path.stem not in SEVERE and path.stat().st_size < (100_000 if protocol == "enip" else 25_000):
                yield protocol, path


def spoken(protocol: str, path: Path) -> Iterator[list[Step]]:
    """Yield what is said in each flow to the port of a protocol; repeated segments are left out."""
    home, reader = WELL_KNOWN_PORTS[protocol], PacketReader()
    transport = "udp" if is_datagrams(protocol) else "tcp"
    flows: dict[frozenset[object], list[Step]] = {}
    seen: set[tuple[object, int]] = set()
    with path.open("rb") as file:
        for _, link, data in read_packets(file):
            segment = reader.read(link, data)
            if segment is None or segment.transport != transport or not segment.payload:
                continue
            key = segment.source, segment.sequence
            if key in seen or home not in {segment.source.port, segment.destination.port}:
                continue
            way = Direction.TO_USER if segment.source.port == home else Direction.TO_ASSET
            steps = flows.setdefault(frozenset(segment[1:3]), [])
            if transport == "udp":
                steps.append((way, framed(segment.payload)))
                continue
            seen.add(key)
            steps.append((way, segment.payload))
    yield from flows.values()


def read(protocol: str, steps: list[Step], rules: Rules | None = None) -> list[Operation]:
    decoder = make_decoder(protocol, rules)
    return [operation for way, data in steps for operation in decoder.receive(way, data, 1.0)]


@every
@given(steps=STEPS, losses=st.sets(st.integers(0, 5)))
def test_garbage_never_raises(protocol: str, steps: list[Step], losses: set[int]) -> None:
    decoder = make_decoder(protocol, Rules(tiers=frozenset({Tier.READ})))
    for number, (way, data) in enumerate(steps):
        if number in losses:
            decoder.lost(way)
        for operation in decoder.receive(way, data, 1.0):
            assert operation.protocol == protocol.removesuffix("-rtu")


@pytest.mark.skipif(not CAPTURES.exists(), reason=WHY_SKIPPED)
@pytest.mark.parametrize("protocol", sorted(FOLDERS))
def test_broken_messages_never_raise(protocol: str) -> None:
    """Real messages with one byte changed, each byte of a message in turn."""
    messages = [step for each, path in captures() if each == protocol for steps in spoken(each, path) for step in steps]
    assert messages
    for number, (way, data) in enumerate(messages[:200]):
        decoder = make_decoder(protocol)
        for at in range(number % 7, min(len(data), 160), 7):
            decoder.receive(way, data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :], 1.0)


@pytest.mark.skipif(not CAPTURES.exists(), reason=WHY_SKIPPED)
@pytest.mark.parametrize(("protocol", "path"), list(captures()), ids=lambda value: getattr(value, "name", value))
def test_chunks_never_matter_on_real_traffic(protocol: str, path: Path) -> None:
    for steps in spoken(protocol, path):
        whole = read(protocol, steps)
        if not any(operation.function == "unreadable" for operation in whole):
            assert read(protocol, rechunked(steps, [1, 3, 40])) == whole


@every
def test_what_is_kept_is_bounded(protocol: str) -> None:
    """Heads that announce a message without end, and many that are never answered."""
    starts = {
        "dnp3": b"\x05\x64\xff", "enip": b"\x6f\x00\xff\xff", "fins": b"FINS\x00\x00\x07\xff", "iec104": b"\x68\xfd",
        "modbus": b"\x00\x01\x00\x00\x00\xfe", "opcua": b"MSGF\xff\xff\xff\xff", "s7": b"\x03\x00\xff\xff\x02\xf0\x00",
        "slmp": b"\x50\x00\x00\xff\xff\x03\x00\xff\xff",
    }  # fmt: skip
    decoder = make_decoder(protocol)
    filler = bytes(32_768)
    tracemalloc.start()
    try:
        for _ in range(60):
            decoder.receive(Direction.TO_ASSET, starts.get(protocol, b"\xff"), 1.0)
            decoder.receive(Direction.TO_ASSET, filler, 1.0)
        assert tracemalloc.get_traced_memory()[0] < MAX_KEPT_BYTES
    finally:
        tracemalloc.stop()


def test_every_decoder_is_under_test_with_real_traffic_or_has_a_test_of_its_own() -> None:
    own = {path.parent.name for path in Path(__file__).parent.glob("*/test_decoder.py")}
    own |= {"modbus-rtu"} if (Path(__file__).parent / "modbus" / "test_rtu_decoder.py").exists() else set()
    assert decoded_protocols() <= FOLDERS.keys() | own
