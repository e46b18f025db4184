"""DNP3 frames made by hand."""

import struct

from guards.dnp3.link import BLOCK_BYTES, crc

MASTER, OUTSTATION = 1, 10
RESET, TEST, CONFIRMED, DATA, STATUS = 0, 2, 3, 4, 9
ACK, LINK_STATUS, NOT_SUPPORTED = 0, 11, 15


def frame(
    data: bytes = b"",
    *,
    from_master: bool = True,
    function: int = DATA,
    outstation: int = OUTSTATION,
    master: int = MASTER,
    primary: bool = True,
) -> bytes:
    ends = (outstation, master) if from_master else (master, outstation)
    control = primary << 6 | from_master << 7 | function
    head = b"\x05\x64" + bytes([5 + len(data), control]) + struct.pack("<HH", *ends)
    blocks = [data[at : at + BLOCK_BYTES] for at in range(0, len(data), BLOCK_BYTES)]
    return head + crc(head) + b"".join(block + crc(block) for block in blocks)


def frames(
    fragment: bytes, *, from_master: bool = True, size: int = 249, first: int = 0, outstation: int = OUTSTATION
) -> list[bytes]:
    """A fragment in as many frames as it takes."""
    pieces = [fragment[at : at + size] for at in range(0, len(fragment), size)]
    last = len(pieces) - 1
    return [
        frame(
            bytes([(n == last) << 7 | (n == 0) << 6 | (first + n) & 0x3F]) + piece,
            from_master=from_master,
            outstation=outstation,
        )
        for n, piece in enumerate(pieces)
    ]


def request(
    function: int, objects: bytes | str = b"", sequence: int = 3, *, control: int = 0xC0, outstation: int = OUTSTATION
) -> bytes:
    objects = bytes.fromhex(objects) if isinstance(objects, str) else objects
    return b"".join(frames(bytes([control | sequence, function]) + objects, outstation=outstation))


def response(
    objects: bytes | str = b"",
    indications: int = 0,
    sequence: int = 3,
    *,
    control: int = 0xC0,
    function: int = 0x81,
    outstation: int = OUTSTATION,
) -> bytes:
    objects = bytes.fromhex(objects) if isinstance(objects, str) else objects
    head = bytes([control | sequence, function]) + struct.pack("<H", indications)
    return b"".join(frames(head + objects, from_master=False, outstation=outstation))
