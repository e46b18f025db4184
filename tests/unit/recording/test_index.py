"""The index answers as the segments themselves would, whether it was stored or is made of their headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.chunks import Chunk, Kind
from recording.errors import FormatError
from recording.index import Index
from recording.layout import INDEX_ENTRY
from recording.reader import RecordingReader
from tests.unit.recording.samples import CONTENT_KEY, ENDED, REASON, passed, put, reading, writer
from tests.unit.recording.test_roundtrip import chunk_lists


def recorded(chunks: list[Chunk], segment_bytes: int) -> tuple[bytes, bytes]:
    """The recording without its closing, and whole."""
    made = writer(segment_bytes=segment_bytes)
    for chunk in chunks:
        put(made.gatherer, chunk)
    running = made.begin() + made.flush()
    return running, running + made.close(REASON, ENDED)


@given(chunk_lists(), st.integers(1, 1000), st.integers(0, 10**13))
def test_it_counts_and_finds_as_the_segments_do(chunks: list[Chunk], segment_bytes: int, moment: int) -> None:
    _, whole = recorded(chunks, segment_bytes)
    reader = RecordingReader(reading(whole), len(whole))
    index, segments = reader.index(), list(reader.segments())
    assert [entry.offset for entry in index] == [offset for offset, _ in segments]
    before = 0
    for number, (_, header) in enumerate(segments):
        assert index.operations_before(number) == before
        assert (index.writes[number], index.denials[number]) == (header.counts.writes, header.counts.denials)
        before += header.counts.operations
    assert index.operations_before(len(index)) == before
    ending_later = [number for number, (_, header) in enumerate(segments) if header.span.last_ns >= moment]
    assert index.segment_at(moment) == next(iter(ending_later), len(segments))


@given(chunk_lists(), st.integers(1, 1000), st.integers(0, 20))
def test_that_of_a_running_recording_is_the_one_that_its_closing_will_name(
    chunks: list[Chunk], segment_bytes: int, known: int
) -> None:
    running, whole = recorded(chunks, segment_bytes)
    finished = RecordingReader(reading(whole), len(whole)).index()
    reader = RecordingReader(reading(running), len(running))
    assert reader.index().packed == finished.packed
    part = Index(finished.packed[: known * INDEX_ENTRY.size])
    assert reader.index(part).packed == finished.packed, "what is known is gone on from"


@given(chunk_lists(), st.integers(1, 1000))
def test_each_segment_is_found_by_its_number(chunks: list[Chunk], segment_bytes: int) -> None:
    _, whole = recorded(chunks, segment_bytes)
    reader = RecordingReader(reading(whole), len(whole))
    index = reader.index()
    found = [
        chunk for number in range(len(index)) for chunk in reader.content(CONTENT_KEY, *reader.segment(index, number))
    ]
    assert found == chunks


def test_an_index_that_the_closing_does_not_name_is_refused() -> None:
    chunks = [Chunk(Kind.OPERATION, 0, 1, ns, ns, b"{}", is_write=True) for ns in range(3)]  # type: ignore[arg-type]
    _, whole = recorded([*chunks, passed(1, 0, b"x", 9)], 20)  # type: ignore[arg-type]
    hidden = bytearray(whole)
    hidden[-16 - INDEX_ENTRY.size - 5] ^= 1  # the count of writes of a segment
    reader = RecordingReader(reading(bytes(hidden)), len(hidden))
    with pytest.raises(FormatError, match="index"):
        reader.index()
