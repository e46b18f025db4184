"""IEC 60870-5-104 frames made by hand."""

import struct


def numbered(asdu: bytes, sent: int = 0, received: int = 0) -> bytes:
    return b"\x68" + bytes([4 + len(asdu)]) + struct.pack("<HH", sent << 1, received << 1) + asdu


def unnumbered(control: int) -> bytes:
    return b"\x68\x04" + bytes([control, 0, 0, 0])


def supervisory(received: int = 0) -> bytes:
    return b"\x68\x04\x01\x00" + struct.pack("<H", received << 1)


def asdu(code: int, *objects: tuple[int, bytes], cause: int = 6, station: int = 3, sequence: bool = False) -> bytes:
    head = struct.pack("<BBBBH", code, len(objects) | sequence << 7, cause, 0, station)
    if sequence:
        return head + objects[0][0].to_bytes(3, "little") + b"".join(element for _, element in objects)
    return head + b"".join(address.to_bytes(3, "little") + element for address, element in objects)
