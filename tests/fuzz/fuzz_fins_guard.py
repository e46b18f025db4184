"""Coverage-guided fuzzing of the FINS guard with atheris; how to run it stands in ``tests/fuzz/steps.py``.

Most inputs would fail at the head, so steps may be wrapped in it, and in a frame's header.
"""

from guards.fins.commands import COMMANDS
from guards.fins.framing import wrap
from tests.fuzz.steps import check, run, steps_of
from tests.unit.guards.fins import traffic
from tests.unit.guards.fins.test_properties import LOOSE, STEPPED, STRICT

_CODES = sorted(COMMANDS)


def put(how: int, data: bytes) -> bytes:
    """Wrap fuzzer bytes as a frame, or as the text of a command or of an answer."""
    sid = how >> 6
    match how & 7:
        case 0:
            return data
        case 1:
            return wrap(data)
        case 2:
            return (traffic.NODE_ASKED, traffic.NODE_TOLD, traffic.CONFIRMATION, wrap(b""))[sid]
        case 3:
            return traffic.response(0x0101, data, sid)
        case 4:
            return traffic.response(0x0102, data, sid, end=how & 8)
        case 5:
            return traffic.request(_CODES[how >> 3], data, sid)
        case _:
            return traffic.request(0x0101 + (how >> 3 & 7), data, sid)


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards."""
    check((STRICT, LOOSE, STEPPED), list(steps_of(data, put)))


if __name__ == "__main__":
    run(fuzz_one)
