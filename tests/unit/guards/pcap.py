"""Read pcap and pcapng files of IPv4 and TCP, for tests that replay captures; nothing more than that."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CAPTURES = Path(__file__).resolve().parents[4] / "shared" / "captures"
LINUX_COOKED = 113
WHY_SKIPPED = "the captures are not beside this checkout (../shared/captures)"

Endpoint = tuple[str, int]


class Segment(NamedTuple):
    """The payload of one TCP segment."""

    source: Endpoint
    target: Endpoint
    sequence: int
    data: bytes


def packets(path: Path) -> Iterator[bytes]:
    """Yield the IPv4 packets of a capture, from Ethernet (with or without VLAN tags) or Linux cooked frames."""
    raw = path.read_bytes()
    for link, frame in _blocks(raw) if raw[:4] == b"\x0a\x0d\x0d\x0a" else _records(raw):
        kind = 14 if link == LINUX_COOKED else 12
        while frame[kind : kind + 2] == b"\x81\x00":
            kind += 4
        if frame[kind : kind + 2] == b"\x08\x00":
            yield frame[kind + 2 :]


def _records(raw: bytes) -> Iterator[tuple[int, bytes]]:
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">"}[raw[:4]]
    (link,) = struct.unpack_from(order + "I", raw, 20)
    at = 24
    while at < len(raw):
        captured = struct.unpack_from(order + "I", raw, at + 8)[0]
        yield link, raw[at + 16 : at + 16 + captured]
        at += 16 + captured


def _blocks(raw: bytes) -> Iterator[tuple[int, bytes]]:
    order = "<" if raw[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    links: list[int] = []
    at = 0
    while at < len(raw):
        kind, length = struct.unpack_from(order + "II", raw, at)
        if kind == 1:
            links.append(struct.unpack_from(order + "H", raw, at + 8)[0])
        elif kind == 6:
            interface, _, _, captured = struct.unpack_from(order + "IIII", raw, at + 8)
            yield links[interface], raw[at + 28 : at + 28 + captured]
        at += length


def segments(path: Path) -> Iterator[Segment]:
    """Yield the TCP payloads in the order of the file; retransmitted ones are left out."""
    seen: dict[tuple[Endpoint, Endpoint], int] = {}
    for segment in filter(None, map(_segment, packets(path))):
        flow, end = (segment.source, segment.target), segment.sequence + len(segment.data)
        if segment.data and end > seen.get(flow, -1):
            seen[flow] = end
            yield segment


def _segment(ip: bytes) -> Segment | None:
    if len(ip) < 20 or ip[9] != 6:
        return None
    header, total = (ip[0] & 15) * 4, int.from_bytes(ip[2:4], "big")
    tcp = ip[header:total]
    source, target, sequence = struct.unpack_from(">HHI", tcp)
    return Segment((_dotted(ip[12:16]), source), (_dotted(ip[16:20]), target), sequence, tcp[(tcp[12] >> 4) * 4 :])


def _dotted(address: bytes) -> str:
    return ".".join(map(str, address))


def zeek_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a Zeek log as dictionaries."""
    lines = path.read_text().splitlines()
    fields = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
    return [dict(zip(fields, line.split("\t"), strict=True)) for line in lines if not line.startswith("#")]
