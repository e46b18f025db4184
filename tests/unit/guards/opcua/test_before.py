"""The value before a write of nodes: read by the guard right before it, and none of the tool's business."""

import struct

import pytest

from guards.effects import Effect, Operation
from guards.known import FRESH_SECONDS
from tests.unit.guards import reading_ahead
from tests.unit.guards.opcua.traffic import (
    NOW,
    NULL,
    TO_ASSET,
    TO_USER,
    WRITE,
    Talk,
    answer_read,
    answer_write,
    array,
    bodies,
    call,
    double,
    node,
    operations,
    read,
    request,
    response,
    text,
    u32,
    value_of,
    write,
)

INT_ARRAY = b"\x86" + u32(2) + u32(5) + u32(6)
BAD = 0x80340000
BAD_ITEM = b"\x02" + u32(BAD)


def reader(*tiers: str, **fields: object) -> Talk:
    return Talk(*(tiers or ("read", "operate")), read_before_write=True, **fields)


def written(effects: list[Effect]) -> Operation:
    return reading_ahead.written(effects, "write")


def own_read(body: bytes, fields: bytes) -> bool:
    """Tell whether a message reads these items, at any age and without times."""
    return body[:4] == read()[:4] and body.endswith(bytes(8) + u32(3) + fields)


def item(one: bytes, attribute: int = 13, span: bytes = NULL) -> bytes:
    return one + u32(attribute) + span + b"\0\0" + NULL


def handle_of(body: bytes) -> int:
    return int(struct.unpack_from("<I", body, 14)[0])


def test_the_same_nodes_are_read_under_a_number_and_a_handle_of_the_guards_own() -> None:
    talk = reader()
    first = talk.ask(WRITE)
    (own,) = bodies(first, TO_ASSET)
    assert own_read(own, array(item(node())))
    assert handle_of(own) != handle_of(WRITE)
    second = talk.answer(answer_read(double(1.5)))
    assert bodies(second, TO_ASSET) == [WRITE]
    assert (written(second).before, written(second).values, written(second).is_before_read) == ((1.5,), (5.0,), True)
    third = talk.answer(answer_write(0))
    assert [bodies(each, TO_USER) for each in (first, second, third)] == [[], [], [answer_write(0)]]
    assert "by the guard" in operations(first)[0].reason


def test_ranges_arrays_and_other_attributes_are_read_as_they_are_written() -> None:
    talk = reader("read", "operate", "program")
    items = (
        node("Levels") + u32(13) + text("0:1") + value_of(INT_ARRAY),
        node("Pump") + u32(4) + NULL + value_of(double(2.0)),
    )
    asked = request(673, array(*items))
    (own,) = bodies(talk.ask(asked), TO_ASSET)
    assert own_read(own, array(item(node("Levels"), span=text("0:1")), item(node(), 4)))
    before = b"\x86" + u32(2) + u32(1) + u32(2)
    effects = talk.answer(answer_read(before, double(3.0)))
    assert bodies(effects, TO_ASSET) == [asked]
    assert written(effects).before == (1, 2, 3.0)


def test_of_what_the_device_does_not_say_item_by_item_nothing_is_known() -> None:
    talk = reader()
    talk.ask(write((node(), double(1.0)), (node("Valve"), double(2.0)), (node("Levels"), INT_ARRAY)))
    said = response(634, array(BAD_ITEM, value_of(double(7.0)), value_of(double(8.0))) + NULL)
    operation = written(talk.answer(said))
    assert (operation.before, operation.values) == ((None, 7.0, None, None), (1.0, 2.0, 5, 6))


FAULT = response(397, status=0x80100000)
REFUSALS = {
    "fault": FAULT,
    "item": response(634, array(BAD_ITEM) + NULL),
    "count": answer_read(double(1.0), double(2.0)),
    "layout": answer_read(double(1.0))[:-1],
    "other": answer_write(0),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_what_the_device_does_not_say_is_not_known_and_the_write_goes_all_the_same(refusal: bytes) -> None:
    talk = reader()
    talk.ask(WRITE)
    effects = talk.answer(refusal)
    assert bodies(effects, TO_ASSET) == [WRITE]
    assert (written(effects).before, written(effects).is_before_read) == ((), False)
    assert bodies(effects, TO_USER) == []


def test_an_answer_that_the_device_breaks_off_tells_nothing() -> None:
    talk = reader()
    talk.ask(WRITE)
    effects = talk.answer(u32(BAD) + NULL, kind=b"MSGA")
    assert (bodies(effects, TO_ASSET), written(effects).before, bodies(effects, TO_USER)) == ([WRITE], (), [])


def test_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone() -> None:
    talk = reader()
    talk.ask(WRITE)
    number = struct.unpack_from("<I", talk.asked[-1], 20)[0]
    effects = talk.guard.on_tick(NOW + 15)
    assert (bodies(effects, TO_ASSET), written(effects).before, bodies(effects, TO_USER)) == ([WRITE], (), [])
    assert bodies(talk.answer(answer_read(double(1.0)), to=number, now=NOW + 16), TO_USER) == []
    done = answer_write(0)
    assert bodies(talk.answer(done, to=number - 1, now=NOW + 17), TO_USER) == [done]
    assert bodies(talk.ask(WRITE, now=NOW + 18), TO_ASSET) == [WRITE]
    talk.answer(done, now=NOW + 19)
    (own,) = bodies(talk.ask(WRITE, now=NOW + 15 + FRESH_SECONDS), TO_ASSET)
    assert own_read(own, array(item(node())))


def test_what_may_not_be_read_or_comes_too_fast_or_is_no_write_is_not_read() -> None:
    method = call(node("Owner"), node("Method"))
    for talk, asked in (
        (reader("operate"), WRITE),
        (reader(max_rate=1), WRITE),
        (reader(reads=[{"table": "node", "names": ["ns=2;s=Other"]}]), WRITE),
        (reader("read", "operate", "program"), method),
    ):
        assert bodies(talk.ask(asked), TO_ASSET) == [asked]


def test_when_the_device_goes_the_tool_hears_of_its_write_only() -> None:
    talk = reader()
    talk.ask(WRITE)
    (said,) = bodies(talk.guard.asset_gone(NOW), TO_USER)
    assert struct.unpack_from("<I", said, 12)[0] == handle_of(WRITE)
