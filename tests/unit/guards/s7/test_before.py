"""The value before a write of variables: read by the guard right before it, and none of the tool's business."""

from guards.effects import Direction, Effect, Forward, Operation, Reply
from guards.known import FRESH_SECONDS
from guards.s7.guard import S7Guard
from tests.unit.guards.s7.traffic import (
    BIT,
    FLAGS,
    NOW,
    REAL,
    ack,
    ack_data,
    answer,
    answer_read,
    answer_write,
    ask,
    connected,
    forwarded,
    item,
    operations,
    read,
    value,
    write,
)

WRITE = write((item(0, 2), value("002a")), reference=7)
DONE = answer_write(0xFF, reference=7)


def reader(*tiers: str, **fields: object) -> S7Guard:
    return connected(*(tiers or ("read", "operate")), read_before_write=True, **fields)


def sent(effects: list[Effect]) -> list[bytes]:
    return [e.data for e in effects if isinstance(e, Reply) and e.direction is Direction.TO_ASSET]


def to_tool(effects: list[Effect]) -> list[bytes]:
    return [e.data for e in effects if isinstance(e, Forward | Reply) and e.direction is Direction.TO_USER]


def reference_of(message: bytes) -> int:
    return message[11] << 8 | message[12]


def written(effects: list[Effect]) -> Operation:
    (found,) = [each for each in operations(effects) if each.function == "write_var" and not each.is_response]
    return found


def test_the_same_variables_are_read_under_a_reference_of_the_guards_own() -> None:
    inspector = reader()
    first = ask(inspector, WRITE)
    (own,) = sent(first)
    assert own == read(item(0, 2), reference=reference_of(own))
    assert reference_of(own) != 7
    second = answer(inspector, answer_read("0102", reference=reference_of(own)))
    assert forwarded(second) == [WRITE]
    assert (written(second).before, written(second).values, written(second).is_before_read) == ((1, 2), (0, 42), True)
    third = answer(inspector, DONE)
    assert [to_tool(each) for each in (first, second, third)] == [[], [], [DONE]]
    assert "by the guard" in operations(first)[0].reason


def test_its_reference_is_none_that_a_tool_has_open() -> None:
    inspector = reader(max_in_flight=4)
    taken = 0xFFFE
    ask(inspector, read(item(40, 2), reference=taken))
    (own,) = sent(ask(inspector, WRITE))
    assert reference_of(own) != taken
    theirs = answer_read("0909", reference=taken)
    assert to_tool(answer(inspector, theirs)) == [theirs]
    assert written(answer(inspector, answer_read("0102", reference=reference_of(own)))).before == (1, 2)


def test_several_variables_of_several_types_are_read_as_they_are_written() -> None:
    inspector = reader()
    pairs = ((item(4, 1, REAL), value("3fc00000", 7)), (item(4, 1, BIT, area=FLAGS, bit=3), value("01", 3)))
    request = write(*pairs, reference=7)
    (own,) = sent(ask(inspector, request))
    effects = answer(inspector, answer_read("40200000", "00", reference=reference_of(own)))
    assert forwarded(effects) == [request]
    assert (written(effects).before, written(effects).values) == ((2.5, 0), (1.5, 1))


def test_what_the_device_refuses_to_say_is_not_known_and_the_write_goes_all_the_same() -> None:
    for refusal in (lambda at: ack(0x8104, at), lambda at: ack_data("0401", "0a000000", reference=at)):
        inspector = reader()
        (own,) = sent(ask(inspector, WRITE))
        effects = answer(inspector, refusal(reference_of(own)))
        assert forwarded(effects) == [WRITE]
        assert (written(effects).before, written(effects).is_before_read) == ((), False)
        assert to_tool(effects) == []


def test_a_silent_device_gets_the_write_after_half_its_time_and_is_left_alone() -> None:
    inspector = reader()
    (own,) = sent(ask(inspector, WRITE))
    effects = inspector.on_tick(NOW + 15)
    assert forwarded(effects) == [WRITE]
    assert to_tool(effects) == []
    assert to_tool(answer(inspector, answer_read("0102", reference=reference_of(own)), NOW + 16)) == []
    answer(inspector, DONE, NOW + 17)
    assert sent(ask(inspector, WRITE, NOW + 18)) == []
    answer(inspector, DONE, NOW + 19)
    assert len(sent(ask(inspector, WRITE, NOW + 15 + FRESH_SECONDS))) == 1


def test_what_may_not_be_read_or_comes_too_fast_is_not_read() -> None:
    for inspector in (reader("operate"), reader(max_rate=1)):
        effects = ask(inspector, WRITE)
        assert (sent(effects), forwarded(effects)) == ([], [WRITE])


def test_when_the_device_goes_the_tool_hears_of_its_write_only() -> None:
    inspector = reader()
    ask(inspector, WRITE)
    (said,) = to_tool(inspector.asset_gone(NOW))
    assert reference_of(said) == 7
