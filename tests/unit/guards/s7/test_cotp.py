"""TPKTs are cut by their header, TPDUs of class 0 are told apart, and pieces are put together as they came."""

import pytest

from guards.s7 import cotp
from guards.splitting import FramingFault, Splitter
from tests.unit.guards.s7 import traffic
from tests.unit.guards.s7.traffic import CONFIRM, LEAVE, READ_1, connect, piece, tpkt


def test_two_tpkts_in_one_chunk_come_out_as_two() -> None:
    assert Splitter(cotp.measure).feed(READ_1 + LEAVE) == ([READ_1, LEAVE], None)


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("02", "tpkt_version"),
        ("16030100", "tpkt_version"),
        ("03000006", "tpkt_length"),
        ("03002005", "tpkt_length"),
        ("0300ffff", "tpkt_length"),
    ],
)
def test_a_broken_head_is_a_fault_before_its_body_has_come(head: str, code: str) -> None:
    tpkts, fault = Splitter(cotp.measure).feed(bytes.fromhex(head))
    assert tpkts == []
    assert fault is not None
    assert fault.code == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (READ_1, cotp.DATA),
        (connect(), 0xE0),
        (CONFIRM, 0xD0),
        (LEAVE, 0x80),
        (tpkt("04 70 0009 00"), 0x70),
        (tpkt("05 c0 0001 0001"), 0xC0),
    ],
)
def test_each_tpdu_of_class_0_is_known(data: bytes, code: int) -> None:
    assert cotp.code_of(data) == code


@pytest.mark.parametrize(
    "tpdu",
    [
        "02 f1 80",
        "04 f0 0000 80",
        "02 10 80",
        "02 60 00",
        "01 80",
        "06 e0 0000 0001",
        "06 e0 0000 0001 00 00",
        "05 e0 0000 0001",
        "00 00 00",
    ],
)
def test_what_class_0_does_not_have_is_a_fault(tpdu: str) -> None:
    assert isinstance(cotp.code_of(tpkt(tpdu)), FramingFault)


def test_a_connection_request_names_who_is_called_and_how_long_tpdus_may_be() -> None:
    found = cotp.connect(connect(b"\x03\x01"))
    assert found == cotp.Connect(destination=0, source=7, called=b"\x03\x01", tpdu_bytes=1024, is_plain=True)


@pytest.mark.parametrize("more", [b"\xc6\x02\x00\x01", b"\xc7\x02\x01\x02", b"\x85\x02\x00\x00"])
def test_parameters_that_may_lead_on_are_noticed(more: bytes) -> None:
    found = cotp.connect(connect(more=more))
    assert isinstance(found, cotp.Connect)
    assert not found.is_plain


@pytest.mark.parametrize(
    "data",
    [
        connect(option=0x20),
        connect(option=0x40),
        connect(more=b"\xc2\x02\x01\x03"),
        connect(more=b"\xc3\x05\x00"),
        connect(more=b"\xc3"),
        tpkt("09 e0 0000 0001 00 c0 01 06"),
        tpkt("09 e0 0000 0001 00 c0 01 0e"),
        tpkt("0a e0 0000 0001 00 c0 02 0a0a"),
    ],
)
def test_a_connection_request_that_is_none_of_class_0_is_told_apart(data: bytes) -> None:
    assert isinstance(cotp.connect(data), str)


def test_pieces_come_out_whole_with_what_they_came_as() -> None:
    pieces, message = cotp.Pieces(), READ_1[7:]
    parts = [piece(message[:9], last=False), piece(b"", last=False), piece(message[9:])]
    assert [pieces.take(part) for part in parts] == [None, None, (b"".join(parts), message)]
    assert pieces.held_bytes == 0


def test_empty_pieces_go_with_the_next_message() -> None:
    pieces, empty = cotp.Pieces(), piece(b"", last=False)
    assert pieces.take(empty) is None
    assert pieces.take(READ_1) == (empty + READ_1, READ_1[7:])


def test_empty_pieces_that_no_message_follows_come_out_before_they_pile_up() -> None:
    pieces, empty = cotp.Pieces(), piece(b"", last=False)
    outcomes = [pieces.take(empty) for _ in range(1000)]
    assert outcomes.count((empty * cotp.MAX_EMPTY_PIECES, b"")) == 1000 // cotp.MAX_EMPTY_PIECES
    assert pieces.held_bytes < 7 * cotp.MAX_EMPTY_PIECES


@pytest.mark.parametrize("size", [1, 1000])
def test_a_message_of_too_many_bytes_is_a_fault(size: int) -> None:
    pieces, part = cotp.Pieces(), piece(bytes(size), last=False)
    outcomes = [pieces.take(part) for _ in range(1 + cotp.MAX_PIECES_BYTES // len(part))]
    assert isinstance(outcomes[-1], FramingFault)


def test_an_answer_that_is_longer_than_a_tpdu_may_be_is_sent_in_pieces() -> None:
    message = bytes(range(200)) * 2
    splitter, pieces = Splitter(cotp.measure), cotp.Pieces()
    tpkts, fault = splitter.feed(cotp.data(message, 128))
    assert fault is None
    assert [len(one) - 4 for one in tpkts] == [128, 128, 128, 28]
    assert [pieces.take(one) for one in tpkts][-1] == (b"".join(tpkts), message)


def test_a_disconnection_is_laid_out_as_one_that_is_read() -> None:
    assert cotp.code_of(cotp.disconnect_request(9, 7)) == cotp.DISCONNECT_REQUEST
    assert traffic.tpkt("06 80 0009 0007 00") == cotp.disconnect_request(9, 7)
