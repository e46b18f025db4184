"""The tables: numbers and names are those of another implementation (bacpypes3), and policies know the words."""

import re

import pytest
from bacpypes3.apdu import ConfirmedServiceChoice, UnconfirmedServiceChoice
from bacpypes3.basetypes import PropertyIdentifier
from bacpypes3.primitivedata import ObjectType

from guards.bacnet import bvlc, services
from guards.bacnet.names import MAX_INSTANCE, table_of, touched
from guards.bacnet.properties import ALL, OPERATED, OPTIONAL, PROPERTIES, REQUIRED, property_name
from policies.protocols import PROTOCOLS, kind_of
from policies.rules import Tier


def joined(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def choices(kind: type) -> dict[int, str]:
    names = {**vars(kind)}
    return {int(value): joined(name) for name, value in names.items() if isinstance(value, int) and name[0] != "_"}


def named(table: dict[int, services.Service]) -> dict[int, str]:
    return {code: joined(row.name) for code, row in table.items()}


def test_every_confirmed_service_is_named_as_elsewhere() -> None:
    assert named(services.CONFIRMED) == choices(ConfirmedServiceChoice)


def test_every_unconfirmed_service_is_named_as_elsewhere() -> None:
    theirs = choices(UnconfirmedServiceChoice)
    assert theirs.pop(13) == "whoiam"  # Who-Am-I
    assert {code: name for code, name in named(services.UNCONFIRMED).items() if code in theirs} == theirs


def test_every_property_is_named_as_elsewhere() -> None:
    assert {number: joined(name) for number, name in PROPERTIES.items()} == choices(PropertyIdentifier)
    assert [property_name(number) for number in (ALL, OPTIONAL, REQUIRED)] == ["all", "optional", "required"]
    assert property_name(600) == "600"


def test_every_object_type_is_named_as_elsewhere_and_policies_know_it() -> None:
    theirs = choices(ObjectType)
    assert {kind: joined(table_of(kind)) for kind in theirs} == theirs
    for kind in range(1024):
        found = kind_of("bacnet", table_of(kind))
        assert found is not None
        assert found.highest == MAX_INSTANCE
    assert set(map(table_of, theirs)) == set(PROTOCOLS["bacnet"].objects) - {"type<N>"}


def test_an_object_is_written_as_policies_write_it() -> None:
    assert str(touched(2 << 22 | 7, 85)) == "analog_value 7 present_value"
    assert str(touched(200 << 22 | MAX_INSTANCE)) == "type200 4194303"


TIERS = {
    Tier.READ: {3, 4, 5, 6, 12, 13, 14, 26, 28, 29, 30, 33},
    Tier.OPERATE: {0, 1, 2, 15, 16, 19, 31, 32},
    Tier.PROGRAM: {7, 8, 9, 10, 11, 17, 27},
    Tier.FIRMWARE: {18, 20, 21, 22, 23, 24, 25},
}
UNCONFIRMED = {
    Tier.READ: {0, 1, 7, 8, 13},
    Tier.OPERATE: {2, 3, 5, 10, 11, 12},
    Tier.PROGRAM: {6, 9, 14},
    Tier.FIRMWARE: {4},
}
NETWORK = {
    Tier.READ: {0x00, 0x12},
    Tier.OPERATE: set(),
    Tier.PROGRAM: {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x13},
    Tier.FIRMWARE: set(range(0x0A, 0x12)),
}
LINK = {
    Tier.READ: {0x00, 0x02, 0x03, 0x06, 0x07, 0x0A, 0x0B},
    Tier.OPERATE: set(),
    Tier.PROGRAM: {0x01, 0x05, 0x08, 0x09},
    Tier.FIRMWARE: {0x04, 0x0C},
}


@pytest.mark.parametrize("tier", Tier)
def test_every_number_there_is_has_its_tier_and_the_unknown_are_firmware(tier: Tier) -> None:
    for row_of, known in (
        (services.confirmed, TIERS),
        (services.unconfirmed, UNCONFIRMED),
        (lambda code: services.network(code, b""), NETWORK),
        (bvlc.function_of, LINK),
    ):
        listed = set().union(*known.values())
        expected = known[tier] | (set(range(256)) - listed if tier is Tier.FIRMWARE else set())
        assert {code for code in range(256) if row_of(code).tier is tier} == expected


def test_the_routing_table_is_only_asked_for_where_it_is_not_changed() -> None:
    assert services.network(6, b"\x00").tier is Tier.READ
    assert services.network(6, b"\x01\x00\x0a\x01\x00").tier is Tier.PROGRAM
    assert services.network(6, b"").tier is Tier.PROGRAM


def test_what_operators_move_is_a_handful_of_properties() -> None:
    names = {property_name(number) for number in OPERATED}
    assert names == {"present_value", "setpoint", "high_limit", "low_limit", "deadband", "cov_increment"}
