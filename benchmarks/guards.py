"""What a guard alone costs: requests a second on one core, each with its answer: ``python -m benchmarks.guards``.

Tools poll the same few requests for hours, with a reference that counts: so does this load. The clock is the process's
own, so that a busy machine changes little.
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from guards.effects import Direction, Forward, Reply
from guards.registry import GuardMaterial, make_guard
from policies.rules import Rules

PAIRS = 20_000
ROUNDS = 5
RULES = Rules.model_validate({"tiers": {"read", "operate"}, "max_in_flight": 1})
MATERIAL = GuardMaterial(random=bytes, started_at=datetime(2026, 1, 1, tzinfo=UTC), started_monotonic=0.0)
Pair = tuple[bytes, bytes]


def modbus(number: int) -> Pair:
    """A read of ten registers."""
    head = (number & 0xFFFF).to_bytes(2)
    return head + bytes.fromhex("0000 0006 01 03 000a 000a"), head + bytes.fromhex("0000 0017 01 03 14") + bytes(20)


def s7(number: int) -> Pair:
    """A read of one word of a data block."""
    reference = (number & 0xFFFF).to_bytes(2)
    asked = (
        bytes.fromhex("0300001f 02f080 32010000") + reference + bytes.fromhex("000e0000 0401 120a10040001000184000020")
    )
    told = bytes.fromhex("0300001b 02f080 32030000") + reference + bytes.fromhex("00020006 0000 0401 ff0400100002")
    return asked, told


def iec104(number: int) -> Pair:
    """A command and its confirmation, each acknowledging the other."""
    count = (number % 0x8000 << 1).to_bytes(2, "little")
    heard = ((number + 1) % 0x8000 << 1).to_bytes(2, "little")
    command = bytes.fromhex("2d01 0600 0100 a10f00 01")
    asked = b"\x68\x0e" + count + count + command
    return asked, b"\x68\x0e" + count + heard + command[:2] + b"\x07" + command[3:]


BEGINNINGS = {"iec104": (bytes.fromhex("680407000000"), bytes.fromhex("68040b000000"))}
LOADS: dict[str, Callable[[int], Pair]] = {"iec104": iec104, "modbus": modbus, "s7": s7}


def requests_per_second() -> dict[str, float]:
    """Return the medians by protocol."""
    return {protocol: statistics.median(_round(protocol) for _ in range(ROUNDS)) for protocol in LOADS}


def _round(protocol: str) -> float:
    guard = make_guard(protocol, RULES, device_timeout_seconds=30.0, material=MATERIAL)
    assert guard is not None
    pairs = [LOADS[protocol](number) for number in range(PAIRS)]
    passed = 0
    for begins, confirms in filter(None, [BEGINNINGS.get(protocol)]):
        guard.receive(Direction.TO_ASSET, begins, 1.0)
        guard.receive(Direction.TO_USER, confirms, 1.0)
    begin = time.process_time()
    for asked, told in pairs:
        guard.receive(Direction.TO_ASSET, asked, 1.0)
        passed += isinstance(guard.receive(Direction.TO_USER, told, 1.0)[1], Forward | Reply)
    seconds = time.process_time() - begin
    if passed != PAIRS:
        raise RuntimeError(f"{protocol}: only {passed} of {PAIRS} answers passed")
    return PAIRS / seconds


if __name__ == "__main__":
    for name, value in requests_per_second().items():
        print(f"{name:10}{value:10.0f} requests a second")
