"""The properties of every guard, held against the IEC 104 guard; and of one that owns both counters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.effects import Reply
from guards.iec104.frames import MAX_FRAME_BYTES
from guards.iec104.guard import MAX_TO_USER
from guards.turns import MAX_WAITING
from tests.unit.guards import properties
from tests.unit.guards.iec104 import traffic
from tests.unit.guards.iec104.traffic import STOP, STOPPED, TEST, TESTED, TO_ASSET, TO_USER, Plant, caused

BOUND = (MAX_TO_USER + 2 * MAX_WAITING + 16) * MAX_FRAME_BYTES
BROKEN = {"iec104_start", "iec104_length", "iec104_frame", "iec104_sequence", "iec104_acknowledgement"}
STRICT = properties.Subject(
    lambda: traffic.guard(
        "read", units={3}, reads=[{"table": "interrogation", "addresses": [{"first": 20, "last": 20}]}]
    ),
    BOUND,
)
LOOSE = properties.Subject(lambda: traffic.guard(*traffic.ALL, upload=True, max_in_flight=16), BOUND)
STEPPED = properties.Subject(
    lambda: traffic.guard("read", "operate", writes=[{"table": "setpoint", "step": 10}], ask={"program"}), BOUND
)
each = pytest.mark.parametrize("subject", [STRICT, LOOSE, STEPPED], ids=["strict", "loose", "stepped"])


@each
@given(steps=traffic.steps(), sizes=st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_every_property_of_guards_holds(
    subject: properties.Subject, steps: list[properties.Step], sizes: list[int]
) -> None:
    properties.check_all(subject, steps, sizes)


@each
@given(steps=traffic.steps())
def test_nothing_is_forwarded_as_it_came(subject: properties.Subject, steps: list[properties.Step]) -> None:
    properties.check_nothing_but_the_allowed_is_forwarded(subject, steps)
    assert not any(isinstance(effect, properties.Forward) for effect in properties.play(subject.make(), steps))


@each
@given(data=st.binary(max_size=2000))
def test_garbage_never_raises(subject: properties.Subject, data: bytes) -> None:
    for direction in properties.Direction:
        properties.play(subject.make(), [(direction, data)])
        properties.play(subject.make(), [(direction, b"\x68" + data)])


@each
@given(data=st.data())
def test_no_counter_ever_goes_wrong_and_nothing_unobserved_reaches_the_device(
    subject: properties.Subject, data: st.DataObject
) -> None:
    """``Plant`` and ``Side`` are the independent model: they assert on every frame that the guard makes."""
    guard = subject.make()
    plant = Plant(guard)  # type: ignore[arg-type]
    plant.tool.window = data.draw(st.sampled_from([1, 12, 12, 40]), "k of the tool")
    for act in data.draw(st.lists(st.integers(0, 11), max_size=60), "acts"):
        if plant.is_cut:
            break
        effects = _act(plant, act, data)
        assert not set(traffic.cuts(effects)) & BROKEN
        assert guard.held_bytes <= BOUND
        due = guard.next_tick_monotonic()
        assert plant.is_cut or (due is not None and due > plant.now)
    last = guard.good_bye(plant.now)
    assert [effect.data for effect in last if isinstance(effect, Reply)][-1:] in ([STOP], [])


def _act(plant: Plant, act: int, data: st.DataObject) -> list[properties.Effect]:
    match act:
        case 0 | 1 | 2 if plant.tool.has_room and plant.tool.may_hear:
            return plant.ask(data.draw(st.one_of(traffic.asdus(), st.sampled_from(sorted(traffic.ASKED.values())))))
        case 3 | 4 | 5 if plant.device.has_room and plant.device.may_hear:
            return plant.tell(data.draw(st.one_of(traffic.asdus(), st.sampled_from(sorted(traffic.TOLD.values())))))
        case 6 if plant.device.asdus and plant.device.has_room and plant.device.may_hear:
            return plant.tell(caused(plant.device.asdus[-1], data.draw(st.sampled_from([7, 10, 0x47, 0x6F]))))
        case 7:
            return plant.raw(TO_ASSET, plant.tool.acknowledge())
        case 8:
            return plant.raw(TO_USER, plant.device.acknowledge())
        case 9:
            return plant.tick(data.draw(st.sampled_from([0.5, 4.0, 10.0])))
        case 10:
            return plant.raw(TO_USER, TESTED) + plant.raw(TO_ASSET, TESTED) + plant.raw(TO_ASSET, TEST)
        case 11 if plant.tool.may_hear and plant.device.may_hear:
            return _stop_and_start(plant)
        case _:
            return []


def _stop_and_start(plant: Plant) -> list[properties.Effect]:
    effects = plant.raw(TO_ASSET, plant.tool.acknowledge()) + plant.raw(TO_ASSET, STOP)
    effects += plant.raw(TO_USER, plant.device.acknowledge()) + plant.raw(TO_USER, STOPPED)
    for _ in range(100):
        if plant.is_cut or not plant.tool.may_hear:
            break
        effects += plant.raw(TO_ASSET, plant.tool.acknowledge())
    return effects + plant.start()


@given(data=traffic.any_asdu)
def test_no_request_that_changes_anything_passes_a_session_that_may_only_read(data: bytes) -> None:
    for operation in traffic.operations(traffic.plant("read").ask(data)):
        if operation.verdict == "allowed":
            assert operation.tier == "read"
            assert operation.function_code in {81, 82, 84, 85, 86, 87, 100, 101, 102, 104, 107}


@given(data=traffic.any_asdu)
def test_each_request_is_carried_or_answered_once_or_ends_the_stream(data: bytes) -> None:
    effects = traffic.plant("read", "operate").ask(data)
    passed, answered = traffic.carried(effects, TO_ASSET), traffic.carried(effects, TO_USER)
    assert len(passed) + len(answered) + len(traffic.cuts(effects)) == 1
    assert passed in ([], [data])
    assert all(answer[2] & 0x40 and answer[:2] + answer[3:] == data[:2] + data[3:] for answer in answered)


def test_streams_that_nobody_empties_stay_bounded() -> None:
    guards = [traffic.guard("read") for _ in range(100)]
    for one in guards:
        plant = Plant(one)
        plant.tool.window = plant.device.window = 1000
        while plant.device.has_room and not plant.is_cut:
            plant.tell(traffic.TOLD["points"])
        assert plant.is_cut
    assert sum(one.held_bytes for one in guards) == 0
