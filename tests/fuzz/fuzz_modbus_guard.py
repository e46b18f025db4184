"""Coverage-guided fuzzing of the Modbus guard with atheris.

atheris is not among the project's dependencies. To run: ``pip install atheris`` into an environment of its own, then
``python -m tests.fuzz.fuzz_modbus_guard -max_total_time=600`` from the top of the repository. Any further arguments are
libFuzzer's. The input is a list of steps: one byte that says direction and size, then so many bytes.
"""

import sys
from collections.abc import Iterator

from guards.effects import Direction
from tests.unit.guards import properties
from tests.unit.guards.modbus.test_properties import LOOSE, STRICT


def steps_of(data: bytes) -> Iterator[properties.Step]:
    """Read fuzzer bytes as steps of up to 127 bytes."""
    at = 0
    while at < len(data):
        size, direction = data[at] & 0x7F, Direction.TO_USER if data[at] & 0x80 else Direction.TO_ASSET
        yield direction, data[at + 1 : at + 1 + size]
        at += 1 + size


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards; raises ``AssertionError`` where one is broken."""
    steps = list(steps_of(data))
    for subject in (STRICT, LOOSE):
        properties.check_chunking_never_matters(subject, steps, [1])
        properties.check_nothing_but_the_allowed_is_forwarded(subject, steps)
        properties.check_the_forwarded_is_byte_identical(subject, steps)
        properties.check_buffers_stay_under_their_bound(subject, steps)
        properties.check_silence_after_a_cut(subject, steps)


def main() -> None:
    """Run until libFuzzer is told to stop."""
    import atheris

    atheris.instrument_all()
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
