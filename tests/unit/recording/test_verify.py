"""The proof: whatever was changed, dropped, reordered, duplicated, exchanged or cut off is found and named."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from recording.chunks import Direction
from recording.keys import public_jwk, public_keys
from recording.verify import Check, Place, State, verify
from tests.unit.recording.samples import (
    CONTENT_KEY,
    ENDED,
    OTHER_SIGNING_KEY,
    REASON,
    Pieces,
    passed,
    pieces,
    proof,
    put,
    reading,
    sample,
    writer,
)

SAMPLE = sample()
WHOLE = SAMPLE.whole
CLOSING_AT = SAMPLE.start_of(len(SAMPLE.segments))


def test_an_untouched_recording_is_whole() -> None:
    verification = proof(WHOLE)
    assert verification.state is State.WHOLE
    assert (verification.segments, verification.verified_bytes) == (4, len(WHOLE))
    assert verification.fault is None


def test_a_recording_of_nothing_is_whole() -> None:
    assert proof(pieces([]).whole).state is State.WHOLE


def test_the_content_is_checked_when_the_key_is_there() -> None:
    verification = proof(WHOLE, CONTENT_KEY)
    assert (verification.state, verification.is_content_checked) == (State.WHOLE, True)


def test_a_wrong_content_key_is_a_fault_of_content_and_not_of_signatures() -> None:
    fault = proof(WHOLE, bytes(32)).fault
    assert fault is not None
    assert (fault.segment, fault.check) == (0, Check.CONTENT)


def test_what_a_header_counts_is_held_against_the_content() -> None:
    made = writer()
    put(made.gatherer, passed(1, Direction.TO_ASSET, b"x", 0))
    pending = made.gatherer.take()
    assert pending is not None
    sealed = made.sealer.seal(replace(pending, counts=replace(pending.counts, denials=1)))
    data = made.begin() + sealed + made.close(REASON, ENDED)
    assert proof(data).state is State.WHOLE
    fault = proof(data, CONTENT_KEY).fault
    assert fault is not None
    assert (fault.segment, fault.check) == (0, Check.CONTENT)


def test_totals_are_the_sums_of_all_segments() -> None:
    verification = proof(WHOLE)
    assert verification.closing is not None
    assert verification.closing.totals.chunks == 8 == verification.counts.chunks
    assert verification.closing.totals.bytes_to_asset == 4 * len(b"question 0")


def test_a_closing_whose_sums_are_wrong_is_named_however_well_it_is_signed() -> None:
    made = writer()
    put(made.gatherer, passed(1, Direction.TO_ASSET, b"x", 0))
    sealed = made.flush()
    made.sealer._counts = replace(made.sealer.counts, writes=1)
    fault = proof(made.begin() + sealed + made.close(REASON, ENDED)).fault
    assert fault is not None
    assert (fault.place, fault.check) == (Place.CLOSING, Check.TOTALS)


@pytest.mark.parametrize("end", [len(WHOLE), CLOSING_AT], ids=["closed", "open"])
def test_a_flipped_bit_in_any_byte_breaks_the_recording_and_its_place_is_named(end: int) -> None:
    for offset in range(end):
        _assert_named(WHOLE[:end], offset, 1 << offset % 8)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255), st.booleans())
def test_any_change_of_a_byte_breaks_the_recording_and_its_place_is_named(
    offset: int, change: int, closed: bool
) -> None:
    end = len(WHOLE) if closed else CLOSING_AT
    _assert_named(WHOLE[:end], offset % end, change)


@pytest.mark.parametrize("dropped", range(4))
def test_a_dropped_segment_is_named(dropped: int) -> None:
    rest = [segment for number, segment in enumerate(SAMPLE.segments) if number != dropped]
    fault = proof(SAMPLE.with_segments(rest)).fault
    assert fault is not None
    is_last = dropped == 3
    assert fault.check is Check.ORDER
    assert (fault.place, fault.segment) == ((Place.CLOSING, None) if is_last else (Place.SEGMENT, dropped))


@given(st.permutations(range(4)).filter(lambda order: order != [0, 1, 2, 3]))
def test_the_first_segment_out_of_order_is_named(order: list[int]) -> None:
    fault = proof(SAMPLE.with_segments(SAMPLE.segments[number] for number in order)).fault
    assert fault is not None
    assert fault.check is Check.ORDER
    assert fault.segment == next(place for place, number in enumerate(order) if place != number)


@pytest.mark.parametrize("again", range(4))
def test_a_repeated_segment_is_named(again: int) -> None:
    segments = SAMPLE.segments[: again + 1] + SAMPLE.segments[again:]
    fault = proof(SAMPLE.with_segments(segments)).fault
    assert fault is not None
    assert (fault.segment, fault.check) == (again + 1, Check.ORDER)


def test_a_segment_of_another_recording_is_named() -> None:
    other = sample(recording="rec_2").segments
    fault = proof(SAMPLE.with_segments([*SAMPLE.segments[:2], other[2], SAMPLE.segments[3]])).fault
    assert fault is not None
    assert (fault.segment, fault.check) == (2, Check.RECORDING)


def test_a_segment_of_another_telling_of_the_same_recording_is_named() -> None:
    other = sample(salt=b"!").segments
    fault = proof(SAMPLE.with_segments([SAMPLE.segments[0], *other[1:]])).fault
    assert fault is not None
    assert (fault.segment, fault.check) == (1, Check.CHAIN)


def test_a_closing_of_another_recording_is_named() -> None:
    mixed = Pieces(SAMPLE.opening, SAMPLE.segments, sample(recording="rec_2").closing)
    fault = proof(mixed.whole).fault
    assert fault is not None
    assert (fault.place, fault.check) == (Place.CLOSING, Check.RECORDING)


@given(st.integers(0, len(WHOLE) - 1))
@settings(max_examples=300)
def test_a_recording_cut_off_anywhere_is_never_whole_and_keeps_its_whole_segments(length: int) -> None:
    verification = proof(WHOLE[:length])
    whole_segments = sum(SAMPLE.start_of(number + 1) <= length for number in range(4))
    if length < len(SAMPLE.opening):
        assert verification.state is State.BROKEN
        return
    assert verification.state is State.OPEN
    assert verification.detail == "open: ended without closing (crash or still running)"
    assert verification.segments == whole_segments
    assert verification.verified_bytes + verification.torn_bytes == length


@given(st.integers(len(SAMPLE.opening), len(WHOLE) - 1))
def test_who_knows_that_it_was_closed_finds_the_end_cut_off(length: int) -> None:
    fault = proof(WHOLE[:length], expect_closed=True).fault
    assert fault is not None
    assert fault.check is Check.TRUNCATED


@given(st.integers(len(SAMPLE.opening), CLOSING_AT - 2), st.integers(1, 2000))
def test_bytes_missing_from_the_middle_of_a_closed_recording_break_it(start: int, length: int) -> None:
    end = min(start + length, CLOSING_AT - 1)
    verification = proof(WHOLE[:start] + WHOLE[end:])
    assert verification.state is State.BROKEN
    assert verification.fault is not None
    assert verification.fault.segment == SAMPLE.segment_at(start)


def test_bytes_behind_the_end_break_it() -> None:
    fault = proof(WHOLE + b"\0").fault
    assert fault is not None
    assert (fault.place, fault.check) == (Place.CLOSING, Check.TRAILER)


def test_a_signer_that_is_not_known_is_named() -> None:
    strangers = public_keys({"keys": [public_jwk(OTHER_SIGNING_KEY.public_key())]})
    fault = verify(reading(WHOLE), len(WHOLE), strangers).fault
    assert fault is not None
    assert (fault.place, fault.check) == (Place.OPENING, Check.SIGNER)


@given(st.binary(max_size=400))
def test_garbage_is_broken_and_never_raises(garbage: bytes) -> None:
    assert proof(garbage).state is State.BROKEN


@given(st.binary(min_size=1, max_size=400))
def test_garbage_behind_a_recording_never_raises(garbage: bytes) -> None:
    assert proof(WHOLE[:CLOSING_AT] + garbage).state in {State.BROKEN, State.OPEN}


def _assert_named(data: bytes, offset: int, change: int) -> None:
    fault = proof(data[:offset] + bytes([data[offset] ^ change]) + data[offset + 1 :]).fault
    assert fault is not None, f"byte {offset} was changed and not found"
    assert (fault.place, fault.segment) == (_place_of(offset), SAMPLE.segment_at(offset))


def _place_of(offset: int) -> Place:
    if offset < len(SAMPLE.opening):
        return Place.OPENING
    return Place.SEGMENT if offset < CLOSING_AT else Place.CLOSING
