"""What a recording can be turned into: a capture that Wireshark opens, JSON lines of operations. Streams throughout."""

import ipaddress
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from policies.ports import WELL_KNOWN_PORTS
from policies.protocols import is_datagrams
from recording import pcapng
from recording.chunks import Chunk, Direction, Kind, Leg
from recording.conversation import Conversation, Datagrams, Endpoint
from recording.manifest import Opening, SessionFacts

APPLICATION = "Wicketgate"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_USER_MAC = bytes.fromhex("020000000001")
_ASSET_MAC = bytes.fromhex("020000000002")
# RFC 5737: addresses for documentation stand in for what is not known, or is no IPv4 address.
_UNKNOWN_USER = "192.0.2.1"
_UNKNOWN_ASSET = "198.51.100.1"
_FIRST_PORT = 49152
_PORTS = 2**16 - _FIRST_PORT

_STUB_BYTES = 24
_STUB_NS = 200_000_000
_OPENED = "stream_opened"
_HALF_CLOSED = "half_closed"
_ENDED = frozenset({"stream_closed", "cut"})


def pcapng_capture(opening: Opening, chunks: Iterable[Chunk], leg: Leg = Leg.USER) -> Iterator[bytes]:
    """Yield a pcapng file of the inner protocol, as the user's tool (or with ``Leg.ASSET`` the device) saw it.

    Packets are made from the recorded streams and carry true wall times; operations and ends stand in packet comments.
    """
    facts = opening.session
    yield pcapng.section_header(application=APPLICATION, comment=describe(opening))
    yield pcapng.interface(f"{'asset' if leg is Leg.ASSET else 'user'} leg of {facts.asset_name}/{facts.service_name}")
    yield from _Capture(facts, leg).packets(chunks)


def operation_lines(chunks: Iterable[Chunk]) -> Iterator[bytes]:
    """Yield one line of JSON per operation: when, in which stream, and what the guard saw."""
    for chunk in chunks:
        if chunk.kind is Kind.OPERATION:
            yield json.dumps(operation_record(chunk), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def operation_record(chunk: Chunk) -> dict[str, object]:
    """Return an operation with its time and stream."""
    at = wall_time(chunk.wall_us).isoformat(timespec="microseconds")
    return {"at": at, "since_start_ns": chunk.monotonic_ns, "stream": chunk.stream, **json_object(chunk)}


def json_object(chunk: Chunk) -> dict[str, object]:
    """Return the JSON object that an operation or event holds; anything else becomes ``{"unreadable": true}``."""
    try:
        value = json.loads(chunk.payload)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"unreadable": True}


def wall_time(wall_us: int) -> datetime:
    """Return microseconds since 1970 as a time; beyond what a date can say, the last one."""
    try:
        return _EPOCH + timedelta(microseconds=wall_us)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def describe(opening: Opening) -> str:
    """Return, in a few lines, who did this on what and by which right."""
    facts = opening.session
    lines = {
        "recording": opening.recording,
        "session": facts.session,
        "user": f"{facts.user_name} ({facts.user})",
        "organization": facts.organization,
        "ticket": facts.ticket,
        "grant": facts.grant,
        "site": facts.site,
        "asset": f"{facts.asset_name} ({facts.asset})",
        "service": f"{facts.service_name}: {facts.protocol} {facts.target_host}:{facts.target_port}",
        "started": opening.started_at.isoformat(),
        "note": "packets are reconstructed from recorded streams",
    }
    return "\n".join(f"{name}: {value}" for name, value in lines.items() if value)


class _Capture:
    """Lays chunks out as packets. One chunk is held back, because the operations that it carried come after it."""

    def __init__(self, facts: SessionFacts, leg: Leg) -> None:
        self._facts = facts
        self._leg = leg
        self._is_datagrams = is_datagrams(facts.protocol)
        self._conversations: dict[int, Conversation | Datagrams] = {}
        self._held: Chunk | None = None
        self._comments: list[str] = []

    def packets(self, chunks: Iterable[Chunk]) -> Iterator[bytes]:
        for chunk in chunks:
            match chunk.kind:
                case Kind.BYTES if chunk.leg in (Leg.BOTH, self._leg):
                    yield from self._hold(chunk)
                case Kind.OPERATION:
                    yield from self._comment(chunk)
                case Kind.EVENT:
                    yield from self._release()
                    yield from self._event(chunk)
        yield from self._release()

    def _hold(self, chunk: Chunk) -> Iterator[bytes]:
        held = self._held
        if held is not None and not self._comments and not self._is_datagrams and _continues(held, chunk):
            self._held = replace(held, payload=held.payload + chunk.payload)
            return
        yield from self._release()
        self._held = chunk

    def _comment(self, chunk: Chunk) -> Iterator[bytes]:
        held = self._held
        if held is not None and (held.stream, held.direction) != (chunk.stream, chunk.direction):
            yield from self._release()
        self._comments.append(summary(json_object(chunk)))

    def _release(self) -> Iterator[bytes]:
        chunk = self._held
        if chunk is None:
            return
        self._held, comments, self._comments = None, self._comments, []
        conversation = self._conversations.get(chunk.stream)
        if conversation is None:
            conversation = self._conversations[chunk.stream] = self._new(chunk.stream)
        if not conversation.is_open:
            yield from self._written(conversation.opening(), chunk.wall_us)
        yield from self._written(conversation.data(chunk.direction, chunk.payload), chunk.wall_us, comments)

    def _event(self, chunk: Chunk) -> Iterator[bytes]:
        event = json_object(chunk)
        name = event.get("event")
        if name == _OPENED:
            self._conversations[chunk.stream] = opened = self._new(chunk.stream)
            yield from self._written(opened.opening(), chunk.wall_us, [summary(event)])
        conversation = self._conversations.get(chunk.stream)
        if conversation is not None and name == _HALF_CLOSED:
            way = Direction.TO_ASSET if event.get("direction") == "to_asset" else Direction.TO_USER
            yield from self._written(conversation.ending(way), chunk.wall_us)
        if conversation is not None and name in _ENDED:
            for way in (Direction.TO_ASSET, Direction.TO_USER):
                yield from self._written(conversation.ending(way), chunk.wall_us, [summary(event)])

    def _written(
        self, frames: Iterable[tuple[Direction, bytes]], wall_us: int, comments: Iterable[str] = ()
    ) -> Iterator[bytes]:
        towards_us = Direction.TO_USER if self._leg is Leg.ASSET else Direction.TO_ASSET
        for direction, frame in frames:
            heading = pcapng.Heading.INBOUND if direction is towards_us else pcapng.Heading.OUTBOUND
            yield pcapng.packet(frame, wall_us, heading, comments)
            comments = ()

    def _new(self, stream: int) -> Conversation | Datagrams:
        facts = self._facts
        port = facts.target_port
        if self._leg is not Leg.ASSET:
            # The tool itself dialled some local port; its leg shows the one where dissectors look.
            port = WELL_KNOWN_PORTS.get(facts.protocol, port)
        asset = Endpoint(_ipv4(facts.target_host, _UNKNOWN_ASSET), port, _ASSET_MAC)
        source = _FIRST_PORT + stream % _PORTS
        user = Endpoint(_ipv4(facts.client_address, _UNKNOWN_USER), source if source != port else port - 1, _USER_MAC)
        return (Datagrams if self._is_datagrams else Conversation)(user, asset)


def _continues(held: Chunk, chunk: Chunk) -> bool:
    # Dissectors give up on a first packet that is shorter than their protocol's header (Modbus: 8 bytes).
    is_stub = len(held.payload) < _STUB_BYTES and chunk.monotonic_ns - held.monotonic_ns < _STUB_NS
    return is_stub and (held.stream, held.direction) == (chunk.stream, chunk.direction)


def summary(record: dict[str, object]) -> str:
    """Return an operation or event in one line, as a packet comment says it."""
    parts = [f"{name}={_text(value)}" for name, value in record.items() if value not in (None, "", [], False)]
    return " ".join(parts)


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(str(item) for item in value[:16]) + (",..." if len(value) > 16 else "")
    return str(value)


def _ipv4(text: str, otherwise: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(text)
    except ValueError:
        return ipaddress.IPv4Address(otherwise)
