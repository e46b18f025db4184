"""Captures made byte by byte, and what must be read in them."""

import struct
from collections.abc import Callable
from pathlib import Path

from tests.integration.captures.agreement import Fields, Pdu, inspected, number, ours, theirs
from tests.unit.client.captures.wire import ACK, ASSET, SYN, USER, Conversation, ethernet, ip4, tcp, udp


def mbap(transaction: int, pdu: str) -> bytes:
    data = bytes.fromhex(pdu)
    return struct.pack(">HHHB", transaction, 0, len(data) + 1, 1) + data


READ, VALUES, WRITE = mbap(1, "0300000002"), mbap(1, "0304000a000b"), mbap(2, "0600050007")
ASKED, TOLD, WROTE = Pdu(True, 3), Pdu(False, 3), Pdu(True, 6)


def opened(port: int = 502, **more: int) -> tuple[Conversation, list[bytes]]:
    talk = Conversation(port, **more)
    return talk, [talk.ask(b"", SYN), talk.answer(b"", SYN | ACK)]


def asked_at(start: int, data: bytes) -> bytes:
    return ethernet(ip4(tcp(data, (40000, 502), 1001 + start), USER, ASSET))


def datagram(data: bytes, port: int, *, back: bool = False, to: bytes = ASSET, from_port: int = 50000) -> bytes:
    ports, ends = ((port, from_port), (to, USER)) if back else ((from_port, port), (USER, to))
    return ethernet(ip4(udp(data, ports), *ends, 17))


def modbus(fields: Fields) -> int | None:
    return number(fields, "modbus.func_code")


def agree(capture: Path, layer: str, port: int, code: Callable[[Fields], int | None], expected: list[Pdu]) -> None:
    assert ours(inspected(capture)) == expected
    assert theirs(capture, layer, port, code) == expected
