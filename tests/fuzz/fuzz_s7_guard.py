"""Coverage-guided fuzzing of the S7 guard with atheris; how to run it stands in ``tests/fuzz/steps.py``.

Most inputs would fail at the transport's lengths, so steps may be wrapped in it, and in a message's head.
"""

from tests.fuzz.steps import check, run, steps_of
from tests.unit.guards.s7 import traffic
from tests.unit.guards.s7.test_properties import LOOSE, STEPPED, STRICT


def wrap(how: int, data: bytes) -> bytes:
    """Wrap fuzzer bytes as a data TPDU or a piece of one, or as a message that adds up."""
    middle = len(data) * (how >> 4) // 16
    match how & 7:
        case 0:
            return data
        case 1:
            return traffic.piece(data)
        case 2:
            return traffic.piece(data, last=False)
        case 3:
            return traffic.ack_data(data[:middle], data[middle:], reference=how >> 6)
        case 4:
            about = b"\x00\x01\x12\x04\x11" + data[:3].ljust(3, b"\x41")
            return traffic._message(7, how >> 6, about, traffic.carried(data[3:]))
        case 5:
            return traffic.piece(b"\x72\x02" + len(data).to_bytes(2, "big") + data + b"\x72\x02\x00\x00")
        case 6:
            return (traffic.connect(data[:20]), traffic.CONFIRM)[how >> 7]
        case _:
            return traffic.job(data[:middle], data[middle:], reference=how >> 6)


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards."""
    check((STRICT, LOOSE, STEPPED), list(steps_of(data, wrap)))


if __name__ == "__main__":
    run(fuzz_one)
