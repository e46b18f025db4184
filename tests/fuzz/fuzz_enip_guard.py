"""Coverage-guided fuzzing of the EtherNet/IP guard with atheris; how to run it stands in ``tests/fuzz/steps.py``.

Most inputs would fail at lengths and items, so steps may be wrapped in them, in a session, in a request or an answer.
"""

from tests.fuzz.steps import check, run, steps_of
from tests.unit.guards.enip import cip, traffic
from tests.unit.guards.enip.test_properties import LOOSE, STEPPED, STRICT

_SERVICES = (0x0A, 0x0E, 0x10, 0x4B, 0x4C, 0x4D, 0x52, 0x54)


def wrap(how: int, data: bytes) -> bytes:
    """Wrap fuzzer bytes as a message, a request outside connections or on one, in a carrier, or as an answer."""
    service = _SERVICES[how >> 3 & 7]
    odd = data + bytes(len(data) % 2)
    match how & 7:
        case 0:
            return data
        case 1:
            return cip.message(0x6F if how & 8 else 0x70, data)
        case 2:
            return cip.unconnected(data)
        case 3:
            return cip.connected(data, traffic.THERE if how & 8 else traffic.BACK, how >> 6)
        case 4:
            return cip.unconnected(cip.request(service, odd[:20], data))
        case 5:
            return cip.unconnected(cip.several(data, cip.sent_on(data[2:], odd[:4]), cip.pccc(data)))
        case 6:
            return cip.unconnected(cip.reply(service, how >> 6, data))
        case _:
            return cip.unconnected(cip.forward_open(odd, how, large=bool(how & 8)))


def fuzz_one(data: bytes) -> None:
    """Hold one input against every property of guards."""
    check((STRICT, LOOSE, STEPPED), list(steps_of(data, wrap)))


if __name__ == "__main__":
    run(fuzz_one)
