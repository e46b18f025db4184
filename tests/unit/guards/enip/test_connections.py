"""Connections: which ones may be opened and closed, and that requests on them are judged by their route alone."""

import pytest

from guards.effects import Verdict
from guards.enip.connections import MAX_CONNECTIONS
from tests.unit.guards.enip import cip
from tests.unit.guards.enip.traffic import (
    ALL,
    BACK,
    IDENTITY,
    READ,
    SLOT_0,
    SLOT_1,
    THERE,
    WRITE,
    answer,
    ask,
    connected,
    does,
    forwarded,
    opens,
    operations,
    registered,
    replies,
)

TO_0, TO_1 = SLOT_0 + cip.ROUTER, SLOT_1 + cip.ROUTER
OTHER = bytes.fromhex("28040910 11223344")
FENCED = frozenset({"1/0"})
CYCLIC = cip.path(("class", 4), ("instance", 1), ("point", 2), ("point", 3))


def passes(*requests: bytes, fields: dict[str, object] | None = None, tiers: tuple[str, ...] = ("read",)) -> list[bool]:
    inspector = registered(*tiers, max_in_flight=16, **(fields or {}))
    return [bool(forwarded(ask(inspector, cip.unconnected(one, bytes([n] * 8))))) for n, one in enumerate(requests)]


def test_a_connection_is_opened_along_a_route_inside_the_fence_only() -> None:
    opening = [cip.forward_open(to, large=large) for to in (TO_0, TO_1, cip.ROUTER) for large in (False, True)]
    assert passes(*opening, fields={"routes": FENCED}) == [True, True, False, False, False, False]


def test_requests_on_a_connection_belong_to_its_route() -> None:
    inspector = connected("read", to=TO_0, routes=FENCED)
    (operation,) = operations(ask(inspector, cip.connected(READ, THERE, 1)))
    assert (operation.route, operation.verdict, operation.transaction) == ("1/0", Verdict.ALLOWED, 1)
    assert not forwarded(ask(inspector, cip.unconnected(READ)))


def test_a_request_on_a_connection_that_was_not_opened_here_is_refused() -> None:
    for inspector in (connected(*ALL, to=TO_0), connected(*ALL, to=TO_0, routes=FENCED)):
        assert not forwarded(ask(inspector, cip.connected(READ, THERE + 1, 1)))
        assert not forwarded(ask(inspector, cip.connected(READ, BACK, 1)))


def test_a_connection_that_the_device_refused_is_none() -> None:
    inspector = registered("read")
    ask(inspector, cip.unconnected(cip.forward_open()))
    answer(inspector, cip.unconnected(cip.reply(0x54, 1, cip.opened(THERE, BACK)[4:])))
    assert not forwarded(ask(inspector, cip.connected(READ, THERE, 1)))


def test_the_id_that_a_tool_chooses_never_makes_another_connections_route_its_own() -> None:
    inspector = registered("read", "operate", routes=FENCED, max_in_flight=4)
    assert opens(inspector, THERE, BACK, TO_0)
    assert opens(inspector, THERE + 1, THERE, TO_0, OTHER)
    for there in (THERE, THERE + 1):
        told = operations(ask(inspector, cip.connected(READ, there, there & 1)))
        assert all(one.verdict is Verdict.DENIED or one.route == "1/0" for one in told)


def test_connections_whose_answers_could_be_mixed_up_between_routes_are_not_used() -> None:
    inspector = registered("read", max_in_flight=4)
    assert opens(inspector, THERE, BACK, TO_0)
    assert opens(inspector, THERE + 1, BACK, TO_1, OTHER)
    assert forwarded(ask(inspector, cip.connected(READ, THERE, 1)))
    assert not forwarded(ask(inspector, cip.connected(READ, THERE + 1, 1)))
    assert len(replies(inspector.good_bye(0))) == 3


def test_a_connection_that_is_opened_anew_takes_the_place_of_the_old_one() -> None:
    inspector = registered("read", max_in_flight=4)
    assert opens(inspector, THERE, BACK, TO_0)
    assert opens(inspector, THERE + 1, BACK, TO_0, OTHER)
    assert forwarded(ask(inspector, cip.connected(READ, THERE + 1, 1)))
    assert not forwarded(ask(inspector, cip.connected(READ, THERE, 1)))


def test_routes_go_on_from_where_a_request_is() -> None:
    inspector = connected("read", to=TO_0)
    onward = cip.sent_on(READ, SLOT_1)
    for said, route in (
        (cip.connected(onward, THERE, 1), "1/0/1/1"),
        (cip.unconnected(cip.sent_on(onward, SLOT_0)), "1/0/1/1"),
        (cip.unconnected(cip.sent_on(READ, SLOT_0 + SLOT_1)), "1/0/1/1"),
        (cip.unconnected(cip.sent_on(cip.several(onward), SLOT_0)), "1/0/1/1"),
    ):
        assert operations(ask(inspector, said))[0].route == route
        inspector.asset_gone(0)


@pytest.mark.parametrize(
    ("link", "route"),
    [
        (b"\x12\x0b192.168.0.7\0", "2/192.168.0.7"),
        (b"\x12\x05PLC-A\0", "2/plc-a"),
        (b"\x11\x010\0", "1/?30"),
        (b"\x11\x03" + b"0/1\0", "1/?302f31"),
        (b"\x11\x02\xff\xfe", "1/?fffe"),
        (b"\x0f\x12\x00\x01", "18/1"),
    ],
)
def test_links_are_written_as_fences_write_them_and_no_other_way(link: bytes, route: str) -> None:
    path = link + bytes(len(link) % 2)
    (operation,) = operations(ask(registered("read"), cip.unconnected(cip.sent_on(READ, path))))
    assert operation.route == route
    fenced = registered("read", routes=frozenset({"1/0", "1/0/1"}))
    assert not forwarded(ask(fenced, cip.unconnected(cip.sent_on(READ, path))))


@pytest.mark.parametrize(
    "opening",
    [
        cip.forward_open(CYCLIC, trigger=0x01),
        cip.forward_open(cip.ROUTER, trigger=0x01),
        cip.forward_open(CYCLIC + cip.ROUTER),
        cip.forward_open(cip.ROUTER + b"\x80\x01\x00\x00"),
        cip.forward_open(IDENTITY),
        cip.forward_open(cip.ROUTER + SLOT_1),
        cip.forward_open(cip.path(("symbol", "Speed"), ("class", 2), ("instance", 1))),
    ],
    ids=["cyclic", "class-1", "two-objects", "configuring", "object", "late-hop", "tag"],
)
def test_connections_that_are_not_for_requests_alone_need_firmware(opening: bytes) -> None:
    assert passes(opening, tiers=("read", "operate", "program")) == [False]
    assert passes(opening, tiers=ALL) == [True]


def test_messages_on_a_connection_that_is_not_for_requests_are_not_read_as_such() -> None:
    inspector = registered(*ALL)
    assert opens(inspector, THERE, BACK, IDENTITY)
    (operation,) = operations(ask(inspector, cip.connected(READ, THERE, 1)))
    assert (operation.function, operation.tier) == ("connected_data", "firmware")


def test_a_tool_closes_its_own_connections_and_nobody_elses() -> None:
    inspector = connected("read", to=TO_0, routes=FENCED)
    for foreign in (cip.forward_close(TO_0, OTHER), cip.forward_close(TO_1), cip.forward_close()):
        assert not forwarded(ask(inspector, cip.unconnected(foreign)))
    assert does(inspector, cip.forward_close(TO_0), cip.reply(0x4E))
    assert not does(inspector, cip.forward_close(TO_0), cip.reply(0x4E))
    assert not forwarded(ask(inspector, cip.connected(READ, THERE, 1)))
    assert passes(cip.forward_close(cip.ROUTER, OTHER), tiers=ALL) == [True]


def test_a_connection_is_closed_along_its_own_route() -> None:
    inspector = connected("read", to=TO_0)
    assert not forwarded(ask(inspector, cip.unconnected(cip.forward_close(TO_1))))
    assert forwarded(ask(inspector, cip.unconnected(cip.forward_close(TO_0))))


def test_a_connection_stays_where_the_device_would_not_close_it() -> None:
    inspector = connected("read")
    assert does(inspector, cip.forward_close(), cip.reply(0x4E, 0x0F))
    assert forwarded(ask(inspector, cip.connected(READ, THERE, 1)))


def test_connections_are_not_opened_or_closed_on_a_connection() -> None:
    for inside in (cip.forward_open(serials=OTHER), cip.forward_close()):
        (operation,) = operations(ask(connected(*ALL), cip.connected(inside, THERE, 1)))
        assert operation.verdict is Verdict.MALFORMED


def test_connections_are_bounded() -> None:
    inspector = registered("read")
    opened = [
        opens(inspector, THERE + n, BACK + n, serials=n.to_bytes(8, "little")) for n in range(MAX_CONNECTIONS + 5)
    ]
    assert opened == [True] * MAX_CONNECTIONS + [False] * 5
    words = replies(inspector.good_bye(0))
    assert len(words) == MAX_CONNECTIONS + 1


def test_a_good_bye_never_grows_too_long() -> None:
    inspector, hops = registered("read"), SLOT_0 * 100
    for n in range(MAX_CONNECTIONS):
        assert opens(inspector, THERE + n, BACK + n, hops + cip.ROUTER, n.to_bytes(8, "little"))
    words = replies(inspector.good_bye(0))
    assert sum(map(len, words)) <= 4096
    assert words[-1] == cip.UNREGISTER


def test_narrowed_reading_needs_no_objects_to_open_a_connection() -> None:
    inspector = connected("read", reads=[{"table": "tag", "names": ["Speed"]}])
    assert forwarded(ask(inspector, cip.connected(READ, THERE, 1)))
    assert not forwarded(ask(inspector, cip.connected(cip.read_tag("Flow"), THERE, 2)))
    assert not forwarded(ask(inspector, cip.connected(WRITE, THERE, 3)))


def test_the_services_of_a_packet_on_a_connection_stand_in_the_record() -> None:
    packet = cip.several(READ, READ)
    outside = operations(ask(registered("read"), cip.unconnected(packet)))[0]
    inside = operations(ask(connected("read"), cip.connected(packet, THERE, 1)))[0]
    assert [part.function for part in inside.parts] == [part.function for part in outside.parts]
    assert [part.function for part in inside.parts].count("read_tag") == 2
