"""From frames to operations: sides, protocols, gaps, fragments, odd links and ports."""

import struct
import tracemalloc
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.captures.flow import Row
from client.captures.flows import MAX_FLOWS, PORTS, FlowReader
from client.captures.packets import PacketReader
from client.captures.signs import spoken_in
from guards.effects import Verdict
from guards.registry import make_decoder
from tests.unit.client.captures.wire import ACK, ASSET, FIN, RST, SYN, USER, Conversation, ethernet, ip4, tcp, udp

READ = bytes.fromhex("000100000006010300000002")
VALUES = bytes.fromhex("000100000007010304000a000b")
WRITE = bytes.fromhex("000200000006010600050007")


def rows(frames: Iterable[bytes], link: int = 1, **ports: int) -> list[Row]:
    known = {**PORTS, **{("tcp", port): protocol for protocol, port in ports.items()}}
    reader = FlowReader(known, make_decoder)
    found = [row for frame in frames for row in reader.packet(1, link, frame)]
    return [*found, *reader.finish()]


def said(frames: Iterable[bytes], link: int = 1, **ports: int) -> list[tuple[str, bool]]:
    return [(row.operation.function, row.operation.is_response) for row in rows(frames, link, **ports)]


READ_AND_ANSWER = [("read_holding_registers", False), ("read_holding_registers", True)]


def test_a_request_and_its_answer_are_one_flow_with_the_values_read() -> None:
    talk = Conversation()
    found = rows([talk.ask(b"", SYN), talk.answer(b"", SYN | ACK), talk.ask(READ), talk.answer(VALUES)])
    assert [str(row.flow) for row in found] == ["10.0.0.1:40000-10.0.0.2:502/tcp"] * 2
    assert [row.number for row in found] == [1, 2]
    assert found[1].operation.values == (10, 11)
    assert found[1].operation.objects == ("holding 0-1",)


def test_an_answer_alone_is_read_by_its_function() -> None:
    assert said([Conversation().answer(VALUES)]) == [("read_holding_registers", True)]


def test_several_and_split_pdus_in_segments() -> None:
    talk = Conversation()
    both = READ + WRITE
    assert said([talk.ask(both[:5]), talk.ask(both[5:20]), talk.ask(both[20:])]) == [
        ("read_holding_registers", False), ("write_single_register", False),
    ]  # fmt: skip


def test_after_a_gap_reading_goes_on_with_the_next_message() -> None:
    talk = Conversation()
    frames = [talk.ask(READ[:7])]
    talk.ask(READ[7:])  # never captured
    frames.append(talk.ask(WRITE))
    assert said(frames) == [("write_single_register", False)]


def test_a_broken_message_is_a_row_and_the_next_packet_is_read_again() -> None:
    talk = Conversation()
    found = rows([talk.ask(b"", SYN), talk.ask(b"nonsense " * 2), talk.ask(READ)])
    assert [row.operation.verdict for row in found] == [Verdict.MALFORMED, Verdict.ALLOWED]


def test_unknown_ports_are_told_by_the_first_words_and_sides_by_the_handshake() -> None:
    talk = Conversation(port=45000, user_port=1500)
    frames = [talk.ask(b"", SYN), talk.answer(b"", SYN | ACK), talk.ask(READ), talk.answer(VALUES)]
    assert said(frames) == READ_AND_ANSWER
    assert said(Conversation(port=9999).ask(b"SSH-2.0-OpenSSH\r\n") for _ in range(3)) == []


SIGNS = {
    "dnp3": "0564 05c9 0100 6400 0000",
    "enip": "6500 0400 00000000 00000000 0000000000000000 00000000 01000000",
    "fins": "46494e53 0000000c 00000000 00000000 00000000",
    "iec104": "6804 07000000",
    "modbus": "0001 0000 0006 01 03 0000 0002",
    "opcua": "48454c46 20000000 0000000000ff0000 00ff0000 00000000 00000000 00000000",
    "s7": "03000016 11e00000 0001 00c00109 c1020100 c2020102",
    "slmp": "5000 00ff ff03 00 0c00 1000 0104 0000 000000a80100",
}


@pytest.mark.parametrize("protocol", sorted(SIGNS))
def test_each_protocol_is_known_by_its_first_words(protocol: str) -> None:
    said = bytes.fromhex(SIGNS[protocol])
    assert spoken_in(said) == protocol
    assert spoken_in(said[:5]) is None
    assert spoken_in(b"\x01" + said) is None
    assert rows([Conversation(port=45000).ask(said)])[0].flow.protocol == protocol


def test_what_others_say_is_none_of_them() -> None:
    for other in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x00\x05hello",
        b"SSH-2.0-OpenSSH\r\n",
        bytes(40),
        b"\xff" * 40,
    ):
        assert spoken_in(other) is None


def test_who_opened_the_connection_asks_whatever_ports_are_known() -> None:
    from_known = Conversation(port=8080, user_port=44818)
    frames = [from_known.ask(b"", SYN), from_known.answer(b"", SYN | ACK), from_known.ask(b"GET / HTTP/1.1\r\n\r\n")]
    assert said(frames) == []
    both = Conversation(port=502, user_port=102)
    assert said([both.ask(b"", SYN), both.ask(READ), both.answer(VALUES)]) == READ_AND_ANSWER


def test_what_was_lost_is_not_waited_for_once_it_is_acknowledged() -> None:
    talk = Conversation()
    frames = [talk.ask(READ)]
    talk.ask(READ)  # never captured
    frames += [talk.ask(WRITE), talk.answer(WRITE, acknowledged=talk.to_asset)]
    reader = FlowReader(PORTS, make_decoder)
    found = [row for frame in frames for row in reader.packet(1, 1, frame)]
    assert [(row.operation.function, row.operation.is_response) for row in found] == [
        ("read_holding_registers", False), ("write_single_register", False), ("write_single_register", True),
    ]  # fmt: skip


def test_no_crowd_of_strangers_pushes_a_known_flow_out() -> None:
    talk = Conversation()
    reader = FlowReader(PORTS, make_decoder)
    found = list(reader.packet(1, 1, talk.ask(READ)))
    for number in range(MAX_FLOWS + 10):
        stranger = tcp(b"hello", (40000, 50000 + number), 1)
        assert list(reader.packet(1, 1, ethernet(ip4(stranger, bytes([10, 9, 9, 9]), ASSET)))) == []
    found += reader.packet(1, 1, talk.answer(VALUES))
    assert [row.number for row in found] == [1, 2]
    assert found[1].operation.values == (10, 11)


def test_of_too_many_known_flows_the_one_ends_that_was_silent_the_longest() -> None:
    first, second = Conversation(), Conversation(user_port=40001)
    reader = FlowReader(PORTS, make_decoder)
    found = [*reader.packet(1, 1, first.ask(READ)), *reader.packet(1, 1, second.ask(READ))]
    for number in range(MAX_FLOWS - 1):
        found += reader.packet(1, 1, first.ask(READ))
        list(reader.packet(1, 1, ethernet(ip4(tcp(READ, (10000 + number, 502), 1), bytes([10, 9, 9, 9]), ASSET))))
    assert [row.number for row in reader.packet(1, 1, first.ask(READ))] == [MAX_FLOWS + 1]
    assert [row.number for row in reader.packet(1, 1, second.ask(READ))] == [1]


def test_a_protocol_is_spoken_where_one_says_it_is() -> None:
    talk = Conversation(port=1502)
    assert said([talk.ask(READ[:6]), talk.ask(READ[6:])]) == []
    talk = Conversation(port=1502)
    assert said([talk.ask(READ[:6]), talk.ask(READ[6:])], modbus=1502) == READ_AND_ANSWER[:1]


def test_the_same_ports_again_are_a_new_flow() -> None:
    first, second = Conversation(), Conversation(to_asset=5)
    found = rows([first.ask(b"", SYN), first.ask(READ), second.ask(b"", SYN), second.ask(WRITE)])
    assert [row.number for row in found] == [1, 1]
    assert found[0].flow is not found[1].flow


def test_the_same_ports_again_are_a_new_flow_though_nothing_could_be_read_in_the_old_one() -> None:
    strange, talk = Conversation(port=9999), Conversation(port=9999, to_asset=5000)
    frames = [strange.ask(b"", SYN), *(strange.ask(b"SSH-2.0-OpenSSH\r\n") for _ in range(9))]
    assert said([*frames, talk.ask(b"", SYN), talk.ask(READ)]) == READ_AND_ANSWER[:1]


def test_a_handshake_that_is_repeated_begins_no_other_flow() -> None:
    talk = Conversation()
    hello = talk.ask(b"", SYN)
    found = rows([hello, talk.ask(READ), hello, talk.ask(WRITE)])
    assert [row.number for row in found] == [1, 2]


WHO_IS, FORWARDED = "810b000801001008", "8104000e0a000001bac001001008"


@pytest.mark.parametrize("message", [WHO_IS, FORWARDED, "8105000600 3c"])
def test_bacnet_is_known_by_its_first_words_in_datagrams_only(message: str) -> None:
    data = bytes.fromhex(message)
    assert spoken_in(data, "udp") == "bacnet"
    assert spoken_in(data) is None
    assert spoken_in(data + b"\0", "udp") is None
    frame = ethernet(ip4(udp(data, (50000, 47809)), USER, ASSET, 17))
    assert rows([frame])[0].flow.protocol == "bacnet"


def test_what_waited_in_a_flow_is_not_lost_when_the_next_begins() -> None:
    first, second = Conversation(), Conversation(to_asset=5)
    frames = [first.ask(b"", SYN), first.ask(READ)]
    first.ask(READ)  # never captured
    frames += [first.ask(WRITE), second.ask(b"", SYN), second.ask(READ)]
    assert [function for function, _ in said(frames)] == [
        "read_holding_registers", "write_single_register", "read_holding_registers",
    ]  # fmt: skip


@pytest.mark.parametrize("ends", [FIN, RST])
def test_what_ends_a_connection_opens_none(ends: int) -> None:
    talk = Conversation()
    frames = [talk.answer(VALUES, SYN | ends), talk.ask(READ), talk.answer(VALUES)]
    assert [row.operation.is_response for row in rows(frames)] == [True, False, True]


@pytest.mark.parametrize("tags", [1, 2])
def test_vlan_tags_are_passed_over(tags: int) -> None:
    frame = ethernet(ip4(tcp(READ, (40000, 502), 1), USER, ASSET), tags)
    assert said([frame]) == READ_AND_ANSWER[:1]


@pytest.mark.parametrize(
    ("link", "head"),
    [
        (101, b""),
        (228, b""),
        (0, b"\2\0\0\0"),
        (113, bytes(14) + b"\x08\0"),
        (276, b"\x08\0" + bytes(18)),
        (276, b"\x81\0" + bytes(18) + b"\0\x05\x08\0"),
    ],
)
def test_other_links_carry_the_same(link: int, head: bytes) -> None:
    assert said([head + ip4(tcp(READ, (40000, 502), 1), USER, ASSET)], link) == READ_AND_ANSWER[:1]


def test_ipv6_with_extension_headers() -> None:
    segment = b"\x06\0" + bytes(6) + tcp(READ, (40000, 502), 1)
    packet = struct.pack(">IHBB", 6 << 28, len(segment), 0, 64) + USER * 4 + ASSET * 4 + segment
    found = rows([ethernet(packet, kind=0x86DD)])
    assert str(found[0].flow).startswith("[a00:1:a00:1:a00:1:a00:1]:40000-")


def test_ip_fragments_in_any_order() -> None:
    segment = tcp(READ, (40000, 502), 1)
    pieces = [
        ip4(segment[:16], USER, ASSET, where=0x2000), ip4(segment[16:24], USER, ASSET, where=0x2002),
        ip4(segment[24:], USER, ASSET, where=3),
    ]  # fmt: skip
    assert said(ethernet(pieces[n]) for n in (2, 0, 1)) == READ_AND_ANSWER[:1]


def test_fragments_that_overlap_without_end_are_given_up() -> None:
    reader = PacketReader()
    for where in range(64):
        reader.read(228, ip4(bytes(40_000), USER, ASSET, where=0x2000 | where))
    assert sum(len(piece) for kept in reader._fragments.values() for piece in kept.pieces.values()) <= 65535


def test_the_same_last_fragment_again_and_again_is_kept_once() -> None:
    reader, last = PacketReader(), ip4(bytes(8), USER, ASSET, where=8)
    reader.read(228, last)
    tracemalloc.start()
    try:
        for _ in range(10_000):
            assert reader.read(228, last) is None
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 10_000


def test_the_smallest_fragments_of_the_largest_packet_backwards() -> None:
    segment = tcp(READ.ljust(65_492, b"\0"), (40000, 502), 1)
    pieces = [ip4(segment[at : at + 8], USER, ASSET, where=at // 8 | 0x2000) for at in range(0, len(segment), 8)]
    reader = PacketReader()
    assert reader.read(228, ip4(b"end", USER, ASSET, where=len(segment) // 8)) is None
    found = [segment for each in reversed(pieces) if (segment := reader.read(228, each)) is not None]
    assert [len(one.payload) for one in found] == [65_495]


def test_what_reaches_past_the_end_of_its_packet_spoils_it() -> None:
    reader = PacketReader()
    packets = [ip4(bytes(8), USER, ASSET, where=8), ip4(bytes(72), USER, ASSET, where=0x2001)]
    assert [reader.read(228, packet) for packet in packets] == [None, None]
    assert not reader._fragments


def test_a_datagram_is_a_whole_message() -> None:
    frames = [ethernet(ip4(udp(data, (40000, 502)), USER, ASSET, 17)) for data in (READ[:5], READ)]
    assert said(frames) == READ_AND_ANSWER[:1]


def test_a_packet_that_was_cut_short_by_the_capture_is_a_gap() -> None:
    talk = Conversation()
    frames = [talk.ask(READ)[:-4], talk.ask(WRITE)]
    assert said(frames) == [("write_single_register", False)]


@given(st.lists(st.binary(max_size=80), max_size=6), st.sampled_from([0, 1, 101, 113, 276, 147]))
def test_no_packet_raises(frames: list[bytes], link: int) -> None:
    rows(frames, link)


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=40)), max_size=8), st.sampled_from([502, 102, 4000]))
def test_no_payload_raises(parts: list[tuple[bool, bytes]], port: int) -> None:
    talk = Conversation(port=port)
    rows((talk.ask if asks else talk.answer)(data) for asks, data in parts)


COTP_CONNECT = bytes.fromhex("0300001611e00000000100c0010ac1020100c2020102")
MMS_ASSOCIATE = bytes.fromhex("0300001702f0800d0e0506130100160102140200023300")
S7_SETUP = bytes.fromhex("0300001902f08032010000000100080000f0000001000101e0")


def test_other_protocols_over_iso_on_tcp_are_not_read_as_s7() -> None:
    talk = Conversation(port=102)
    frames = [talk.ask(b"", SYN), talk.ask(COTP_CONNECT), *(talk.ask(MMS_ASSOCIATE) for _ in range(3))]
    assert [row.operation.function_code for row in rows(frames)] == [0xE0]


def test_s7_on_its_port_is_still_read_whatever_its_later_segments_begin_with() -> None:
    talk = Conversation(port=102)
    frames = [talk.ask(b"", SYN), talk.ask(COTP_CONNECT), talk.ask(S7_SETUP), talk.ask(MMS_ASSOCIATE)]
    assert [row.operation.function_code for row in rows(frames)][:2] == [0xE0, 0xF0]
    assert len(rows(frames)) == 3


@pytest.mark.parametrize("port", [102, 502, 2404, 4840, 9600, 20000, 44818])
@pytest.mark.parametrize(
    "words", [bytes.fromhex("16030100300100002c0303"), b"SSH-2.0-x\r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_tls_ssh_and_http_on_a_known_port_give_no_rows(port: int, words: bytes) -> None:
    talk = Conversation(port=port)
    assert rows([talk.ask(b"", SYN), talk.ask(words), talk.answer(words), talk.ask(bytes(40))]) == []
