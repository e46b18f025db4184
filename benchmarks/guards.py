"""What a guard alone costs: requests a second on one core, each with its answer: ``python -m benchmarks.guards``.

Tools poll the same few requests for hours, with a reference that counts: so do the loads. Where a goal was set, there
is one more that asks for something else each time, under rules that name objects. The clock is the process's own, so
that a busy machine changes little.
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle

from guards.dnp3.link import frame
from guards.effects import Direction, Forward, Reply
from guards.material import GuardMaterial
from guards.registry import make_guard
from policies.rules import AddressRange, ObjectRule, Rules

PAIRS = 20_000
ROUNDS = 5
RULES = Rules.model_validate({"tiers": {"read", "operate"}, "max_in_flight": 1})
MATERIAL = GuardMaterial(random=bytes, started_at=datetime(2026, 1, 1, tzinfo=UTC), started_monotonic=0.0)
Pair = tuple[bytes, bytes]


def modbus(number: int, register: int = 10) -> Pair:
    """A read of ten registers."""
    head = (number & 0xFFFF).to_bytes(2)
    asked = head + bytes.fromhex("0000 0006 01 03") + register.to_bytes(2) + b"\0\x0a"
    return asked, head + bytes.fromhex("0000 0017 01 03 14") + bytes(20)


def s7(number: int, byte: int = 4) -> Pair:
    """A read of one word of a data block."""
    reference, place = (number & 0xFFFF).to_bytes(2), (8 * byte).to_bytes(3)
    asked = bytes.fromhex("0300001f 02f080 32010000") + reference
    asked += bytes.fromhex("000e0000 0401 120a10040001000184") + place
    told = bytes.fromhex("0300001b 02f080 32030000") + reference + bytes.fromhex("00020006 0000 0401 ff0400100002")
    return asked, told


def dnp3(number: int) -> Pair:
    """A read of one analog input."""
    head = bytes([0xC0, 0xC0 | number & 0x0F])
    asked = frame(0xC4, 10, 1, head + bytes.fromhex("01 1e02000000"))
    return asked, frame(0x44, 1, 10, head + bytes.fromhex("81 0000 1e02000000 01 2a00"))


ENIP_SESSION = bytes.fromhex("07000000")


def enip(number: int, tag: bytes = b"Speed") -> Pair:
    """A read of one tag with a name of five letters, outside connections."""
    asked = bytes.fromhex("4c 04 91 05") + tag + bytes.fromhex("00 0100")
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


def bacnet(number: int) -> Pair:
    """A read of one present value."""
    invoke = bytes([number & 0xFF])
    asked = bytes.fromhex("0011 810a0011 0104 0005") + invoke + bytes.fromhex("0c 0c00000001 1955")
    told = bytes.fromhex("0017 810a0017 0100 30") + invoke + bytes.fromhex("0c 0c00000001 1955 3e 4442280000 3f")
    return asked, told


def opcua(number: int) -> Pair:
    """A read of one value by numeric node, without security: what the guard takes from each side, once it is open."""
    handle = (number + 5).to_bytes(4, "little")
    asked = bytes.fromhex("01007702 0000") + bytes(8) + handle + bytes(4) + _NULL + bytes(7)
    asked += bytes(8) + b"\x03\0\0\0" + b"\x01\0\0\0" + bytes.fromhex("01020a00 0d000000") + _NULL + b"\0\0" + _NULL
    told = bytes.fromhex("01007a02") + bytes(8) + handle + bytes(4) + b"\0" + _NULL + bytes(3)
    told += b"\x01\0\0\0" + bytes.fromhex("01 0b 0000000000001440") + _NULL
    return _opcua(number, 1, asked), _opcua(number, 9, told)


_NULL = b"\xff\xff\xff\xff"


def _opcua(number: int, token: int, body: bytes) -> bytes:
    numbers = (number + 2).to_bytes(4, "little") * 2
    size = (24 + len(body)).to_bytes(4, "little")
    return b"MSGF" + size + b"\x07\0\0\0" + token.to_bytes(4, "little") + numbers + body


LOADS: dict[str, Callable[[int], Pair]] = {
    "bacnet": bacnet,
    "dnp3": dnp3,
    "enip": enip,
    "fins": fins,
    "iec104": iec104,
    "modbus": modbus,
    "opcua": opcua,
    "s7": s7,
    "slmp": slmp,
}

VARIED: dict[str, tuple[Callable[[int], Pair], ObjectRule]] = {
    "modbus": (
        lambda number: modbus(number, number % 60_000),
        ObjectRule(table="holding", addresses=(AddressRange(first=0, last=65_000),)),
    ),
    "s7": (
        lambda number: s7(number, number % 60_000),
        ObjectRule(table="db1", addresses=(AddressRange(first=0, last=65_000),)),
    ),
    "enip": (lambda number: enip(number, b"S%04d" % (number % 10_000)), ObjectRule(table="tag", names=("S*",))),
}
"""Loads that ask for something else each time, and the only objects that may be read then."""


_REGISTRATION = "6500 0400 {} 00000000 0000000000000000 00000000 0100 0000"
_NO_SECURITY = b"\x2f\0\0\0http://opcfoundation.org/UA/SecurityPolicy#None" + _NULL * 2
_SIZES = bytes.fromhex("00000000 ffff0000 ffff0000 00000000 00000000")
_FIRST_NUMBERS = bytes.fromhex("01000000 01000000")
_OPEN = bytes.fromhex("0100be01 0000") + bytes(8) + bytes.fromhex("05000000 00000000") + _NULL + bytes(15)
_OPENED = bytes.fromhex("0100c101") + bytes(8) + bytes.fromhex("05000000 00000000 00") + _NULL + bytes(7)
BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "iec104": (bytes.fromhex("680407000000"), bytes.fromhex("68040b000000")),
    "enip": (bytes.fromhex(_REGISTRATION.format("00000000")), bytes.fromhex(_REGISTRATION.format(ENIP_SESSION.hex()))),
    "opcua": (
        b"HELF\x39\0\0\0" + _SIZES + b"\x19\0\0\0opc.tcp://127.0.0.1:4840/",
        b"ACKF\x1c\0\0\0" + _SIZES,
        b"OPNF\x84\0\0\0" + bytes(4) + _NO_SECURITY + _FIRST_NUMBERS
        + _OPEN + b"\x01\0\0\0" + _NULL + bytes.fromhex("60ea0000"),
        b"OPNF\x87\0\0\0\x07\0\0\0" + _NO_SECURITY + _FIRST_NUMBERS
        + _OPENED + bytes.fromhex("07000000 09000000") + bytes(8) + bytes.fromhex("60ea0000") + _NULL,
    ),
}  # fmt: skip
"""What must be said before a load, where the protocol wants it: tool and device in turn."""


def requests_per_second() -> dict[str, float]:
    """Return the medians by protocol, and by ``PROTOCOL_varied``."""
    loads = {protocol: (protocol, load, RULES) for protocol, load in LOADS.items()}
    for protocol, (load, objects) in VARIED.items():
        loads[f"{protocol}_varied"] = (protocol, load, RULES.model_copy(update={"reads": ((objects,),)}))
    return {name: statistics.median(_round(*load) for _ in range(ROUNDS)) for name, load in loads.items()}


def _round(protocol: str, load: Callable[[int], Pair], rules: Rules) -> float:
    guard = make_guard(protocol, rules, device_timeout_seconds=30.0, material=MATERIAL)
    assert guard is not None
    for direction, said in zip(cycle(Direction), BEGINNINGS.get(protocol, ()), strict=False):
        guard.receive(direction, said, 1.0)
    pairs = [load(number) for number in range(PAIRS)]
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
        print(f"{name:15}{value:10.0f} requests a second")
