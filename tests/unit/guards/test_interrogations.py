"""Everything at once is asked for no more often than the site allows, whichever stream asks."""

from guards.bacnet.guard import BacnetGuard
from guards.dnp3.guard import Dnp3Guard
from guards.effects import Direction, Effect, Forward, Guard, Observed
from guards.iec104 import frames
from guards.iec104.guard import Iec104Guard
from guards.rate import RateLimit
from guards.reasons import why
from policies.rules import Rules, Tier
from tests.unit.guards.bacnet import traffic as bacnet
from tests.unit.guards.dnp3 import traffic as dnp3
from tests.unit.guards.dnp3.wire import request
from tests.unit.guards.iec104 import traffic as iec104

RULES = Rules(tiers=frozenset({Tier.READ}), max_in_flight=8)
TOO_OFTEN = why("interrogated_too_often")


def once_a_minute() -> RateLimit:
    return RateLimit(1 / 60, at_once=1)


def passes(guard: Guard, data: bytes, now: float) -> bool:
    effects: list[Effect] = guard.receive(Direction.TO_ASSET, data, now)
    [said] = [effect.operation for effect in effects if isinstance(effect, Observed)]
    forwarded = any(isinstance(effect, Forward) for effect in effects)
    assert forwarded is not (said.reason == TOO_OFTEN)
    return forwarded


def test_class_0_passes_once_a_minute_on_all_streams_and_events_as_they_like() -> None:
    limit = once_a_minute()
    one, other = Dnp3Guard(RULES, interrogations=limit), Dnp3Guard(RULES, interrogations=limit)
    assert passes(one, dnp3.READ_0, 0.0)
    assert not passes(other, dnp3.READ_0, 59.0)
    assert passes(other, request(dnp3.READ, dnp3.EVENTS, sequence=5), 59.0)
    assert passes(other, request(dnp3.READ, dnp3.CLASS_0, sequence=6), 60.5)


def test_properties_of_whatever_an_object_has_pass_once_a_minute_and_named_ones_as_they_like() -> None:
    limit = once_a_minute()
    one, other = BacnetGuard(RULES, interrogations=limit), BacnetGuard(RULES, interrogations=limit)

    def many(prop: int, invoke: int) -> bytes:
        asked = bacnet.field(0, bacnet.oid(bacnet.AI, 1)) + bacnet.within(1, bacnet.field(0, prop))
        return bacnet.confirmed(14, asked, invoke)

    assert passes(one, many(8, 1), 0.0)
    assert passes(other, many(bacnet.PRESENT_VALUE, 3), 2.0)
    assert not passes(other, many(105, 2), 3.0)


def test_what_activates_an_interrogation_is_one_and_what_ends_it_or_reads_a_point_is_none() -> None:
    def is_one(asdu: bytes) -> bool:
        read = frames.read(asdu, to_station=True)
        assert not isinstance(read, str)
        return read.is_interrogation

    asked = iec104.ASKED
    assert [name for name, asdu in asked.items() if is_one(asdu)] == ["gi", "gi-all", "counters", "freeze"]
    assert not is_one(iec104.caused(asked["gi"], 8))


def test_a_station_is_interrogated_once_on_all_streams_and_its_points_are_read_as_tools_like() -> None:
    limit = once_a_minute()
    one, other = (iec104.Plant(Iec104Guard(RULES, interrogations=limit)) for _ in "ab")
    asked = iec104.ASKED
    assert iec104.carried(one.ask(asked["gi"]), Direction.TO_ASSET) == [asked["gi"]]
    effects = other.ask(asked["counters"])
    assert iec104.carried(effects, Direction.TO_USER) == [iec104.caused(asked["counters"], 0x47)]
    assert [effect.operation.reason for effect in effects if isinstance(effect, Observed)] == [TOO_OFTEN]
    assert iec104.carried(other.ask(asked["read"]), Direction.TO_ASSET) == [asked["read"]]
