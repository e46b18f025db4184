"""What the harnesses of all guards share: fuzzer bytes read as steps, and every property held against them.

To run them: ``make fuzz``.
"""

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from types import FunctionType

from guards.effects import Direction
from tests.unit.guards import properties

_LOOKED_AT = ("client.", "guards.", "policies.", "recording.", "tunnel.")
"""Whose branches count as found: those of libraries and of the tests would only cost time."""
Wrap = Callable[[int, bytes], bytes]


def steps_of(data: bytes, wrap: Wrap | None = None) -> Iterator[properties.Step]:
    """Read fuzzer bytes as steps: a byte that says direction and size, with ``wrap`` one more that says how to wrap."""
    at = 0
    while at < len(data):
        size, direction = data[at] & 0x7F, Direction.TO_USER if data[at] & 0x80 else Direction.TO_ASSET
        head = 1 if wrap is None else 2
        said = data[at + head : at + head + size]
        yield direction, said if wrap is None else wrap(data[at + 1] if at + 1 < len(data) else 0, said)
        at += head + size


def check(subjects: Sequence[properties.Subject], steps: Sequence[properties.Step]) -> None:
    """Hold one input against every property of guards; raises ``AssertionError`` where one is broken."""
    for subject in subjects:
        properties.check_chunking_never_matters(subject, steps, [1])
        properties.check_nothing_but_the_allowed_is_forwarded(subject, steps)
        properties.check_the_forwarded_is_byte_identical(subject, steps)
        properties.check_buffers_stay_under_their_bound(subject, steps)
        properties.check_silence_after_a_cut(subject, steps)
        properties.check_first_and_last_words_are_its_own(subject, steps)


def run(fuzz_one: Callable[[bytes], None]) -> None:
    """Run until libFuzzer is told to stop."""
    import atheris

    for function in [one for one in gc.get_objects() if isinstance(one, FunctionType)]:
        if function.__module__ and function.__module__.startswith(_LOOKED_AT):
            atheris.instrument_func(function)
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()
