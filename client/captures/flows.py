"""From packets to operations: which flow a packet is of, who asks and who answers in it, what protocol it speaks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from client.captures.packets import ACK, SYN, Address, PacketReader, Segment
from client.captures.signs import spoken_in
from client.captures.streams import Piece, Reassembler
from guards import datagrams
from guards.decoding import Decoder
from guards.effects import Direction, Operation
from guards.registry import decoded_protocols
from policies.ports import OVER_UDP, WELL_KNOWN_PORTS
from policies.protocols import is_datagrams

PORTS: Mapping[tuple[str, int], str] = {
    (transport, WELL_KNOWN_PORTS[protocol]): protocol
    for protocol in sorted(decoded_protocols())
    for transport in ("tcp", "udp")
    if (protocol in OVER_UDP if transport == "udp" else not is_datagrams(protocol))
}
"""What is spoken on a port unless somebody says otherwise."""
MAX_FLOWS = 4096
MAX_LOOKS = 8
_OTHER = {Direction.TO_ASSET: Direction.TO_USER, Direction.TO_USER: Direction.TO_ASSET}

MakeDecoder = Callable[[str], Decoder]
_Key = tuple[str, Address, Address]


class Row(NamedTuple):
    """One PDU: its flow, its number there (from 1 on), when it was complete, and what it says."""

    flow: "Flow"
    number: int
    time: float | None
    operation: Operation


@dataclass(eq=False, slots=True)
class Flow:
    """One conversation. Until its protocol is known, only the first eight packets with content are looked at."""

    transport: str
    client: Address
    server: Address
    protocol: str | None
    decoder: Decoder | None = None
    streams: dict[Direction, Reassembler] = field(default_factory=lambda: {each: Reassembler() for each in Direction})
    rows: int = 0
    looks: int = 0

    def __str__(self) -> str:
        return f"{self.client}-{self.server}/{self.transport}"


class FlowReader:
    """Puts packets together. ``ports`` say what is spoken where; elsewhere the first words tell."""

    def __init__(self, ports: Mapping[tuple[str, int], str], make_decoder: MakeDecoder) -> None:
        self._ports = ports
        self._make_decoder = make_decoder
        self._packets = PacketReader()
        self._flows: dict[_Key, Flow] = {}
        self._strangers: dict[_Key, Flow] = {}

    def packet(self, time: float | None, link_type: int, data: bytes) -> Iterator[Row]:
        """Yield what a packet completes, and what a flow that ends with it still kept."""
        segment = self._packets.read(link_type, data)
        if segment is None:
            return
        source, destination = segment.source, segment.destination
        ends = (source, destination) if source < destination else (destination, source)
        key = segment.transport, *ends
        flow = self._flows.pop(key, None) or self._strangers.get(key)
        if flow is None or (segment.flags & (SYN | ACK) == SYN and flow.rows):
            if flow is not None:
                yield from self._end(flow)
            flow = self._begin(segment)
        direction = Direction.TO_ASSET if source == flow.client else Direction.TO_USER
        yield from self._segment(flow, direction, segment, time)
        yield from self._keep(key, flow)

    def finish(self) -> Iterator[Row]:
        """Yield what still waited for packets that never came."""
        for flow in self._flows.values():
            yield from self._end(flow)
        self._flows.clear()
        self._strangers.clear()

    def _keep(self, key: _Key, flow: Flow) -> Iterator[Row]:
        """Remember a flow. Of too many ends the one that was silent the longest; what nobody can read is kept apart."""
        if flow.decoder is None:
            self._strangers[key] = flow
            if len(self._strangers) > MAX_FLOWS:
                del self._strangers[next(iter(self._strangers))]
            return
        self._strangers.pop(key, None)
        self._flows[key] = flow
        if len(self._flows) > MAX_FLOWS:
            yield from self._end(self._flows.pop(next(iter(self._flows))))

    def _begin(self, segment: Segment) -> Flow:
        client, server = self._sides(segment)
        protocol = self._ports.get((segment.transport, server.port))
        decoder = None if protocol is None else self._make_decoder(protocol)
        return Flow(segment.transport, client, server, protocol, decoder)

    def _sides(self, segment: Segment) -> tuple[Address, Address]:
        """Return who asks and who answers: by the handshake, else by the known port, else by the lower port."""
        there, back = (segment.source, segment.destination), (segment.destination, segment.source)
        if segment.flags & SYN:
            return back if segment.flags & ACK else there
        known = [(segment.transport, port) in self._ports for port in (segment.source.port, segment.destination.port)]
        if known[0] != known[1]:
            return back if known[0] else there
        return back if segment.source.port < segment.destination.port else there

    def _segment(self, flow: Flow, direction: Direction, segment: Segment, time: float | None) -> Iterator[Row]:
        decoder = flow.decoder or self._recognize(flow, segment)
        if decoder is None:
            return
        if segment.transport == "udp":
            framed = flow.protocol is not None and is_datagrams(flow.protocol)
            payload = datagrams.framed(segment.payload) if framed else segment.payload
            yield from _rows(flow, decoder, direction, payload, time)
            decoder.lost(direction)
            return
        if segment.flags & ACK:
            other = _OTHER[direction]
            yield from _pieces(flow, decoder, other, flow.streams[other].acknowledged(segment.acknowledged))
        stream = flow.streams[direction]
        if segment.flags & SYN:
            stream.start(segment.sequence)
        sequence = (segment.sequence + bool(segment.flags & SYN)) % (1 << 32)
        yield from _pieces(flow, decoder, direction, stream.feed(sequence, segment.payload, time, segment.missing))

    def _recognize(self, flow: Flow, segment: Segment) -> Decoder | None:
        """Look what a flow to an unknown port says, as long as it is new."""
        if segment.payload and flow.looks < MAX_LOOKS:
            flow.looks += 1
            flow.protocol = spoken_in(segment.payload)
            flow.decoder = None if flow.protocol is None else self._make_decoder(flow.protocol)
        return flow.decoder

    def _end(self, flow: Flow) -> Iterator[Row]:
        if flow.decoder is None:
            return
        for direction, stream in flow.streams.items():
            yield from _pieces(flow, flow.decoder, direction, stream.flush())


def _pieces(flow: Flow, decoder: Decoder, direction: Direction, pieces: Iterable[Piece]) -> Iterator[Row]:
    for piece in pieces:
        if piece.after_gap:
            decoder.lost(direction)
        yield from _rows(flow, decoder, direction, piece.data, piece.time)


def _rows(flow: Flow, decoder: Decoder, direction: Direction, data: bytes, time: float | None) -> Iterator[Row]:
    for operation in decoder.receive(direction, data, time or 0.0):
        flow.rows += 1
        yield Row(flow, flow.rows, time, operation)
