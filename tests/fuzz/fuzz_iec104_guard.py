"""Coverage-guided fuzzing of the IEC 104 guard with atheris; how to run it stands in ``tests/fuzz/steps.py``.

Most inputs would fail at the first wrong counter, so bytes may be wrapped as the next frame of a side that counts.
"""

from collections.abc import Iterator

from guards.effects import Direction
from tests.fuzz.steps import check, run, steps_of
from tests.unit.guards import properties
from tests.unit.guards.iec104 import traffic
from tests.unit.guards.iec104.test_properties import LOOSE, STEPPED, STRICT

CONTROLS = (traffic.TEST, traffic.TESTED, traffic.START, traffic.STARTED, traffic.STOP, traffic.STOPPED)
KNOWN = sorted((traffic.ASKED | traffic.TOLD).values())


def counted(data: bytes) -> Iterator[properties.Step]:
    """Read fuzzer bytes as what two sides say on a link that is started; the first byte of each says how."""
    sides = {direction: traffic.Side() for direction in Direction}
    yield Direction.TO_ASSET, traffic.START
    yield Direction.TO_USER, traffic.STARTED
    for direction, said in steps_of(data):
        how, rest = said[0] if said else 0, said[1:]
        match how & 7:
            case 0:
                yield direction, rest
            case 1:
                yield direction, CONTROLS[(how >> 3) % len(CONTROLS)]
            case 2:
                yield direction, traffic.numbered(rest or b"\0", sides[direction].said, how >> 3)
            case 3:
                yield direction, traffic.supervisory(how >> 3)
            case 4 | 5:
                yield direction, sides[direction].say(KNOWN[(how >> 3) % len(KNOWN)])
            case _:
                yield direction, sides[direction].say(rest or b"\0")


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards, as it is and as what two sides say."""
    check((STRICT, LOOSE, STEPPED), list(steps_of(data)))
    check((STRICT, LOOSE, STEPPED), list(counted(data)))


if __name__ == "__main__":
    run(fuzz_one)
