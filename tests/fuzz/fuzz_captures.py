"""Coverage-guided fuzzing of capture files, and of what puts their packets together, with atheris.

How to run it stands in ``tests/fuzz/steps.py``. The first byte of an input says whether the rest is a file, packets of
a link type, fragments of IP packets, or segments of one TCP connection.
"""

import io
from collections.abc import Iterator
from contextlib import suppress

from client.captures import packets, streams
from client.captures.files import CaptureError, read_packets
from client.captures.flows import PORTS, FlowReader
from client.captures.packets import PacketReader
from client.captures.streams import Reassembler
from guards.registry import make_decoder
from tests.fuzz.steps import run
from tests.unit.client.captures.wire import ASSET, USER, ip4, pcap, pcapng, tcp, udp

_LINKS = (0, 1, 12, 101, 113, 228, 229, 276)
_PORTS = sorted(PORTS)


def pieces_of(data: bytes) -> Iterator[bytes]:
    """Divide fuzzer bytes into pieces: a byte that says the size, then so many."""
    at = 0
    while at < len(data):
        yield data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]


def file(data: bytes) -> None:
    """Read a file and all that it carries; only that it is no capture may be said."""
    flows = FlowReader(PORTS, make_decoder)
    with suppress(CaptureError):
        for packet in read_packets(io.BytesIO(data)):
            list(flows.packet(packet.time, packet.link_type, packet.data))
    list(flows.finish())


def frames(link: int, data: bytes) -> None:
    """Read packets out of both kinds of files."""
    whole = list(pieces_of(data))
    for made in (pcap(whole, link=link), pcapng(whole, link=link)):
        if [packet.data for packet in read_packets(io.BytesIO(made))] != whole:
            raise AssertionError("the file holds other packets")
        file(made)


def carried(how: int, data: bytes) -> None:
    """Read what a known port is told, as datagrams or as a stream that is whole but disordered."""
    transport, port = _PORTS[how % len(_PORTS)]
    flows, sequence = FlowReader(PORTS, make_decoder), 0
    for said in pieces_of(data):
        ends, ways = ((40000, port), (USER, ASSET)) if how & 0x40 else ((port, 40000), (ASSET, USER))
        made = udp(said, ends) if transport == "udp" else tcp(said, ends, sequence)
        list(flows.packet(1, 228, ip4(made, *ways, 17 if transport == "udp" else 6)))
        sequence += len(said) if not said or said[0] & 1 else -len(said) % (1 << 32)
        sequence %= 1 << 32
    list(flows.finish())


def fragments(data: bytes) -> None:
    """Put fragments together: what is kept stays under its bound."""
    reader = PacketReader()
    for said in pieces_of(data):
        where, number = int.from_bytes(said[:2], "big"), said[2] & 3 if len(said) > 2 else 0
        reader.read(228, ip4(said[3:] * 16, USER, ASSET, 17, where, number))
        for kept in reader._fragments.values():
            if sum(map(len, kept.pieces.values())) != kept.held or kept.held > packets.MAX_IP_BYTES:
                raise AssertionError("more is kept of a packet than it may have")


def segments(data: bytes) -> None:
    """Put segments into order: what is kept stays under its bound, and no byte comes twice."""
    stream, told, came = Reassembler(), 0, 0
    for said in pieces_of(data):
        sequence, size = int.from_bytes(said[:4], "big"), len(said) * (1 + (said[4] if len(said) > 4 else 0))
        if len(said) > 5 and said[5] & 1:
            found = stream.acknowledged(sequence)
        else:
            found, came = stream.feed(sequence, bytes(size), None, len(said) & 1), came + size
        told += sum(len(piece.data) for piece in found)
        if stream._early_bytes != sum(len(early.data) for early in stream._early.values()):
            raise AssertionError("it does not know how much it keeps")
        if stream._early_bytes > streams.MAX_WAITING_BYTES or len(stream._early) > streams.MAX_WAITING_SEGMENTS:
            raise AssertionError("more waits than may")
    told += sum(len(piece.data) for piece in stream.flush())
    if told > came:
        raise AssertionError("more came out than went in")


def fuzz_one(data: bytes) -> None:
    """Send one input through the door that its first byte names; nothing unforeseen may be raised."""
    if not data:
        return
    how, rest = data[0] >> 3, data[1:]
    match data[0] & 7:
        case 0 | 1:
            file(rest)
        case 2:
            frames(_LINKS[how & 7], rest)
        case 3:
            carried(rest[0] if rest else 0, rest[1:])
        case 4 | 5:
            fragments(rest)
        case _:
            segments(rest)


if __name__ == "__main__":
    run(fuzz_one)
