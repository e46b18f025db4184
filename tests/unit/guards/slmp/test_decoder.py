"""The decoder reads SLMP flows of every kind, and says what the guard would say."""

import pytest

from client.captures.flows import PORTS
from guards.effects import Direction, Operation, Verdict
from guards.registry import make_decoder
from guards.slmp.decoder import SlmpDecoder
from tests.unit.guards.seen import NOW, rules
from tests.unit.guards.slmp.traffic import KINDS, NEW, OLD, READ_1, Kind

TO_ASSET, TO_USER = Direction.TO_ASSET, Direction.TO_USER


def decoder(*tiers: str, **fields: object) -> SlmpDecoder:
    return SlmpDecoder(rules(*tiers, **fields))


def verdicts(operations: list[Operation]) -> list[Verdict]:
    return [operation.verdict for operation in operations]


def test_its_ports_are_known() -> None:
    assert PORTS["tcp", 5007] == PORTS["udp", 5007] == "slmp"
    assert isinstance(make_decoder("slmp"), SlmpDecoder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_flow_is_read_and_judged(kind: Kind) -> None:
    reader = decoder("read")
    asked = reader.receive(TO_ASSET, kind.read(5, 2) + kind.write(5, 7, serial=2), NOW)
    assert verdicts(asked) == [Verdict.ALLOWED, Verdict.DENIED]
    assert asked[1].values == (7,)
    reader = decoder("read")
    reader.receive(TO_ASSET, kind.read(5, 2), NOW)
    (back,) = reader.receive(TO_USER, kind.response(kind.words(1, 2)), NOW)
    assert (back.function, back.objects, back.values, back.is_response) == ("device_read", ("d 5-6",), (1, 2), True)


def test_an_answer_alone_says_what_it_can() -> None:
    (back,) = decoder("read").receive(TO_USER, NEW.response(serial=7, end=0xC059), NOW)
    assert (back.function, back.transaction, back.exception_code) == ("message", 7, 0xC059)
    assert (back.route, back.verdict) == ("0/255", Verdict.ALLOWED)


@pytest.mark.parametrize("data", [b"\x57\x00", b"HTTP", b"\x50\x00" + bytes(7), b"5000xxFF03FF000018" + b"0" * 24])
def test_what_cannot_be_read_is_said_to_be_and_read_over(data: bytes) -> None:
    reader = decoder("read")
    assert verdicts(reader.receive(TO_ASSET, data, NOW)) == [Verdict.MALFORMED]
    assert verdicts(reader.receive(TO_ASSET, READ_1, NOW)) == [Verdict.ALLOWED]


def test_steps_are_judged_by_what_the_flow_showed() -> None:
    reader = decoder("read", "operate", writes=[{"table": "d", "step": 10}])
    reader.receive(TO_ASSET, READ_1, NOW)
    reader.receive(TO_USER, OLD.response(OLD.words(40)), NOW)
    assert verdicts(reader.receive(TO_ASSET, OLD.write(0, 42), NOW)) == [Verdict.ALLOWED]
    assert verdicts(reader.receive(TO_ASSET, OLD.write(0, 42), NOW)) == [Verdict.DENIED]
