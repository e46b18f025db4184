"""What somebody with a narrow grant may try: long lists of ranges, and the same output twice in one fragment."""

import pytest

from guards.given import MAX_SPAN
from guards.objects import ObjectLimits
from tests.unit.guards.dnp3.traffic import DIRECT, answer, ask, forwarded, guard, operations, outputs, setpoint
from tests.unit.guards.dnp3.wire import request, response

FREEZE = 0x07
ALL_COUNTERS = bytes.fromhex("14000100 00ffff")
STEP = {"table": "analog_output", "step": 10}
COUNTERS = [{"table": "counter"}, {"table": "counter", "addresses": [{"first": 5, "last": 5}], "maximum": 7}]


@pytest.mark.parametrize("writes", [COUNTERS, [{"table": "counter"}, STEP]])
def test_no_more_is_held_against_bounds_than_a_device_can_have(
    writes: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    admit = ObjectLimits.admit

    def counted(self: ObjectLimits, table: str, first: int, lows: list[float], *rest: object, **more: object) -> bool:
        looked.append(len(lows))
        return admit(self, table, first, lows, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ObjectLimits, "admit", counted)
    assert forwarded(ask(guard("operate", writes=writes), request(FREEZE, ALL_COUNTERS)))
    looked.clear()
    (operation,) = operations(ask(guard("operate", writes=writes), request(FREEZE, ALL_COUNTERS * 250)))
    assert operation.verdict.value == "denied"
    assert sum(looked) <= MAX_SPAN


def test_ranges_that_are_only_read_have_no_such_bound() -> None:
    inspector = guard("read", reads=[{"table": "counter"}])
    assert forwarded(ask(inspector, request(1, ALL_COUNTERS * 250)))


def test_of_two_commands_to_one_output_the_second_has_no_value_before() -> None:
    def passes(*points: tuple[int, int]) -> bool:
        inspector = guard("read", "operate", writes=[STEP])
        ask(inspector, request(1, "280006"))
        answer(inspector, response(outputs(7, 100, 100)))
        commands = b"".join(setpoint(index, value) for index, value in points)
        return bool(forwarded(ask(inspector, request(DIRECT, commands, 4))))

    assert passes((7, 110))
    assert passes((7, 110), (8, 90))
    assert not passes((7, 110), (7, 90))
    assert not passes((7, 100), (7, 100))
