import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunnel.frames import (
    HEADER_BYTES,
    MAX_CONTROL_BYTES,
    MAX_DATA_BYTES,
    CutFrame,
    Data,
    Deframer,
    Eof,
    Fault,
    Frame,
    Notice,
    frame_cut,
    frame_data,
    frame_eof,
    frame_notice,
)

UNTIL = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOTICE = Notice("ending", "ten minutes left", UNTIL)


def read(chunks: list[bytes]) -> list[Frame | bytes]:
    """What the chunks say, with neighbouring payload joined: where it is divided means nothing."""
    deframer, said = Deframer(), list[Frame | bytes]()
    for chunk in chunks:
        for frame in deframer.receive(chunk):
            piece = chunk[frame.start : frame.stop] if isinstance(frame, Data) else frame
            if isinstance(piece, bytes) and said and isinstance(said[-1], bytes):
                said[-1] += piece
            else:
                said.append(piece)
    return said


def divide(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(places)]


conversation = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=300).map(frame_data),
        st.just(frame_notice(NOTICE)),
        st.just(bytes(HEADER_BYTES)),
    ),
    max_size=8,
).map(b"".join)
ending = st.sampled_from([b"", frame_eof(), frame_eof() + frame_notice(NOTICE), frame_cut("killed", "by an operator")])
places = st.lists(st.integers(0, 10_000), max_size=12)


@given(conversation, ending, places)
def test_chunking_never_matters(said: bytes, end: bytes, cuts: list[int]) -> None:
    assert read(divide(said + end, cuts)) == read([said + end])


@given(st.binary(max_size=600), places)
def test_garbage_never_raises_and_means_the_same_in_any_chunking(garbage: bytes, cuts: list[int]) -> None:
    assert read(divide(garbage, cuts)) == read([garbage])


def test_payload_and_control_frames_come_out_as_they_went_in() -> None:
    said = frame_data(b"abc") + frame_notice(NOTICE) + frame_data(b"de") + frame_eof() + frame_cut("closed")
    assert read([said]) == [b"abc", NOTICE, b"de", Eof(), CutFrame("closed")]


def test_pieces_of_a_data_frame_pass_before_it_is_whole() -> None:
    deframer = Deframer()
    assert deframer.receive(frame_data(bytes(1000))[:10]) == [Data(4, 10)]


def test_a_data_frame_of_the_largest_size_passes() -> None:
    assert read([frame_data(bytes(MAX_DATA_BYTES))]) == [bytes(MAX_DATA_BYTES)]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ((MAX_DATA_BYTES + 1).to_bytes(4, "big"), "frame_too_large"),
        (b"\x01\x00\x00\x01", "frame_too_large"),
        (b"\x02" + (MAX_CONTROL_BYTES + 1).to_bytes(3, "big"), "frame_too_large"),
        (b"\x03\xff\xff\xff", "frame_too_large"),
        (b"\x04\x00\x00\x00", "frame_unknown"),
        (b"GET ", "frame_unknown"),
    ],
)
def test_a_header_beyond_the_rules_is_a_fault(header: bytes, code: str) -> None:
    [fault] = read([header])
    assert isinstance(fault, Fault)
    assert fault.code == code


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{}", b"[" * 4000, b'{"code":1}', b'{"code":"a","more":"b"}', b"\xff"]
)
@pytest.mark.parametrize("kind", [2, 3])
def test_a_malformed_control_frame_is_a_fault(kind: int, payload: bytes) -> None:
    [fault] = read([bytes([kind]) + len(payload).to_bytes(3, "big") + payload])
    assert isinstance(fault, Fault)


@pytest.mark.parametrize("until", ["tomorrow", "2026-03-01T12:00:00", "9" * 400])
def test_a_notice_whose_time_is_no_aware_time_is_a_fault(until: str) -> None:
    payload = f'{{"code":"ending","until":"{until}"}}'.encode()
    [fault] = read([b"\x03" + len(payload).to_bytes(3, "big") + payload])
    assert isinstance(fault, Fault)


def test_payload_after_the_half_close_is_a_fault() -> None:
    [eof, fault] = read([frame_eof() + frame_data(b"more")])
    assert eof == Eof()
    assert isinstance(fault, Fault)


@pytest.mark.parametrize("last", [frame_cut("killed"), b"\xff\xff\xff\xff"])
def test_after_the_last_word_everything_is_ignored(last: bytes) -> None:
    assert len(read([last, frame_data(b"more"), b"\xff" * 100])) == 1


def test_one_whole_data_frame_is_recognised_only_between_frames() -> None:
    deframer, whole = Deframer(), frame_data(b"abc")
    assert deframer.is_one_data_frame(whole[:4], len(whole))
    assert not deframer.is_one_data_frame(whole[:4], len(whole) + 1)
    assert not deframer.is_one_data_frame(bytes(4), 4)
    deframer.receive(frame_data(bytes(9))[:-1])
    assert not deframer.is_one_data_frame(whole[:4], len(whole))


def test_a_whole_data_frame_after_the_half_close_is_not_taken_for_payload() -> None:
    deframer, whole = Deframer(), frame_data(b"abc")
    deframer.receive(frame_eof())
    assert not deframer.is_one_data_frame(whole[:4], len(whole))


@pytest.mark.parametrize("character", ["é", "\N{LOCK}", "\0", '"'])
def test_over_long_texts_are_shortened_to_what_the_other_side_accepts(character: str) -> None:
    [cut] = read([frame_cut(character * 100, character * 10_000)])
    assert cut == CutFrame(character * 64, character * 500)
