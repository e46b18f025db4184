"""Coverage-guided fuzzing of the SLMP guard with atheris; how to run it stands in ``tests/fuzz/steps.py``.

Most inputs would fail at the length in the head, so steps may be wrapped in a frame of either kind and code.
"""

from tests.fuzz.steps import check, run, steps_of
from tests.unit.guards.slmp import traffic
from tests.unit.guards.slmp.test_properties import LOOSE, STEPPED, STRICT

_DEVICES = (0x0401, 0x0403, 0x0406, 0x0801, 0x1401, 0x1402, 0x1406, 0x1002)


def put(how: int, data: bytes) -> bytes:
    """Wrap fuzzer bytes as the body of a command or of an answer; every other kind of frame in its turn."""
    kind = traffic.KINDS[how >> 5]
    match how & 3:
        case 0:
            return data
        case 1:
            return kind.response(data, serial=data[0] & 3 if data else 0)
        case 2:
            return kind.head(0x5000, 1, traffic.OWN, data)
        case _:
            command, sub = _DEVICES[how >> 2 & 7], data[0] & 3 if data else 0
            body = data[1:].hex().upper().encode() if kind.is_ascii else data[1:]
            return kind.request(command, sub, body, serial=how & 3)


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards."""
    check((STRICT, LOOSE, STEPPED), list(steps_of(data, put)))


if __name__ == "__main__":
    run(fuzz_one)
