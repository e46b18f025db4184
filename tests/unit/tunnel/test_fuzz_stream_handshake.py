from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.fuzz_stream_handshake import fuzz_one
from tunnel.frames import frame_cut, frame_data, frame_eof

heads = st.sampled_from([b"HTTP/1.1 101 Ok\r\n", b"HTTP/1.1 403 No\r\n", b"Content-Length: 3\r\n", b"\r\n", b"a:b\r\n"])
frames = st.sampled_from([frame_data(b"abc"), frame_eof(), frame_cut("x"), b"\0\0\0\0", b"\3\0\0\2{}"])


@given(st.lists(st.one_of(heads, frames, st.binary(max_size=8)), max_size=12).map(b"".join), st.integers(0, 255))
def test_the_properties_of_the_harness_hold(body: bytes, size: int) -> None:
    fuzz_one(bytes([size]) + body)
