"""What all guards of a busy broker keep together, when every tool stops in the middle of a message."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice, repeat
from typing import cast

import pytest

from benchmarks.guards import BEGINNINGS, LOADS, modbus
from guards.datagrams import framed
from guards.dnp3 import assembly as dnp3
from guards.dnp3.link import MAX_FRAME_BYTES
from guards.effects import Direction
from guards.opcua import chunks
from guards.registry import guarded_protocols, make_guard
from guards.s7 import cotp
from policies.rules import Rules, Tier
from tests.unit.guards.bacnet import traffic as bacnet
from tests.unit.guards.dnp3 import wire
from tests.unit.guards.fins import traffic as fins
from tests.unit.guards.material import MATERIAL
from tests.unit.guards.opcua import traffic as opcua
from tests.unit.guards.properties import HoldsBytes
from tests.unit.guards.s7 import traffic as s7
from tests.unit.guards.slmp import traffic as slmp

STREAMS = 10_000
MEASURED = 500
MAX_KIB_EACH = 16
RULES = Rules(tiers=frozenset(Tier))
FIRST = {
    "fins-udp": framed(fins.frame(0x0101, fins.point(0) + b"\0\1")),
    "modbus-rtu": modbus(1)[0],
    "slmp-udp": framed(slmp.READ_1),
}
"""What a tool may say first to the guards that are not measured."""


def interrupted(protocol: str) -> tuple[HoldsBytes, int]:
    """A guard that has had all of a usual message but the last byte; and how many bytes these are."""
    guard = make_guard(protocol, RULES, device_timeout_seconds=30.0, material=MATERIAL)
    assert guard is not None
    for direction, said in zip(cycle(Direction), BEGINNINGS.get(protocol, ()), strict=False):
        guard.receive(direction, said, 1.0)
    half = (FIRST[protocol] if protocol in FIRST else LOADS[protocol](1)[0])[:-1]
    assert guard.receive(Direction.TO_ASSET, half, 1.0) == []
    return guard, len(half)  # type: ignore[return-value] - every guard tells what it keeps, for its tests


@pytest.mark.parametrize("protocol", sorted(guarded_protocols()))
def test_ten_thousand_half_finished_messages_take_what_they_are_long(protocol: str) -> None:
    guards = [interrupted(protocol) for _ in range(STREAMS)]
    assert sum(guard.held_bytes for guard, _ in guards) == sum(size for _, size in guards)


@dataclass(frozen=True)
class Unending:
    """A message in pieces that never ends: what is said before it, its pieces, and the most that may be kept of it."""

    protocol: str
    pieces: Iterator[bytes]
    max_held_bytes: int
    before: tuple[tuple[Direction, bytes], ...] = ()


def dnp3_fragments() -> Iterator[bytes]:
    yield wire.frame(b"\x40" + bytes(249))
    for number in count(1):
        yield wire.frame(bytes([number & 0x3F]) + bytes(249))


def opcua_chunks() -> Iterator[bytes]:
    for number in count(2):
        yield opcua.message(bytes(60_000), 2, number, kind=b"MSGC")


def bacnet_segments() -> Iterator[bytes]:
    for number in count():
        yield bacnet.confirmed(15, bytes(400), segments=bytes((number & 0xFF, 4)))


UNENDING = (
    Unending("dnp3", dnp3_fragments(), dnp3.MAX_HELD_BYTES + MAX_FRAME_BYTES),
    Unending(
        "s7",
        repeat(s7.piece(bytes(1000), last=False)),
        cotp.MAX_PIECES_BYTES + cotp.MAX_TPKT_BYTES,
        ((Direction.TO_ASSET, s7.connect()), (Direction.TO_USER, s7.CONFIRM)),
    ),
    Unending("opcua", opcua_chunks(), chunks.MAX_REQUEST_BYTES + chunks.MAX_CHUNK_BYTES, tuple(opcua.BEGINNING)),
    Unending("bacnet", bacnet_segments(), 0),  # refused segment by segment
)


@pytest.mark.parametrize("case", UNENDING, ids=lambda case: case.protocol)
def test_a_message_in_pieces_that_never_ends_is_kept_up_to_its_bound(case: Unending) -> None:
    made = make_guard(case.protocol, RULES, device_timeout_seconds=30.0, material=MATERIAL)
    assert made is not None
    guard = cast("HoldsBytes", made)
    for direction, said in case.before:
        guard.receive(direction, said, 1.0)
    tracemalloc.start()
    try:
        held = 0
        for piece in islice(case.pieces, 400):
            guard.receive(Direction.TO_ASSET, piece, 1.0)
            held = max(held, guard.held_bytes)
            assert guard.held_bytes <= case.max_held_bytes
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held >= case.max_held_bytes // 4
    assert most < 8 * case.max_held_bytes + 512 * 1024


@pytest.mark.parametrize("protocol", sorted(guarded_protocols()))
def test_a_guard_with_a_half_finished_message_is_small(protocol: str) -> None:
    interrupted(protocol)
    tracemalloc.start()
    try:
        guards = [interrupted(protocol) for _ in range(MEASURED)]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < len(guards) * MAX_KIB_EACH * 1024
