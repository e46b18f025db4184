"""What protocols say that tools here do not: ``wicket inspect`` reads it as tshark does."""

import shutil
import struct
from pathlib import Path

import pytest

from guards.enip import encapsulation
from guards.modbus.rtu import crc16
from tests.integration.captures.agreement import Fields, Pdu, inspected, number, ours, theirs
from tests.integration.captures.crafted import agree, datagram, opened
from tests.unit.client.captures.wire import Conversation, pcap
from tests.unit.guards.dnp3.wire import request, response

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed"),
]


# --- Modbus


@pytest.mark.parametrize("port", [502, 4001])
def test_frames_of_a_serial_line_over_tcp_are_told_by_their_check_sums(port: int, tmp_path: Path) -> None:
    """Without the header of Modbus/TCP; one of them could pass for such a header."""
    talk, frames = opened(port)
    said = ["010300000002", "01030400 00000a", "0106000500 07", "0106000500 07", "1105 0001ff00", "118502"]
    for number_, each in enumerate(said):
        body = bytes.fromhex(each)
        frames.append((talk.ask, talk.answer)[number_ % 2](body + crc16(body).to_bytes(2, "little")))
    capture = tmp_path / "rtu.pcap"
    capture.write_bytes(pcap(frames))
    lines = inspected(capture)
    assert {line["protocol"] for line in lines} == {"modbus-rtu"}
    assert [(line["function_code"], line["unit"]) for line in lines[:4]] == [(3, 1), (3, 1), (6, 1), (6, 1)]
    found = theirs(
        capture, "modbus", port, lambda fields: number(fields, "modbus.func_code"), "-d", f"tcp.port=={port},mbrtu"
    )
    assert ours(lines) == found


# --- EtherNet/IP


def enip(fields: Fields) -> int | None:
    service = number(fields, "cip.service")
    return number(fields, "enip.command") if service is None else service & 0x7F


LIST_IDENTITY = encapsulation.message(encapsulation.LIST_IDENTITY, 0)
IDENTITY = encapsulation.message(
    encapsulation.LIST_IDENTITY, 0,
    data=bytes.fromhex("0100 0c00 2c00 0100 0002af12c0a80001 0000000000000000 0100 0c00 3600 0114 3000 78563412 0b")
    + b"1756-ENBT/A\x03",
)  # fmt: skip


def test_devices_are_looked_for_in_datagrams(tmp_path: Path) -> None:
    everybody, other = bytes([255] * 4), bytes([10, 0, 0, 3])
    capture = tmp_path / "identity.pcap"
    capture.write_bytes(
        pcap([
            datagram(LIST_IDENTITY, 44818), datagram(IDENTITY, 44818, back=True),
            datagram(LIST_IDENTITY, 44818, to=everybody),
            datagram(IDENTITY, 44818, back=True), datagram(IDENTITY, 44818, back=True, to=other),
        ])
    )  # fmt: skip
    ask, tell = Pdu(True, 0x63), Pdu(False, 0x63)
    agree(capture, "enip", 44818, enip, [ask, tell, ask, tell, tell])


def test_cyclic_io_gives_no_rows(tmp_path: Path) -> None:
    io = bytes.fromhex("0200 0280 0800 01000000 05000000 b100 0600 0100 01000000")
    capture = tmp_path / "io.pcap"
    capture.write_bytes(pcap([datagram(io, 2222, from_port=2222, back=n % 2 == 1) for n in range(6)]))
    assert inspected(capture) == []


def test_requests_on_a_connection_that_was_not_seen_to_open(tmp_path: Path) -> None:
    talk, frames = opened(44818)
    for count, (asks, tells) in enumerate(
        (("0e03200124013001", "8e0000000100"), ("4c029102 6162 0100", "cc000000c3000100"))
    ):
        frames.append(talk.ask(encapsulation.connected(5, bytes(8), 0x1234, count, bytes.fromhex(asks))))
        frames.append(talk.answer(encapsulation.connected(5, bytes(8), 0x9999, count, bytes.fromhex(tells))))
    capture = tmp_path / "connected.pcap"
    capture.write_bytes(pcap(frames))
    agree(capture, "cip", 44818, enip, [Pdu(True, 0x0E), Pdu(False, 0x0E), Pdu(True, 0x4C), Pdu(False, 0x4C)])


PCCC = {
    "0f000100 a204078900 00": ("pccc_protected_typed_logical_read_3", "read"),
    "0f000200 aa02078900 0010 00": ("pccc_protected_typed_logical_write_3", "operate"),
    "0f000300 8006": ("pccc_change_mode", "program"),
    "06000400 03": ("pccc_diagnostic_status", "read"),
    "07000500 00 00": ("pccc_disable_outputs", "program"),
}


def test_pccc_is_told_by_its_own_functions(tmp_path: Path) -> None:
    talk, frames = opened(44818)
    for message in PCCC:
        said = bytes.fromhex("4b0220672401 074d0012345678" + message)
        frames.append(talk.ask(encapsulation.unconnected(5, bytes(8), said)))
    capture = tmp_path / "pccc.pcap"
    capture.write_bytes(pcap(frames))
    assert [(line["function"], line["tier"]) for line in inspected(capture)] == list(PCCC.values())
    fields = ("cip.pccc.fnc.code_0f", "cip.pccc.fnc.code_06", "cip.pccc.fnc.code_07")

    def function(found: Fields) -> int | None:
        return next((code for name in fields if (code := number(found, name)) is not None), None)

    codes = [bytes.fromhex(message)[4] for message in PCCC]
    assert [pdu.code for pdu in theirs(capture, "cippccc", 44818, function)] == codes


def dnp3(fields: Fields) -> int | None:
    return number(fields, "dnp3.al.func")


def _file(variation: int, body: bytes) -> bytes:
    return bytes([70, variation, 0x5B, 1]) + struct.pack("<H", len(body)) + body


NAME = b"./log.txt"
STATUS = _file(4, struct.pack("<LLHHB", 0x1234, 100, 1024, 7, 0))
DATA = _file(5, struct.pack("<LL", 0x1234, 0) + b"hello")
INFORMATION = _file(7, struct.pack("<HHHL6sHH", 20, len(NAME), 1, 100, bytes(6), 0, 7) + NAME)


def _opening(mode: int) -> bytes:
    return _file(3, struct.pack("<HH6sHLLHHH", 26, len(NAME), bytes(6), 0, 0, 0, mode, 1024, 7) + NAME)


FILES = [
    (0x1D, _file(2, struct.pack("<HHHHL", 12, 4, 16, 4, 0) + b"userpass"), "read"),
    (0x19, _opening(1), "read"),
    (0x01, _file(5, struct.pack("<LL", 0x1234, 0)), "read"),
    (0x1A, STATUS, "read"),
    (0x1C, INFORMATION, "read"),
    (0x19, _opening(2), "program"),
    (0x02, DATA, "program"),
    (0x1B, _opening(0), "program"),
    (0x1E, STATUS, "read"),
]


def test_dnp3_files_have_the_tier_of_what_is_done_with_them(tmp_path: Path) -> None:
    talk, frames = opened(20000)
    for sequence, (function, objects, _) in enumerate(FILES):
        frames += [talk.ask(request(function, objects, sequence)), talk.answer(response(STATUS, sequence=sequence))]
    capture = tmp_path / "files.pcap"
    capture.write_bytes(pcap(frames))
    agree(capture, "dnp3", 20000, dnp3, [Pdu(*one) for code, *_ in FILES for one in ((True, code), (False, 0x81))])
    lines = inspected(capture)
    assert [line["tier"] for line in lines[::2]] == [tier for *_, tier in FILES]
    assert [line["tier"] for line in lines[1::2]] == [tier for *_, tier in FILES]


def test_dnp3_broadcasts_unsolicited_responses_and_answers_in_several_fragments(tmp_path: Path) -> None:
    many = bytes([30, 1, 0, 0, 59]) + bytes(5 * 60)
    control = bytes.fromhex("0c012801000000 0301640000006400000000")
    talk, frames = opened(20000)
    frames += [talk.ask(request(5, control, outstation=to)) for to in (0xFFFD, 0xFFFE, 0xFFFF)]
    frames += [
        talk.ask(request(0x0D, outstation=0xFFFF)),
        talk.answer(response(function=0x82, sequence=4, control=0xF0)), talk.ask(request(0, sequence=4, control=0xD0)),
        talk.ask(request(1, "3c0106", 1)),
        talk.answer(response(many, sequence=1, control=0xA0)), talk.ask(request(0, sequence=1)),
        talk.answer(response(many, sequence=2, control=0x60)), talk.ask(request(0, sequence=2)),
    ]  # fmt: skip
    capture = tmp_path / "dnp3.pcap"
    capture.write_bytes(pcap(frames))
    asked, told = [(True, code) for code in (5, 5, 5, 0x0D)], [(False, 0x82), (True, 0), (True, 1)]
    parts = [(False, 0x81), (True, 0), (False, 0x81), (True, 0)]
    agree(capture, "dnp3", 20000, dnp3, [Pdu(*one) for one in (*asked, *told, *parts)])
    lines = inspected(capture)
    assert [line["unit"] for line in lines[:4]] == [0xFFFD, 0xFFFE, 0xFFFF, 0xFFFF]
    assert [line["tier"] for line in lines[:4]] == ["operate", "operate", "operate", "firmware"]
    assert {tuple(line["objects"]) for line in lines if line["function_code"] == 0x81} == {("analog_input 0-59",)}


def test_dnp3_in_datagrams(tmp_path: Path) -> None:
    capture = tmp_path / "datagrams.pcap"
    both = request(1, "3c0206", 4) + request(0x14, "3c0206", 5)
    capture.write_bytes(
        pcap([
            datagram(request(1, "3c0206"), 20000, from_port=20000),
            datagram(response(), 20000, from_port=20000, back=True), datagram(both, 20000),
        ])
    )  # fmt: skip
    found = [(line["direction"], line["function_code"]) for line in inspected(capture)]
    assert found == [("request", 1), ("response", 0x81), ("request", 1), ("request", 0x14)]
    codes = [pdu.code for pdu in theirs(capture, "dnp3", 20000, dnp3)]
    assert codes == [1, 0x81, 1, 0x14]


# --- S7 and ISO-on-TCP


def tpkt(body: bytes) -> bytes:
    return b"\x03\0" + struct.pack(">H", len(body) + 4) + body


def data(message: bytes, *, is_last: bool = True) -> bytes:
    return tpkt(b"\x02\xf0" + (b"\x80" if is_last else b"\0") + message)


def s7(fields: Fields) -> int | None:
    return number(fields, "s7comm.param.func")


READ_VAR = bytes.fromhex("32010000000a000e00000401120a10020004000184000000")
READ_ACK = bytes.fromhex("32030000000a0002000800000401ff04002000000001")
S7_PAIR = [Pdu(True, 4), Pdu(False, 4)]


def test_s7_in_pieces_is_one_message(tmp_path: Path) -> None:
    talk, frames = opened(102)
    frames += [
        talk.ask(data(READ_VAR[:9], is_last=False)), talk.ask(data(READ_VAR[9:16], is_last=False)),
        talk.ask(data(READ_VAR[16:])), talk.answer(data(READ_ACK[:5], is_last=False) + data(READ_ACK[5:])),
    ]  # fmt: skip
    capture = tmp_path / "pieces.pcap"
    capture.write_bytes(pcap(frames))
    agree(capture, "s7comm", 102, s7, S7_PAIR)


@pytest.mark.parametrize("pieces", [1, 2, 5])
def test_s7_that_begins_in_the_middle_of_a_message_is_read_from_the_next_one_on(pieces: int, tmp_path: Path) -> None:
    talk = Conversation(102)
    frames = [talk.answer(data(b"\x11" * 40, is_last=piece == pieces - 1)) for piece in range(pieces)]
    frames += [talk.ask(data(READ_VAR)), talk.answer(data(READ_ACK))]
    capture = tmp_path / "middle.pcap"
    capture.write_bytes(pcap(frames))
    agree(capture, "s7comm", 102, s7, S7_PAIR)


def test_other_protocols_over_iso_on_tcp_that_began_before_the_capture_give_no_rows(tmp_path: Path) -> None:
    associate = data(bytes.fromhex("0d0e0506130100160102140200023300"))
    talk = Conversation(102)
    capture = tmp_path / "mms.pcap"
    capture.write_bytes(pcap([(talk.ask, talk.answer)[n % 2](associate) for n in range(6)]))
    assert inspected(capture) == []


def _plus(opcode: int, function: int, sequence: int) -> bytes:
    body = bytes([opcode, 0, 0]) + struct.pack(">H", function) + b"\0\0" + struct.pack(">H", sequence) + bytes(20)
    return data(b"\x72\x02" + struct.pack(">H", len(body)) + body + b"\x72\x02\0\0")


def test_s7comm_plus_is_read_from_its_middle_on(tmp_path: Path) -> None:
    """Wireshark has no dissector for it: functions as in T. Wiens' plugin."""
    said = [(0x31, 0x054C), (0x32, 0x054C), (0x31, 0x04CA), (0x32, 0x04CA), (0x31, 0x0586), (0x32, 0x0586)]
    talk = Conversation(102)
    capture = tmp_path / "plus.pcap"
    capture.write_bytes(
        pcap([
            (talk.ask if opcode == 0x31 else talk.answer)(_plus(opcode, function, 1 + number // 2))
            for number, (opcode, function) in enumerate(said)
        ])
    )  # fmt: skip
    lines = inspected(capture)
    assert [line["function_code"] for line in lines] == [function for _, function in said]
    assert [line["tier"] for line in lines] == ["read", "read", "program", "program", "read", "read"]


# --- BACnet

PORT = 47808
HERE, FROM_NET_5, TO_NET_5 = b"\1\4", b"\1\x08\0\5\1\x0a", b"\1\x24\0\5\1\x0a\xff"
PROPERTY = bytes.fromhex("0c020000051955")
VALUE = PROPERTY + bytes.fromhex("3e44428c00003f")


def bvlc(npdu: bytes, function: int = 0x0A) -> bytes:
    return bytes([0x81, function]) + struct.pack(">H", 4 + len(npdu)) + npdu


def bacnet(fields: Fields) -> int | None:
    for name, offset in (("bacapp.confirmed_service", 0), ("bacapp.unconfirmed_service", 0x100)):
        if (code := number(fields, name)) is not None:
            return code + offset
    return 0 if number(fields, "bacapp.type") == 4 else None  # an acknowledgement of segments


def test_bacnet_in_segments_and_through_routers(tmp_path: Path) -> None:
    said = [
        (False, HERE, "0275010c" + PROPERTY.hex()), (True, b"\1\0", "30010c" + VALUE.hex()),
        (False, TO_NET_5, "0275020c" + PROPERTY.hex()), (True, FROM_NET_5, "30020c" + VALUE.hex()),
        (False, HERE, "0275030e 0c020000051e09081f"), (True, b"\1\0", "3c0300040e" + "00" * 50),
        (False, HERE, "40030004"),
        (True, b"\1\0", "380301040e" + "00" * 20), (False, HERE, "40030104"),
        (False, HERE, "0e7504000410 0c00400001" + "00" * 40), (True, b"\1\0", "41040004"),
        (False, HERE, "0a7504010410" + "00" * 40), (True, b"\1\0", "200410"),
        (False, b"\1\x20\xff\xff\0\xff", "1008"), (True, b"\1\0", "50090f 91029128"),
    ]  # fmt: skip
    capture = tmp_path / "bacnet.pcap"
    capture.write_bytes(
        pcap([
            datagram(bvlc(npdu + bytes.fromhex(apdu)), PORT, from_port=PORT, back=back) for back, npdu, apdu in said
        ])
    )  # fmt: skip
    lines = inspected(capture)
    assert not any(line["malformed"] for line in lines)
    codes = [12, 12, 12, 12, 14, 14, 0, 14, 0, 16, 16, 16, 16, 0x108, 15]
    assert [line["function_code"] for line in lines] == codes
    # Of an acknowledgement of segments that asks for more, ours names the service that it belongs to.
    expected = [0 if number == 10 else code for number, code in enumerate(codes)]
    assert [pdu.code for pdu in theirs(capture, "bacapp", PORT, bacnet)] == expected
    assert {line["tier"] for line in lines if line["function_code"] == 16} == {"operate"}
    assert [line["exception_code"] for line in lines if line["function_code"] == 15] != [None]


def test_messages_of_bacnet_routers(tmp_path: Path) -> None:
    capture = tmp_path / "routers.pcap"
    network = {"00": 0x200, "010005": 0x201, "0600": 0x206, "12": 0x212, "0a00000000": 0x20A}
    frames = [datagram(bvlc(b"\1\x80" + bytes.fromhex(each)), PORT, from_port=PORT) for each in network]
    capture.write_bytes(pcap(frames))
    assert [line["function_code"] for line in inspected(capture)] == list(network.values())
    found = theirs(capture, "bacnet", PORT, lambda fields: number(fields, "bacnet.mesgtyp"))
    assert [0x200 + pdu.code for pdu in found] == list(network.values())
