"""The value before a write: read by the guard right before it, out of the tool's sight, or seen, or not known."""

import pytest

from guards.effects import Direction, Effect, Forward, Operation, Reply, Verdict
from guards.known import FRESH_SECONDS
from guards.modbus.guard import ModbusGuard
from tests.unit.guards.modbus.traffic import NOW, adu, answer, ask, forwarded, guard, operations

TIMEOUT = 30.0
WRITE = "06 0064 0280"


def reader(*tiers: str, **fields: object) -> ModbusGuard:
    return guard(*(tiers or ("read", "operate")), read_before_write=True, **fields)


def sent(effects: list[Effect]) -> list[bytes]:
    """What the guard says to the device by itself."""
    return [e.data for e in effects if isinstance(e, Reply) and e.direction is Direction.TO_ASSET]


def to_tool(effects: list[Effect]) -> list[bytes]:
    return [e.data for e in effects if isinstance(e, Forward | Reply) and e.direction is Direction.TO_USER]


def written(effects: list[Effect]) -> Operation:
    """The write that departed."""
    (found,) = [each for each in operations(effects) if each.tier.value == "operate" and not each.is_response]
    return found


def reply_to(read: bytes, *registers: int) -> bytes:
    body = b"".join(register.to_bytes(2, "big") for register in registers)
    return adu(bytes([read[7], len(body)]) + body, int.from_bytes(read[:2], "big"))


def test_the_value_is_read_right_before_the_write_and_the_tool_sees_nothing_of_it() -> None:
    inspector = reader()
    first = ask(inspector, adu(WRITE, 7))
    (read,) = sent(first)
    assert read[6:] == bytes.fromhex("01 03 0064 0001")
    assert forwarded(first) == []
    second = answer(inspector, reply_to(read, 500))
    assert forwarded(second) == [adu(WRITE, 7)]
    assert (written(second).before, written(second).is_before_read) == ((500,), True)
    third = answer(inspector, adu(WRITE, 7))
    assert [to_tool(each) for each in (first, second, third)] == [[], [], [adu(WRITE, 7)]]


@pytest.mark.parametrize(
    ("write", "read", "said", "before"),
    [
        ("05 0010 ff00", "01 0010 0001", "01 01 01", (1,)),
        ("0f 0010 000a 02 0000", "01 0010 000a", "01 02 0502", (1, 0, 1, 0, 0, 0, 0, 0, 0, 1)),
        ("10 0064 0002 04 0001 0002", "03 0064 0002", "03 04 0007 0008", (7, 8)),
        ("16 0064 00f2 0025", "03 0064 0001", "03 02 0012", (18,)),
        ("17 0000 0001 0064 0001 02 0001", "03 0064 0001", "03 02 0009", (9,)),
    ],
)
def test_each_kind_of_write_is_read_where_it_writes(write: str, read: str, said: str, before: tuple[int, ...]) -> None:
    inspector = reader()
    (own,) = sent(ask(inspector, adu(write)))
    assert own[7:] == bytes.fromhex(read)
    effects = answer(inspector, own[:2] + adu(said)[2:])
    assert forwarded(effects) == [adu(write)]
    assert written(effects).before == before


def test_its_transaction_is_none_that_a_tool_has_open() -> None:
    inspector = reader(max_in_flight=4)
    taken = 0xFFFE
    ask(inspector, adu("03 0000 0001", taken))
    (own,) = sent(ask(inspector, adu(WRITE, 1)))
    assert int.from_bytes(own[:2], "big") != taken
    assert to_tool(answer(inspector, adu("03 02 0007", taken))) == [adu("03 02 0007", taken)]
    assert written(answer(inspector, reply_to(own, 3))).before == (3,)


def test_a_tool_that_uses_the_same_transaction_waits_and_gets_its_own_answer() -> None:
    inspector = reader(max_in_flight=4)
    (own,) = sent(ask(inspector, adu(WRITE, 1)))
    number = int.from_bytes(own[:2], "big")
    same = own[:2] + adu("03 0064 0001")[2:]
    assert forwarded(ask(inspector, same)) == []
    assert to_tool(answer(inspector, reply_to(own, 3))) == []
    assert to_tool(answer(inspector, adu(WRITE, 1))) == [adu(WRITE, 1)]
    assert to_tool(answer(inspector, adu("03 02 0280", number))) == [adu("03 02 0280", number)]


def test_it_takes_its_turn_like_any_request() -> None:
    inspector = reader()
    assert forwarded(ask(inspector, adu("03 0000 0001", 1))) != []
    assert sent(ask(inspector, adu(WRITE, 2))) == [], "one request at a time"
    assert len(sent(answer(inspector, adu("03 02 0001", 1)))) == 1


def test_it_counts_for_the_rate_and_gives_way_to_the_write() -> None:
    inspector = reader(max_rate=1)
    effects = ask(inspector, adu(WRITE))
    assert sent(effects) == []
    assert forwarded(effects) == [adu(WRITE)]
    assert written(effects).before == ()


def test_what_the_session_may_not_read_is_not_read_for_it() -> None:
    for fields in ({"tiers": ("operate",)}, {"tiers": ("read", "operate"), "reads": [{"table": "input"}]}):
        tiers = fields.pop("tiers")
        effects = ask(reader(*tiers, **fields), adu(WRITE))
        assert (sent(effects), forwarded(effects)) == ([], [adu(WRITE)])


def test_a_device_that_will_not_say_gets_the_write_all_the_same() -> None:
    inspector = reader()
    (own,) = sent(ask(inspector, adu(WRITE)))
    effects = answer(inspector, own[:2] + adu("83 02")[2:])
    assert forwarded(effects) == [adu(WRITE)]
    assert (written(effects).before, written(effects).is_before_read) == ((), False)
    assert to_tool(effects) == []


def test_a_device_that_says_nothing_gets_the_write_after_half_its_time_and_is_left_alone() -> None:
    inspector = reader()
    (own,) = sent(ask(inspector, adu(WRITE, 1)))
    assert inspector.next_tick_monotonic() == NOW + TIMEOUT / 2
    effects = inspector.on_tick(NOW + TIMEOUT / 2)
    assert forwarded(effects) == [adu(WRITE, 1)]
    assert written(effects).before == ()
    assert to_tool(effects) == [], "nobody asked the device anything that the tool should hear of"
    late = answer(inspector, reply_to(own, 500), NOW + TIMEOUT / 2 + 1)
    assert to_tool(late) == []
    answer(inspector, adu(WRITE, 1), NOW + 20)
    assert sent(ask(inspector, adu(WRITE, 2), NOW + 21)) == []
    answer(inspector, adu(WRITE, 2), NOW + 22)
    assert len(sent(ask(inspector, adu(WRITE, 3), NOW + TIMEOUT / 2 + FRESH_SECONDS))) == 1


def test_when_the_device_goes_the_tool_hears_of_its_write_only() -> None:
    inspector = reader()
    ask(inspector, adu(WRITE, 9))
    effects = inspector.asset_gone(NOW)
    assert to_tool(effects) == [adu("86 0a", 9)]


def test_what_the_guard_reads_by_itself_is_on_record_and_says_so() -> None:
    inspector = reader()
    first = ask(inspector, adu(WRITE))
    (own,) = sent(first)
    read, answered = operations(first)[0], operations(answer(inspector, reply_to(own, 5)))[0]
    assert read.verdict is answered.verdict is Verdict.ALLOWED
    assert "by the guard" in read.reason
    assert "by the guard" in answered.reason
    assert (read.function, read.objects, answered.values) == ("read_holding_registers", ("holding 100",), (5,))


def test_a_refused_write_is_not_read_for() -> None:
    effects = ask(reader("read"), adu(WRITE))
    assert sent(effects) == []
    assert forwarded(effects) == []


def does(inspector: ModbusGuard, request: str, response: str, now: float = NOW) -> Operation:
    effects = ask(inspector, adu(request), now)
    assert forwarded(effects) == [adu(request)]
    answer(inspector, adu(response), now)
    return operations(effects)[0]


def test_without_being_asked_it_knows_what_it_has_seen() -> None:
    inspector = guard("read", "operate")
    assert does(inspector, WRITE, WRITE).before == ()
    assert does(inspector, "06 0064 0001", "06 0064 0001").before == (640,)
    does(inspector, "03 0063 0003", "03 06 0005 0006 0007")
    later = does(inspector, "10 0064 0003 06 0001 0001 0001", "10 0064 0003")
    assert (later.before, later.is_before_read) == ((6, 7, None), False)
    assert does(inspector, WRITE, WRITE, NOW + FRESH_SECONDS + 1).before == (), "a minute later nobody knows"


def test_a_write_that_is_not_confirmed_leaves_nothing_known() -> None:
    inspector = guard("read", "operate")
    does(inspector, "03 0064 0001", "03 02 0005")
    assert does(inspector, WRITE, "86 04").before == (5,)
    assert does(inspector, WRITE, WRITE).before == ()


def test_a_masked_write_leaves_its_result_unknown() -> None:
    inspector = guard("read", "operate")
    does(inspector, "03 0064 0001", "03 02 0005")
    assert does(inspector, "16 0064 00f2 0025", "16 0064 00f2 0025").before == (5,)
    assert does(inspector, WRITE, WRITE).before == ()
