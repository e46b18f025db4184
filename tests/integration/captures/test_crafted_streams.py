"""What networks and capturing do to traffic: ``wicket inspect`` reads what was said, as tshark does."""

import shutil
import struct
from pathlib import Path

import pytest

from guards.dnp3 import link
from guards.enip import encapsulation
from tests.integration.captures.agreement import Fields, Pdu, inspected, number, ours, theirs
from tests.integration.captures.crafted import (
    ASKED,
    READ,
    TOLD,
    VALUES,
    WRITE,
    WROTE,
    agree,
    asked_at,
    mbap,
    modbus,
    opened,
)
from tests.unit.client.captures.wire import ASSET, RST, USER, Conversation, block, ethernet, ip4, pcap, tcp, udp
from tests.unit.guards.iec104.wire import asdu, numbered

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed"),
]

BOTH = READ + WRITE


def repeated() -> list[bytes]:
    talk, frames = opened()
    question, answer = talk.ask(READ), talk.answer(VALUES)
    return [*frames, question, question, answer, answer, talk.ask(WRITE)]


def repeated_with_other_content() -> list[bytes]:
    """The first counts: that is what the device was told, unless it never came there."""
    talk, frames = opened()
    frames.append(asked_at(0, READ))
    frames.append(asked_at(0, mbap(9, "0600630001")))
    talk.to_asset += len(READ)
    return [*frames, talk.answer(VALUES), talk.ask(WRITE)]


def aborted_and_opened_again() -> list[bytes]:
    """The rest of the message that was cut off is not taken out of the next connection."""
    talk, frames = opened()
    frames += [talk.ask(READ), talk.answer(VALUES), talk.ask(WRITE[:5]), talk.ask(b"", RST)]
    again, others = opened(to_asset=1040)
    return [*frames, *others, again.ask(WRITE)]


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        (repeated(), [ASKED, TOLD, WROTE]),
        (repeated_with_other_content(), [ASKED, TOLD, WROTE]),
        ([*opened()[1], asked_at(12, WRITE), asked_at(0, READ)], [ASKED, WROTE]),
        ([*opened()[1], asked_at(20, BOTH[20:]), asked_at(7, BOTH[7:20]), asked_at(0, BOTH[:7])], [ASKED, WROTE]),
        (aborted_and_opened_again(), [ASKED, TOLD, WROTE]),
    ],
    ids=["repeated", "repeated-otherwise", "disordered", "backwards", "aborted"],
)
def test_tcp_is_put_together(frames: list[bytes], expected: list[Pdu], tmp_path: Path) -> None:
    capture = tmp_path / "tcp.pcap"
    capture.write_bytes(pcap(frames))
    agree(capture, "modbus", 502, modbus, expected)


def test_segments_that_overlap_are_put_together(tmp_path: Path) -> None:
    """tshark takes those that begin before what it has for retransmissions, and shows the first message only."""
    capture = tmp_path / "overlapping.pcap"
    overlapping = [asked_at(0, BOTH[:8]), asked_at(4, BOTH[4:16]), asked_at(10, BOTH[10:])]
    capture.write_bytes(pcap([*opened()[1], *overlapping]))
    assert ours(inspected(capture)) == [ASKED, WROTE]
    assert theirs(capture, "modbus", 502, modbus) == [ASKED]


def test_behind_a_gap_reading_goes_on_at_the_next_message_and_says_so(tmp_path: Path) -> None:
    """Segments that end anywhere, of which two are missing: tshark reads nothing more of the flow."""
    talk, frames = opened()
    stream = b"".join(mbap(number, "0300000002") for number in range(10, 40))
    for at in range(0, len(stream), 17):
        segment = talk.ask(stream[at : at + 17])
        frames += [] if at in {51, 68} else [segment]
    capture = tmp_path / "gap.pcap"
    capture.write_bytes(pcap(frames))
    lines = inspected(capture)
    assert [line["transaction"] for line in lines] == [10, 11, 12, 13, *range(18, 40)]
    assert {(line["function_code"], line["malformed"]) for line in lines} == {(3, False)}
    assert [line["transaction"] for line in lines if line.get("after_gap")] == [18]


COMMAND = numbered(asdu(45, (10, b"\x01")))
DNP3 = link.frame(0xC4, 10, 1, b"\xc0\xc1\x01\x3c\x02\x06")
CIP = encapsulation.unconnected(5, b"12345678", bytes.fromhex("0e03200124013001"))
OPCUA_ANSWER = bytes.fromhex(
    "4d534746 34000000 01000000 01000000 01000000 01000000 0100 8d01"
    "0000000000000000 01000000 0000b680 00 00000000 000000"
)
FINS_FRAME = bytes.fromhex("46494e53 00000014 00000002 00000000 8000020001000002 0010 0501")
SLMP_FRAME = bytes.fromhex("500000ffff03000c00100001040000000000a80100")
READ_VAR = bytes.fromhex("0300001f02f080 32010000000a000e00000401120a10020004000184000000")


@pytest.mark.parametrize(
    ("port", "message", "code"),
    [
        (102, READ_VAR, 4),
        (502, WRITE, 6),
        (2404, COMMAND, 45),
        (4840, OPCUA_ANSWER, 397),
        (5007, SLMP_FRAME, 0x0401),
        (9600, FINS_FRAME, 0x0501),
        (20000, DNP3, 1),
        (44818, CIP, 14),
    ],
)
def test_what_begins_in_the_middle_of_a_message_is_read_from_the_next_one_on(
    port: int, message: bytes, code: int, tmp_path: Path
) -> None:
    capture = tmp_path / "middle.pcap"
    for cut in (1, 3, 7, len(message) - 2):
        talk = Conversation(port)
        say = talk.answer if port == 4840 else talk.ask
        capture.write_bytes(pcap([say(message[cut:] + message), say(message)]))
        lines = inspected(capture)
        assert [line["function_code"] for line in lines] == [code, code], cut
        assert not any(line["malformed"] for line in lines), cut


@pytest.mark.parametrize("port", [102, 502, 2404, 4840, 5007, 9600, 20000, 44818])
def test_of_a_stream_of_something_else_it_is_said_once_that_nothing_can_be_read(port: int, tmp_path: Path) -> None:
    talk = Conversation(port)
    capture = tmp_path / "else.pcap"
    capture.write_bytes(pcap([talk.ask(bytes([0xE5 ^ n % 7]) * 40) for n in range(30)]))
    (line,) = inspected(capture)
    assert (line["function"], line["tier"], line["malformed"]) == ("unreadable", "firmware", True)


PACKET = ip4(tcp(READ, (40000, 502), 1), USER, ASSET)
SEGMENT = tcp(READ, (40000, 502), 1)


@pytest.mark.parametrize(
    ("link_type", "frames"),
    [
        (0, [b"\2\0\0\0" + PACKET]),
        (0, [b"\0\0\0\2" + PACKET]),
        (9, [b"\xff\x03\x00\x21" + PACKET]),
        (12, [PACKET]),
        (101, [PACKET]),
        (108, [b"\0\0\0\2" + PACKET]),
        (113, [b"\0\0\0\1\0\6" + bytes(8) + b"\x08\0" + PACKET]),
        (276, [b"\x08\0\0\0\0\0\0\1\0\1\0\6" + bytes(8) + PACKET]),
        (1, [ethernet(PACKET, 1)]),
        (1, [bytes(12) + b"\x88\xa8\0\5\x81\0\0\6\x08\0" + PACKET]),
        (1, [bytes(12) + b"\x88\x47\x00\x01\x00\x40\x00\x02\x01\x40" + PACKET]),
        (1, [bytes(12) + struct.pack(">H", 8 + len(PACKET)) + b"\xaa\xaa\3\0\0\0\x08\0" + PACKET]),
        (1, [ethernet(struct.pack(">IHBB", 6 << 28, len(SEGMENT), 6, 64) + USER * 4 + ASSET * 4 + SEGMENT, 0, 0x86DD)]),
        (
            1,
            [ethernet(ip4(SEGMENT[:24], USER, ASSET, where=0x2000)), ethernet(ip4(SEGMENT[24:], USER, ASSET, where=3))],
        ),
    ],
    ids=[
        "null", "null-big", "ppp", "raw-bsd", "raw", "loop", "cooked", "cooked-2", "vlan", "qinq", "mpls", "snap",
        "ipv6", "fragments",
    ],
)  # fmt: skip
def test_a_request_is_read_on_every_link(link_type: int, frames: list[bytes], tmp_path: Path) -> None:
    capture = tmp_path / "link.pcap"
    capture.write_bytes(pcap(frames, link=link_type))
    agree(capture, "modbus", 502, modbus, [ASKED])


def _gre(kind: int, body: bytes, flags: int = 0, more: bytes = b"") -> bytes:
    return ip4(struct.pack(">HH", flags, kind) + more + body, b"\7\7\7\1", b"\7\7\7\2", 47)


FRAME = ethernet(PACKET, 1)
PACKET_6 = struct.pack(">IHBB", 6 << 28, len(SEGMENT), 6, 64) + USER * 4 + ASSET * 4 + SEGMENT
MIRROR = struct.pack(">II", 0x10050C01, 7)
"""The head of ERSPAN type II: version, VLAN, session, index."""
MIRROR_3 = struct.pack(">III", 0x20050C01, 5, 0)
TUNNELS = {
    "ip-in-ip": ip4(PACKET, ASSET, USER, 4),
    "ip6-in-ip": ip4(PACKET_6, ASSET, USER, 41),
    "gre": _gre(0x0800, PACKET),
    "gre-ip6": _gre(0x86DD, PACKET_6),
    "gre-all": _gre(0x0800, PACKET, 0xB000, bytes(12)),
    "gre-bridged": _gre(0x6558, FRAME, 0x2000, bytes(4)),
    "erspan-1": _gre(0x88BE, FRAME),
    "erspan-2": _gre(0x88BE, MIRROR + FRAME, 0x1000, bytes(4)),
    "erspan-3": _gre(0x22EB, MIRROR_3 + FRAME, 0x1000, bytes(4)),
    "vxlan": ip4(udp(b"\x08\0\0\0\0\0\7\0" + FRAME, (50001, 4789)), ASSET, USER, 17),
}


@pytest.mark.parametrize("tunnel", TUNNELS)
def test_a_request_is_read_in_every_tunnel(tunnel: str, tmp_path: Path) -> None:
    capture = tmp_path / "tunnel.pcap"
    capture.write_bytes(pcap([ethernet(TUNNELS[tunnel])]))
    agree(capture, "modbus", 502, modbus, [ASKED])


def test_a_tunnel_in_fragments_is_put_together_first(tmp_path: Path) -> None:
    whole = TUNNELS["erspan-2"][20:]
    capture = tmp_path / "tunnel.pcap"
    pieces = [ip4(whole[:48], ASSET, USER, 47, 0x2000), ip4(whole[48:], ASSET, USER, 47, 6)]
    capture.write_bytes(pcap([ethernet(piece) for piece in pieces]))
    agree(capture, "modbus", 502, modbus, [ASKED])


def test_datagrams_in_fragments_are_put_together(tmp_path: Path) -> None:
    npdu = bytes.fromhex("0104 0275010c0c020000051955")
    datagram = udp(b"\x81\x0a" + struct.pack(">H", 4 + len(npdu)) + npdu, (47808, 47808))
    pieces = [ip4(datagram[:16], USER, ASSET, 17, 0x2000), ip4(datagram[16:], USER, ASSET, 17, 2)]
    capture = tmp_path / "fragments.pcap"
    capture.write_bytes(pcap([ethernet(piece) for piece in reversed(pieces)]))

    def bacnet(fields: Fields) -> int | None:
        return number(fields, "bacapp.confirmed_service")

    agree(capture, "bacapp", 47808, bacnet, [Pdu(True, 12)])


def test_nanoseconds_and_the_other_byte_order(tmp_path: Path) -> None:
    capture = tmp_path / "nano.pcap"
    capture.write_bytes(pcap([ethernet(PACKET)], order=">", magic=0xA1B23C4D))
    agree(capture, "modbus", 502, modbus, [ASKED])
    assert [line["time"] for line in inspected(capture)] == ["1970-01-01T00:16:40.000000005+00:00"]


def test_keep_alives_with_and_without_a_byte_change_nothing(tmp_path: Path) -> None:
    talk, frames = opened()
    probes = [asked_at(len(READ) - 1, data) for data in (b"", b"\0", READ[-1:])]
    frames += [talk.ask(READ), *probes, talk.answer(VALUES), *probes, talk.ask(WRITE), *probes]
    capture = tmp_path / "alive.pcap"
    capture.write_bytes(pcap(frames))
    agree(capture, "modbus", 502, modbus, [ASKED, TOLD, WROTE])


def test_what_is_mirrored_twice_is_one_stream_whichever_way_it_came(tmp_path: Path) -> None:
    """Once as it was on the wire, once more with a tag and another hop, as switches mirror both of their ports."""
    talk, frames = opened()
    frames += [talk.ask(READ + WRITE[:5]), talk.ask(WRITE[5:]), talk.answer(VALUES)]
    again = [frame[:12] + b"\x81\0\0\5" + frame[12:22] + b"\x3f" + frame[23:] for frame in frames]
    capture = tmp_path / "mirrored.pcap"
    capture.write_bytes(pcap([frame for both in zip(frames, again, strict=True) for frame in both]))
    agree(capture, "modbus", 502, modbus, [ASKED, WROTE, TOLD])


def test_urgent_data_and_options_of_tcp_are_no_part_of_messages(tmp_path: Path) -> None:
    options = bytes.fromhex("0101080a0000000100000002")
    segment = struct.pack(">HHIIBBHHH", 40000, 502, 1, 0, 8 << 4, 24, 1000, 0, 0) + options + READ
    head = struct.pack(">BBHHHBBH4s4s", 0x46, 0, 24 + len(segment), 1, 0x4000, 64, 6, 0, USER, ASSET) + bytes([1] * 4)
    capture = tmp_path / "options.pcap"
    capture.write_bytes(pcap([ethernet(head + segment + bytes(6))]))  # and what pads a short frame
    agree(capture, "modbus", 502, modbus, [ASKED])


def test_a_pcapng_of_several_interfaces_has_the_clock_and_the_link_of_each(tmp_path: Path) -> None:
    section = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    wire = block(1, struct.pack("<HHI", 1, 0, 0))
    tunnel = block(1, struct.pack("<HHI", 101, 0, 0) + struct.pack("<HHB3xHH", 9, 1, 9, 0, 0))

    def packet(interface: int, ticks: int, data: bytes) -> bytes:
        return block(6, struct.pack("<IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)) + data)

    other = ip4(tcp(WRITE, (40001, 502), 1), USER, ASSET)
    capture = tmp_path / "several.pcapng"
    first, second = packet(0, 10**15 + 7, ethernet(PACKET)), packet(1, 10**18 + 123_456_789, other)
    capture.write_bytes(section + wire + tunnel + first + block(5, bytes(12)) + second)
    agree(capture, "modbus", 502, modbus, [ASKED, WROTE])
    assert [line["time"] for line in inspected(capture)] == [
        "2001-09-09T01:46:40.000007+00:00", "2001-09-09T01:46:40.123456789+00:00",
    ]  # fmt: skip


def test_packets_that_were_cut_short_give_no_rows(tmp_path: Path) -> None:
    head = pcap([])
    frames = [asked_at(12 * n, mbap(n, "0300000002")) for n in range(4)]
    records = [struct.pack("<IIII", 1000 + n, 5, 60, len(frame)) + frame[:60] for n, frame in enumerate(frames)]
    capture = tmp_path / "short.pcap"
    capture.write_bytes(head + b"".join(records))
    agree(capture, "modbus", 502, modbus, [])
