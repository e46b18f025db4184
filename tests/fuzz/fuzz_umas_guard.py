"""Coverage-guided fuzzing of UMAS inside Modbus with atheris; how to run it stands in ``tests/fuzz/steps.py``.

Few inputs would find function 90 behind a header that adds up, so steps are wrapped as requests and answers of UMAS.
"""

from guards.modbus.umas import ROWS
from tests.fuzz.steps import check, run, steps_of
from tests.unit.guards.modbus.test_properties import LOOSE, READER, STEPPED, STRICT
from tests.unit.guards.modbus.traffic import adu


def wrap(how: int, data: bytes) -> bytes:
    """Wrap fuzzer bytes as a request or an answer, signed or not, long or not; the transaction is one of four."""
    code, key = ROWS[(how >> 3) % len(ROWS)].code, data[:1] or b"\0"
    match how & 7:
        case 0:
            return data
        case 1:
            pdu = b"\x5a" + data
        case 2:
            pdu = b"\x5a" + key + b"\xfe" + data[1:]
        case 3:
            pdu = b"\x5a" + key + b"\xfd" + data[1:]
        case 4:
            pdu = b"\x5a" + key + b"\x38\x01" + bytes(32) + b"\x5a\0" + bytes((code,)) + data[1:]
        case 5:
            pdu = b"\x5a" + key + bytes((code,)) + data[1:] * 8
        case _:
            pdu = b"\x5a" + key + bytes((code,)) + data[1:]
    return adu(pdu, transaction=how >> 6)


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards."""
    check((STRICT, LOOSE, STEPPED, READER), list(steps_of(data, wrap)))


if __name__ == "__main__":
    run(fuzz_one)
