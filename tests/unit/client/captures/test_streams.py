"""TCP segments in any order give the bytes that were sent, or say where some are missing."""

from hypothesis import given
from hypothesis import strategies as st

from client.captures.streams import FAR_BYTES, MAX_WAITING_SEGMENTS, Piece, Reassembler

START = 0xFFFFFFF8


def joined(pieces: list[Piece]) -> bytes:
    return b"".join(piece.data for piece in pieces)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_shuffled_repeated_and_overlapping_segments_give_the_stream(whole: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole)), max_size=12)) | {len(whole)})
    starts = [0, *cuts[:-1]]
    parts = [(start, whole[start:stop]) for start, stop in zip(starts, cuts, strict=True)]
    parts += [(start, whole[start : start + 30]) for start in data.draw(st.lists(st.sampled_from(starts), max_size=4))]
    stream = Reassembler()
    stream.start(START - 1)
    pieces: list[Piece] = []
    for start, part in data.draw(st.permutations(parts)):
        pieces += stream.feed((START + start) % (1 << 32), part, None)
    assert joined(pieces) == whole
    assert not any(piece.after_gap for piece in pieces)
    assert stream.flush() == []


def test_a_stream_that_is_joined_in_its_middle_begins_with_what_comes_first() -> None:
    stream = Reassembler()
    assert stream.feed(500, b"abc", 1) == [Piece(b"abc", 1)]
    assert stream.feed(503, b"d", 2) == [Piece(b"d", 2)]


def test_what_is_missing_is_told_once_too_much_waits_and_at_the_end() -> None:
    stream = Reassembler()
    stream.feed(0, b"a", None)
    for number in range(MAX_WAITING_SEGMENTS):
        assert stream.feed(2 + number, b"x", None) == []
    told = stream.feed(2 + MAX_WAITING_SEGMENTS, b"x", None)
    assert [piece.after_gap for piece in told] == [True] + [False] * MAX_WAITING_SEGMENTS
    assert stream.feed(1000, b"late", None) == []
    assert stream.flush() == [Piece(b"late", None, True)]


def test_what_was_not_captured_of_a_packet_is_a_gap_and_nothing_waits_for_it() -> None:
    stream = Reassembler()
    assert stream.feed(0, b"abc", None, missing=5) == [Piece(b"abc", None)]
    assert stream.feed(8, b"next", None) == [Piece(b"next", None, True)]


def test_what_the_other_side_has_is_not_waited_for() -> None:
    stream = Reassembler()
    stream.feed(0, b"ab", None)
    assert stream.feed(5, b"f", None) == []
    assert stream.acknowledged(2) == []
    assert stream.acknowledged(6) == [Piece(b"f", None, True)]
    assert stream.acknowledged(6) == []


def test_of_what_the_other_side_has_only_that_is_given_up() -> None:
    stream = Reassembler()
    stream.feed(0, b"ab", None)
    stream.feed(6, b"g", None)
    assert stream.acknowledged(4) == []
    assert stream.feed(4, b"ef", None) == [Piece(b"ef", None, True), Piece(b"g", None)]


def test_a_number_far_from_all_others_begins_the_stream_anew() -> None:
    stream = Reassembler()
    stream.feed(5 * FAR_BYTES, b"a", None)
    for sequence in (0, 3 * FAR_BYTES):
        assert stream.feed(sequence, b"b", None) == [Piece(b"b", None, True)]
        assert stream.feed(sequence + 1, b"c", None) == [Piece(b"c", None)]


def test_the_byte_of_a_keep_alive_is_no_beginning() -> None:
    stream = Reassembler()
    assert stream.feed(99, b"\0", None) == []
    assert stream.feed(100, b"abc", None) == [Piece(b"abc", None)]
    assert stream.feed(102, b"\0", None) == []
    assert stream.feed(103, b"d", None) == [Piece(b"d", None)]


def test_a_handshake_that_is_repeated_changes_nothing() -> None:
    stream = Reassembler()
    stream.start(99)
    assert stream.feed(100, b"abc", None) == [Piece(b"abc", None)]
    stream.start(99)
    assert stream.feed(103, b"d", None) == [Piece(b"d", None)]
