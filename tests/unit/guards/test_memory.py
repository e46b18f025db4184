"""What all guards of a busy broker keep together, when every tool stops in the middle of a message."""

import tracemalloc

import pytest

from benchmarks.guards import BEGINNINGS, LOADS, modbus
from guards.effects import Direction
from guards.registry import guarded_protocols, make_guard
from policies.rules import Rules, Tier
from tests.unit.guards.material import MATERIAL
from tests.unit.guards.opcua import traffic as opcua
from tests.unit.guards.properties import HoldsBytes

STREAMS = 10_000
MEASURED = 500
MAX_KIB_EACH = 16
RULES = Rules(tiers=frozenset(Tier))
FIRST = {
    "bacnet": b"\0\x11" + bytes.fromhex("810a0011 0104 00050c0c023fffff19 4b".replace(" ", "")),
    "modbus-rtu": modbus(1)[0],
    "opcua": opcua.hello(),
}
"""What a tool may say first to the guards that are not measured."""


def interrupted(protocol: str) -> tuple[HoldsBytes, int]:
    """A guard that has had all of a usual message but the last byte; and how many bytes these are."""
    guard = make_guard(protocol, RULES, device_timeout_seconds=30.0, material=MATERIAL)
    assert guard is not None
    for direction, said in zip(Direction, BEGINNINGS.get(protocol, ()), strict=False):
        guard.receive(direction, said, 1.0)
    half = (FIRST[protocol] if protocol in FIRST else LOADS[protocol](1)[0])[:-1]
    assert guard.receive(Direction.TO_ASSET, half, 1.0) == []
    return guard, len(half)  # type: ignore[return-value] - every guard tells what it keeps, for its tests


@pytest.mark.parametrize("protocol", sorted(guarded_protocols()))
def test_ten_thousand_half_finished_messages_take_what_they_are_long(protocol: str) -> None:
    guards = [interrupted(protocol) for _ in range(STREAMS)]
    assert sum(guard.held_bytes for guard, _ in guards) == sum(size for _, size in guards)


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
