"""CIP messages made by hand."""

import struct

SESSION = 0x1234


def path(*segments: tuple[str, int | str]) -> bytes:
    """A padded EPATH of named segments: class, instance, attribute, member, point, port (link), symbol."""
    kinds = {"class": 0x20, "instance": 0x24, "member": 0x28, "point": 0x2C, "attribute": 0x30}
    made = b""
    for name, value in segments:
        if name == "symbol":
            text = str(value).encode()
            made += bytes([0x91, len(text)]) + text + bytes(len(text) % 2)
        elif name == "port":
            made += bytes([1, int(value)])
        elif int(value) < 256:
            made += bytes([kinds[name], int(value)])
        else:
            made += bytes([kinds[name] | 1, 0]) + struct.pack("<H", int(value))
    return made


def request(service: int, to: bytes, data: bytes = b"") -> bytes:
    return bytes([service, len(to) // 2]) + to + data


def reply(service: int, status: int = 0, data: bytes = b"") -> bytes:
    return bytes([service | 0x80, 0, status, 0]) + data


def several(*requests: bytes) -> bytes:
    at, offsets = 2 + 2 * len(requests), []
    for each in requests:
        offsets.append(at)
        at += len(each)
    body = struct.pack(f"<H{len(requests)}H", len(requests), *offsets) + b"".join(requests)
    return request(0x0A, path(("class", 2), ("instance", 1)), body)


def sent_on(inner: bytes, route: bytes) -> bytes:
    body = b"\x0a\x0e" + struct.pack("<H", len(inner)) + inner + bytes(len(inner) % 2)
    return request(0x52, path(("class", 6), ("instance", 1)), body + bytes([len(route) // 2, 0]) + route)


def forward_open(to: bytes, trigger: int = 0xA3) -> bytes:
    body = bytes(34) + bytes([trigger, len(to) // 2]) + to
    return request(0x54, path(("class", 6), ("instance", 1)), body)


def pccc(message: bytes) -> bytes:
    return request(0x4B, path(("class", 0x67), ("instance", 1)), b"\x07\x4d\x00\x01\x02\x03\x04" + message)


def message(command: int, data: bytes = b"", context: bytes = bytes(8), status: int = 0) -> bytes:
    return struct.pack("<HHII8sI", command, len(data), SESSION, status, context, 0) + data


def unconnected(cip: bytes, context: bytes = bytes(8)) -> bytes:
    items = struct.pack("<IHHHHHH", 0, 10, 2, 0, 0, 0xB2, len(cip)) + cip
    return message(0x6F, items, context)


def connected(cip: bytes, connection: int, count: int) -> bytes:
    items = struct.pack("<IHHHHIHHH", 0, 0, 2, 0xA1, 4, connection, 0xB1, len(cip) + 2, count) + cip
    return message(0x70, items)


def written(kind: int, data: bytes, count: int = 1) -> bytes:
    return struct.pack("<HH", kind, count) + data
