"""Outputs held to their indexes, bounds and steps; one object that is refused refuses the fragment."""

import struct

import pytest

from guards.dnp3.guard import Dnp3Guard
from tests.unit.guards.dnp3.traffic import (
    ALL,
    CLASS_0,
    CLEAR_RESTART,
    DIRECT,
    DIRECT_NR,
    NOW,
    OPERATE,
    READ,
    READ_0,
    SELECT,
    WRITE,
    answer,
    ask,
    crob,
    forwarded,
    free,
    guard,
    heard,
    operations,
    outputs,
    replies,
    setpoint,
    verdicts,
)
from tests.unit.guards.dnp3.wire import request, response

OUT_OF_RANGE = 12


def held(table: str = "analog_output", **bounds: object) -> dict[str, object]:
    return {"writes": [{"table": table, "addresses": [{"first": 0, "last": 9}], **bounds}]}


def verdict(inspector: Dnp3Guard, objects: bytes, code: int = DIRECT, now: float = NOW) -> str:
    """Send a request, and have it answered as by an outstation that does everything."""
    effects = ask(inspector, request(code, objects), now)
    answer(inspector, response(objects), now)
    return verdicts(effects)[0]


def learn(inspector: Dnp3Guard, objects: bytes, now: float = NOW) -> None:
    ask(inspector, READ_0, now)
    answer(inspector, response(objects), now)


@pytest.mark.parametrize("code", [SELECT, OPERATE, DIRECT, DIRECT_NR])
@pytest.mark.parametrize(("value", "passes"), [(0, True), (400, True), (401, False), (-1, False)])
def test_set_points_are_held_to_their_bounds(code: int, value: int, passes: bool) -> None:
    inspector, message = guard("operate", **held(minimum=0, maximum=400)), request(code, setpoint(3, value))
    effects = ask(inspector, message)
    assert forwarded(effects) == ([message] if passes else [])
    if not passes and code != DIRECT_NR:
        assert heard(replies(effects)[0]).refusal[0] == OUT_OF_RANGE


@pytest.mark.parametrize(
    ("variation", "coded", "passes"),
    [
        (1, struct.pack("<i", 400), True),
        (1, struct.pack("<i", 70_000), False),
        (3, struct.pack("<f", 399.5), True),
        (3, struct.pack("<f", 400.5), False),
        (3, struct.pack("<f", float("nan")), False),
        (4, struct.pack("<d", 400.0), True),
        (4, struct.pack("<d", float("inf")), False),
    ],
)
def test_values_are_read_as_they_are_coded(variation: int, coded: bytes, passes: bool) -> None:
    objects = bytes([41, variation, 0x17, 1, 3]) + coded + b"\0"
    assert verdict(guard("operate", **held(minimum=0, maximum=400)), objects) == ("allowed" if passes else "denied")


@pytest.mark.parametrize(
    ("code", "count", "passes"),
    [(3, 1, True), (4, 1, True), (1, 1, False), (0x41, 1, False), (0x83, 1, False), (3, 2, False), (3, 0, False)],
)
def test_a_relay_is_held_to_its_control_codes_and_to_doing_it_once(code: int, count: int, passes: bool) -> None:
    inspector = guard("operate", **held("binary_output", minimum=3, maximum=4))
    assert verdict(inspector, crob(5, code, count)) == ("allowed" if passes else "denied")
    assert verdict(guard("operate", **held("binary_output")), crob(5, code, count)) == "allowed"


@pytest.mark.parametrize(
    "objects",
    [
        setpoint(10, 1),
        crob(1),
        setpoint(1, 1) + setpoint(10, 1),
        setpoint(10, 1) + setpoint(1, 1),
        bytes.fromhex("2902 28 0200 0100 0100 00 0a00 0100 00"),
        bytes.fromhex("2902 00 050a") + bytes(18),
        bytes.fromhex("2902 07 01 0100 00"),
        bytes.fromhex("290206"),
        b"",
    ],
)
def test_one_object_outside_what_is_given_refuses_the_fragment(objects: bytes) -> None:
    effects = ask(guard("operate", **held()), request(DIRECT, objects))
    assert (forwarded(effects), verdicts(effects)) == ([], ["denied"])


@pytest.mark.parametrize(
    "qualifier",
    ["17 01 03", "27 01 0300", "28 0100 0300", "37 01 03000000", "39 01000000 03000000", "00 0303", "01 0300 0300"],
)
def test_every_way_to_name_a_point_names_it(qualifier: str) -> None:
    objects = bytes.fromhex("2902" + qualifier) + struct.pack("<hB", 300, 0)
    [operation] = operations(ask(guard(*ALL), request(DIRECT, objects)))
    assert (operation.objects, operation.values) == (("analog_output 3",), (300,))
    assert verdict(guard("operate", **held(maximum=299)), objects) == "denied"


def test_reads_are_narrowed_object_by_object() -> None:
    inspector = guard("read", reads=[{"table": "analog_input", "addresses": [{"first": 0, "last": 9}]}])
    assert verdict(inspector, bytes.fromhex("1e02000009"), READ) == "allowed"
    for objects in ("1e0200000a", "1e0206", "010206", "3c0106", "1e02000009 010206", "1e020705", "1e02 01 0000 ffff"):
        effects = ask(inspector, request(READ, objects))
        assert verdicts(effects) == ["denied"]
        assert heard(replies(effects)[0]).indications == 0x0200
    assert verdict(inspector, b"", 0x17) == "allowed"


def test_proofs_of_who_asks_touch_no_point() -> None:
    narrow = guard("read", "operate", reads=[{"table": "class"}], **held())
    assert verdict(narrow, free(2, bytes(20), group=120), 0x20) == "allowed"
    aggressive = bytes.fromhex("780307 01") + bytes(6) + setpoint(1, 1) + free(9, bytes(10), group=120)
    assert verdict(narrow, aggressive) == "allowed"
    assert verdict(narrow, aggressive.replace(setpoint(1, 1), setpoint(10, 1))) == "denied"


def test_writing_what_is_no_point_needs_to_be_given_too() -> None:
    inspector = guard("operate", **held())
    assert verdict(inspector, CLEAR_RESTART, WRITE) == "denied"
    assert verdict(guard("operate", writes=[{"table": "internal_indication"}]), CLEAR_RESTART, WRITE) == "allowed"


# --- change


def test_a_step_is_held_against_what_the_outstation_said_last() -> None:
    inspector = guard("read", "operate", **held(step=10))
    assert verdict(inspector, setpoint(1, 5)) == "denied"
    learn(inspector, outputs(0, 100, 200))
    assert verdict(inspector, setpoint(1, 211)) == "denied"
    assert verdict(inspector, setpoint(1, 210)) == "allowed"
    assert verdict(inspector, setpoint(1, 220)) == "allowed"
    assert verdict(inspector, setpoint(1, 231)) == "denied"
    assert verdict(inspector, setpoint(0, 110)) == "allowed"


def test_events_and_unsolicited_responses_tell_too() -> None:
    inspector = guard("read", "operate", **held(step=10))
    answer(inspector, response("2a02 28 0100 0100 01 6400", function=0x82, control=0xF0))
    assert verdict(inspector, setpoint(1, 110)) == "allowed"


def test_what_an_outstation_tells_unasked_may_be_older_than_a_command() -> None:
    inspector = guard("read", "operate", **held(step=10))
    learn(inspector, outputs(1, 100))
    assert verdict(inspector, setpoint(1, 110)) == "allowed"
    answer(inspector, response("2a02 28 0100 0100 01 6400", function=0x82, control=0xF0))
    assert verdict(inspector, setpoint(1, 95)) == "denied"


@pytest.mark.parametrize(
    "told",
    [
        outputs(1, 100, flags=0),
        bytes.fromhex("2b02 28 0100 0100 00 6400"),
        setpoint(1, 100),
        outputs(1, 100)[:-1],
        outputs(1, 100) + bytes.fromhex("1e0299"),
    ],
)
def test_what_is_not_sound_or_not_a_state_is_not_learnt(told: bytes) -> None:
    inspector = guard("read", "operate", **held(step=10))
    learn(inspector, told)
    assert verdict(inspector, setpoint(1, 105)) == "denied"


def test_what_was_commanded_is_known_only_when_it_is_confirmed() -> None:
    inspector = guard("read", "operate", **held(step=10))
    for refusal in (response(setpoint(1, 105, status=4)), response(indications=0x0100), response()):
        learn(inspector, outputs(1, 100))
        ask(inspector, request(DIRECT, setpoint(1, 105)))
        answer(inspector, refusal)
        assert verdict(inspector, setpoint(1, 105)) == "denied"
    learn(inspector, outputs(1, 100))
    assert verdict(inspector, setpoint(1, 105), SELECT) == "allowed"
    assert verdict(inspector, setpoint(1, 111), OPERATE) == "denied"
    assert verdict(inspector, setpoint(1, 105), OPERATE) == "allowed"
    assert verdict(inspector, setpoint(1, 115)) == "allowed"


def test_what_another_outstation_said_does_not_count() -> None:
    inspector = guard("read", "operate", **held(step=10))
    ask(inspector, request(READ, CLASS_0, outstation=11))
    answer(inspector, response(outputs(1, 100), outstation=11))
    assert verdict(inspector, setpoint(1, 105)) == "denied"


def test_what_was_said_is_forgotten_and_a_rate_refills() -> None:
    inspector = guard("read", "operate", **held(rate={"change": 60, "seconds": 60}))
    learn(inspector, outputs(1, 100))
    assert verdict(inspector, setpoint(1, 160)) == "allowed"
    assert verdict(inspector, setpoint(1, 190), now=NOW + 29) == "denied"
    assert verdict(inspector, setpoint(1, 190), now=NOW + 30) == "allowed"
    assert verdict(inspector, setpoint(1, 191), now=NOW + 91) == "denied"
