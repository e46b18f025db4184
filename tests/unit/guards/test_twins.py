"""What a guard records and what ``wicket inspect`` says of the same bytes: the same functions, tiers and objects.

Of OPC UA and IEC 60870-5-104, whose guards forward nothing, what they make for the asset is compared with what they let
through. Told apart on purpose are: frames of a DNP3 link alone, which a capture has too many of; tests, starts and
acknowledgements of a link of IEC 60870-5-104 and the opening of an OPC UA channel, which are each side's own; and in
BACnet, where captures do not say who the tool is, what a device begins and broadcasts that somebody forwards.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guards.effects import Direction, Guard, Operation
from guards.registry import make_decoder, make_guard
from policies.rules import Rules
from tests.unit.guards import properties
from tests.unit.guards.bacnet import traffic as bacnet
from tests.unit.guards.dnp3 import traffic as dnp3
from tests.unit.guards.enip import cip
from tests.unit.guards.enip import traffic as enip
from tests.unit.guards.fins import traffic as fins
from tests.unit.guards.iec104 import traffic as iec104
from tests.unit.guards.material import MATERIAL
from tests.unit.guards.modbus import traffic as modbus
from tests.unit.guards.opcua import traffic as opcua
from tests.unit.guards.properties import Step, Twins
from tests.unit.guards.s7 import traffic as s7
from tests.unit.guards.seen import ALL, rules
from tests.unit.guards.slmp import traffic as slmp

TO_ASSET, TO_USER = Direction.TO_ASSET, Direction.TO_USER
LOOSE = rules(*ALL, upload=True, max_in_flight=4)
LINK_OF_DNP3 = 256
STATES_OF_ENIP = (
    "a session is registered already",
    "not the session that was registered on this stream",
    "not a connection that was opened on this stream",
)


CUTS_BY_STATE = frozenset(
    {"cotp_connect", "cotp_tpdu", "fins_magic", "s7_not_connected", "s7_plus_refused", "slmp_code"}
)
"""Connecting twice, not at all, or from the wrong side; a refusal that S7comm-plus has no words for; frames in another
code than the first; a flow that does not begin as FINS/TCP, which a decoder takes for datagrams: it is not told.
"""


def is_never_apart(_: Operation) -> bool:
    return False


def is_link(operation: Operation) -> bool:
    return operation.function_code >= LINK_OF_DNP3


def is_of_its_own(operation: Operation) -> bool:
    return operation.function.startswith(("startdt", "stopdt", "testfr"))


def is_opening(operation: Operation) -> bool:
    return operation.function in {"hello", "acknowledge"} or operation.function.endswith("secure_channel")


def is_begun_by_the_device(operation: Operation) -> bool:
    return operation.direction is TO_USER and operation.transaction is None


def without_forwarded(steps: list[Step]) -> list[Step]:
    return [(way, data) for way, data in steps if data[2:4] != b"\x81\x04"]


@dataclass(frozen=True)
class Case:
    """A protocol: its traffic, narrow rules, and what is said of it in ``Twins``."""

    steps: st.SearchStrategy[list[Step]]
    narrow: dict[str, Any]
    begun: tuple[Step, ...] = ()
    by_state: frozenset[str] = frozenset()
    is_apart: Callable[[Operation], bool] = is_never_apart


def table(name: str, first: int, last: int) -> dict[str, Any]:
    return {"reads": [{"table": name, "addresses": [{"first": first, "last": last}]}]}


CASES = {
    "modbus": Case(modbus.steps, {"units": {1, 2}, **table("holding", 0, 30000)}),
    "s7": Case(s7.steps, table("db1", 0, 9), ((TO_ASSET, s7.connect(b"\x01\x02")), (TO_USER, s7.CONFIRM))),
    "enip": Case(
        enip.steps,
        {"reads": [{"table": "tag", "names": ["Speed"]}]},
        (
            (TO_ASSET, cip.REGISTER),
            (TO_USER, cip.REGISTERED),
            (TO_ASSET, cip.unconnected(cip.forward_open())),
            (TO_USER, cip.unconnected(cip.opened(enip.THERE, enip.BACK))),
        ),
        frozenset(STATES_OF_ENIP),
    ),
    "dnp3": Case(
        dnp3.steps,
        {"units": {10}, "reads": [{"table": "class"}]},
        by_state=frozenset({"a frame with the direction of the other side"}),
        is_apart=is_link,
    ),
    "bacnet": Case(
        bacnet.steps.map(without_forwarded),
        {"units": {0}, "reads": [{"table": "analog_input"}]},
        is_apart=is_begun_by_the_device,
        by_state=frozenset({"a request in segments is not taken", "it is said in the name of another station"}),
    ),
    "fins": Case(fins.steps, {"routes": {"0.10.0"}, **table("dm", 0, 50)}),
    "slmp": Case(slmp.steps, {"routes": {"0/255"}, **table("d", 0, 50)}),
    "iec104": Case(
        iec104.steps(),
        {"units": {3}},
        ((TO_ASSET, iec104.START), (TO_USER, iec104.STARTED)),
        is_apart=is_of_its_own,
    ),
    "opcua": Case(
        opcua.steps(),
        {"reads": [{"table": "node", "names": ["ns=2;s=Pump"]}]},
        tuple(opcua.BEGINNING),
        frozenset({"bad session id"}),
        is_opening,
    ),
}
FILTERS = sorted(CASES.keys() - {"iec104", "opcua"})


def twins(protocol: str, given_rules: Rules) -> Twins:
    case = CASES[protocol]

    def guard() -> Guard:
        made = make_guard(protocol, given_rules, device_timeout_seconds=30.0, material=MATERIAL)
        assert made is not None
        return made

    return Twins(guard, lambda: make_decoder(protocol, given_rules), case.begun, case.by_state, case.is_apart)


def rules_of(protocol: str) -> list[Rules]:
    return [LOOSE, rules("read", "operate", **CASES[protocol].narrow)]


@pytest.mark.parametrize("protocol", FILTERS)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_forwarded_is_told_alike(protocol: str, data: st.DataObject) -> None:
    steps = data.draw(CASES[protocol].steps)
    properties.check_the_decoder_says_of_the_forwarded_what_the_guard_says(twins(protocol, LOOSE), steps)


@pytest.mark.parametrize("protocol", FILTERS)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_streams_are_closed_alike(protocol: str, data: st.DataObject) -> None:
    """Sound traffic, and in its middle a message that was damaged, or bytes of anything else."""
    steps = data.draw(CASES[protocol].steps)
    at, (way, broken) = data.draw(st.integers(0, len(steps))), (data.draw(st.sampled_from(Direction)), b"")
    if steps and data.draw(st.booleans()):
        way, whole = data.draw(st.sampled_from(steps))
        place = data.draw(st.integers(0, max(0, len(whole) - 1)))
        broken = whole[:place] + data.draw(st.binary(min_size=1, max_size=2)) + whole[place + 1 :]
    else:
        broken = data.draw(st.binary(min_size=1, max_size=40))
    steps = [*steps[:at], (way, broken), *steps[at:]]
    both = replace(twins(protocol, LOOSE), by_state=CUTS_BY_STATE)
    properties.check_the_decoder_closes_where_the_guard_cuts(both, steps)


@pytest.mark.parametrize("protocol", sorted(CASES.keys() - set(FILTERS)))
@given(data=st.data())
def test_what_is_made_is_told_alike(protocol: str, data: st.DataObject) -> None:
    steps = data.draw(CASES[protocol].steps)
    properties.check_the_decoder_says_of_the_made_what_the_guard_says(twins(protocol, LOOSE), steps)


@pytest.mark.parametrize("protocol", sorted(CASES))
@given(data=st.data())
def test_what_is_refused_is_refused_alike(protocol: str, data: st.DataObject) -> None:
    steps = data.draw(CASES[protocol].steps)
    for each in rules_of(protocol):
        properties.check_the_decoder_judges_as_the_guard_does(twins(protocol, each), steps)
