"""What goes in comes out: any chunks, any segmentation, from any moment; and bounds hold on both sides."""

import hypothesis.strategies as st
import pytest
import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given

from recording import layout
from recording.chunks import MAX_PAYLOAD_BYTES, Chunk, Direction, Kind, Leg, decode_chunks, encode_chunk
from recording.errors import FormatError, KeyRefusedError, MisuseError, RecordingError
from recording.layout import MAX_PLAIN_BYTES, Counts, SegmentHeader, Span
from recording.manifest import wall_us
from recording.reader import RecordingReader
from recording.sealing import nonce_of, open_segment
from recording.verify import counted
from recording.writer import Gatherer
from tests.unit.recording.samples import (
    CONTENT_KEY,
    ENDED,
    REASON,
    STARTED,
    passed,
    pieces,
    proof,
    put,
    reading,
    sample,
    writer,
)


@st.composite
def chunk_lists(draw: st.DrawFn) -> list[Chunk]:
    times = sorted(draw(st.lists(st.integers(0, 10**13), max_size=20)))
    return [draw(_chunk(at)) for at in times]


def _chunk(ns: int) -> st.SearchStrategy[Chunk]:
    stream, payload, at = st.integers(0, 2**32 - 1), st.binary(max_size=300), wall_us(STARTED) + ns // 1000
    ways = st.sampled_from([Direction.TO_ASSET, Direction.TO_USER])
    flags = {name: st.booleans() for name in ("is_write", "is_denied", "is_response")}
    common = {"stream": stream, "monotonic_ns": st.just(ns), "wall_us": st.just(at), "payload": payload}
    return st.one_of(
        st.builds(Chunk, kind=st.just(Kind.BYTES), direction=ways, leg=st.sampled_from(Leg), **common),
        st.builds(Chunk, kind=st.just(Kind.OPERATION), direction=ways, **common, **flags),
        st.builds(Chunk, kind=st.just(Kind.EVENT), direction=st.just(Direction.NONE), **common),
    )


@given(chunk_lists(), st.integers(1, 2000))
def test_any_chunks_in_any_segmentation_come_back_in_order(chunks: list[Chunk], segment_bytes: int) -> None:
    made = writer(segment_bytes=segment_bytes)
    for chunk in chunks:
        put(made.gatherer, chunk)
    data = made.begin() + made.close(REASON, ENDED)
    assert list(RecordingReader(reading(data), len(data)).chunks(CONTENT_KEY)) == chunks
    verification = proof(data, CONTENT_KEY)
    assert verification.detail.startswith("whole")
    assert verification.counts == counted(chunks)


@given(chunk_lists(), st.integers(0, 10**13), st.booleans())
def test_reading_from_a_moment_gives_what_happened_since(chunks: list[Chunk], since_ns: int, closed: bool) -> None:
    made = pieces([chunk] for chunk in chunks)
    data = made.whole if closed else made.whole[: -len(made.closing)]
    found = list(RecordingReader(reading(data), len(data)).chunks(CONTENT_KEY, since_ns=since_ns))
    assert found == [chunk for chunk in chunks if chunk.monotonic_ns >= since_ns]


def test_seeking_in_a_closed_recording_does_not_read_what_lies_before() -> None:
    data = sample(200).whole
    asked: list[int] = []

    def read(offset: int, length: int) -> bytes:
        asked.append(length)
        return data[offset : offset + length]

    reader = RecordingReader(read, len(data))
    assert [chunk.payload for chunk in reader.chunks(CONTENT_KEY, since_ns=199_000)] == [b"question 199", b"answer 199"]
    assert sum(asked) < len(data) / 10


@pytest.mark.parametrize("kept", [[0, 2, 3], [0, 1, 2], [1, 2, 3], [0, 2, 1, 3]])
def test_reading_all_of_it_does_not_pass_over_a_gap(kept: list[int]) -> None:
    made = sample()
    data = made.with_segments(made.segments[number] for number in kept)
    with pytest.raises(FormatError):
        list(RecordingReader(reading(data), len(data)).chunks(CONTENT_KEY))


def test_a_segment_of_another_recording_is_not_read() -> None:
    made, other = sample(), sample(recording="rec_2")
    data = made.with_segments([other.segments[0], *made.segments[1:]])
    with pytest.raises(FormatError):
        list(RecordingReader(reading(data), len(data)).chunks(CONTENT_KEY))


def test_bytes_larger_than_a_chunk_become_several() -> None:
    made, data = writer(), bytes(MAX_PAYLOAD_BYTES + 1)
    made.gatherer.append_bytes(1, Direction.TO_USER, Leg.BOTH, data, 0, 0)
    whole = made.begin() + made.close(REASON, ENDED)
    sizes = [len(chunk.payload) for chunk in RecordingReader(reading(whole), len(whole)).chunks(CONTENT_KEY)]
    assert sizes == [MAX_PAYLOAD_BYTES, 1]


def test_incompressible_segments_are_stored_as_they_are() -> None:
    noise = AESGCM(CONTENT_KEY).encrypt(bytes(12), bytes(50_000), None)
    made = [pieces([[passed(1, Direction.TO_USER, data, 0)]]).whole for data in (noise, bytes(50_000))]
    flags = [next(RecordingReader(reading(data), len(data)).segments())[1].is_compressed for data in made]
    assert flags == [False, True]


def test_only_the_users_leg_is_counted_as_traffic() -> None:
    gatherer = Gatherer()
    for leg in Leg:
        gatherer.append_bytes(1, Direction.TO_ASSET, leg, b"12345", 0, 0)
    pending = gatherer.take()
    assert pending is not None
    assert pending.counts.bytes_to_asset == 10


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"is_write": True}, (1, 1, 0)),
        ({"is_write": True, "is_denied": True}, (1, 0, 1)),
        ({"is_denied": True}, (1, 0, 1)),
        ({"is_write": True, "is_response": True}, (0, 0, 0)),
    ],
)
def test_writes_are_those_that_passed_and_answers_are_not_counted(
    flags: dict[str, bool], expected: tuple[int, int, int]
) -> None:
    gatherer = Gatherer()
    put(gatherer, Chunk(Kind.OPERATION, Direction.TO_ASSET, 1, 0, 0, b"{}", **flags))
    pending = gatherer.take()
    assert pending is not None
    counts = pending.counts
    assert (counts.operations, counts.writes, counts.denials) == expected


def test_time_that_goes_backwards_is_refused() -> None:
    gatherer = Gatherer()
    gatherer.append_event(0, b"{}", 5, 0)
    with pytest.raises(MisuseError):
        gatherer.append_event(0, b"{}", 4, 0)


def test_a_full_segment_rolls_by_itself_and_all_of_it_stays_pending() -> None:
    gatherer = Gatherer(segment_bytes=1000)
    for _ in range(3):
        gatherer.append_bytes(1, Direction.TO_ASSET, Leg.BOTH, bytes(600), 0, 0)
    assert gatherer.has_full
    taken = list(iter(gatherer.take, None))
    assert [pending.counts.chunks for pending in taken] == [2, 1]
    assert gatherer.pending_bytes == 0


def test_a_decompression_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(MAX_PLAIN_BYTES * 8))
    header = SegmentHeader(
        0, 1000, len(bomb) + 16, Counts(), Span(0, 0, 0, 0), bytes(16), bytes(32), is_compressed=True
    )
    head = layout.encode_header(header)
    cipher = AESGCM(CONTENT_KEY)
    with pytest.raises(FormatError, match="compressed size"):
        open_segment(header, head, cipher.encrypt(nonce_of(0), bomb, head), cipher)


def test_another_key_opens_nothing() -> None:
    data = sample().whole
    with pytest.raises(KeyRefusedError):
        list(RecordingReader(reading(data), len(data)).chunks(bytes(32)))


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_the_reader_raises_nothing_but_its_own_error(garbage: bytes, tail: bytes) -> None:
    made = sample(1)
    for data in (garbage, made.opening + garbage, made.opening + made.segments[0] + garbage, garbage + made.closing):
        _exhaust(data + tail)


@given(st.integers(0, len(sample(2).whole) - 1), st.integers(1, 255))
def test_a_changed_byte_gives_its_own_error_or_the_same_content(offset: int, change: int) -> None:
    data = bytearray(sample(2).whole)
    data[offset] ^= change
    _exhaust(bytes(data))


@given(st.binary(max_size=200))
def test_chunks_decode_or_are_refused(garbage: bytes) -> None:
    try:
        chunks = list(decode_chunks(garbage))
    except FormatError:
        return
    assert b"".join(map(encode_chunk, chunks)) == garbage


def _exhaust(data: bytes) -> None:
    try:
        for _ in RecordingReader(reading(data), len(data)).chunks(CONTENT_KEY, since_ns=1):
            pass
    except RecordingError:
        pass
