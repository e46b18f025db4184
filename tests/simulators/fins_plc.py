"""An Omron PLC, node 10, with a little memory: it answers as W342 says, and knows no guard.

Run as ``python -m tests.simulators.fins_plc`` for FINS/TCP, with ``udp`` behind it for FINS/UDP; it prints its port.
"""

import asyncio
import struct
from typing import NoReturn

from tests.simulators.serving import serve_as_asked

NODE, CLIENT_NODE = 10, 200
WORDS = 2000
WORD_AREAS = {0x82: "dm", 0xB0: "cio", 0xB1: "wr", 0xB2: "hr"}
BIT_AREAS = {0x02: "dm", 0x30: "cio", 0x31: "wr", 0x32: "hr"}
MEMORY = {name: [0] * WORDS for name in WORD_AREAS.values()}
STATE = {"mode": 4}
"""0 is PROGRAM, 2 is MONITOR, 4 is RUN (0601)."""


class Refused(Exception):  # noqa: N818
    """The end code of what is refused."""


def refuse(code: int) -> NoReturn:
    raise Refused(code)


async def read(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(16)
    if head[:4] != b"FINS":
        raise ValueError("no FINS/TCP")
    return head + await reader.readexactly(struct.unpack_from(">I", head, 4)[0] - 8)


def answer(message: bytes) -> bytes:
    command = struct.unpack_from(">I", message, 8)[0]
    if command == 0:
        return b"FINS" + struct.pack(">IIIII", 16, 1, 0, CLIENT_NODE, NODE)
    if command != 2:
        return b"FINS" + struct.pack(">III", 8, 3, 3)
    back = answer_frame(message[16:])
    return b"FINS" + struct.pack(">III", 8 + len(back), 2, 0) + back


def answer_frame(frame: bytes) -> bytes:
    if frame[4] not in (0, NODE):
        told = struct.pack(">H", 0x0202)
    else:
        try:
            told = b"\0\0" + execute(frame[10] << 8 | frame[11], frame[12:])
        except Refused as refused:
            told = struct.pack(">H", refused.args[0])
    return bytes([frame[0] | 0x40, 0, 2]) + frame[6:9] + bytes([frame[3], NODE, frame[5]]) + frame[9:12] + told


def execute(command: int, text: bytes) -> bytes:
    commands = {
        0x0101: memory_read,
        0x0102: memory_write,
        0x0103: memory_fill,
        0x0105: memory_transfer,
        0x0306: program_read,
        0x0401: run,
        0x0402: stop,
        0x0501: controller_data,
        0x0601: status,
        0x2301: force,
    }
    return commands[command](text) if command in commands else refuse(0x0401)


def place(text: bytes) -> tuple[list[int], int, int, bool]:
    """Return the area's words, the first element, how many, and whether they are bits."""
    if len(text) < 6:
        refuse(0x1002)
    area, word, bit, count = struct.unpack_from(">BHBH", text)
    if area in BIT_AREAS:
        first, is_bits, end = word * 16 + bit, True, WORDS * 16
    elif area in WORD_AREAS and not bit:
        first, is_bits, end = word, False, WORDS
    else:
        refuse(0x1101)
    if first >= end:
        refuse(0x1103)
    if first + count > end:
        refuse(0x1104)
    return MEMORY[(BIT_AREAS | WORD_AREAS)[area]], first, count, is_bits


def memory_read(text: bytes) -> bytes:
    words, first, count, is_bits = place(text)
    if is_bits:
        return bytes(words[at // 16] >> at % 16 & 1 for at in range(first, first + count))
    return struct.pack(f">{count}H", *words[first : first + count])


def memory_write(text: bytes) -> bytes:
    words, first, count, is_bits = place(text)
    data = text[6:]
    if len(data) != count * (1 if is_bits else 2):
        refuse(0x1003)
    if is_bits:
        for at, value in enumerate(data, first):
            words[at // 16] = words[at // 16] & ~(1 << at % 16) | (value & 1) << at % 16
    else:
        words[first : first + count] = struct.unpack(f">{count}H", data)
    return b""


def memory_fill(text: bytes) -> bytes:
    words, first, count, is_bits = place(text)
    if is_bits or len(text) != 8:
        refuse(0x1004)
    words[first : first + count] = [int.from_bytes(text[6:], "big")] * count
    return b""


def memory_transfer(text: bytes) -> bytes:
    held = memory_read(text[:4] + text[8:])
    return memory_write(text[4:] + held)


def force(text: bytes) -> bytes:
    """Set and reset bits; that they stay so, whatever the program says, nobody notices where there is none."""
    for at in range(2, len(text), 6):
        memory_write(text[at + 2 : at + 6] + b"\0\1" + text[at + 1 : at + 2])
    return b""


def program_read(text: bytes) -> bytes:
    return text[:6] + b"\x80\x04" + b"\xde\xad\xbe\xef"


def run(_: bytes) -> bytes:
    STATE["mode"] = 4
    return b""


def stop(_: bytes) -> bytes:
    STATE["mode"] = 0
    return b""


def controller_data(_: bytes) -> bytes:
    return b"CJ2M-CPU31".ljust(20) + b"02.01".ljust(20) + bytes(40) + bytes(12)


def status(_: bytes) -> bytes:
    return bytes([int(STATE["mode"] == 4), STATE["mode"]]) + bytes(24)


if __name__ == "__main__":
    asyncio.run(serve_as_asked(read, answer, answer_frame))
