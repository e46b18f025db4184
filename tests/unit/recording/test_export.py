"""Exports: captures whose packets are whole and numbered, and lines that say what was done."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address

from hypothesis import given
from hypothesis import strategies as st

from recording.chunks import Chunk, Direction, Kind, Leg
from recording.conversation import Conversation, Endpoint, checksum
from recording.export import describe, operation_lines, pcapng_capture
from recording.manifest import wall_us
from tests.unit.recording.samples import STARTED, opening, passed

OPERATION = {"direction": "to_asset", "protocol": "modbus", "function": "write_single_coil", "values": [1]}
USER = Endpoint(IPv4Address("192.0.2.1"), 50000, bytes(6))
ASSET = Endpoint(IPv4Address("10.0.0.5"), 502, bytes(6))


@dataclass
class Packet:
    wall_us: int
    frame: bytes
    options: bytes

    @property
    def payload(self) -> bytes:
        tcp = self.frame[34:]
        return tcp[(tcp[12] >> 4) * 4 :]

    @property
    def source_port(self) -> int:
        return int.from_bytes(self.frame[34:36], "big")


def _blocks(capture: bytes) -> Iterator[tuple[int, bytes]]:
    while capture:
        kind, length = struct.unpack_from("<II", capture)
        assert length % 4 == 0
        assert struct.unpack_from("<I", capture, length - 4) == (length,)
        yield kind, capture[8 : length - 4]
        capture = capture[length:]


def _packets(chunks: list[Chunk], leg: Leg = Leg.USER) -> list[Packet]:
    capture = b"".join(pcapng_capture(opening(), chunks, leg))
    found = []
    for kind, body in _blocks(capture):
        if kind == 6:
            _, high, low, length, _ = struct.unpack_from("<IIIII", body)
            found.append(Packet(high << 32 | low, body[20 : 20 + length], body[20 + length :]))
    return found


def _operation(ns: int, direction: Direction = Direction.TO_ASSET) -> Chunk:
    return Chunk(Kind.OPERATION, direction, 1, ns, wall_us(STARTED) + ns // 1000, json.dumps(OPERATION).encode())


def _event(name: str, ns: int, **details: str) -> Chunk:
    text = json.dumps({"event": name, **details}).encode()
    return Chunk(Kind.EVENT, Direction.NONE, 1, ns, wall_us(STARTED) + ns // 1000, text)


@given(st.lists(st.tuples(st.sampled_from([Direction.TO_ASSET, Direction.TO_USER]), st.binary(max_size=5000))))
def test_both_directions_carry_exactly_the_recorded_bytes(parts: list[tuple[Direction, bytes]]) -> None:
    packets = _packets([passed(1, direction, data, 0) for direction, data in parts])
    for direction in (Direction.TO_ASSET, Direction.TO_USER):
        sent = b"".join(p.payload for p in packets if (p.source_port == 502) == (direction is Direction.TO_USER))
        assert sent == b"".join(data for way, data in parts if way is direction)


def test_each_leg_shows_what_it_saw() -> None:
    chunks = [
        passed(1, Direction.TO_ASSET, b"refused", 0, Leg.USER),
        passed(1, Direction.TO_USER, b"no", 1, Leg.USER),
        passed(1, Direction.TO_ASSET, b"allowed", 2),
    ]
    seen = {leg: b" ".join(p.payload for p in _packets(chunks, leg) if p.payload) for leg in (Leg.USER, Leg.ASSET)}
    assert seen == {Leg.USER: b"refused no allowed", Leg.ASSET: b"allowed"}


def test_packets_carry_the_wall_time_of_their_chunk() -> None:
    times = {p.wall_us for p in _packets([passed(1, Direction.TO_ASSET, b"x", 7_000_000)])}
    assert times == {wall_us(STARTED) + 7000}


def test_an_operation_is_the_comment_of_the_packet_that_carried_it() -> None:
    chunks = [passed(1, Direction.TO_ASSET, b"write", 0), _operation(1), passed(1, Direction.TO_USER, b"done", 2)]
    commented = [p.payload for p in _packets(chunks) if b"write_single_coil" in p.options]
    assert commented == [b"write"]


def test_a_cut_ends_both_directions_and_says_why() -> None:
    chunks = [_event("stream_opened", 0), _event("cut", 1, code="deadline"), _event("stream_closed", 2)]
    flags = [(p.frame[47], b"deadline" in p.options) for p in _packets(chunks)]
    fins = [commented for flag, commented in flags if flag & 0x01]
    assert fins == [True, True]


def test_the_capture_says_who_did_it_on_which_ticket() -> None:
    section = next(iter(pcapng_capture(opening(), [])))
    assert b"ticket: CHG-00001" in section
    assert b"user: vendor engineer (usr_1)" in section
    assert describe(opening()).encode() in section


def test_the_user_leg_shows_the_protocols_own_port_and_the_asset_leg_the_true_one() -> None:
    facts = opening().session.model_copy(update={"target_port": 15020})
    moved = opening().model_copy(update={"session": facts})
    for leg, port in ((Leg.USER, 502), (Leg.ASSET, 15020)):
        capture = b"".join(pcapng_capture(moved, [passed(1, Direction.TO_ASSET, b"x", 0)], leg))
        assert port.to_bytes(2, "big") in capture


@given(st.lists(st.tuples(st.sampled_from([Direction.TO_ASSET, Direction.TO_USER]), st.binary(max_size=4000))))
def test_sequence_numbers_follow_and_acknowledge_one_another(parts: list[tuple[Direction, bytes]]) -> None:
    conversation = Conversation(USER, ASSET)
    frames = list(conversation.opening())
    for direction, data in parts:
        frames += conversation.data(direction, data)
    frames += [*conversation.ending(Direction.TO_ASSET), *conversation.ending(Direction.TO_USER)]
    expected = {Direction.TO_ASSET: 1000, Direction.TO_USER: 1000}
    for direction, frame in frames:
        sequence, acknowledged, offset, flags = struct.unpack_from(">IIBB", frame, 38)
        assert sequence == expected[direction]
        expected[direction] += len(frame) - 34 - (offset >> 4) * 4 + (flags & 1) + (flags >> 1 & 1)
        assert not flags & 0x10 or acknowledged == expected[Direction(1 - direction)]


@given(st.binary(max_size=2000))
def test_the_checksum_is_that_of_rfc_1071(data: bytes) -> None:
    words = [int.from_bytes((data + b"\0")[i : i + 2], "big") for i in range(0, len(data), 2)]
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    assert checksum(data) == total ^ 0xFFFF


def test_operation_lines_are_json_with_time_and_stream() -> None:
    chunks = [passed(1, Direction.TO_ASSET, b"x", 0), _operation(5_000), _event("cut", 6_000)]
    (line,) = list(operation_lines(chunks))
    record = json.loads(line)
    assert record["stream"] == 1
    assert record["function"] == "write_single_coil"
    assert datetime.fromisoformat(record["at"]) == datetime(2026, 3, 2, 7, 30, 0, 5, tzinfo=UTC)


@given(st.binary(max_size=50), st.integers(0, 2**64 - 1))
def test_unreadable_payloads_and_times_do_not_stop_an_export(payload: bytes, at_us: int) -> None:
    chunks = [Chunk(kind, Direction.NONE, 1, 0, at_us, payload) for kind in (Kind.EVENT, Kind.OPERATION)]
    assert b"".join(pcapng_capture(opening(), chunks))
    assert len(list(operation_lines(chunks))) == 1


def _datagram_packets(chunks: list[Chunk]) -> list[bytes]:
    plain = opening()
    udp = plain.model_copy(update={"session": plain.session.model_copy(update={"protocol": "bacnet"})})
    blocks = _blocks(b"".join(pcapng_capture(udp, chunks)))
    return [body[20 : 20 + struct.unpack_from("<I", body, 12)[0]] for kind, body in blocks if kind == 6]


def test_a_stream_of_datagrams_becomes_one_udp_packet_for_each_however_it_was_cut() -> None:
    asked, answer = b"\x00\x03one\x00\x04t", b"\x00\x02no"
    packets = _datagram_packets(
        [
            _event("stream_opened", 0),
            passed(1, Direction.TO_ASSET, asked, 1),
            passed(1, Direction.TO_USER, answer, 2),
            passed(1, Direction.TO_ASSET, b"woX", 3),
            _event("stream_closed", 4),
        ]
    )
    assert [packet[42:] for packet in packets] == [b"one", b"no", b"twoX"]
    for packet in packets:
        ip, udp = packet[14:34], packet[34:]
        assert ip[9] == 17
        assert checksum(ip) == 0
        assert int.from_bytes(ip[2:4], "big") == 20 + len(udp) == len(packet) - 14
        assert checksum(ip[12:20] + b"\x00\x11" + udp[4:6] + udp) == 0
    assert [int.from_bytes(packet[36:38], "big") == 47808 for packet in packets] == [True, False, True]
