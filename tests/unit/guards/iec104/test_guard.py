"""Whom the IEC 104 guard refuses, asks for and holds back, and what it knows; dialogues stand in ``test_dialogues``."""

import struct

import pytest

from guards.effects import Direction, Verdict
from guards.iec104.guard import MAX_TO_USER, Iec104Guard
from guards.iec104.link import WINDOW
from guards.registry import make_guard
from tests.unit.guards.iec104 import traffic
from tests.unit.guards.iec104.traffic import (
    ASKED,
    START,
    STARTED,
    STOP,
    TO_ASSET,
    TO_USER,
    TOLD,
    Plant,
    asks,
    carried,
    caused,
    cuts,
    operations,
    plant,
    replies,
    setpoint,
)
from tests.unit.guards.iec104.wire import asdu, numbered
from tests.unit.guards.material import MATERIAL

SET_POINTS = [{"table": "setpoint", "addresses": [{"first": 6001, "last": 6001}], "minimum": 0, "maximum": 20}]


def refusals(one: Plant, *said: bytes) -> list[int | None]:
    """Return the cause that each ASDU is refused with, ``None`` for what reaches the device."""
    causes: list[int | None] = []
    for data in said:
        effects = one.ask(data)
        answered = carried(effects, TO_USER)
        assert len(answered) + len(carried(effects, TO_ASSET)) == 1
        causes.append(answered[0][2] & 0x3F if answered else None)
        if not answered:
            one.confirm(data, {6: 7, 8: 9}.get(data[2], data[2]))
    return causes


def test_the_registry_makes_it() -> None:
    made = make_guard("iec104", traffic.rules(), device_timeout_seconds=30, material=MATERIAL)
    assert isinstance(made, Iec104Guard)


# --- rules


def test_set_points_and_commands_are_held_to_addresses_and_bounds_whether_they_select_or_act() -> None:
    one = plant("read", "operate", writes=SET_POINTS)
    said = [setpoint(12.5), setpoint(12.5, select=True), setpoint(20.5), setpoint(20.5, select=True), setpoint(-1.0)]
    assert refusals(one, *said) == [None, None, 7, 7, 7]
    assert refusals(one, setpoint(1, address=6002), ASKED["on"], ASKED["select"]) == [47, 47, 47]
    assert refusals(one, setpoint(21.0, cause=8), setpoint(5.0, cause=8)) == [9, None]


@pytest.mark.parametrize(
    ("code", "fits", "beyond"), [(48, 20, 21), (49, -3, -4), (50, 20.0, 20.1), (61, 0, 21), (63, 0.5, -4)]
)
def test_every_kind_of_set_point_has_its_value_as_it_stands_on_the_wire(code: int, fits: float, beyond: float) -> None:
    one = plant("read", "operate", writes=[{"table": "setpoint", "minimum": -3, "maximum": 20}])
    assert refusals(one, setpoint(fits, code=code), setpoint(beyond, code=code)) == [None, 7]


def test_a_value_that_is_no_number_passes_no_bound() -> None:
    one = plant("read", "operate", writes=SET_POINTS)
    assert refusals(one, setpoint(float("nan")), setpoint(float("inf"))) == [7, 7]


def test_several_objects_in_one_asdu_are_judged_each() -> None:
    one = plant("read", "operate", writes=SET_POINTS)
    within, beyond = struct.pack("<fB", 5.0, 0), struct.pack("<fB", 50.0, 0)
    both = asdu(50, (6001, within), (6001, beyond))
    one_by_one = asdu(50, (6001, within), (6002, within))
    in_sequence = asdu(50, (6000, within), (6001, within), sequence=True)
    assert refusals(one, both, one_by_one, in_sequence) == [7, 47, 47]
    assert refusals(one, asdu(50, (6001, within), (6001, within))) == [None]


def test_interrogations_are_narrowed_by_their_groups() -> None:
    one = plant("read", reads=[{"table": "interrogation", "addresses": [{"first": 21, "last": 22}]}])
    said = [asdu(100, (0, bytes([group]))) for group in (20, 21, 22, 23)]
    assert refusals(one, *said, ASKED["counters"], ASKED["read"]) == [47, None, None, 47, 47, 47]


def test_fences_hold_stations_and_only_one_that_names_it_lets_everybody_be_interrogated() -> None:
    everybody = asdu(100, (0, b"\x14"), station=0)
    assert refusals(plant("read", units={3}), ASKED["gi"], ASKED["gi-all"], everybody) == [None, 46, 46]
    assert refusals(plant("read", units={3, 0xFFFF}), ASKED["gi-all"], everybody) == [None, 46]
    assert refusals(plant("read"), ASKED["gi-all"], everybody) == [None, None]


@pytest.mark.parametrize(
    ("tier", "passing"),
    [
        ("read", set()),
        ("operate", {"freeze", "on", "off", "select", "cancel", "set", "other"}),
        ("program", {"clock"}),
        ("firmware", {"reset", "strange"}),
    ],
)
def test_tiers_let_pass_what_is_theirs(tier: str, passing: set[str]) -> None:
    reading = {"gi", "gi-all", "counters", "read"}
    found = {name for name, data in ASKED.items() if refusals(plant("read", tier), data) == [None]}
    assert found == reading | passing


def test_a_refusal_is_the_request_sent_back_with_originator_and_test_bit() -> None:
    said = b"\x2d\x01\x86\x2a" + ASKED["on"][4:]
    (answer,) = carried(plant("read").ask(said), TO_USER)
    assert answer == b"\x2d\x01\xc7\x2a" + ASKED["on"][4:]


def test_what_does_not_add_up_is_sent_back_as_malformed() -> None:
    one = plant(*traffic.ALL)
    effects = one.ask(ASKED["set"][:-1])
    assert [operation.verdict for operation in operations(effects)] == [Verdict.MALFORMED]
    assert carried(effects, TO_USER) == [caused(ASKED["set"][:-1], 0x47)]


def test_the_record_ties_an_answer_to_its_request_by_the_tools_number() -> None:
    one = plant("read", "operate", max_in_flight=2)
    asked = [operations(one.ask(data))[0] for data in (ASKED["gi"], ASKED["on"])]
    told = [operations(one.confirm(ASKED[name], cause))[0] for name, cause in (("on", 0x47), ("gi", 7), ("gi", 10))]
    assert [operation.transaction for operation in asked] == [0, 1]
    assert [operation.transaction for operation in told] == [1, 0, None]
    assert [operation.exception_code for operation in told] == [7, None, None]
    assert operations(one.tell(TOLD["points"]))[0].values == (0.0, 0.0, 0.0, 0.0)


# --- asking


def test_what_was_asked_for_and_approved_passes_once() -> None:
    one = plant("read", ask={"operate"})
    (ask,) = asks(one.ask(ASKED["on"]))
    assert ask.operation.verdict is Verdict.ASKED
    one.guard.arm(ask.fingerprint, one.now + 60)
    assert refusals(one, ASKED["off"], ASKED["select"], ASKED["on"], ASKED["on"]) == [7, 7, None, 7]


def test_the_stamp_of_a_command_is_no_part_of_what_was_approved_but_that_of_the_clock_is() -> None:
    one = plant("read", ask={"operate", "program"})
    stamped = [asdu(58, (4001, b"\x01" + bytes([moment]) * 7)) for moment in (1, 2)]
    clocks = [asdu(103, (0, bytes([moment]) * 7)) for moment in (1, 2)]
    for first in (stamped[0], clocks[0]):
        (ask,) = asks(one.ask(first))
        one.guard.arm(ask.fingerprint, one.now + 60)
    assert refusals(one, stamped[1], stamped[1], clocks[1], clocks[0]) == [None, 7, 7, None]


def test_an_approval_that_came_too_late_is_none() -> None:
    one = plant("read", ask={"operate"})
    (ask,) = asks(one.ask(ASKED["on"]))
    one.guard.arm(ask.fingerprint, one.now + 5)
    one.tick(5)
    assert refusals(one, ASKED["on"]) == [7]


# --- the start


def test_without_reading_the_device_is_not_started_and_every_request_refused() -> None:
    one = Plant(traffic.guard("operate"), start=False)
    effects = one.raw(TO_ASSET, START)
    assert (replies(effects, TO_ASSET), replies(effects, TO_USER)) == ([], [STARTED])
    assert operations(effects)[0].verdict is Verdict.DENIED
    assert refusals(one, ASKED["on"], ASKED["gi"]) == [7, 7]
    assert one.guard.good_bye(one.now) == []


def test_a_start_that_must_be_asked_for_comes_with_the_next_one() -> None:
    one = Plant(traffic.guard(ask={"read"}), start=False)
    (ask,) = asks(one.raw(TO_ASSET, START))
    assert refusals(one, ASKED["gi"]) == [7]
    one.guard.arm(ask.fingerprint, one.now + 60)
    assert replies(one.raw(TO_ASSET, START), TO_ASSET) == [START]
    assert replies(one.raw(TO_USER, STARTED), TO_USER) == [STARTED]


def test_what_a_hasty_tool_says_before_the_device_has_confirmed_waits() -> None:
    one = Plant(traffic.guard("read"), start=False)
    one.raw(TO_ASSET, START)
    one.said_by_tool.append(ASKED["gi"])
    assert replies(one.raw(TO_ASSET, one.tool.say(ASKED["gi"])), TO_ASSET) == []
    assert carried(one.raw(TO_USER, STARTED), TO_ASSET) == [ASKED["gi"]]


# --- bounds


def test_more_requests_a_second_than_allowed_are_refused() -> None:
    one = plant("read", max_rate=2)
    assert refusals(one, *[ASKED["gi"]] * 3) == [None, None, 7]
    one.tick(1)
    assert refusals(one, ASKED["gi"]) == [None]


def test_what_waited_as_long_as_a_device_may_take_is_refused_and_never_sent() -> None:
    one = plant("read", "operate")
    one.ask(ASKED["gi"])
    one.ask(ASKED["on"])
    one.raw(TO_USER, one.device.acknowledge())
    told: list[bytes] = []
    for _ in range(4):
        told += carried(one.tick(7.5), TO_USER)
        for way in Direction:
            one.raw(way, traffic.TESTED)
    assert told == [caused(ASKED["gi"], 0x47), caused(ASKED["on"], 0x47)]
    assert one.device.asdus == [ASKED["gi"]]


def test_the_tools_window_closes_while_the_device_does_not_answer() -> None:
    one = plant("read")
    sent = 0
    while one.tool.has_room and sent < 100:
        one.ask(ASKED["gi"])
        sent += 1
    assert sent < 32
    assert one.device.asdus == [ASKED["gi"]]
    for _ in range(sent - 1):
        one.confirm(ASKED["gi"])
        one.raw(TO_ASSET, one.tool.acknowledge())
    assert one.tool.has_room
    assert len(one.device.asdus) == sent


def test_the_devices_window_closes_while_the_tool_does_not_acknowledge() -> None:
    one = plant("read")
    told = 0
    while one.device.has_room and told < 100:
        one.tell(TOLD["point"])
        told += 1
    assert told <= 2 * WINDOW + 8
    assert len(one.tool.asdus) == WINDOW
    held = one.guard.held_bytes
    assert held == (told - WINDOW) * len(TOLD["point"])
    one.raw(TO_ASSET, one.tool.acknowledge())
    one.raw(TO_ASSET, one.tool.acknowledge())
    assert len(one.tool.asdus) == told
    assert one.guard.held_bytes == 0
    assert one.device.has_room


def test_requests_beyond_the_queue_are_refused_though_a_tool_knows_no_window() -> None:
    one = plant("read")
    one.tool.window = 1000
    answered = [carried(one.ask(ASKED["gi"]), TO_USER) for _ in range(40)]
    assert answered[:33] == [[]] * 33
    assert answered[33:] == [[caused(ASKED["gi"], 0x47)]] * 7


@pytest.mark.parametrize("way", Direction)
def test_a_side_that_heeds_no_window_at_all_is_cut(way: Direction) -> None:
    one = plant("read")
    one.tool.window = one.device.window = 1000
    found: list[str] = []
    for number in range(400):
        if way is TO_USER:
            found += cuts(one.tell(TOLD["point"]))
        else:
            one.tool.said += 1
            found += cuts(one.raw(TO_ASSET, numbered(ASKED["on"], number)))
    assert found == ["iec104_window"]
    assert len(one.tool.asdus) == WINDOW
    assert one.guard.held_bytes == 0


def test_what_never_left_for_the_tool_is_never_acknowledged_to_the_device() -> None:
    one = plant("read")
    one.device.window = 1000
    for _ in range(MAX_TO_USER + WINDOW + 1):
        one.tell(TOLD["point"])
    assert one.is_cut
    words = replies(one.guard.good_bye(one.now), TO_ASSET)
    assert words[-1] == STOP
    for word in words:
        one.device.hear(word)
    assert one.device.acknowledged == len(one.tool.asdus) == WINDOW


def test_counters_go_round() -> None:
    one = plant("read")
    for _ in range(0x8000 + 5):
        one.tell(TOLD["point"])
        if one.tool.heard - one.tool.told >= 8:
            one.raw(TO_ASSET, one.tool.acknowledge())
    assert len(one.tool.asdus) == 0x8000 + 5
    assert not one.is_cut
    assert refusals(one, ASKED["gi"]) == [None]


def test_a_wrong_number_is_also_wrong_after_many() -> None:
    one = plant("read")
    for _ in range(20):
        one.tell(TOLD["point"])
        one.raw(TO_ASSET, one.tool.acknowledge())
    assert cuts(one.raw(TO_USER, numbered(TOLD["point"], 19, 0))) == ["iec104_sequence"]


def test_good_bye_is_short_and_said_once_over_two_guards() -> None:
    near, far = plant("read"), plant("read")
    near.tell(TOLD["point"])
    words = replies(near.guard.good_bye(near.now), TO_ASSET)
    assert words[-1] == STOP
    assert sum(map(len, words)) <= 12
    effects = [effect for word in words[-1:] for effect in far.raw(TO_ASSET, word)]
    assert replies(effects, TO_ASSET) == [STOP]
    assert far.guard.good_bye(far.now) == []


# --- values before


def stepping(**bound: object) -> Plant:
    return plant("read", "operate", writes=[{"table": "setpoint", **bound}])


def test_a_step_is_measured_from_what_the_station_told_of_the_same_object() -> None:
    one = stepping(step=5)
    assert refusals(one, setpoint(10)) == [7]
    one.tell(asdu(13, (6001, struct.pack("<fB", 8.0, 0)), cause=3))
    assert refusals(one, setpoint(13.5), setpoint(13)) == [7, None]


def test_a_step_goes_on_from_what_the_station_confirmed() -> None:
    one = stepping(step=5)
    one.tell(asdu(13, (6001, struct.pack("<fB", 8.0, 0)), cause=3))
    assert refusals(one, setpoint(13), setpoint(18), setpoint(24)) == [None, None, 7]
    one.ask(setpoint(20))
    assert refusals(one, setpoint(21)) == [7]  # until that one is confirmed, nobody knows
    one.confirm(setpoint(20), 0x47)
    assert refusals(one, setpoint(21)) == [7]


def test_selecting_changes_nothing() -> None:
    one = stepping(step=5)
    one.tell(asdu(13, (6001, struct.pack("<fB", 8.0, 0)), cause=3))
    assert refusals(one, setpoint(13, select=True), setpoint(14, select=True), setpoint(13)) == [None, 7, None]


@pytest.mark.parametrize(
    "told",
    [
        asdu(13, (6001, struct.pack("<fB", 8.0, 0x80)), cause=3),
        asdu(11, (6001, struct.pack("<hB", 8, 0)), cause=3),
        asdu(13, (6001, struct.pack("<fB", 8.0, 0)), cause=3, station=4),
        asdu(13, (6000, struct.pack("<fB", 8.0, 0)), cause=3),
    ],
    ids=["invalid", "another kind of number", "another station", "another object"],
)
def test_what_tells_nothing_of_the_object_is_no_value_before(told: bytes) -> None:
    one = stepping(step=5)
    one.tell(told)
    assert refusals(one, setpoint(10)) == [7]


def test_a_set_point_written_in_one_way_is_unknown_in_every_other() -> None:
    one = stepping(step=5)
    one.tell(asdu(13, (6001, struct.pack("<fB", 8.0, 0)), cause=3))
    one.tell(asdu(11, (6001, struct.pack("<hB", 8, 0)), cause=3))
    assert refusals(one, setpoint(10, code=49), setpoint(10)) == [None, 7]


def test_a_rate_counts_from_the_last_write() -> None:
    one = stepping(rate={"change": 10, "seconds": 60})
    one.tell(asdu(13, (6001, struct.pack("<fB", 0.0, 0)), cause=3))
    assert refusals(one, setpoint(10), setpoint(12)) == [None, 7]
    one.raw(TO_ASSET, one.tool.acknowledge())
    for _ in range(4):
        one.tick(7.5)
        for way in Direction:
            one.raw(way, traffic.TESTED)
    assert refusals(one, setpoint(16), setpoint(15)) == [7, None]


def test_objects_named_twice_are_unknown_in_between() -> None:
    one = stepping(step=5)
    one.tell(asdu(13, (6001, struct.pack("<fB", 8.0, 0)), cause=3))
    twice = asdu(50, (6001, struct.pack("<fB", 12.0, 0)), (6001, struct.pack("<fB", 4.0, 0)))
    assert refusals(one, twice) == [7]
