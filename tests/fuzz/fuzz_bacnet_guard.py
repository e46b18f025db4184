"""Coverage-guided fuzzing of the BACnet guard with atheris; how to run it stands in ``tests/fuzz/steps.py``.

Most inputs would fail at the link's length, so steps may be wrapped in it, in a network head, and in a service.
"""

from guards.datagrams import framed
from tests.fuzz.steps import check, run, steps_of
from tests.unit.guards.bacnet import traffic
from tests.unit.guards.bacnet.test_properties import ASKING, LOOSE, STRICT

_SERVICES = (5, 6, 8, 10, 12, 14, 15, 16, 17, 20, 26, 28)


def wrap(how: int, data: bytes) -> bytes:
    """Wrap fuzzer bytes as a datagram, an APDU, a request, an answer, or what a device tells."""
    service = _SERVICES[(how >> 3) % len(_SERVICES)]
    match how & 7:
        case 0:
            return data
        case 1:
            return framed(data)
        case 2:
            return traffic.link(data, how >> 4)
        case 3:
            return traffic.net(data)
        case 4 | 5:
            return traffic.confirmed(service, data, invoke=how >> 6)
        case 6:
            return traffic.complex_ack(service, data, invoke=how >> 6)
        case _:
            return traffic.net(data, to=(10, b"\x05"), source=(11, b"\x01") if how & 8 else None)


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards."""
    check((STRICT, LOOSE, ASKING), list(steps_of(data, wrap)))


if __name__ == "__main__":
    run(fuzz_one)
