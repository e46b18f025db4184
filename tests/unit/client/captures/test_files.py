"""Capture files of both formats and byte orders, whole and damaged."""

import gzip
import io
import struct
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.captures.files import SECOND_NANOSECONDS, CaptureError, read_packets
from tests.unit.client.captures.wire import block, pcap, pcapng

FRAMES = [b"one", b"", b"three"]


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcap_is_read_in_both_byte_orders_with_micro_and_nanoseconds(order: str) -> None:
    for magic, tick in ((0xA1B2C3D4, 1000), (0xA1B23C4D, 1)):
        packets = list(read_packets(io.BytesIO(pcap(FRAMES, order, magic, link=113))))
        assert [(p.link_type, p.data) for p in packets] == [(113, frame) for frame in FRAMES]
        assert [p.time for p in packets] == [(1000 + n) * SECOND_NANOSECONDS + 5 * tick for n in range(3)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("resolution", [6, 9])
def test_pcapng_is_read_in_both_byte_orders_and_any_resolution(order: str, resolution: int) -> None:
    packets = list(read_packets(io.BytesIO(pcapng(FRAMES, order, 101, resolution))))
    assert [(p.time, p.link_type, p.data) for p in packets] == [
        ((1000 + n) * SECOND_NANOSECONDS, 101, f) for n, f in enumerate(FRAMES)
    ]


NOW = 1_795_776_071


@pytest.mark.parametrize(
    ("resolution", "ticks", "nanoseconds"),
    [
        (3, NOW * 10**3 + 7, 7_000_000),
        (9, NOW * 10**9 + 123_456_789, 123_456_789),
        (10, NOW * 10**10 + 1_234_567_899, 123_456_789),
        (0x80 | 10, (NOW << 10) + 1, 976_562),
        (0x80 | 30, (NOW << 30) + 1, 0),
        (0x80 | 30, (NOW << 30) + (1 << 29) + 2, 500_000_001),
    ],
)
def test_times_are_exact_to_the_nanosecond_whatever_a_tick_is(resolution: int, ticks: int, nanoseconds: int) -> None:
    section = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    options = struct.pack("<HHB3xHHq", 9, 1, resolution, 14, 8, -3)
    interface = block(1, struct.pack("<HHI", 1, 0, 0) + options)
    packet = block(6, struct.pack("<IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, 1, 1) + b"x")
    (found,) = read_packets(io.BytesIO(section + interface + packet))
    assert found.time == (NOW - 3) * SECOND_NANOSECONDS + nanoseconds


def test_a_second_section_has_interfaces_of_its_own() -> None:
    packets = list(read_packets(io.BytesIO(pcapng([b"a"], "<", 1) + pcapng([b"b"], ">", 113))))
    assert [(p.link_type, p.data) for p in packets] == [(1, b"a"), (113, b"b")]


def test_simple_packets_have_no_time() -> None:
    data = pcapng([]) + block(3, b"\x04\0\0\0abcd")
    assert [(p.time, p.data) for p in read_packets(io.BytesIO(data))] == [(None, b"abcd")]


@pytest.mark.parametrize("data", [b"", b"GIF89a", pcap([])[:20], pcap(FRAMES)[:-2], pcapng(FRAMES)[:-3]])
def test_what_is_no_capture_or_breaks_off_says_so(data: bytes) -> None:
    with pytest.raises(CaptureError):
        list(read_packets(io.BytesIO(data)))


def test_what_comes_before_the_damage_is_read() -> None:
    packets = read_packets(io.BytesIO(pcap(FRAMES)[:-2]))
    assert next(packets).data == b"one"


@given(st.sampled_from([pcap(FRAMES), pcapng(FRAMES)]), st.data())
def test_damage_is_never_more_than_a_capture_error(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(4, len(whole) - 1))
    damaged = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :]
    with suppress(CaptureError):
        list(read_packets(io.BytesIO(damaged)))


@pytest.mark.parametrize("make", [pcap, pcapng])
def test_a_gzipped_file_is_unpacked_on_the_way(make: Callable[[list[bytes]], bytes]) -> None:
    whole = make([b"one", b"three"])
    assert list(read_packets(io.BytesIO(gzip.compress(whole)))) == list(read_packets(io.BytesIO(whole)))
    with pytest.raises(CaptureError, match="gzipped"):
        list(read_packets(io.BytesIO(gzip.compress(whole)[:-12])))
    with pytest.raises(CaptureError):
        list(read_packets(io.BytesIO(gzip.compress(whole)[:10] + b"nonsense" * 4)))
