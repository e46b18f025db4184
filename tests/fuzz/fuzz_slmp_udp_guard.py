"""Coverage-guided fuzzing of the SLMP guard over UDP with atheris; how to run it stands in ``tests/fuzz/steps.py``.

What the harness over TCP wraps as a frame is a datagram here, and may come twice, as what got lost does.
"""

from guards.datagrams import framed
from tests.fuzz.fuzz_slmp_guard import put
from tests.fuzz.steps import check, run, steps_of
from tests.unit.guards.slmp.test_udp import LOOSE, STEPPED, STRICT


def put_in_datagrams(how: int, data: bytes) -> bytes:
    """Wrap fuzzer bytes as a frame in one or two datagrams, or leave them as they are."""
    if how & 0x1F == 0:
        return data
    return framed(put(how, data)) * (1 + (how >> 4 & 1))


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards."""
    check((STRICT, LOOSE, STEPPED), list(steps_of(data, put_in_datagrams)))


if __name__ == "__main__":
    run(fuzz_one)
