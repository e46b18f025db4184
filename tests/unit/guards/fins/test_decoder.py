"""The decoder reads FINS flows, on streams and as datagrams, and says what the guard would say."""

import pytest

from client.captures.flows import PORTS
from guards.effects import Direction, Operation, Verdict
from guards.fins.decoder import FinsDecoder
from guards.registry import make_decoder
from tests.unit.guards.fins.traffic import (
    NODE_ASKED,
    NODE_TOLD,
    READ_1,
    WRITE_1,
    frame,
    point,
    read,
    request,
    response,
    told,
    words,
)
from tests.unit.guards.seen import NOW, rules

TO_ASSET, TO_USER = Direction.TO_ASSET, Direction.TO_USER


def decoder(*tiers: str, **fields: object) -> FinsDecoder:
    return FinsDecoder(rules(*tiers, **fields))


def verdicts(operations: list[Operation]) -> list[Verdict]:
    return [operation.verdict for operation in operations]


def test_its_ports_are_known() -> None:
    assert PORTS["tcp", 9600] == PORTS["udp", 9600] == "fins"
    assert isinstance(make_decoder("fins"), FinsDecoder)


def test_a_stream_is_read_with_its_node_addresses() -> None:
    reader = decoder("read")
    asked = reader.receive(TO_ASSET, NODE_ASKED + READ_1 + WRITE_1, NOW)
    assert [operation.function for operation in asked] == [
        "node_address_request",
        "memory_area_read",
        "memory_area_write",
    ]
    assert verdicts(asked) == [Verdict.ALLOWED, Verdict.ALLOWED, Verdict.DENIED]
    back = reader.receive(TO_USER, NODE_TOLD + response(0x0101, words(42)), NOW)
    assert back[0].values == (200, 10)
    assert (back[1].objects, back[1].values, back[1].is_response) == (("dm 0",), (42,), True)


def test_a_datagram_is_a_frame() -> None:
    reader = decoder("read")
    (asked,) = reader.receive(TO_ASSET, frame(0x0101, point(5) + b"\0\1"), NOW)
    (back,) = reader.receive(TO_USER, told(0x0101, words(7)), NOW)
    assert (asked.objects, back.values, back.function) == (("dm 5",), (7,), "memory_area_read")


def test_an_answer_alone_says_what_it_can() -> None:
    (back,) = decoder("read").receive(TO_USER, told(0x0402, end=0x2102), NOW)
    assert (back.function, back.exception_code, back.verdict) == ("stop", 0x2102, Verdict.ALLOWED)
    assert back.route == "0.10.0"


@pytest.mark.parametrize("data", [b"\x80", b"\xc0" + bytes(9), b"\x82" + bytes(20), b"FINX", told(0x0101)[:13]])
def test_what_cannot_be_read_is_said_to_be(data: bytes) -> None:
    reader = decoder("read")
    assert verdicts(reader.receive(TO_ASSET, data, NOW)) == [Verdict.MALFORMED]
    assert verdicts(reader.receive(TO_ASSET, READ_1, NOW)) == [Verdict.ALLOWED]


def test_what_nobody_answers_is_denied_as_the_guard_denies_it() -> None:
    reader = decoder("read")
    assert verdicts(reader.receive(TO_ASSET, request(0x0101, READ_1[28:], icf=0x81), NOW)) == [Verdict.DENIED]


def test_bytes_that_are_missing_are_begun_anew_after() -> None:
    reader = decoder("read")
    assert reader.receive(TO_ASSET, READ_1[:20], NOW) == []
    reader.lost(TO_ASSET)
    assert len(reader.receive(TO_ASSET, read(1), NOW)) == 1


def test_steps_are_judged_by_what_the_flow_showed() -> None:
    reader = decoder("read", "operate", writes=[{"table": "dm", "step": 10}])
    reader.receive(TO_ASSET, READ_1, NOW)
    reader.receive(TO_USER, response(0x0101, words(40)), NOW)
    assert verdicts(reader.receive(TO_ASSET, WRITE_1, NOW)) == [Verdict.ALLOWED]
    assert verdicts(reader.receive(TO_ASSET, WRITE_1, NOW)) == [Verdict.DENIED]
