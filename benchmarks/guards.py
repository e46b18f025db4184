"""What a guard alone costs: requests a second on one core, each with its answer: ``python -m benchmarks.guards``.

Tools poll the same few requests for hours, with a reference that counts: so does this load. The clock is the process's
own, so that a busy machine changes little.
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from guards.dnp3.link import frame
from guards.effects import Direction, Forward, Reply
from guards.material import GuardMaterial
from guards.registry import make_guard
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


def dnp3(number: int) -> Pair:
    """A read of one analog input."""
    head = bytes([0xC0, 0xC0 | number & 0x0F])
    asked = frame(0xC4, 10, 1, head + bytes.fromhex("01 1e02000000"))
    return asked, frame(0x44, 1, 10, head + bytes.fromhex("81 0000 1e02000000 01 2a00"))


ENIP_SESSION = bytes.fromhex("07000000")


def enip(number: int) -> Pair:
    """A read of one tag, outside connections."""
    asked = bytes.fromhex("4c 04 91 05 5370656564 00 0100")
    told = bytes.fromhex("cc 00 00 00 c300 2a00")
    return _enip(number, asked), _enip(number, told)


def _enip(number: int, cip: bytes) -> bytes:
    items = bytes.fromhex("00000000 0a00 0200 0000 0000 b200") + len(cip).to_bytes(2, "little") + cip
    head = bytes.fromhex("6f00") + len(items).to_bytes(2, "little") + ENIP_SESSION + bytes(4)
    return head + number.to_bytes(8, "little") + bytes(4) + items


def fins(number: int) -> Pair:
    """A read of ten words of data memory over FINS/TCP."""
    sid, head = bytes([number & 0xFF]), b"FINS"
    asked = head + bytes.fromhex("0000001a 00000002 00000000 800002000a0000c800") + sid
    told = head + bytes.fromhex("0000002a 00000002 00000000 c0000200c800000a00") + sid
    return asked + bytes.fromhex("0101 82000a00 000a"), told + bytes.fromhex("0101 0000") + bytes(20)


def iec104(number: int) -> Pair:
    """A command and its confirmation, each acknowledging the other."""
    count = (number % 0x8000 << 1).to_bytes(2, "little")
    heard = ((number + 1) % 0x8000 << 1).to_bytes(2, "little")
    command = bytes.fromhex("2d01 0600 0100 a10f00 01")
    asked = b"\x68\x0e" + count + count + command
    return asked, b"\x68\x0e" + count + heard + command[:2] + b"\x07" + command[3:]


def slmp(number: int) -> Pair:
    """A read of ten registers in a binary 4E frame."""
    serial = (number & 0xFFFF).to_bytes(2, "little")
    asked = b"\x54\0" + serial + bytes.fromhex("0000 00ffff0300 0c00 1000 0104 0000 0a0000a8 0a00")
    return asked, b"\xd4\0" + serial + bytes.fromhex("0000 00ffff0300 1600 0000") + bytes(20)


LOADS: dict[str, Callable[[int], Pair]] = {
    "dnp3": dnp3,
    "enip": enip,
    "fins": fins,
    "iec104": iec104,
    "modbus": modbus,
    "s7": s7,
    "slmp": slmp,
}


_REGISTRATION = "6500 0400 {} 00000000 0000000000000000 00000000 0100 0000"
BEGINNINGS: dict[str, Pair] = {
    "iec104": (bytes.fromhex("680407000000"), bytes.fromhex("68040b000000")),
    "enip": (bytes.fromhex(_REGISTRATION.format("00000000")), bytes.fromhex(_REGISTRATION.format(ENIP_SESSION.hex()))),
}
"""What must be said before a load, where the protocol wants it."""


def requests_per_second() -> dict[str, float]:
    """Return the medians by protocol."""
    return {protocol: statistics.median(_round(protocol) for _ in range(ROUNDS)) for protocol in LOADS}


def _round(protocol: str) -> float:
    guard = make_guard(protocol, RULES, device_timeout_seconds=30.0, material=MATERIAL)
    assert guard is not None
    for direction, said in zip(Direction, BEGINNINGS.get(protocol, ()), strict=False):
        guard.receive(direction, said, 1.0)
    pairs = [LOADS[protocol](number) for number in range(PAIRS)]
    passed = 0
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
