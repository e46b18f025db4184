"""Coverage-guided fuzzing of the FINS guard over UDP with atheris; how to run it stands in ``tests/fuzz/steps.py``.

Most inputs would fail at the head, so steps may be wrapped in it; a step may come twice, as what got lost does.
"""

from guards.datagrams import framed
from guards.fins.commands import COMMANDS
from tests.fuzz.steps import check, run, steps_of
from tests.unit.guards.fins.test_udp import LOOSE, STEPPED, STRICT, request, response

_CODES = sorted(COMMANDS)


def put(how: int, data: bytes) -> bytes:
    """Wrap fuzzer bytes as a datagram, or as the text of a command or of an answer."""
    sid = how >> 6
    match how & 7:
        case 0:
            return data
        case 1:
            return framed(data)
        case 2:
            return response(0x0101, data, sid)
        case 3:
            return response(_CODES[(how >> 3) % len(_CODES)], data, sid, end=how & 8)
        case 4:
            return request(_CODES[(how >> 3) % len(_CODES)], data, sid) * 2
        case 5:
            return request(_CODES[(how >> 3) % len(_CODES)], data, sid)
        case _:
            return request(0x0101 + (how >> 3 & 7), data, sid)


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards."""
    check((STRICT, LOOSE, STEPPED), list(steps_of(data, put)))


if __name__ == "__main__":
    run(fuzz_one)
