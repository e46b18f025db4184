"""DNP3 frames made by hand."""

import struct

from guards.dnp3.link import BLOCK_BYTES, crc

MASTER, OUTSTATION = 1, 10


def frame(data: bytes, *, from_master: bool = True, function: int = 4, outstation: int = OUTSTATION) -> bytes:
    ends = (outstation, MASTER) if from_master else (MASTER, outstation)
    head = b"\x05\x64" + bytes([5 + len(data), 0x40 | from_master << 7 | function]) + struct.pack("<HH", *ends)
    blocks = [data[at : at + BLOCK_BYTES] for at in range(0, len(data), BLOCK_BYTES)]
    return head + crc(head) + b"".join(block + crc(block) for block in blocks)


def frames(fragment: bytes, *, from_master: bool = True, size: int = 249, first: int = 0) -> list[bytes]:
    """A fragment in as many frames as it takes."""
    pieces = [fragment[at : at + size] for at in range(0, len(fragment), size)]
    last = len(pieces) - 1
    return [
        frame(bytes([(n == last) << 7 | (n == 0) << 6 | (first + n) & 0x3F]) + piece, from_master=from_master)
        for n, piece in enumerate(pieces)
    ]


def request(function: int, objects: bytes = b"", sequence: int = 3) -> bytes:
    (made,) = frames(bytes([0xC0 | sequence, function]) + objects)
    return made


def response(objects: bytes = b"", indications: int = 0, sequence: int = 3) -> bytes:
    (made,) = frames(bytes([0xC0 | sequence, 0x81]) + struct.pack("<H", indications) + objects, from_master=False)
    return made
