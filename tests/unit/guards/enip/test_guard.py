"""Sessions, commands and requests: what passes, what is refused and in which words, and whose answer is whose."""

import struct
import tracemalloc

import pytest

from guards.effects import Verdict
from guards.enip.guard import EnipGuard
from tests.unit.guards.enip import cip
from tests.unit.guards.enip.traffic import (
    BACK,
    IDENTITY,
    NOW,
    READ,
    SLOT_0,
    SLOT_1,
    STOP,
    THERE,
    WRITE,
    answer,
    ask,
    asks,
    connected,
    cuts,
    does,
    forwarded,
    guard,
    operations,
    registered,
    replies,
)

CONTEXT = b"_pycomm_"
STOP_0 = cip.sent_on(STOP, SLOT_0)
VALVE = cip.path(("class", 0x93), ("instance", 3), ("attribute", 10))


def refused(inspector: EnipGuard, cip_request: bytes) -> bytes:
    """Return the CIP answer to a request that the device does not see."""
    effects = ask(inspector, cip.unconnected(cip_request, CONTEXT))
    assert forwarded(effects) == []
    (reply,) = replies(effects)
    assert reply[:24] == struct.pack("<HHII8sI", 0x6F, len(reply) - 24, cip.SESSION, 0, CONTEXT, 0)
    assert reply[24:38] == struct.pack("<IHHHHH", 0, 0, 2, 0, 0, 0xB2)
    assert int.from_bytes(reply[38:40], "little") == len(reply) - 40
    return reply[40:]


def status_of(reply: bytes) -> int:
    return int.from_bytes(reply[8:12], "little")


# --- refusals in CIP


def test_a_read_passes_and_its_answer_too() -> None:
    inspector = registered("read")
    assert forwarded(ask(inspector, cip.unconnected(READ))) == [cip.unconnected(READ)]
    effects = answer(inspector, cip.unconnected(cip.told(42)))
    assert forwarded(effects) == [cip.unconnected(cip.told(42))]
    (operation,) = operations(effects)
    assert (operation.function, operation.objects, operation.values) == ("read_tag", ("tag Speed",), (42,))


def test_a_write_is_refused_as_a_privilege_violation_with_its_own_reply_service() -> None:
    inspector = registered("read")
    assert refused(inspector, WRITE) == bytes([0xCD, 0, 0x0F, 0])
    assert does(inspector, READ, cip.told(1))


def test_what_is_sent_on_is_refused_by_the_request_inside() -> None:
    assert refused(registered("read"), cip.sent_on(WRITE, SLOT_0)) == bytes([0xCD, 0, 0x0F, 0])


def test_in_a_packet_each_service_is_refused() -> None:
    inner = bytes([0xCC, 0, 0x0F, 0]), bytes([0xCD, 0, 0x0F, 0])
    assert refused(registered("read"), cip.several(READ, WRITE)) == cip.answered(*inner, status=0x1E)
    assert refused(registered("read"), cip.sent_on(cip.several(READ, WRITE), SLOT_0))[0] == 0x8A


def test_pccc_is_refused_by_what_carries_it() -> None:
    inspector = registered("read")
    assert refused(inspector, cip.pccc(b"\x0f\0\1\0\x80\6")) == bytes([0xCB, 0, 0x0F, 0])
    assert refused(inspector, cip.pccc(bytes.fromhex("0f000100aa0207890300ffff"))) == bytes([0xCB, 0, 0x0F, 0])


def test_a_refused_connection_gets_its_serial_numbers_back() -> None:
    inspector = registered("read")
    cyclic = cip.forward_open(cip.path(("class", 4), ("instance", 1), ("point", 2)), trigger=0x01)
    assert refused(inspector, cyclic) == bytes([0xD4, 0, 0x0F, 0]) + cip.SERIALS + bytes(2)


def test_on_a_connection_a_refusal_has_the_id_of_answers_and_the_requests_count() -> None:
    inspector = connected("read")
    effects = ask(inspector, cip.connected(WRITE, THERE, 777))
    expected = cip.connected(bytes([0xCD, 0, 0x0F, 0]), BACK, 777)
    assert (forwarded(effects), replies(effects)) == ([], [expected])
    assert forwarded(ask(inspector, cip.connected(READ, THERE, 778)))
    assert forwarded(answer(inspector, cip.connected(cip.told(1), BACK, 778)))


@pytest.mark.parametrize(
    "broken",
    [
        b"\x4c\x09\x91\x05",
        cip.request(0x4C, IDENTITY + IDENTITY),
        cip.request(0x10, cip.path(("symbol", "Speed"), ("class", 0x93), ("instance", 3)), b"\0\0"),
        cip.request(0x10, cip.path(("class", 4), ("point", 100), ("attribute", 3)), b"\0\0"),
        cip.request(0x0E, b"\x22\x00" + struct.pack("<I", 0x100F5) + b"\x24\x01"),
        cip.request(0x0A, cip.ROUTER, b"\x02\x00\x06\x00"),
        cip.several(READ, cip.forward_open()),
        cip.sent_on(cip.forward_open(), SLOT_0),
        cip.sent_on(READ, SLOT_0 + IDENTITY),
    ],
)
def test_what_two_devices_might_read_differently_is_answered_as_an_invalid_parameter(broken: bytes) -> None:
    reply = refused(registered("read", "operate", "program", "firmware"), broken)
    assert (reply[0] & 0x80, reply[1:4]) == (0x80, b"\x00\x20\x00")


# --- refusals in the head


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (cip.message(0x77), 0x01),
        (cip.message(0x72), 0x01),
        (cip.message(0x6F, b"\0\0"), 0x03),
        (cip.message(0x63, status=1), 0x03),
        (cip.unconnected(READ, session=9), 0x64),
        (cip.connected(READ, 0xBAD, 1), 0x03),
        (cip.message(0x65, b"\1\0"), 0x65),
        (cip.REGISTER, 0x01),
    ],
    ids=["unknown", "optional", "cut-short", "status", "session", "connection", "length", "again"],
)
def test_what_is_no_request_is_refused_in_the_head(message: bytes, status: int) -> None:
    inspector = registered("read")
    effects = ask(inspector, message)
    assert forwarded(effects) == []
    (reply,) = replies(effects)
    assert (reply[:2], reply[2:4], status_of(reply), reply[12:20]) == (message[:2], b"\0\0", status, message[12:20])
    assert does(inspector, READ, cip.told(1))


@pytest.mark.parametrize(
    "items", ["b200 0000", "a100 0400 00001111 b100 0400 0100 4c00", "0000 0000 b200 0200 4c00 ff"]
)
def test_items_that_could_be_read_in_two_ways_carry_no_request(items: str) -> None:
    data = bytes(6) + b"\2\0" + bytes.fromhex(items)
    assert status_of(replies(ask(registered("read"), cip.message(0x6F, data)))[0]) == 0x03
    second = cip.unconnected(READ)[24:30] + b"\3\0" + cip.unconnected(READ)[32:] + b"\xb2\0\4\0" + WRITE[:4]
    assert status_of(replies(ask(registered("read"), cip.message(0x6F, second)))[0]) == 0x03


def test_nothing_is_asked_before_a_session_is_registered() -> None:
    inspector = guard("read")
    assert status_of(replies(ask(inspector, cip.unconnected(READ)))[0]) == 0x64
    assert forwarded(ask(inspector, cip.LIST_IDENTITY)) == [cip.LIST_IDENTITY]


def test_a_grant_without_tiers_registers_nothing() -> None:
    assert status_of(replies(ask(guard(), cip.REGISTER))[0]) == 0x01


def test_a_session_that_the_device_refused_is_none() -> None:
    inspector = guard("read")
    ask(inspector, cip.REGISTER)
    answer(inspector, cip.message(0x65, status=2))
    assert status_of(replies(ask(inspector, cip.unconnected(READ)))[0]) == 0x64


def test_identity_is_the_devices_own_answer() -> None:
    inspector, identity = guard("read"), cip.message(0x63, b"\1\0\x0c\0\0\0", session=0)
    assert forwarded(ask(inspector, cip.LIST_IDENTITY))
    assert forwarded(answer(inspector, identity)) == [identity]
    assert status_of(replies(ask(guard("operate"), cip.LIST_IDENTITY))[0]) == 0x01


def test_a_nop_passes_and_is_never_answered() -> None:
    assert forwarded(ask(guard("read"), cip.NOP)) == [cip.NOP]
    effects = ask(guard("read", max_rate=1), cip.NOP * 3)
    assert (forwarded(effects), replies(effects)) == ([cip.NOP], [])


def test_a_length_beyond_the_protocol_ends_the_stream() -> None:
    assert cuts(ask(registered("read"), b"\x6f\x00\xf0\xff" + bytes(20))) == ["enip_length"]


# --- answers


def test_answers_are_paired_by_the_senders_context() -> None:
    inspector = registered("read", max_in_flight=2)
    ask(inspector, cip.unconnected(READ, b"request1"))
    ask(inspector, cip.unconnected(cip.read_tag("Flow"), b"request2"))
    seen = [
        operations(answer(inspector, cip.unconnected(cip.told(number), context)))[0].objects
        for number, context in ((2, b"request2"), (1, b"request1"))
    ]
    assert seen == [("tag Flow",), ("tag Speed",)]


@pytest.mark.parametrize(
    "stray",
    [
        cip.unconnected(cip.told(1), b"another."),
        cip.unconnected(cip.told(1), session=9),
        cip.connected(cip.told(1), BACK, 1),
        cip.unconnected(b""),
        cip.message(0x66),
    ],
)
def test_what_answers_nothing_is_dropped(stray: bytes) -> None:
    inspector = connected("read")
    ask(inspector, cip.unconnected(READ))
    effects = answer(inspector, stray)
    assert forwarded(effects) == []
    assert operations(effects)[0].verdict is Verdict.MALFORMED
    assert forwarded(answer(inspector, cip.unconnected(cip.told(1))))


def test_a_silent_device_is_answered_for_and_its_late_answer_is_dropped() -> None:
    inspector = registered("read")
    ask(inspector, cip.unconnected(READ, CONTEXT))
    (reply,) = replies(inspector.on_tick(NOW + 31))
    assert reply[40:] == bytes([0xCC, 0, 0x01, 1, 0x04, 0x02])
    effects = answer(inspector, cip.unconnected(cip.told(1), CONTEXT), NOW + 32)
    assert (forwarded(effects), operations(effects)[0].verdict) == ([], Verdict.DENIED)


def test_when_the_asset_has_gone_everything_open_is_answered() -> None:
    inspector = connected("read")
    ask(inspector, cip.connected(READ, THERE, 5))
    (reply,) = inspector.asset_gone(NOW)[-1:]
    assert reply.data == cip.connected(bytes([0xCC, 0, 0x07, 0]), BACK, 5)  # type: ignore[union-attr]
    assert refused(inspector, READ) == bytes([0xCC, 0, 0x07, 0])
    assert inspector.good_bye(NOW) == []


def test_errors_of_the_device_are_told_apart_from_ours() -> None:
    inspector = registered("read")
    ask(inspector, cip.unconnected(READ))
    (operation,) = operations(answer(inspector, cip.unconnected(cip.reply(0x4C, 0x05))))
    assert (operation.exception_code, operation.verdict) == (5, Verdict.ALLOWED)
    ask(inspector, cip.unconnected(READ))
    (operation,) = operations(answer(inspector, cip.unconnected(cip.reply(0x0E))))
    assert "shape" in operation.reason
    ask(inspector, cip.unconnected(READ))
    (operation,) = operations(answer(inspector, cip.message(0x6F, status=0x64)))
    assert operation.exception_code == 0x64


def test_an_answer_to_a_packet_names_what_was_read() -> None:
    inspector = registered("read")
    ask(inspector, cip.unconnected(cip.several(READ, cip.read_tag("Gone"), cip.read_tag("Flow"))))
    told = cip.answered(cip.told(1), cip.reply(0x4C, 0x04), cip.told(2), status=0x1E)
    (operation,) = operations(answer(inspector, cip.unconnected(told)))
    assert (operation.objects, operation.values, operation.exception_code) == (("tag Speed", "tag Flow"), (1, 2), 4)


# --- asking, leaving


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (cip.unconnected(STOP, b"request1"), cip.unconnected(STOP, b"request2")),
        (cip.unconnected(STOP_0, b"request1"), cip.unconnected(STOP_0, b"request2")),
        (cip.connected(STOP, THERE, 1), cip.connected(STOP, THERE, 2)),
        (cip.unconnected(cip.pccc(b"\x0f\0\1\0\x80\6")), cip.unconnected(cip.pccc(b"\x0f\0\2\0\x80\6"))),
    ],
    ids=["unconnected", "sent-on", "connected", "pccc"],
)  # fmt: skip
def test_what_was_asked_for_passes_once_when_it_is_repeated(first: bytes, again: bytes) -> None:
    inspector = connected("read", ask={"program"}, max_in_flight=4)
    effects = ask(inspector, first)
    (wish,) = asks(effects)
    assert (forwarded(effects), len(replies(effects))) == ([], 1)
    inspector.arm(wish.fingerprint, NOW + 60)
    assert forwarded(ask(inspector, again)) == [again]
    assert forwarded(ask(inspector, again)) == []


def test_the_same_stop_of_another_slot_is_not_what_was_asked_for() -> None:
    inspector = registered("read", ask={"program"})
    (wish,) = asks(ask(inspector, cip.unconnected(cip.sent_on(STOP, SLOT_0))))
    inspector.arm(wish.fingerprint, NOW + 60)
    assert forwarded(ask(inspector, cip.unconnected(cip.sent_on(STOP, SLOT_1)))) == []


def test_opening_a_connection_is_not_asked_for_where_reading_must_be() -> None:
    inspector = registered("operate", ask={"read"})
    assert forwarded(ask(inspector, cip.unconnected(cip.forward_open())))


def test_the_good_bye_closes_what_is_open_and_leaves_the_session_once() -> None:
    inspector = connected("read", to=SLOT_0 + cip.ROUTER)
    closing, leaving = replies(inspector.good_bye(NOW))
    assert closing == cip.unconnected(cip.forward_close(SLOT_0 + cip.ROUTER)).replace(b"\0\0\0\0\x0a\0", bytes(6))
    assert leaving == cip.UNREGISTER
    assert inspector.good_bye(NOW) == []


def test_a_good_bye_that_was_said_is_not_said_again() -> None:
    inspector = connected("read")
    assert forwarded(ask(inspector, cip.unconnected(cip.forward_close()) + cip.UNREGISTER))[-1] == cip.UNREGISTER
    assert inspector.good_bye(NOW) == []
    assert status_of(replies(ask(inspector, cip.unconnected(READ)))[0]) == 0x64


def test_another_guards_good_bye_passes_though_the_device_is_busy() -> None:
    first, second = connected("read"), connected("read")
    ask(second, cip.unconnected(READ))
    words = replies(first.good_bye(NOW))
    assert forwarded(ask(second, b"".join(words))) == words
    assert second.good_bye(NOW) == []


def test_what_the_device_may_have_closed_already_is_not_closed_twice() -> None:
    inspector = connected("read")
    ask(inspector, cip.unconnected(cip.forward_close()))
    assert replies(inspector.good_bye(NOW)) == [cip.UNREGISTER]


def test_after_a_cut_leave_is_still_taken() -> None:
    inspector = connected("read")
    assert cuts(ask(inspector, b"\x6f\x00\xf0\xff" + bytes(20)))
    assert replies(inspector.good_bye(NOW))[-1] == cip.UNREGISTER


def test_nobody_leaves_another_ones_session() -> None:
    inspector = connected("read")
    assert forwarded(ask(inspector, cip.message(0x66, session=9))) == []
    assert does(inspector, READ, cip.told(1))


def test_set_attributes_and_the_objects_of_the_set_up_are_of_different_tiers() -> None:
    inspector = registered("read", "operate")
    assert does(inspector, cip.request(0x10, VALVE, b"\1\0"), cip.reply(0x10))
    for set_up in (0xF5, 0x06, 0x8B, 0x01):
        to = cip.path(("class", set_up), ("instance", 1), ("attribute", 5))
        assert refused(inspector, cip.request(0x10, to, b"\1\0"))[2] == 0x0F


def test_attributes_are_held_one_by_one() -> None:
    rule = {"table": "class147", "addresses": [{"first": 3, "last": 3}], "names": ["10"]}
    inspector = registered("read", "operate", reads=[rule], writes=[rule])
    listed = struct.pack("<HHH", 2, 10, 11)
    valve = cip.path(("class", 0x93), ("instance", 3))
    assert does(inspector, cip.request(0x0E, VALVE), cip.reply(0x0E))
    assert does(inspector, cip.request(0x10, VALVE, b"\1\0"), cip.reply(0x10))
    assert does(inspector, cip.request(0x03, valve, struct.pack("<HH", 1, 10)), cip.reply(0x03))
    for outside in (cip.request(0x03, valve, listed), cip.request(0x01, valve), cip.request(0x04, valve, listed)):
        assert not does(inspector, outside, b"")


def test_what_is_remembered_of_requests_that_name_much_in_little_stays_small() -> None:
    inspector = registered("read", max_in_flight=1)
    tracemalloc.start()
    try:
        for number in range(300):
            packet = cip.several(*[cip.read_tag(f"A{number}[{n}]", 120) for n in range(4)])
            assert does(inspector, packet, cip.reply(0x0A, 0x08))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 1024 * 1024


def test_a_packet_that_names_too_much_cannot_be_read() -> None:
    assert refused(registered("read"), cip.several(*[cip.read_tag("Tank[1]", 200)] * 3))[2] == 0x20
