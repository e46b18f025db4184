"""Packets and capture files, made by hand."""

import struct
from dataclasses import dataclass

USER, ASSET = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
FIN, SYN, RST, ACK, PUSH = 1, 2, 4, 16, 8


def ip4(payload: bytes, source: bytes, target: bytes, protocol: int = 6, where: int = 0, number: int = 1) -> bytes:
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), number, where, 64, protocol, 0, source, target)
    return head + payload


def tcp(payload: bytes, ports: tuple[int, int], sequence: int, flags: int = ACK | PUSH, acknowledged: int = 0) -> bytes:
    return struct.pack(">HHIIBBHHH", *ports, sequence, acknowledged, 5 << 4, flags, 1000, 0, 0) + payload


def udp(payload: bytes, ports: tuple[int, int]) -> bytes:
    return struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload


def ethernet(packet: bytes, tags: int = 0, kind: int = 0x0800) -> bytes:
    return bytes(12) + b"\x81\x00\x00\x05" * tags + kind.to_bytes(2, "big") + packet


@dataclass
class Conversation:
    """Both sides of one TCP connection; each call returns the next Ethernet frame."""

    port: int = 502
    user_port: int = 40000
    to_asset: int = 1000
    to_user: int = 0xFFFFFFF0

    def ask(self, payload: bytes, flags: int = ACK | PUSH) -> bytes:
        frame = ethernet(ip4(tcp(payload, (self.user_port, self.port), self.to_asset, flags), USER, ASSET))
        self.to_asset = (self.to_asset + len(payload) + bool(flags & SYN)) % (1 << 32)
        return frame

    def answer(self, payload: bytes, flags: int = ACK | PUSH, acknowledged: int = 0) -> bytes:
        segment = tcp(payload, (self.port, self.user_port), self.to_user, flags, acknowledged)
        frame = ethernet(ip4(segment, ASSET, USER))
        self.to_user = (self.to_user + len(payload) + bool(flags & SYN)) % (1 << 32)
        return frame


def pcap(frames: list[bytes], order: str = "<", magic: int = 0xA1B2C3D4, link: int = 1) -> bytes:
    head = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    records = (struct.pack(order + "IIII", 1000 + n, 5, len(f), len(f)) + f for n, f in enumerate(frames))
    return head + b"".join(records)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    padded = body + bytes(-len(body) % 4)
    length = struct.pack(order + "I", 12 + len(padded))
    return struct.pack(order + "I", kind) + length + padded + length


def pcapng(frames: list[bytes], order: str = "<", link: int = 1, resolution: int = 9, first: int = 1000) -> bytes:
    section = block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)
    options = struct.pack(order + "HHB3xHH", 9, 1, resolution, 0, 0)
    interface = block(1, struct.pack(order + "HHI", link, 0, 0) + options, order)
    ticks = [(first + n) * 10**resolution for n in range(len(frames))]
    packets = (
        block(6, struct.pack(order + "IIIII", 0, t >> 32, t & 0xFFFFFFFF, len(f), len(f)) + f, order)
        for t, f in zip(ticks, frames, strict=True)
    )
    return section + interface + block(0xBAD, b"unknown", order) + b"".join(packets)
