"""Packets inside other packets; each kind of tunnel is compared with tshark by the integration tests."""

import struct

import pytest

from tests.unit.client.captures.test_flows import READ, READ_AND_ANSWER, said
from tests.unit.client.captures.wire import ASSET, USER, ip4, tcp


@pytest.mark.parametrize("deep", [4, 5])
def test_of_tunnels_in_tunnels_four_are_opened(deep: int) -> None:
    packet = ip4(tcp(READ, (40000, 502), 1), USER, ASSET)
    for _ in range(deep):
        packet = ip4(packet, ASSET, USER, 4)
    assert said([packet], 228) == (READ_AND_ANSWER[:1] if deep == 4 else [])


@pytest.mark.parametrize(
    ("protocol", "payload"),
    [
        (4, b""), (41, b"\x60"), (47, b""), (47, b"\0\0\x08"), (47, b"\x40\0\x08\0" + bytes(40)),
        (47, b"\0\1\x08\0" + bytes(40)), (47, b"\0\0\x22\xeb" + bytes(8)), (47, b"\x10\0\x88\xbe" + bytes(4)),
        (47, b"\xb0\0\x65\x58"), (47, b"\0\0\x12\x34"),
        (17, struct.pack(">HHHH", 1, 4789, 18, 0) + b"\x08" + bytes(9)),
    ],
)  # fmt: skip
def test_tunnels_with_nothing_in_them_give_nothing(protocol: int, payload: bytes) -> None:
    assert said([ip4(payload, USER, ASSET, protocol)], 228) == []
