"""SLMP traffic for tests: builders of frames of every kind, guards in one line, strategies."""

from typing import NamedTuple

from hypothesis import strategies as st

from guards.effects import Direction, Operation
from guards.slmp.guard import SlmpGuard
from tests.unit.guards.seen import ALL, ask, operations, rules

OWN = (0, 0xFF, 0x03FF, 0)
D, W, M, X, Y, ZR, LCN = 0xA8, 0xB4, 0x90, 0x9C, 0x9D, 0xB0, 0x56
NAMES = {D: "D", W: "W", M: "M", X: "X", Y: "Y", ZR: "ZR", LCN: "LCN", 0xAF: "R", 0xC8: "SN", 0xC2: "TN"}


class Kind(NamedTuple):
    """How frames are written: with a serial number (4E), in ASCII, with long devices (iQ-R)."""

    is_4e: bool = False
    is_ascii: bool = False
    is_long: bool = False

    def number(self, value: int, size: int) -> bytes:
        return f"{value:0{2 * size}X}".encode() if self.is_ascii else value.to_bytes(size, "little")

    def head(self, subheader: int, serial: int, route: tuple[int, ...], body: bytes) -> bytes:
        text = f"{subheader + (0x400 if self.is_4e else 0):04X}"
        start = text.encode() if self.is_ascii else bytes.fromhex(text)
        serials = self.number(serial, 2) + self.number(0, 2) if self.is_4e else b""
        sizes = (1, 1, 2, 1)
        there = b"".join(self.number(one, size) for one, size in zip(route, sizes, strict=True))
        return start + serials + there + self.number(len(body), 2) + body

    def request(
        self, command: int, sub: int = 0, body: bytes = b"", serial: int = 1, route: tuple[int, ...] = OWN
    ) -> bytes:
        said = self.number(16, 2) + self.number(command, 2) + self.number(sub, 2) + body
        return self.head(0x5000, serial, route, said)

    def response(self, data: bytes = b"", serial: int = 1, end: int = 0, route: tuple[int, ...] = OWN) -> bytes:
        return self.head(0xD000, serial, route, self.number(end, 2) + data)

    def refusal(self, end: int, command: int, sub: int = 0, serial: int = 1, route: tuple[int, ...] = OWN) -> bytes:
        there = b"".join(self.number(one, size) for one, size in zip(route, (1, 1, 2, 1), strict=True))
        return self.response(there + self.number(command, 2) + self.number(sub, 2), serial, end, route)

    @property
    def sub(self) -> int:
        return 2 if self.is_long else 0

    def device(self, number: int, code: int = D, digits: str = "") -> bytes:
        long = self.is_long
        if not self.is_ascii:
            return self.number(number, 4 if long else 3) + self.number(code, 2 if long else 1)
        text = digits or (f"{number:X}" if code in {W, X, Y} else str(number))
        return NAMES[code].ljust(4 if long else 2, "*").encode() + text.rjust(8 if long else 6, "0").encode()

    def words(self, *values: int) -> bytes:
        return b"".join(self.number(value, 2) for value in values)

    def bits(self, *values: int) -> bytes:
        if self.is_ascii:
            return "".join(map(str, values)).encode()
        padded = [*values, *[0] * (len(values) % 2)]
        return bytes(high << 4 | low for high, low in zip(padded[::2], padded[1::2], strict=True))

    def read(self, number: int, count: int = 1, code: int = D, serial: int = 1, *, bits: bool = False) -> bytes:
        body = self.device(number, code) + self.number(count, 2)
        return self.request(0x0401, self.sub | bits, body, serial)

    def write(self, number: int, *values: int, code: int = D, serial: int = 1, bits: bool = False) -> bytes:
        data = self.bits(*values) if bits else self.words(*values)
        body = self.device(number, code) + self.number(len(values), 2) + data
        return self.request(0x1401, self.sub | bits, body, serial)

    def write_random(self, words: dict[int, int], doubles: dict[int, int], code: int = D) -> bytes:
        body = self.number(len(words), 1) + self.number(len(doubles), 1)
        body += b"".join(self.device(at, code) + self.number(value, 2) for at, value in words.items())
        body += b"".join(self.device(at, code) + self.number(value, 4) for at, value in doubles.items())
        return self.request(0x1402, self.sub, body)

    def read_random(self, words: list[int], doubles: list[int], serial: int = 1, code: int = D) -> bytes:
        body = self.number(len(words), 1) + self.number(len(doubles), 1)
        return self.request(
            0x0403, self.sub, body + b"".join(self.device(at, code) for at in (*words, *doubles)), serial
        )

    def write_bits(self, bits: dict[int, int], code: int = M) -> bytes:
        each = [self.device(at, code) + self.number(value, 2 if self.is_long else 1) for at, value in bits.items()]
        return self.request(0x1402, self.sub | 1, self.number(len(bits), 1) + b"".join(each))

    def blocks(self, *blocks: tuple[int, int, tuple[int, ...]], serial: int = 1, is_read: bool = False) -> bytes:
        """Blocks of words, then those of bits by sixteen: code, first device, words."""
        body = b"".join(self.number(sum((code == M) is bits for code, _, _ in blocks), 1) for bits in (False, True))
        for code, first, values in blocks:
            body += self.device(first, code) + self.number(len(values), 2) + (b"" if is_read else self.words(*values))
        return self.request(0x0406 if is_read else 0x1406, self.sub, body, serial)


_EITHER = (False, True)
KINDS = [Kind(is_4e, is_ascii, is_long) for is_4e in _EITHER for is_ascii in _EITHER for is_long in _EITHER]
OLD, NEW = Kind(), Kind(is_4e=True)
READ_1, WRITE_1 = OLD.read(0), OLD.write(0, 42)


def guard(*tiers: str, **fields: object) -> SlmpGuard:
    return SlmpGuard(rules(*tiers, **fields), device_timeout_seconds=30.0)


def said(message: bytes, *tiers: str, **fields: object) -> Operation:
    """Return what is observed of one request."""
    return operations(ask(guard(*(tiers or ALL), **fields), message))[0]


def refusal(message: bytes, *tiers: str, **fields: object) -> int | None:
    """Return the end code that one request is refused with, ``None`` if it passes."""
    return said(message, *(tiers or ALL), **fields).exception_code


# --- strategies: pools that are made once, since drawing each message from parts costs more than judging it

_CODES = (D, M, Y, W, ZR, LCN)
_NUMBERS = (0, 5, 99, 0xFFFF)
_SUBS = (0, 1, 2, 3, 0x40, 0x80, 0x83)


def _pool(kind: Kind) -> list[bytes]:
    places = [(code, number) for code in _CODES for number in _NUMBERS]
    reads = [
        kind.read(number, count, code, serial, bits=bits)
        for code, number in places
        for count in (0, 1, 17)
        for serial in (0, 1)
        for bits in (False, True)
    ]
    writes = [
        kind.write(number, *values, code=code, serial=2, bits=bits)
        for code, number in places
        for values in ((1,), (0, 1, 1), (9,), [1] * 18)
        for bits in (False, True)
    ]
    random = [kind.write_random({at: 1}, {at + 1: 0x10001}) for at in _NUMBERS]
    plain = [kind.request(command, sub) for command in (0x0101, 0x0802, 0x1002, 0x1828, 0x1234) for sub in _SUBS]
    responses = [
        kind.response(data, serial, end)
        for data in (b"", kind.words(5), kind.words(5) * 17)
        for serial in (0, 1, 2)
        for end in (0, 0xC059)
    ]
    return [*reads, *writes, *random, *plain, *responses * 8]


def _others(kind: Kind) -> st.SearchStrategy[bytes]:
    return st.builds(
        kind.request,
        st.sampled_from([0x0401, 0x0403, 0x0406, 0x0801, 0x1402, 0x1406]),
        st.sampled_from(_SUBS),
        st.binary(max_size=30) if not kind.is_ascii else st.text("0123456789ABCDEFM*", max_size=40).map(str.encode),
        st.integers(0, 3),
        st.sampled_from([OWN, OWN, (0, 1, 0x03FF, 0), (1, 0xFF, 0x03E0, 2)]),
    )


_OF_KIND = {kind: st.one_of(st.sampled_from(_pool(kind)), _others(kind)) for kind in KINDS}
_OF_CODE = [st.one_of(*(_OF_KIND[kind] for kind in KINDS if kind.is_ascii is is_ascii)) for is_ascii in (False, True)]
messages = st.one_of(*_OF_KIND.values())


def _steps(message: st.SearchStrategy[bytes]) -> st.SearchStrategy[list[tuple[Direction, bytes]]]:
    burst = st.lists(message, max_size=3).map(b"".join)
    return st.lists(st.tuples(st.sampled_from(Direction), burst), max_size=6)


steps = st.one_of(*map(_steps, _OF_CODE), _steps(st.one_of(messages, st.binary(max_size=40))))
"""Streams of one code, as devices have them, and such as mix both with garbage."""
