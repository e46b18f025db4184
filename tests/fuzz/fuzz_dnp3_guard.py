"""Coverage-guided fuzzing of the DNP3 guard with atheris; how to run it stands in ``tests/fuzz/steps.py``.

Most inputs would fail at the checksums of the link, so steps may be wrapped in frames, pieces and heads of fragments.
"""

from tests.fuzz.steps import check, run, steps_of
from tests.unit.guards.dnp3 import wire
from tests.unit.guards.dnp3.test_properties import LOOSE, STEPPED, STRICT


def wrap(how: int, data: bytes) -> bytes:
    """Wrap fuzzer bytes as a frame of either side, as pieces of a fragment, or as its objects."""
    code, sequence = (data[0], how >> 6) if data else (1, how >> 6)
    match how & 7:
        case 0:
            return data
        case 1:
            return wire.frame(data, from_master=bool(how & 8))
        case 2:
            return wire.frame(function=code & 15, from_master=bool(how & 8), primary=bool(how & 16))
        case 3:
            return b"".join(wire.frames(data, from_master=bool(how & 8), size=1 + (how >> 4), first=sequence))
        case 4 | 5:
            return wire.request(code, data[1:], sequence, outstation=(10, 11, 0xFFFF, 0xFFFC)[how >> 4 & 3])
        case _:
            function, control = (0x81, 0x82, 0x81, 0x83)[how >> 4 & 3], (0xC0, 0x80, 0x40, 0xF0)[how >> 3 & 3]
            return wire.response(
                data[2:], int.from_bytes(data[:2], "little"), sequence, control=control, function=function
            )


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards."""
    check((STRICT, LOOSE, STEPPED), list(steps_of(data, wrap)))


if __name__ == "__main__":
    run(fuzz_one)
