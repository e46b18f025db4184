"""Behind a gap the next message is found, wherever the bytes begin; and nothing is made out of the rest of another."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guards.decoding import MUCH_BYTES, MessageDecoder
from guards.dnp3.link import frame
from guards.effects import Direction, Operation, Verdict
from guards.enip.encapsulation import unconnected
from guards.registry import make_decoder
from guards.seeking import MAX_KEPT_BYTES, MAX_PLACES, Seeker
from guards.splitting import INCOMPLETE, FramingFault
from tests.unit.guards.iec104.wire import asdu, numbered

TO_ASSET = Direction.TO_ASSET
MESSAGES = {
    "dnp3": frame(0xC4, 10, 1, b"\xc0\xc1\x01\x3c\x02\x06"),
    "enip": unconnected(5, b"12345678", bytes.fromhex("0e03200124013001")),
    "fins": bytes.fromhex("46494e53 00000014 00000002 00000000 8000020001000002 0010 0501"),
    "iec104": numbered(asdu(45, (10, b"\x01"))),
    "modbus": bytes.fromhex("0001 0000 0006 01 03 0000 0002"),
    "opcua": bytes.fromhex("434c4f46 38000000 01000000 01000000 02000000 02000000 0100c401") + bytes(28),
    "s7": bytes.fromhex("0300001f02f080 32010000000a000e00000401120a10020004000184000000"),
    "slmp": bytes.fromhex("500000ffff03000c00100001040000000000a80100"),
}


def heard(protocol: str, *pieces: bytes) -> list[Operation]:
    decoder = make_decoder(protocol)
    decoder.lost(TO_ASSET)
    found = [operation for piece in pieces for operation in decoder.receive(TO_ASSET, piece, 0.0)]
    return [*found, *decoder.end(TO_ASSET)]


def fits(protocol: str, piece: bytes) -> bool:
    decoder = make_decoder(protocol)
    assert isinstance(decoder, MessageDecoder)
    return Seeker(decoder._measure, bool, is_marked=decoder.is_marked)._fits(piece)


@pytest.mark.parametrize("protocol", sorted(MESSAGES))
@given(data=st.data())
def test_from_wherever_a_stream_is_heard_only_its_own_messages_are_read(protocol: str, data: st.DataObject) -> None:
    """Some at the beginning may be missed: those that do not show yet where they begin."""
    message = MESSAGES[protocol]
    (whole,) = heard(protocol, message)
    stream = message * 6
    start = data.draw(st.integers(1, len(message)))
    cuts = sorted(data.draw(st.lists(st.integers(start, len(stream)), max_size=8)))
    spans = list(zip([start, *cuts], [*cuts, len(stream)], strict=True))
    # What comes alone and is as long as it says is taken for a message, however odd: so most tools send.
    assume(not any(at % len(message) and fits(protocol, stream[at:to]) for at, to in spans))
    found = heard(protocol, *(stream[at:to] for at, to in spans))
    assert len(found) >= 3
    assert {(one.function_code, one.objects, one.verdict) for one in found} == {
        (whole.function_code, whole.objects, whole.verdict)
    }


def test_the_zeros_that_cip_begins_with_are_no_message_of_their_own() -> None:
    stream = MESSAGES["enip"] * 3
    assert [one.function_code for one in heard("enip", stream[24:])] == [14, 14]


@pytest.mark.parametrize("protocol", sorted(MESSAGES))
def test_where_nothing_is_found_it_is_said_once_and_at_the_end(protocol: str) -> None:
    (only,) = heard(protocol, *[b"\xe5\xb7\x99" * 30] * 20)
    assert (only.function, only.verdict) == ("unreadable", Verdict.MALFORMED)
    assert "1800 bytes" in only.reason


@pytest.mark.parametrize("protocol", sorted(MESSAGES))
def test_the_rest_of_a_message_behind_a_gap_is_no_fault_but_much_is(protocol: str) -> None:
    decoder = make_decoder(protocol)
    assert len(decoder.receive(TO_ASSET, MESSAGES[protocol], 0.0)) == 1
    decoder.lost(TO_ASSET)
    decoder.receive(TO_ASSET, MESSAGES[protocol], 0.0)
    decoder.lost(TO_ASSET)
    decoder.receive(TO_ASSET, b"\xe5" * 99, 0.0)
    assert decoder.end(TO_ASSET) == []
    decoder.receive(TO_ASSET, b"\xe5" * MUCH_BYTES, 0.0)
    assert [one.function for one in decoder.end(TO_ASSET)] == ["unreadable"]


@given(st.lists(st.binary(max_size=6000), max_size=4))
def test_what_is_kept_is_bounded(parts: list[bytes]) -> None:
    seeker = Seeker(lambda stream, at: at + 10_000, bool, is_marked=False)
    for part in parts:
        seeker.feed(part)
        assert len(seeker._kept) <= MAX_KEPT_BYTES


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Messages of a made-up protocol: a length, and so many letters."""
    if stream[at] > 9:
        return FramingFault("long", "a length above 9")
    return at + 1 + stream[at] if stream[at] else INCOMPLETE


def test_a_capture_that_drips_is_looked_through_a_bounded_number_of_times() -> None:
    asked = 0

    def never_whole(stream: bytes, at: int) -> int:
        nonlocal asked
        asked += 1
        return INCOMPLETE

    seeker = Seeker(never_whole, lambda _: True, is_marked=False)
    for _ in range(2000):
        assert seeker.feed(b"x") is None
    assert asked <= 2000 * (MAX_PLACES + 2)


def test_one_message_without_a_mark_does_not_make_a_place() -> None:
    seeker = Seeker(measure, lambda message: (message[1:] or b"a").isalpha(), is_marked=False)
    assert seeker.feed(b"\xff\x02ab\x03a") is None
    assert seeker.feed(b"bc\x01") == b"\x02ab\x03abc\x01"
    marked = Seeker(measure, lambda message: (message[1:] or b"a").isalpha(), is_marked=True)
    assert marked.feed(b"\xff\x02ab\x03a") == b"\x02ab\x03a"


def _opcua(kind: bytes, request_id: int, body: bytes) -> bytes:
    head = kind + (24 + len(body)).to_bytes(4, "little") + bytes([1, 0, 0, 0, 1, 0, 0, 0])
    return head + request_id.to_bytes(4, "little") * 2 + body


CLOSE_SESSION = bytes.fromhex("0100d901 0000 0000000000000000 00000000 00000000 ffffffff 00000000 000000 01")


@pytest.mark.parametrize("before", [0, 1, 2])
def test_opcua_chunks_that_go_on_with_what_is_missing_are_left_out(before: int) -> None:
    rest = [_opcua(b"MSGC", 7, b"\xe5" * 60)] * before + [_opcua(b"MSGF", 7, b"\xe5" * 20)]
    found = heard("opcua", *rest, _opcua(b"MSGF", 8, CLOSE_SESSION))
    assert [(one.function_code, one.function, one.verdict) for one in found] == [
        (473, "close_session", Verdict.ALLOWED)
    ]


def test_opcua_that_is_encrypted_is_sealed_also_where_its_channel_was_not_seen_to_open() -> None:
    found = heard("opcua", *[_opcua(b"MSGF", number, b"\xe5" * 80) for number in range(4)])
    assert [one.function for one in found] == ["sealed"] * 3


def test_a_gap_changes_nothing_about_a_channel_that_was_seen_to_open() -> None:
    decoder = make_decoder("opcua")
    policy = b"http://opcfoundation.org/UA/SecurityPolicy#None"
    body = len(policy).to_bytes(4, "little") + policy + b"\xff" * 8
    opening = b"OPNF" + (12 + len(body) + 8).to_bytes(4, "little") + bytes(4) + body + bytes(8)
    assert [one.function for one in decoder.receive(TO_ASSET, opening, 0.0)] == ["open_secure_channel"]
    decoder.lost(TO_ASSET)
    said = [_opcua(b"MSGF", 3, b"\xe5" * 9), _opcua(b"MSGF", 4, CLOSE_SESSION), _opcua(b"MSGF", 5, b"\xe5" * 9)]
    found = [one.function_code for each in said for one in decoder.receive(TO_ASSET, each, 0.0)]
    assert found[0] == 473
    assert len(found) == 2


def test_dnp3_pieces_that_go_on_with_what_is_missing_are_left_out() -> None:
    rest = [frame(0xC4, 10, 1, bytes([head]) + b"\xe5" * 9) for head in (0x05, 0x86)]
    whole = MESSAGES["dnp3"]
    assert [one.function_code for one in heard("dnp3", *rest, whole)] == [1]
    found = [one.function for one in heard("dnp3", whole, *rest)]
    assert found == ["read", "unreadable", "unreadable"]
