"""Coverage-guided fuzzing of the recording reader, verifier and exports with atheris.

atheris is not among the project's dependencies. To run: ``pip install atheris`` into an environment of its own, then
``python -m tests.fuzz.fuzz_recording_reader -max_total_time=600`` from the top of the repository. The first byte of an
input says which door the rest goes through.
"""

import contextlib
import sys
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recording import layout
from recording.chunks import decode_chunks
from recording.errors import RecordingError
from recording.export import operation_lines, pcapng_capture
from recording.layout import Counts, SegmentHeader, Span
from recording.reader import RecordingReader
from recording.sealing import nonce_of, open_segment
from recording.verify import State
from tests.unit.recording.samples import CONTENT_KEY, opening, proof, reading, sample

_SAMPLE = sample()
_WHOLE = _SAMPLE.whole


def read_all(data: bytes) -> None:
    """Read, verify and export bytes that claim to be a recording."""
    proof(data, CONTENT_KEY)
    try:
        reader = RecordingReader(reading(data), len(data))
        for _ in pcapng_capture(reader.opening, reader.chunks(CONTENT_KEY, since_ns=len(data) % 3)):
            pass
    except RecordingError:
        pass


def splice(data: bytes) -> None:
    """Put the input over a part of a good recording: unless it says the same, it may not prove whole."""
    offset = int.from_bytes(data[:2], "big") % len(_WHOLE)
    changed = _WHOLE[:offset] + data[2:] + _WHOLE[offset + len(data) - 2 :]
    if changed != _WHOLE and proof(changed).state is State.WHOLE:
        raise AssertionError("a changed recording proved whole")
    read_all(changed)


def content(data: bytes) -> None:
    """Take the input for a segment's plaintext."""
    try:
        chunks = list(decode_chunks(data))
    except RecordingError:
        return
    for _ in (*pcapng_capture(opening(), chunks), *operation_lines(chunks)):
        pass


def compressed(data: bytes) -> None:
    """Take the input for a segment's compressed plaintext, properly encrypted."""
    span = Span(0, 0, 0, 0)
    header = SegmentHeader(0, 4096, len(data) + 16, Counts(), span, bytes(16), bytes(32), is_compressed=True)
    head, cipher = layout.encode_header(header), AESGCM(CONTENT_KEY)
    with contextlib.suppress(RecordingError):
        open_segment(header, head, cipher.encrypt(nonce_of(0), data, head), cipher)


_DOORS: tuple[Callable[[bytes], None], ...] = (read_all, splice, content, compressed)


def fuzz_one(data: bytes) -> None:
    """Send one input through the door that it names; any exception but the package's own is a finding."""
    if data:
        _DOORS[data[0] % len(_DOORS)](data[1:])


def main() -> None:
    """Run until libFuzzer is told to stop."""
    import atheris

    atheris.instrument_all()
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
