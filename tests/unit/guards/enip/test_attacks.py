"""What somebody with a narrow grant may try: requests that a guard and a device could read in two ways."""

import struct

import pytest

from guards.effects import Verdict
from policies.rules import Tier
from tests.unit.guards.enip import cip
from tests.unit.guards.enip.traffic import (
    BACK,
    CONTROLLER,
    SLOT_0,
    SLOT_1,
    STOP,
    THERE,
    answer,
    ask,
    asks,
    connected,
    forwarded,
    guard,
    operations,
    registered,
    replies,
)

ALL_WORDS = tuple(f"{at}" for at in range(8))


def passes(request: bytes, *tiers: str, **fields: object) -> bool:
    return bool(forwarded(ask(registered(*(tiers or ("read",)), **fields), cip.unconnected(request))))


def tier_of(request: bytes) -> Tier:
    (operation,) = operations(ask(registered("firmware"), cip.unconnected(request)))
    return operation.tier


# --- connections of others


def opening(there: int, back: int, *, large: bool) -> bytes:
    """A Forward Open to the message router with these parameters of the connection, O to T and T to O."""
    made, size = bytearray(cip.forward_open(large=large)), 4 if large else 2
    at = 6 + 26
    for place, parameters in ((at, there), (at + size + 4, back)):
        made[place : place + size] = (parameters << (16 if large else 0)).to_bytes(size, "little")
    return bytes(made)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(
    ("there", "back", "is_read"),
    [
        (0x43F4, 0x43F4, True),
        (0x0000, 0x0000, False),  # null: it only asks about the connection that has these serial numbers already
        (0x43F4, 0x0000, False),
        (0x0000, 0x43F4, False),
        (0x43F4, 0x23F4, False),  # multicast
        (0x63F4, 0x43F4, False),  # reserved
        (0xC3F4, 0x43F4, False),  # a redundant owner
    ],
)
def test_only_connections_from_point_to_point_are_for_requests(
    there: int, back: int, is_read: bool, large: bool
) -> None:
    assert passes(opening(there, back, large=large)) is is_read


def test_a_connection_that_nobody_saw_to_open_is_not_closed_at_the_end() -> None:
    # The serial numbers may be those of the controller's own connection to its outputs.
    inspector = registered("read")
    assert forwarded(ask(inspector, cip.unconnected(cip.forward_open())))
    assert len(replies(inspector.good_bye(0))) == 1


def test_nor_when_the_session_is_given_back_before_the_answer() -> None:
    inspector = connected("read", max_in_flight=2)
    assert forwarded(ask(inspector, cip.unconnected(cip.forward_open(serials=bytes(8)), b"another1")))
    passed = forwarded(ask(inspector, cip.UNREGISTER))
    assert passed == [cip.UNREGISTER]


# --- approvals


def test_an_approved_packet_is_not_another_one_of_the_same_bytes() -> None:
    hidden = cip.request(0x4D, cip.path(("symbol", "Notes1")), cip.written(0xC2, STOP, len(STOP)))
    harmless = cip.several(hidden)
    at = len(hidden) - len(STOP)
    other = cip.several(hidden[:at], STOP)
    inspector = guard("read", ask=frozenset({Tier.OPERATE, Tier.PROGRAM}))
    ask(inspector, cip.REGISTER)
    answer(inspector, cip.REGISTERED)
    (wanted,) = asks(ask(inspector, cip.unconnected(harmless)))
    inspector.arm(wanted.fingerprint, 1000.0)
    assert not forwarded(ask(inspector, cip.unconnected(other)))
    assert forwarded(ask(inspector, cip.unconnected(harmless)))


def test_an_approved_packet_goes_along_its_own_routes() -> None:
    write = cip.pccc(bytes.fromhex("0f00 0100 aa 02 07 89 03 00 0100"))
    inspector = guard("read", ask=frozenset({Tier.OPERATE}))
    ask(inspector, cip.REGISTER)
    answer(inspector, cip.REGISTERED)
    first = cip.request(0x0E, cip.path(("class", 1), ("instance", 1), ("attribute", 7)))
    (wanted,) = asks(ask(inspector, cip.unconnected(cip.several(first, cip.sent_on(write, SLOT_0)))))
    inspector.arm(wanted.fingerprint, 1000.0)
    assert not forwarded(ask(inspector, cip.unconnected(cip.several(first, cip.sent_on(write, SLOT_1)))))
    assert forwarded(ask(inspector, cip.unconnected(cip.several(first, cip.sent_on(write, SLOT_0)))))


# --- PCCC


def logical(function: int, *numbers: int, size: int = 2, data: bytes = b"\1\0") -> bytes:
    """A typed logical command: file, type, element, sub-element."""
    written = data if function != 0xA2 else b""
    return cip.pccc(bytes([0x0F, 0, 1, 0, function, size, *numbers]) + written)


def test_a_word_beyond_the_element_is_one_of_the_elements_behind_it() -> None:
    given = {"writes": [{"table": "n7", "addresses": [{"first": 3, "last": 5}]}]}
    assert passes(logical(0xAA, 7, 0x89, 3, 0), "operate", **given)
    assert passes(logical(0xAA, 7, 0x89, 3, 2), "operate", **given)
    assert not passes(logical(0xAA, 7, 0x89, 3, 10), "operate", **given)
    assert not passes(logical(0xAB, 7, 0x89, 3, 10, data=b"\xff\xff\1\0"), "operate", **given)
    timers = {"writes": [{"table": "t4", "addresses": [{"first": 0, "last": 0}], "names": [*ALL_WORDS]}]}
    assert passes(logical(0xAA, 4, 0x86, 0, 2), "operate", **timers)
    assert not passes(logical(0xAA, 4, 0x86, 0, 3), "operate", **timers)


@pytest.mark.parametrize("kind", [0x84, 0x22, 0x47, 0x49, 0x65, 0x00])
@pytest.mark.parametrize("function", [0xA9, 0xAA, 0xAB])
def test_to_write_what_is_no_data_file_is_to_program(kind: int, function: int) -> None:
    numbers = (2, kind, 0) if function == 0xA9 else (2, kind, 0, 0)
    data = b"\xff\xff\1\0" if function == 0xAB else b"\1\0"
    assert tier_of(logical(function, *numbers, data=data)) is Tier.PROGRAM


def test_to_read_what_is_no_data_file_is_to_read_out() -> None:
    ladder = logical(0xA2, 2, 0x22, 0, 0)
    assert not passes(ladder)
    assert passes(ladder, upload=True)
    assert passes(logical(0xA2, 2, 0x84, 0, 0))
    assert passes(logical(0xA2, 7, 0x89, 0, 0))


# --- attributes


def test_a_service_that_names_attributes_in_its_data_is_not_given_by_one_in_its_path() -> None:
    given = {"writes": [{"table": "class147", "addresses": [{"first": 3, "last": 3}], "names": ["10"]}]}
    path = cip.path(("class", 0x93), ("instance", 3), ("attribute", 10))
    assert passes(cip.request(0x10, path, b"\1\0"), "operate", **given)
    attributes = struct.pack("<HHH", 1, 11, 7)
    assert not passes(cip.request(0x04, path, attributes), "operate", **given)
    assert not passes(cip.request(0x02, path, b"\1\0\2\0"), "operate", **given)
    read = {"reads": [{"table": "class147", "addresses": [{"first": 3, "last": 3}], "names": ["10"]}]}
    assert passes(cip.request(0x0E, path), **read)
    assert passes(cip.request(0x03, path, struct.pack("<HH", 1, 10)), **read)
    assert not passes(cip.request(0x03, path, struct.pack("<HHH", 2, 10, 11)), **read)
    assert not passes(cip.request(0x03, path, struct.pack("<HHB", 1, 11, 0)), **read)
    assert not passes(cip.request(0x01, path), **read)


@pytest.mark.parametrize(
    "class_id", [0x03, 0x05, 0x39, 0x41, 0x45, 0x51, 0x52, 0x54, 0x56, 0x5D, 0x5E, 0x5F, 0xF0, 0xF7, 0x109]
)
def test_to_set_networks_safety_and_security_is_to_program(class_id: int) -> None:
    path = cip.path(("class", class_id), ("instance", 1), ("attribute", 3))
    assert tier_of(cip.request(0x10, path, b"\1\0")) is Tier.PROGRAM


def test_many_attributes_are_the_whole_object() -> None:
    many = cip.request(0x03, CONTROLLER, struct.pack("<H", 600) + bytes(1200))
    (operation,) = operations(ask(registered("read"), cip.unconnected(many)))
    assert operation.objects == ("class142 1",)


# --- paths


@pytest.mark.parametrize(
    "path",
    [
        b"\x24\x01\x20\x8e",  # the instance before its class
        b"\x20\x8e\x30\x05\x24\x01",  # the attribute before the instance
        b"\x20\x8e\x25\x01\x01\x00",  # padding that packed paths have no room for
        b"\x20\x8e\x28\x01\x24\x01",  # a member before the instance
    ],
)
def test_a_path_that_is_not_in_order_is_malformed(path: bytes) -> None:
    (operation,) = operations(ask(registered("read"), cip.unconnected(cip.request(0x0E, path))))
    assert operation.verdict is Verdict.MALFORMED


@pytest.mark.parametrize("name", [b"Valve\0_SP", b"Valve\n_SP", b"Valve\x7f_SP"])
def test_a_name_that_a_device_might_end_sooner_is_malformed(name: bytes) -> None:
    path = b"\x91" + bytes([len(name)]) + name + bytes(len(name) % 2)
    request = cip.request(0x4D, path, cip.written(0xC3, b"\1\0"))
    (operation,) = operations(
        ask(registered("read", "operate", writes=[{"table": "tag", "names": ["*_SP"]}]), cip.unconnected(request))
    )
    assert operation.verdict is Verdict.MALFORMED


# --- data of writes


@pytest.mark.parametrize(
    ("service", "body"),
    [
        (0x4D, struct.pack("<HH", 0xC3, 1) + bytes(20)),
        (0x53, struct.pack("<HHI", 0xC3, 1, 0) + bytes(20)),
        (0x53, struct.pack("<HHI", 0xC3, 1, 40) + bytes(2)),
        (0x53, struct.pack("<HHI", 0xC3, 1, 1) + bytes(2)),
        (0x4D, struct.pack("<HHHH", 0x04A0, 0, 1, 100) + bytes(20)),  # a structure that names itself at length
        (0x4D, struct.pack("<HHHH", 0x00A0, 0, 1, 100) + bytes(20)),
    ],
)
def test_data_beyond_the_elements_that_a_write_names_is_malformed(service: int, body: bytes) -> None:
    request = cip.request(service, cip.path(("symbol", "Levels"), ("member", 2)), body)
    writes = [{"table": "tag", "names": ["Levels[2]"]}]
    (operation,) = operations(ask(registered("operate", writes=writes), cip.unconnected(request)))
    assert operation.verdict is Verdict.MALFORMED
    assert passes(cip.request(0x4D, cip.path(("symbol", "Levels"), ("member", 2)), cip.written(0xC3, b"\1\0")),
                  "operate", writes=writes)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "count", "data", "passes_bounds"),
    [
        (0xC2, 1, b"\5", True),
        (0xC2, 1, b"\5\0", True),
        (0xC2, 1, b"\x7f\0", False),
        (0xC2, 3, b"\5\6\7\0", True),
        (0xC1, 1, b"\1\0", True),
        (0xC2, 1, b"\5\1", False),
        (0xC3, 1, b"\5\0\0", False),
        (0xC2, 2, b"\5\6\0", False),
    ],
)
def test_a_byte_that_fills_the_last_word_is_none_of_the_data(
    kind: int, count: int, data: bytes, passes_bounds: bool
) -> None:
    writes = [{"table": "tag", "names": ["Speed*"], "minimum": 0, "maximum": 9}]
    to = cip.path(("symbol", "Speed"), ("member", 0))
    assert passes(cip.request(0x4D, to, cip.written(kind, data, count)), "operate", writes=writes) is passes_bounds
    fragment = struct.pack("<HHI", kind, count, 0) + data
    assert passes(cip.request(0x53, to, fragment), "operate", writes=writes) is passes_bounds


def test_answers_on_a_connection_still_belong_to_it() -> None:
    inspector = connected("read")
    assert forwarded(ask(inspector, cip.connected(cip.read_tag("Speed"), THERE, 1)))
    assert forwarded(answer(inspector, cip.connected(cip.told(1), BACK, 1)))
