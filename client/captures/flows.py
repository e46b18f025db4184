"""From packets to operations: which flow a packet is of, who asks and who answers in it, what protocol it speaks."""

from collections.abc import Callable, Iterator, Mapping

from client.captures.flow import MAX_LOOKS, Flow, Row
from client.captures.packets import ACK, SYN, Address, PacketReader, Segment
from client.captures.signs import spoken_in
from guards import datagrams
from guards.decoding import Decoder
from guards.effects import Direction
from guards.modbus.rtu import is_frame
from guards.registry import decoded_protocols
from policies.ports import OVER_UDP, WELL_KNOWN_PORTS
from policies.protocols import is_datagrams

RTU = "modbus-rtu"
"""Frames of a serial line carried as they are: at home on no port, and met where Modbus/TCP is expected."""
PORTS: Mapping[tuple[str, int], str] = {
    (transport, WELL_KNOWN_PORTS[protocol]): protocol
    for protocol in sorted(decoded_protocols() - {RTU})
    for transport in ("tcp", "udp")
    if (protocol in OVER_UDP if transport == "udp" else not is_datagrams(protocol))
}
"""What is spoken on a port unless somebody says otherwise."""
MAX_FLOWS = 4096
MAX_NAMED = 5
_OTHER = {Direction.TO_ASSET: Direction.TO_USER, Direction.TO_USER: Direction.TO_ASSET}

MakeDecoder = Callable[[str], Decoder]
_Key = tuple[str, Address, Address]


class FlowReader:
    """Puts packets together. ``ports`` say what is spoken where; elsewhere the first words tell."""

    def __init__(self, ports: Mapping[tuple[str, int], str], make_decoder: MakeDecoder) -> None:
        self._ports = ports
        self._make_decoder = make_decoder
        self._packets = PacketReader()
        self._flows: dict[_Key, Flow] = {}
        self._strangers: dict[_Key, Flow] = {}
        self._begun = 0
        self._cut_short = 0

    def packet(self, time: int | None, link_type: int, data: bytes) -> list[Row]:
        """Return what a packet completes, and what a flow that ends with it still kept."""
        rows: list[Row] = []
        segment = self._packets.read(link_type, data)
        if segment is None:
            return rows
        source, destination = segment.source, segment.destination
        ends = (source, destination) if source < destination else (destination, source)
        key = segment.transport, *ends
        flow = self._flows.pop(key, None) or self._strangers.get(key)
        if flow is None or flow.begins_anew(segment):
            if flow is not None:
                rows += flow.end()
            flow = self._begin(segment)
        direction = Direction.TO_ASSET if source == flow.client else Direction.TO_USER
        rows += self._segment(flow, direction, segment, time)
        rows += self._keep(key, flow)
        return rows

    def remarks(self) -> list[str]:
        """Return what somebody must know who wonders where rows are that should be there."""
        found: list[str] = []
        unread, types = self._packets.unread.total(), sorted(self._packets.unread)
        if unread:
            which = ", ".join(map(str, types[:MAX_NAMED]))
            found.append(f"Packets of link types that are not read ({which}): {unread:,}.")
        names = self._packets.not_over_ip
        if names:
            found.append(
                f"Frames of protocols without IP, which are not read ({', '.join(sorted(names))}): {names.total():,}."
            )
        if self._cut_short:
            found.append(f"Packets that were cut short when they were captured: {self._cut_short:,}.")
        return found

    def finish(self) -> Iterator[Row]:
        """Yield what still waited for packets that never came."""
        for flow in self._flows.values():
            yield from flow.end()
        self._flows.clear()
        self._strangers.clear()

    def _keep(self, key: _Key, flow: Flow) -> list[Row]:
        """Remember a flow. Of too many ends the one that was silent the longest; what nobody can read is kept apart."""
        if flow.decoder is None:
            self._strangers[key] = flow
            if len(self._strangers) > MAX_FLOWS:
                del self._strangers[next(iter(self._strangers))]
            return []
        if self._strangers:
            self._strangers.pop(key, None)
        self._flows[key] = flow
        return self._flows.pop(next(iter(self._flows))).end() if len(self._flows) > MAX_FLOWS else []

    def _begin(self, segment: Segment) -> Flow:
        client, server = self._sides(segment)
        protocol = self._ports.get((segment.transport, server.port))
        decoder = None if protocol is None else self._make_decoder(protocol)
        is_in_middle = segment.transport == "tcp" and not segment.flags & SYN
        if decoder is not None and is_in_middle:
            for direction in Direction:
                decoder.lost(direction)
        self._begun += 1
        opened = segment.sequence if segment.flags & (SYN | ACK) == SYN else None
        return Flow(
            segment.transport,
            client,
            server,
            protocol,
            decoder,
            opened=opened,
            is_in_middle=is_in_middle,
            serial=self._begun,
        )

    def _sides(self, segment: Segment) -> tuple[Address, Address]:
        """Return who asks and who answers: by the handshake, else by the known port, else by the lower port."""
        there, back = (segment.source, segment.destination), (segment.destination, segment.source)
        if segment.flags & SYN:
            return back if segment.flags & ACK else there
        known = [(segment.transport, port) in self._ports for port in (segment.source.port, segment.destination.port)]
        if known[0] != known[1]:
            return back if known[0] else there
        return back if segment.source.port < segment.destination.port else there

    def _segment(self, flow: Flow, direction: Direction, segment: Segment, time: int | None) -> list[Row]:
        if flow.looks < MAX_LOOKS:
            self._mind_rtu(flow, segment)
            flow.look(segment)
        decoder = flow.decoder or self._recognize(flow, segment)
        if decoder is None:
            return []
        self._cut_short += segment.missing > 0
        if segment.transport == "tcp":
            return _in_order(flow, direction, segment, time)
        if segment.missing:
            flow.gaps.add(direction)
            return []
        framed = flow.protocol is not None and is_datagrams(flow.protocol)
        rows = flow.read(direction, datagrams.framed(segment.payload) if framed else segment.payload, time)
        decoder.anew(direction)
        return rows

    def _mind_rtu(self, flow: Flow, segment: Segment) -> None:
        """Read a flow on Modbus/TCP's port otherwise if what comes first is a frame of a serial line."""
        if flow.protocol == "modbus" and not flow.looks and segment.transport == "tcp" and is_frame(segment.payload):
            flow.protocol, flow.decoder = RTU, self._make_decoder(RTU)

    def _recognize(self, flow: Flow, segment: Segment) -> Decoder | None:
        """Look what a flow to an unknown port says, as long as it is new."""
        if segment.payload and flow.looks < MAX_LOOKS:
            flow.looks += 1
            flow.protocol = spoken_in(segment.payload, segment.transport)
            flow.decoder = None if flow.protocol is None else self._make_decoder(flow.protocol)
        return flow.decoder


def _in_order(flow: Flow, direction: Direction, segment: Segment, time: int | None) -> list[Row]:
    """Return the PDUs that a TCP segment completes; what it acknowledges need not be waited for."""
    rows: list[Row] = []
    sequence, other = segment.sequence, _OTHER[direction]
    if segment.flags & ACK and flow.streams[other].is_waiting:
        rows += flow.take(other, flow.streams[other].acknowledged(segment.acknowledged))
    stream = flow.streams[direction]
    if segment.flags & SYN:
        stream.start(sequence)
        sequence = (sequence + 1) % (1 << 32)
    rows += flow.take(direction, stream.feed(sequence, segment.payload, time, segment.missing))
    return rows
