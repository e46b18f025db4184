"""A Modicon controller on Modbus/TCP: it says who made it, and takes a program in UMAS.

Layouts as in ``guards.modbus.fingerprint`` and ``guards.modbus.umas``. Run as ``python -m tests.simulators.modicon``;
it prints its port.
"""

import asyncio
import zlib
from struct import pack

from tests.simulators.serving import serve

PROGRAM = bytearray(b"as delivered")
RESERVATION = 0xBA
HELD = {"by": 0}
TAKE, RELEASE, READ_ID, READ_INFO, START_DOWNLOAD, DOWNLOAD, END_DOWNLOAD = 0x10, 0x11, 0x02, 0x04, 0x30, 0x31, 0x32
_DONE, _REFUSED = b"\x5a%c\xfe", b"\x5a%c\xfd\x81\x80\0\0\0"


def identification(_: bytes) -> bytes:
    return b"\x2b\x0e\x02\x02\0\0\x01\0\x12Schneider Electric"


def umas(pdu: bytes) -> bytes:
    key, code, data = pdu[1], pdu[2], pdu[3:]
    if code == READ_ID:
        return _DONE % 0 + pack("<HIHHHHHIHB", 0, 0x11223344, 0x0612, 0x0270, 1, 2, 3, 0, 0, 4) + b"M580\0"
    if code == READ_INFO:
        return _DONE % 0 + b"\0\0\0\x05" + pack("<5I", 1, 2, 3, zlib.crc32(PROGRAM), 5)
    if code == TAKE and not HELD["by"]:
        HELD["by"] = RESERVATION
        return _DONE % 0 + bytes([RESERVATION])
    if code not in {RELEASE, START_DOWNLOAD, DOWNLOAD, END_DOWNLOAD} or key != HELD["by"]:
        return _REFUSED % key
    if code == RELEASE:
        HELD["by"] = 0
    elif code == START_DOWNLOAD:
        PROGRAM.clear()
    elif code == DOWNLOAD:
        PROGRAM.extend(data)
    return _DONE % key


FUNCTIONS = {0x2B: identification, 0x5A: umas}


def answer(adu: bytes) -> bytes:
    function = FUNCTIONS.get(adu[7])
    pdu = bytes([adu[7] | 0x80, 1]) if function is None else function(adu[7:])
    return adu[:4] + pack(">H", len(pdu) + 1) + adu[6:7] + pdu


async def read(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(6)
    return head + await reader.readexactly(int.from_bytes(head[4:], "big"))


if __name__ == "__main__":
    asyncio.run(serve(read, answer))
