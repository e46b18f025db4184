"""Datagrams in a stream: what goes in comes out, whatever the chunks; what is too large ends it."""

from hypothesis import given
from hypothesis import strategies as st

from guards.datagrams import MAX_DATAGRAM_BYTES, framed, measure
from guards.splitting import Splitter
from tests.unit.guards.properties import Direction, rechunked


@given(
    datagrams=st.lists(st.binary(max_size=300), max_size=8),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5),
)
def test_datagrams_come_out_as_they_went_in_whatever_the_chunks(datagrams: list[bytes], sizes: list[int]) -> None:
    splitter, found = Splitter(measure), []
    for _, piece in rechunked([(Direction.TO_USER, b"".join(map(framed, datagrams)))], sizes):
        whole, fault = splitter.feed(piece)
        assert fault is None
        found += whole
    assert found == [framed(datagram) for datagram in datagrams]
    assert splitter.held_bytes == 0


def test_the_largest_datagram_passes_and_one_more_byte_is_a_fault() -> None:
    largest = framed(bytes(MAX_DATAGRAM_BYTES))
    assert Splitter(measure).feed(largest) == ([largest], None)
    _, fault = Splitter(measure).feed((MAX_DATAGRAM_BYTES + 1).to_bytes(2, "big"))
    assert fault is not None
    assert fault.code == "datagram_too_large"
