"""FINS traffic for tests: builders of frames and messages, guards in one line, strategies."""

from hypothesis import strategies as st

from guards.effects import Direction, Operation
from guards.fins.framing import wrap
from guards.fins.guard import FinsGuard
from tests.unit.guards.seen import ALL, ask, operations, rules

PLC, PC = (0, 10, 0), (0, 200, 0)
NODE_ASKED = bytes.fromhex("46494e53 0000000c 00000000 00000000 00000000")
NODE_TOLD = bytes.fromhex("46494e53 00000010 00000001 00000000 000000c8 0000000a")
CONFIRMATION = bytes.fromhex("46494e53 00000008 00000006 00000000")
DM, DM_BIT, CIO, CIO_BIT = 0x82, 0x02, 0xB0, 0x30


def frame(command: int, text: bytes | str = b"", sid: int = 1, icf: int = 0x80, to: tuple[int, ...] = PLC) -> bytes:
    text = bytes.fromhex(text) if isinstance(text, str) else text
    return bytes([icf, 0, 2, *to, *PC, sid]) + command.to_bytes(2, "big") + text


def told(
    command: int, data: bytes | str = b"", sid: int = 1, end: int = 0, icf: int = 0xC0, of: tuple[int, ...] = PLC
) -> bytes:
    data = bytes.fromhex(data) if isinstance(data, str) else data
    return bytes([icf, 0, 2, *PC, *of, sid]) + command.to_bytes(2, "big") + end.to_bytes(2, "big") + data


def request(command: int, text: bytes | str = b"", sid: int = 1, icf: int = 0x80, to: tuple[int, ...] = PLC) -> bytes:
    return wrap(frame(command, text, sid, icf, to))


def response(command: int, data: bytes | str = b"", sid: int = 1, end: int = 0, of: tuple[int, ...] = PLC) -> bytes:
    return wrap(told(command, data, sid, end, of=of))


def point(word: int, area: int = DM, bit: int = 0) -> bytes:
    return bytes([area]) + word.to_bytes(2, "big") + bytes([bit])


def read(word: int, count: int = 1, area: int = DM, bit: int = 0, sid: int = 1, to: tuple[int, ...] = PLC) -> bytes:
    return request(0x0101, point(word, area, bit) + count.to_bytes(2, "big"), sid, to=to)


def write(word: int, *values: int, area: int = DM, bit: int = 0, sid: int = 1) -> bytes:
    width = 1 if area < 0x80 and area != 0x60 else 2
    data = b"".join(value.to_bytes(width, "big") for value in values)
    return request(0x0102, point(word, area, bit) + len(values).to_bytes(2, "big") + data, sid)


def fill(word: int, count: int, value: int) -> bytes:
    return request(0x0103, point(word) + count.to_bytes(2, "big") + value.to_bytes(2, "big"))


def transfer(source: int, target: int, count: int, area: int = DM) -> bytes:
    return request(0x0105, point(source, area) + point(target) + count.to_bytes(2, "big"))


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values)


READ_1, WRITE_1 = read(0), write(0, 42)


def guard(*tiers: str, **fields: object) -> FinsGuard:
    return FinsGuard(rules(*tiers, **fields), device_timeout_seconds=30.0)


def said(message: bytes, *tiers: str, **fields: object) -> Operation:
    """Return what is observed of one request."""
    return operations(ask(guard(*(tiers or ALL), **fields), message))[0]


def refusal(message: bytes, *tiers: str, **fields: object) -> int | None:
    """Return the end code that one request is refused with, ``None`` if it passes."""
    return said(message, *(tiers or ALL), **fields).exception_code


# --- strategies: pools that are made once, since drawing each message from parts costs more than judging it

_AREAS = (DM, DM_BIT, CIO, CIO_BIT, 0x89, 0x09, 0xA1, 0x00, 0x80, 0x9C, 0xF0, 0xDC, 0x55)
_PLACES = [point(word, area, bit) for area in _AREAS for word, bit in ((0, 0), (5, 5), (99, 16), (0xFFFF, 0))]
_COUNTS = [count.to_bytes(2, "big") for count in (0, 1, 2, 65, 0xFFFF)]
_DATA = (b"\0\1", b"\1", b"\0\1\0\2", bytes(65))
_READS = [request(0x0101, at + count, sid) for at in _PLACES for count in _COUNTS for sid in (0, 1)]
_WRITES = [
    request(command, at + count + data, 2)
    for command in (0x0102, 0x0103)
    for at in _PLACES
    for count in _COUNTS
    for data in _DATA
]
_PAIRS = [(one, other) for one in _PLACES for other in _PLACES]
_SEVERAL = [request(0x0104, one + other, 1) for one, other in _PAIRS]
_TRANSFERS = [request(0x0105, one + other + b"\0\2", 3) for one, other in _PAIRS]
_RESPONSES = [
    response(code, data, sid, end)
    for code in (0x0101, 0x0102, 0x0104)
    for data in (b"", b"\0\5", b"\x82\0\5")
    for sid in range(4)
    for end in (0, 0x2102)
]
_TRANSPORT = [NODE_ASKED, NODE_TOLD, CONFIRMATION, wrap(b""), wrap(b"\x80")]
_others = st.builds(
    request,
    st.sampled_from([0x0306, 0x0401, 0x0402, 0x0501, 0x0920, 0x2202, 0x2301, 0x230A, 0x1234]),
    st.binary(max_size=20),
    st.integers(0, 3),
    st.sampled_from([0x80, 0x80, 0x00, 0x81, 0xC0, 0xBF]),
    st.sampled_from([PLC, PLC, (0, 11, 0), (1, 10, 0), (0, 255, 0)]),
)
_pools = [st.sampled_from(pool) for pool in (_READS, _WRITES, _SEVERAL, _TRANSFERS, _RESPONSES, _TRANSPORT)]
messages = st.one_of(*_pools, _others)
bursts = st.lists(st.one_of(messages, messages, st.binary(max_size=40)), max_size=3).map(b"".join)
steps = st.lists(st.tuples(st.sampled_from(Direction), bursts), max_size=6)
