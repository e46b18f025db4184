"""Coverage-guided fuzzing of the Modbus guard with atheris; how to run it stands in ``tests/fuzz/steps.py``."""

from tests.fuzz.steps import check, run, steps_of
from tests.unit.guards.modbus.test_properties import LOOSE, STRICT


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards."""
    check((STRICT, LOOSE), list(steps_of(data)))


if __name__ == "__main__":
    run(fuzz_one)
