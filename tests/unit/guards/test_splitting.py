"""The shared splitter: whole messages out of any pieces, bounded, and the end at the first fault."""

from hypothesis import given
from hypothesis import strategies as st

from guards.splitting import INCOMPLETE, FramingFault, Splitter

MAX_BYTES = 10


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Measure messages as TPKT does: 3, 0, and the length of the whole in two bytes."""
    if stream[at] != 3:
        return FramingFault("version", "not 3")
    if len(stream) - at < 4:
        return INCOMPLETE
    length = int.from_bytes(stream[at + 2 : at + 4], "big")
    return at + length if 4 <= length <= MAX_BYTES else FramingFault("length", str(length))


def message(body: bytes) -> bytes:
    return b"\x03\x00" + (4 + len(body)).to_bytes(2, "big") + body


_messages = st.lists(st.binary(max_size=6).map(message), max_size=5)


@given(_messages, st.lists(st.integers(1, 7), min_size=1, max_size=9))
def test_messages_come_out_whole_however_they_came(messages: list[bytes], sizes: list[int]) -> None:
    splitter, stream, found, turn = Splitter(measure), b"".join(messages), list[bytes](), 0
    while stream:
        size = sizes[turn % len(sizes)]
        more, fault = splitter.feed(stream[:size])
        assert fault is None
        assert splitter.held_bytes < MAX_BYTES
        found, stream, turn = found + more, stream[size:], turn + 1
    assert found == messages
    assert splitter.held_bytes == 0


def test_what_came_before_a_fault_comes_out_and_nothing_is_kept() -> None:
    splitter = Splitter(measure)
    assert splitter.feed(message(b"a") + b"GET") == ([message(b"a")], FramingFault("version", "not 3"))
    assert splitter.held_bytes == 0


def test_a_length_beyond_the_bound_is_a_fault_before_the_body_has_come() -> None:
    assert Splitter(measure).feed(b"\x03\x00\x00\x0b") == ([], FramingFault("length", "11"))


def test_a_message_that_would_end_where_it_begins_is_waited_for_and_does_not_loop() -> None:
    assert Splitter(lambda _, at: at).feed(b"abc") == ([], None)


def test_a_message_that_drips_costs_what_it_is_long() -> None:
    size, copied = 60_000, 0

    def counting(stream: bytes, at: int) -> int:
        nonlocal copied
        copied += len(stream)
        return at + size if len(stream) - at >= 4 else INCOMPLETE

    splitter = Splitter(counting)
    for _ in range(size - 1):
        assert splitter.feed(b"x") == ([], None)
    assert splitter.feed(b"x") == ([b"x" * size], None)
    assert copied < 2 * size
