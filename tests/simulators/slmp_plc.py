"""A MELSEC station on SLMP, 3E and 4E, binary and ASCII, with a little memory: it answers as the manual says.

Run as ``python -m tests.simulators.slmp_plc``, with ``udp`` behind it for UDP; it prints its port.
"""

import asyncio
from collections.abc import Callable

from tests.simulators.serving import serve_as_asked

POINTS = 4096
CODES = {0xA8: "D", 0xB4: "W", 0xAF: "R", 0x90: "M", 0x9C: "X", 0x9D: "Y", 0xA9: "SD"}
BITS, HEXADECIMAL = set("MXY"), set("WXY")
MEMORY = {name: [0] * POINTS for name in CODES.values()}
STATE = {"state": "run"}
OPERATING_STATE = 203
"""The special register that tells it."""


class Refused(Exception):  # noqa: N818
    """The end code of what is refused."""


class Body:
    """What comes after the subcommand, and what is said back, in the frame's own code."""

    def __init__(self, data: bytes, *, is_ascii: bool) -> None:
        self.data = data
        self.is_ascii = is_ascii
        self.told = b""

    def number(self, size: int) -> int:
        field = self.take(2 * size if self.is_ascii else size)
        return int(field, 16) if self.is_ascii else int.from_bytes(field, "little")

    def say(self, value: int, size: int) -> None:
        self.told += f"{value:0{2 * size}X}".encode() if self.is_ascii else value.to_bytes(size, "little")

    def take(self, size: int) -> bytes:
        if len(self.data) < size:
            raise Refused(0xC061)
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def device(self, *, is_long: bool) -> tuple[str, int]:
        if self.is_ascii:
            name = self.take(4 if is_long else 2).rstrip(b"*").decode()
            digits = self.take(8 if is_long else 6)
            number = int(digits, 16 if name in HEXADECIMAL else 10)
        else:
            number, code = self.number(4 if is_long else 3), self.number(2 if is_long else 1)
            name = CODES.get(code, "")
        if name not in MEMORY:
            raise Refused(0xC05B)
        return name, number

    def bits(self, count: int) -> list[int]:
        if self.is_ascii:
            return [character - 48 for character in self.take(count)]
        return [half for byte in self.take((count + 1) // 2) for half in (byte >> 4, byte & 15)][:count]

    def say_bits(self, values: list[int]) -> None:
        if self.is_ascii:
            self.told += "".join(map(str, values)).encode()
        else:
            padded = [*values, 0]
            self.told += bytes(padded[at] << 4 | padded[at + 1] for at in range(0, len(values), 2))


def points(name: str, first: int, count: int) -> slice:
    if not count or first + count > POINTS:
        raise Refused(0xC056)
    return slice(first, first + count)


def read_words(name: str, first: int, count: int) -> list[int]:
    if name not in BITS:
        return MEMORY[name][points(name, first, count)]
    bits = MEMORY[name][points(name, first, 16 * count)]
    return [sum(bit << at for at, bit in enumerate(bits[start : start + 16])) for start in range(0, 16 * count, 16)]


def write_words(name: str, first: int, values: list[int]) -> None:
    if name in BITS:
        values = [value >> at & 1 for value in values for at in range(16)]
    MEMORY[name][points(name, first, len(values))] = values


def device_read(body: Body, sub: int) -> None:
    name, first = body.device(is_long=bool(sub & 2))
    count = body.number(2)
    if sub & 1 and name not in BITS:
        raise Refused(0xC05C)
    if sub & 1:
        body.say_bits(MEMORY[name][points(name, first, count)])
    else:
        for value in read_words(name, first, count):
            body.say(value, 2)


def device_write(body: Body, sub: int) -> None:
    name, first = body.device(is_long=bool(sub & 2))
    count = body.number(2)
    if sub & 1 and name not in BITS:
        raise Refused(0xC05C)
    if sub & 1:
        MEMORY[name][points(name, first, count)] = body.bits(count)
    else:
        write_words(name, first, [body.number(2) for _ in range(count)])


def read_random(body: Body, sub: int) -> None:
    words, doubles = body.number(1), body.number(1)
    devices = [body.device(is_long=bool(sub & 2)) for _ in range(words + doubles)]
    for at, (name, first) in enumerate(devices):
        if at < words:
            body.say(read_words(name, first, 1)[0], 2)
        else:
            low, high = read_words(name, first, 2)
            body.say(high << 16 | low, 4)


def write_random(body: Body, sub: int) -> None:
    if sub & 1:
        for _ in range(body.number(1)):
            name, first = body.device(is_long=bool(sub & 2))
            MEMORY[name][points(name, first, 1)] = [body.number(2 if sub & 2 else 1)]
        return
    words, doubles = body.number(1), body.number(1)
    for at in range(words + doubles):
        name, first = body.device(is_long=bool(sub & 2))
        value = body.number(2 if at < words else 4)
        write_words(name, first, [value] if at < words else [value & 0xFFFF, value >> 16])


def read_blocks(body: Body, sub: int) -> None:
    for _ in range(body.number(1) + body.number(1)):
        name, first = body.device(is_long=bool(sub & 2))
        for value in read_words(name, first, body.number(2)):
            body.say(value, 2)


def write_blocks(body: Body, sub: int) -> None:
    for _ in range(body.number(1) + body.number(1)):
        name, first = body.device(is_long=bool(sub & 2))
        write_words(name, first, [body.number(2) for _ in range(body.number(2))])


def type_name(body: Body, _: int) -> None:
    body.told += b"Q03UDVCPU".ljust(16)
    body.say(0x0366, 2)


def self_test(body: Body, _: int) -> None:
    count = body.number(2)
    body.say(count, 2)
    body.told += body.take(count)


def remote(state: str) -> Callable[[Body, int], None]:
    def change(body: Body, _: int) -> None:
        body.data = b""
        STATE["state"] = state
        MEMORY["SD"][OPERATING_STATE] = {"run": 0, "stop": 2, "pause": 3}[state]

    return change


COMMANDS = {
    0x0101: type_name,
    0x0401: device_read,
    0x0403: read_random,
    0x0406: read_blocks,
    0x0619: self_test,
    0x1001: remote("run"),
    0x1002: remote("stop"),
    0x1003: remote("pause"),
    0x1401: device_write,
    0x1402: write_random,
    0x1406: write_blocks,
}


async def read(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(2)
    is_ascii = head in (b"50", b"54")
    unit = 2 if is_ascii else 1
    if not is_ascii and head not in (b"\x50\x00", b"\x54\x00"):
        raise ValueError("no SLMP")
    has_serial = head in (b"54", b"\x54\x00")
    head += await reader.readexactly((13 if has_serial else 9) * unit - 2)
    length = int(head[-4:], 16) if is_ascii else int.from_bytes(head[-2:], "little")
    return head + await reader.readexactly(length)


def execute(body: Body) -> None:
    command, sub = body.number(2), body.number(2)
    if command not in COMMANDS:
        raise Refused(0xC059)
    COMMANDS[command](body, sub)
    if body.data:
        raise Refused(0xC061)


def answer(frame: bytes) -> bytes:
    is_ascii = frame[:1] == b"5"
    unit, has_serial = (2, frame[1:2] == b"4") if is_ascii else (1, frame[0] == 0x54)
    route, end = (6 if has_serial else 2) * unit, (13 if has_serial else 9) * unit
    body = Body(frame[end + 2 * unit :], is_ascii=is_ascii)
    asked = body.data[: 4 * unit]
    try:
        execute(body)
        told, code = body.told, 0
    except Refused as refused:
        told, code = frame[route : route + 5 * unit] + asked, refused.args[0]
    said = Body(b"", is_ascii=is_ascii)
    said.say(len(told) + 2 * unit, 2)
    said.say(code, 2)
    start = b"D" + frame[1:route] if is_ascii else bytes([frame[0] | 0x80]) + frame[1:route]
    return start + frame[route : route + 5 * unit] + said.told + told


if __name__ == "__main__":
    asyncio.run(serve_as_asked(read, answer, answer))
