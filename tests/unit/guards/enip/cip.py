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


MANAGER, ROUTER = path(("class", 6), ("instance", 1)), path(("class", 2), ("instance", 1))
SERIALS = bytes.fromhex("27040910 11223344")


def forward_open(to: bytes = ROUTER, trigger: int = 0xA3, serials: bytes = SERIALS, *, large: bool = False) -> bytes:
    ids = b"\x0a\x0e" + bytes(4) + b"\x00\x00\x00\x58" + serials + b"\x07\x00\x00\x00"
    parameters = (bytes(4) + (b"\xa0\x0f\x00\x42" if large else b"\xf4\x43")) * 2
    return request(0x5B if large else 0x54, MANAGER, ids + parameters + bytes([trigger, len(to) // 2]) + to)


def opened(there: int, back: int, serials: bytes = SERIALS, *, large: bool = False) -> bytes:
    return reply(0x5B if large else 0x54, 0, struct.pack("<II", there, back) + serials + bytes(10))


def forward_close(to: bytes = ROUTER, serials: bytes = SERIALS) -> bytes:
    return request(0x4E, MANAGER, b"\x0a\x0e" + serials + bytes([len(to) // 2, 0]) + to)


def pccc(message: bytes) -> bytes:
    return request(0x4B, path(("class", 0x67), ("instance", 1)), b"\x07\x4d\x00\x01\x02\x03\x04" + message)


def message(
    command: int, data: bytes = b"", context: bytes = bytes(8), status: int = 0, session: int = SESSION
) -> bytes:
    return struct.pack("<HHII8sI", command, len(data), session, status, context, 0) + data


def unconnected(cip: bytes, context: bytes = bytes(8), session: int = SESSION) -> bytes:
    items = struct.pack("<IHHHHHH", 0, 10, 2, 0, 0, 0xB2, len(cip)) + cip
    return message(0x6F, items, context, session=session)


def connected(cip: bytes, connection: int, count: int, session: int = SESSION) -> bytes:
    items = struct.pack("<IHHHHIHHH", 0, 0, 2, 0xA1, 4, connection, 0xB1, len(cip) + 2, count) + cip
    return message(0x70, items, session=session)


REGISTER, REGISTERED = message(0x65, b"\1\0\0\0", session=0), message(0x65, b"\1\0\0\0")
UNREGISTER, LIST_IDENTITY, NOP = message(0x66), message(0x63, session=0), message(0x00, b"any")


def written(kind: int, data: bytes, count: int = 1) -> bytes:
    return struct.pack("<HH", kind, count) + data


def read_tag(name: str, count: int = 1) -> bytes:
    return request(0x4C, _tag(name), struct.pack("<H", count))


def write_int(name: str, number: int) -> bytes:
    return request(0x4D, _tag(name), written(0xC3, struct.pack("<h", number)))


def told(*numbers: int) -> bytes:
    return reply(0x4C, 0, struct.pack(f"<H{len(numbers)}h", 0xC3, *numbers))


def _tag(name: str) -> bytes:
    """A path of members and elements: ``Motor.Levels[3]``."""
    segments: list[tuple[str, int | str]] = []
    for part in name.split("."):
        base, _, index = part.partition("[")
        segments.append(("symbol", base))
        segments += [("member", int(number)) for number in index.rstrip("]").split("][") if index]
    return path(*segments)


def answered(*replies: bytes, status: int = 0) -> bytes:
    """The answer to a packet of services."""
    at, offsets = 2 + 2 * len(replies), []
    for each in replies:
        offsets.append(at)
        at += len(each)
    return reply(0x0A, status, struct.pack(f"<H{len(replies)}H", len(replies), *offsets) + b"".join(replies))
