"""Coverage-guided fuzzing of the OPC UA guard with atheris; how to run it stands in ``tests/fuzz/steps.py``.

Every input continues a connection that is open, since most would not get that far; steps may be wrapped as the next
message of their side, so that sequence numbers add up.
"""

from itertools import count

from guards.effects import Direction
from tests.fuzz.steps import run, steps_of
from tests.unit.guards import properties
from tests.unit.guards.opcua import traffic
from tests.unit.guards.opcua.test_properties import LOOSE, STEPPED, STRICT

_KINDS = (b"MSGF", b"MSGC", b"MSGA", b"CLOF")
_CODES = (631, 673, 712, 527, 461, 467, 751, 700, 488, 560, 826, 841, 787, 847, 775, 763)


def wrapped(data: bytes) -> list[properties.Step]:
    """Read fuzzer bytes as steps of an open connection."""
    numbers = {direction: count(2) for direction in Direction}
    hows: list[int] = []

    def keep(how: int, said: bytes) -> bytes:
        hows.append(how)
        return said

    steps = list(steps_of(data, keep))
    return [
        *traffic.BEGINNING,
        *((way, _wrap(how, way, said, numbers)) for how, (way, said) in zip(hows, steps, strict=True)),
    ]


def _wrap(how: int, way: Direction, said: bytes, numbers: "dict[Direction, count[int]]") -> bytes:
    if how & 7 == 0:
        return said
    is_users = way is Direction.TO_ASSET
    code = _CODES[how >> 4]
    body = said if how & 7 == 1 else traffic.request(code, said) if is_users else traffic.response(code + 3, said)
    kind = _KINDS[0 if how & 7 < 5 else how & 3]
    number = next(numbers[way])
    return traffic.message(body, number, number, token=traffic.TOOLS_TOKEN if is_users else traffic.TOKEN, kind=kind)


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards that terminate their protocol."""
    steps = wrapped(data)
    for subject in (STRICT, LOOSE, STEPPED):
        properties.check_chunking_never_matters(subject, steps, [1])
        properties.check_buffers_stay_under_their_bound(subject, steps)
        properties.check_silence_after_a_cut(subject, steps)
        properties.check_first_and_last_words_are_its_own(subject, steps)
        properties.check_it_makes_nothing_that_it_did_not_observe_as_allowed(subject, steps)


if __name__ == "__main__":
    run(fuzz_one)
