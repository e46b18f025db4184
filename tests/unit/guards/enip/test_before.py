"""The value before a write of tags and attributes: read outside connections right before it, and none of the tool's."""

import pytest

from guards.effects import Direction, Effect, Operation, Verdict
from guards.enip import encapsulation
from guards.enip.guard import EnipGuard
from tests.unit.guards import reading_ahead
from tests.unit.guards.enip import cip
from tests.unit.guards.enip.traffic import (
    BACK,
    NOW,
    SLOT_0,
    THERE,
    WRITE,
    answer,
    ask,
    connected,
    forwarded,
    operations,
    registered,
)
from tests.unit.guards.reading_ahead import (
    Case,
    check_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone,
    check_it_goes_unread,
    check_the_read_goes_first_and_the_tool_sees_nothing_of_it,
    check_what_the_device_does_not_say_is_not_known,
    sent,
    to_tool,
)

TIERS = ("read", "operate")
VALVE = cip.path(("class", 0x300), ("instance", 1), ("attribute", 5))
OWN = b"before\xff\xfe"
REQUEST, DONE = cip.unconnected(WRITE), cip.unconnected(cip.reply(0x4D))
READ = cip.read_tag("Speed")
HELD = cip.unconnected(cip.told(3), OWN)


def own_read(request: bytes, context: bytes = OWN) -> bytes:
    return encapsulation.unconnected(cip.SESSION, context, request)


def reader(*tiers: str, **fields: object) -> EnipGuard:
    return registered(*(tiers or TIERS), read_before_write=True, **fields)


def written(effects: list[Effect], function: str = "write_tag") -> Operation:
    return reading_ahead.written(effects, function)


CASE = Case(reader, REQUEST, DONE, "write_tag", lambda _: HELD, (3,), (7,))


def test_the_same_tag_is_read_under_a_context_of_the_guards_own() -> None:
    assert check_the_read_goes_first_and_the_tool_sees_nothing_of_it(CASE) == own_read(READ)


def test_elements_and_attributes_are_read_as_they_are_written() -> None:
    many = cip.request(0x4D, cip.path(("symbol", "Levels"), ("member", 2)), cip.written(0xC3, b"\1\0\2\0", 2))
    for request, read, held, before in (
        (many, cip.read_tag("Levels[2]", 2), cip.told(5, 6), (5, 6)),
        (cip.request(0x10, VALVE, b"\1\0"), cip.request(0x0E, VALVE), cip.reply(0x0E, 0, b"\2\0"), ("0200",)),
    ):
        inspector = reader()
        assert sent(ask(inspector, cip.unconnected(request))) == [own_read(read)]
        effects = answer(inspector, cip.unconnected(held, OWN))
        (operation,) = (one for one in operations(effects) if not one.is_response)
        assert (operation.before, operation.is_before_read) == (before, True)
        assert len(operation.values) == len(before)


LEVELS = cip.path(("symbol", "Levels"), ("member", 2))
FRAGMENT = cip.request(0x53, LEVELS, cip.written(0xC3, b"\2\0\0\0" + b"\5\0\6\0", 9))


@pytest.mark.parametrize(("status", "held", "before"), [
    (0, (7, 8), (7, 8)), (6, (7, 8, 9), (7, 8)), (0, (7,), ()), (5, (7, 8), ()),
])  # fmt: skip
def test_a_fragment_is_read_from_its_first_byte_on_as_far_as_it_reaches(
    status: int, held: tuple[int, ...], before: tuple[int, ...]
) -> None:
    inspector, request = reader(), cip.unconnected(FRAGMENT)
    assert sent(ask(inspector, request)) == [own_read(cip.request(0x52, LEVELS, b"\x09\0\2\0\0\0"))]
    told = cip.told(*held)
    effects = answer(inspector, cip.unconnected(bytes([0xD2, 0, status]) + told[3:], OWN))
    assert forwarded(effects) == [request]
    operation = written(effects, "write_tag_fragmented")
    assert (operation.objects, operation.values) == (("tag Levels[3]", "tag Levels[4]"), (5, 6))
    assert (operation.before, operation.is_before_read) == (before, bool(before))


PCCC_REPLY = b"\x07\x4d\x00\x01\x02\x03\x04\x4f"
PLACES = {2: b"\x07\x89\x05", 3: b"\x07\x89\xff\x00\x01\x00"}


@pytest.mark.parametrize(("fields", "write", "read"), [(2, 0xA9, 0xA1), (3, 0xAA, 0xA2)])
def test_elements_of_a_data_table_are_read_by_the_read_that_names_them_alike(
    fields: int, write: int, read: int
) -> None:
    place = b"\x04" + PLACES[fields]
    inspector = reader()
    request = cip.unconnected(cip.pccc(b"\x0f\0\1\0" + bytes([write]) + place + b"\5\0\6\0"))
    own = own_read(cip.pccc(b"\x0f\0\xfe\xff" + bytes([read]) + place))
    assert sent(ask(inspector, request)) == [own]
    held = cip.reply(0x4B, 0, PCCC_REPLY + b"\0\xfe\xff" + b"\7\0\x08\0")
    effects = answer(inspector, cip.unconnected(held, OWN))
    assert forwarded(effects) == [request]
    (operation,) = (one for one in operations(effects) if not one.is_response)
    assert (operation.before, operation.values, operation.is_before_read) == ((7, 8), (5, 6), True)


def test_what_a_data_table_does_not_tell_is_not_known() -> None:
    inspector = reader()
    request = cip.unconnected(cip.pccc(b"\x0f\0\1\0\xaa\x02\x07\x89\x05\x00\5\0"))
    ask(inspector, request)
    effects = answer(inspector, cip.unconnected(cip.reply(0x4B, 0, PCCC_REPLY + b"\x10\xfe\xff"), OWN))
    assert forwarded(effects) == [request]
    (operation,) = (one for one in operations(effects) if not one.is_response)
    assert operation.before == ()


def test_what_is_sent_on_is_read_along_the_same_route() -> None:
    inspector = reader(routes=frozenset({"1/0"}))
    request = cip.unconnected(cip.sent_on(WRITE, SLOT_0))
    assert sent(ask(inspector, request)) == [own_read(cip.sent_on(READ, SLOT_0))]
    effects = answer(inspector, HELD)
    assert (forwarded(effects), written(effects).before) == ([request], (3,))


@pytest.mark.parametrize("route", [b"", SLOT_0])
def test_what_is_written_on_a_connection_is_read_outside_of_it_so_that_its_count_stays_the_tools(route: bytes) -> None:
    inspector = connected(*TIERS, to=route + cip.ROUTER, read_before_write=True)
    request = cip.connected(WRITE, THERE, 1)
    read = cip.sent_on(READ, route) if route else READ
    assert sent(ask(inspector, request)) == [own_read(read)]
    effects = answer(inspector, HELD)
    assert (forwarded(effects), written(effects).before) == ([request], (3,))
    done = cip.connected(cip.reply(0x4D), BACK, 1)
    assert to_tool(answer(inspector, done)) == [done]


def test_its_context_is_none_that_a_tool_has_open() -> None:
    inspector = reader(max_in_flight=4)
    theirs = cip.unconnected(READ, OWN)
    ask(inspector, theirs)
    (own,) = sent(ask(inspector, REQUEST))
    assert own == own_read(READ, b"before\xff\xfd")
    answered = cip.unconnected(cip.told(9), OWN)
    assert to_tool(answer(inspector, answered)) == [answered]
    assert written(answer(inspector, cip.unconnected(cip.told(3), b"before\xff\xfd"))).before == (3,)


REFUSALS = {
    "cip": cip.unconnected(cip.reply(0x4C, 0x05), OWN),
    "encapsulation": cip.message(0x6F, b"", OWN, status=1),
    "part": cip.unconnected(cip.reply(0x4C, 0x06, b"\xc3\0\1\0"), OWN),
    "structure": cip.unconnected(cip.reply(0x4C, 0, b"\xa0\2\1\2\3\4"), OWN),
    "other": cip.unconnected(cip.reply(0x0E, 0, b"\1\0"), OWN),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_what_the_device_does_not_say_is_not_known_and_the_write_goes_all_the_same(refusal: bytes) -> None:
    check_what_the_device_does_not_say_is_not_known(CASE, lambda _: refusal)


def test_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone() -> None:
    check_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone(CASE)


def test_what_may_not_be_read_or_comes_too_fast_or_has_no_read_is_not_read() -> None:
    inside = cip.request(0x53, cip.path(("symbol", "Speed")), cip.written(0xC3, b"\1\0\0\0\7", 2))
    masked = cip.pccc(b"\x0f\0\1\0\xab\x02\x07\x89\x05\x00\xff\0\5\0")
    for inspector, request in (
        (reader("operate"), WRITE),
        (reader(max_rate=2), WRITE),
        (reader(reads=[{"table": "tag", "names": ["Other"]}]), WRITE),
        (reader(), cip.several(WRITE)),
        (reader(), inside),
        (reader(), masked),
    ):
        check_it_goes_unread(inspector, cip.unconnected(request))


def test_when_the_device_goes_the_tool_hears_of_its_write_only() -> None:
    inspector = reader()
    ask(inspector, REQUEST)
    effects = inspector.asset_gone(NOW)
    assert to_tool(effects) == [own_read(cip.reply(0x4D, 0x07), bytes(8))]
    assert [one.verdict for one in operations(effects)] == [Verdict.DENIED]


def test_a_write_that_waits_for_its_read_is_not_carried_out_after_the_tool_has_left() -> None:
    inspector = reader()
    ask(inspector, REQUEST)
    assert forwarded(ask(inspector, cip.UNREGISTER)) == [cip.UNREGISTER]
    assert forwarded(inspector.receive(Direction.TO_USER, HELD, NOW)) == []


def test_reads_and_writes_are_told_apart_by_their_contexts_as_numbers() -> None:
    inspector = reader()
    (own,) = operations(ask(inspector, cip.unconnected(WRITE, b"\7" + bytes(7))))
    said = operations(answer(inspector, HELD)) + operations(
        answer(inspector, cip.unconnected(cip.reply(0x4D), b"\7" + bytes(7)))
    )
    read, write, done = said
    assert own.transaction == read.transaction == int.from_bytes(OWN, "little")
    assert (write.transaction, done.transaction, done.is_response) == (7, 7, True)
