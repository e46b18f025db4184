"""Where somebody must watch and nobody does, no guard lets anything through that asks a device for something."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guards.arming import Armed
from guards.effects import Ask, Direction, Effect, Forward, Guard, Observed, Reply, Verdict
from guards.iec104.guard import Iec104Guard
from guards.modbus.guard import ModbusGuard
from guards.reasons import why
from guards.registry import make_guard
from policies.rules import Rules, Tier
from tests.unit.guards.iec104 import traffic as iec104
from tests.unit.guards.material import MATERIAL
from tests.unit.guards.properties import play
from tests.unit.guards.test_twins import CASES, LOOSE

TO_ASSET, TO_USER = Direction.TO_ASSET, Direction.TO_USER
WRITE = bytes.fromhex("000200000006010600050064")
READ, NEXT = bytes.fromhex("000300000006010300000001"), bytes.fromhex("000400000006010300000001")
READ_ANSWER = bytes.fromhex("0003000000050103020000")
BUSY = bytes.fromhex("000200000003018606")
REFUSED_TO_DEVICE = "refused to the device"
CONNECTIONS = {
    "bacnet": {"segment_ack", "abort"},
    "dnp3": {
        "confirm",
        "link_status",
        "request_link_status",
        "test_link",
        "ack",
        "nack",
        "not_supported",
        REFUSED_TO_DEVICE,
    },
    "enip": {"unregister_session"},
    "fins": {"connection_confirmation", "node_address_request"},
    # Nothing: a frame that only counts or answers for the link, such as TESTFR con.
    "iec104": {"startdt_act", "stopdt_act", "testfr_act", "nothing"},
    "opcua": {"hello", "open_secure_channel", "renew_secure_channel", "close_secure_channel", "publish"},
    "s7": {"connect", "disconnect", "error", "empty"},
}
"""What makes, keeps and ends a connection, or lets what a device tells by itself flow on."""


def guard_of(protocol: str, armed: Armed, rules: Rules = LOOSE) -> Guard:
    material = replace(MATERIAL, armed=armed)
    guard = make_guard(protocol, rules, device_timeout_seconds=30.0, material=material)
    assert guard is not None
    return guard


def said_to_asset(effects: Sequence[Effect]) -> set[str]:
    """Return the names of what left for the device, by what was observed before it."""
    names, last = set(), "nothing"
    for effect in effects:
        if isinstance(effect, Observed):
            is_let = effect.operation.verdict is Verdict.ALLOWED
            if effect.operation.direction is TO_ASSET:
                last = effect.operation.function if is_let else "refused"
            elif not is_let:
                last = REFUSED_TO_DEVICE
        elif isinstance(effect, Forward | Reply):
            if effect.direction is TO_ASSET:
                names.add(last)
            last = "nothing"
    return names


@pytest.mark.parametrize("protocol", sorted(CASES))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(data=st.data())
def test_nothing_but_the_connection_passes(protocol: str, data: st.DataObject) -> None:
    guard = guard_of(protocol, Armed(is_unwatched=True))
    play(guard, CASES[protocol].begun)
    effects = play(guard, data.draw(CASES[protocol].steps))
    assert said_to_asset(effects) <= CONNECTIONS.get(protocol, set())
    assert not [effect for effect in effects if isinstance(effect, Ask)]


def test_a_request_is_answered_that_the_device_is_busy_and_passes_once_somebody_watches() -> None:
    armed = Armed(is_unwatched=True)
    guard = ModbusGuard(Rules(tiers=frozenset({Tier.OPERATE})), armed=armed)
    said, reply = guard.receive(TO_ASSET, WRITE, 0.0)
    assert isinstance(said, Observed)
    assert (said.operation.verdict, said.operation.reason) == (Verdict.DENIED, why("unwatched"))
    assert reply == Reply(TO_USER, BUSY)
    armed.is_unwatched = False
    assert Forward(TO_ASSET, WRITE) in guard.receive(TO_ASSET, WRITE, 1.0)


def test_what_waits_for_its_turn_is_refused_when_nobody_watches_any_more() -> None:
    armed = Armed()
    guard = ModbusGuard(Rules(tiers=frozenset({Tier.READ})), armed=armed)
    assert Forward(TO_ASSET, READ) in guard.receive(TO_ASSET, READ, 0.0)
    assert guard.receive(TO_ASSET, NEXT, 0.1) == []
    armed.is_unwatched = True
    effects = guard.receive(TO_USER, READ_ANSWER, 0.2)
    assert Forward(TO_USER, READ_ANSWER) in effects
    assert said_to_asset(effects) == set()
    assert effects[-1] == Reply(TO_USER, bytes.fromhex("000400000003018306"))


def test_what_waits_for_a_station_is_refused_too() -> None:
    armed = Armed()
    one = iec104.Plant(Iec104Guard(iec104.rules("read", "operate"), armed=armed))
    everything, command = iec104.ASKED["gi"], iec104.ASKED["on"]
    one.ask(everything)
    assert iec104.carried(one.ask(command), TO_ASSET) == []
    armed.is_unwatched = True
    effects = one.confirm(everything)
    assert iec104.carried(effects, TO_ASSET) == []
    assert iec104.carried(effects, TO_USER) == [iec104.caused(everything, 7), iec104.caused(command, 0x47)]


def test_an_approval_outlives_that_nobody_watches() -> None:
    armed = Armed(is_unwatched=True)
    rules = Rules(ask=frozenset({Tier.OPERATE}))
    guard = ModbusGuard(rules, armed=armed)
    assert not [effect for effect in guard.receive(TO_ASSET, WRITE, 0.0) if isinstance(effect, Ask)]
    armed.is_unwatched = False
    (asked,) = [effect for effect in guard.receive(TO_ASSET, WRITE, 1.0) if isinstance(effect, Ask)]
    armed.arm(asked.fingerprint, 60.0)
    armed.is_unwatched = True
    guard.receive(TO_ASSET, WRITE, 2.0)
    armed.is_unwatched = False
    assert Forward(TO_ASSET, WRITE) in guard.receive(TO_ASSET, WRITE, 3.0)
