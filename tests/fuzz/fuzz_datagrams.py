"""Coverage-guided fuzzing of datagram framing with atheris; how to run it stands in ``tests/fuzz/steps.py``.

The first byte of an input says how what follows is cut into chunks.
"""

from guards.datagrams import HEAD_BYTES, MAX_DATAGRAM_BYTES, framed, measure
from guards.splitting import Splitter
from tests.fuzz.steps import run


def fuzz_one(data: bytes) -> None:
    """Hold one stream against what framing promises: the same whatever the chunks, nothing lost, little kept."""
    size, stream = (data[0] % 64 + 1, data[1:]) if data else (1, b"")
    whole, fault = Splitter(measure).feed(stream)
    splitter, found, met = Splitter(measure), list[bytes](), None
    for at in range(0, len(stream), size):
        messages, met = splitter.feed(stream[at : at + size])
        found += messages
        if splitter.held_bytes >= HEAD_BYTES + MAX_DATAGRAM_BYTES:
            raise AssertionError("more is kept than a datagram")
        if met is not None:
            break
    if (found, met) != (whole, fault):
        raise AssertionError("chunking matters")
    if not stream.startswith(b"".join(found)) or any(framed(one[HEAD_BYTES:]) != one for one in found):
        raise AssertionError("what came out is not what went in")
    if met is None and splitter.held_bytes != len(stream) - sum(map(len, found)):
        raise AssertionError("something was lost")


if __name__ == "__main__":
    run(fuzz_one)
