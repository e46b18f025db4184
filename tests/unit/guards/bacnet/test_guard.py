"""The BACnet guard's answers: what passes, what is refused with which words, and what the record says."""

import pytest
from bacpypes3.apdu import APDU, AbortPDU, ErrorPDU, RejectPDU, WritePropertyMultipleError
from bacpypes3.npdu import NPDU
from bacpypes3.pdu import PDU

from guards.bacnet import npdu
from guards.effects import Verdict
from policies.rules import Tier
from tests.unit.guards.bacnet import traffic
from tests.unit.guards.bacnet.traffic import (
    AV,
    DESCRIPTION,
    DEVICE,
    FILE,
    NULL,
    OUT_OF_SERVICE,
    PRESENT_VALUE,
    confirmed,
    field,
    oid,
    read,
    real,
    tagged,
    within,
    write,
)

POINT = [{"table": "analog_value", "addresses": [{"first": 1, "last": 1}], "names": ["present_value"]}]
BOUNDED = [{**POINT[0], "minimum": 0, "maximum": 100}]


def said(datagram: bytes) -> APDU:
    """Read a refusal of ours with bacpypes3."""
    assert datagram[2:4] == b"\x81\x0a"
    message = NPDU.decode(PDU(datagram[6:]))
    return APDU.decode(PDU(message.pduData))


def refusal(*tiers: str, request: bytes, **more: object) -> APDU:
    effects = traffic.ask(traffic.guard(*tiers, **more), request)
    assert traffic.forwarded(effects) == []
    assert traffic.operations(effects)[0].verdict is not Verdict.ALLOWED
    [reply] = traffic.replies(effects)
    return said(reply)


def code_of(*tiers: str, request: bytes, **more: object) -> tuple[int, bytes]:
    """Class and code of a plain error."""
    found = refusal(*tiers, request=request, **more)
    assert isinstance(found, ErrorPDU)
    assert (found.apduInvokeID, found.pduData[0], found.pduData[2]) == (1, 0x91, 0x91)
    return found.pduData[1], found.pduData[3]


def passes(*tiers: str, request: bytes, **more: object) -> bool:
    return traffic.forwarded(traffic.ask(traffic.guard(*tiers, **more), request)) == [request]


# --- tiers


def test_a_reading_session_reads_and_the_device_is_heard() -> None:
    inspector = traffic.guard("read")
    [asked] = traffic.operations(traffic.ask(inspector, read()))
    assert (asked.function, asked.objects, asked.transaction) == (
        "read_property",
        ("analog_input 1 present_value",),
        1,
    )
    assert (asked.unit, asked.route, asked.tier) == (0, "direct", Tier.READ)
    answer = traffic.read_ack(real(21.5))
    effects = traffic.tell(inspector, answer)
    assert traffic.forwarded(effects) == [answer]
    [heard] = traffic.operations(effects)
    assert (heard.is_response, heard.values, heard.exception_code) == (True, (21.5,), None)


@pytest.mark.parametrize("service", range(256))
def test_no_service_passes_without_its_tier(service: int) -> None:
    data = {
        0: field(0, 1) + field(1, oid(AV, 1)), 5: field(0, 9) + field(1, oid(AV, 1)),
        6: tagged(12, oid(FILE, 1)), 7: tagged(12, oid(FILE, 1)), 8: traffic.what(AV, 1, 85) + within(3, b""),
        9: traffic.what(AV, 1, 85) + within(3, b""), 10: within(0, field(0, 2)), 11: tagged(12, oid(AV, 1)),
        12: traffic.what(AV, 1, 85), 14: field(0, oid(AV, 1)) + within(1, field(0, 85)),
        15: traffic.what(AV, 1, 85) + within(3, NULL),
        16: field(0, oid(AV, 1)) + within(1, field(0, 85) + within(2, NULL)), 17: field(1, 0), 20: field(0, 0),
        26: traffic.what(AV, 1, 85), 28: field(0, 9) + field(1, oid(AV, 1)) + within(4, field(0, 85)),
    }.get(service, b"")  # fmt: skip
    request = confirmed(service, data)
    tier = traffic.tier(traffic.ask(traffic.guard(), request))
    others = [one for one in traffic.ALL if one != tier]
    assert not passes(*others, request=request, upload=True)
    assert passes(tier, request=request, upload=True)


def test_a_session_that_may_do_nothing_may_not_even_look() -> None:
    assert code_of(request=read()) == (5, 29)
    assert not passes(request=traffic.WHO_IS)
    assert not passes(request=traffic.segment_ack())


def test_a_set_point_is_operated_and_any_other_property_is_programmed() -> None:
    assert passes("operate", request=write(real(1)))
    assert passes("operate", request=write(real(1), prop=traffic.HIGH_LIMIT))
    for prop in (DESCRIPTION, OUT_OF_SERVICE, 600):
        request = write(real(1), prop=prop)
        assert code_of("read", "operate", request=request) == (2, 40)
        assert passes("program", request=request)


def test_one_configuration_among_set_points_makes_the_whole_write_a_configuration() -> None:
    both = traffic.write_many((AV, 1, 85, real(1)), (AV, 2, OUT_OF_SERVICE, traffic.ON))
    assert traffic.tier(traffic.ask(traffic.guard("operate"), both)) is Tier.PROGRAM
    assert not passes("read", "operate", request=both)


def test_reading_a_file_out_needs_the_switch_for_it() -> None:
    request = confirmed(6, tagged(12, oid(FILE, 1)) + within(0, b""))
    assert code_of("read", request=request) == (5, 29)
    assert passes("read", request=request, upload=True)
    [operation] = traffic.operations(traffic.ask(traffic.guard("read", upload=True), request))
    assert (operation.is_upload, operation.objects) == (True, ("file 1",))


def test_a_password_is_never_written_down() -> None:
    secret = field(2, b"\x00filister")
    silence = confirmed(17, field(0, 5) + field(1, 1) + secret)
    restart = confirmed(20, field(0, 1) + field(1, b"\x00filister"))
    for request, state in ((silence, 1), (restart, 1)):
        [operation] = traffic.operations(traffic.ask(traffic.guard(*traffic.ALL), request))
        assert operation.values == (state,)
        assert "filister" not in repr(operation)


# --- objects and values


def test_reads_are_narrowed_to_objects_and_properties() -> None:
    reads = {"reads": POINT}
    assert passes("read", request=read(AV, 1), **reads)
    for other in (read(AV, 2), read(AV, 1, DESCRIPTION), read(DEVICE, 7, 76), confirmed(29), confirmed(3)):
        assert not passes("read", request=other, **reads)
    assert code_of("read", request=read(AV, 2), **reads) == (2, 27)
    assert passes("read", request=traffic.WHO_IS, **reads), "to be found is not to be read"


def test_one_object_outside_refuses_all_of_a_read() -> None:
    request = traffic.read_many((AV, 1, [PRESENT_VALUE]), (AV, 2, [PRESENT_VALUE]))
    assert code_of("read", request=request, reads=POINT) == (2, 27)
    assert not passes("read", request=traffic.read_many((AV, 1, [8])), reads=POINT), "all is not one of them"
    assert passes("read", request=traffic.read_many((AV, 1, [PRESENT_VALUE])), reads=POINT)


def test_writes_are_held_to_their_bounds() -> None:
    assert passes("operate", request=write(real(100)), writes=BOUNDED)
    assert passes("operate", request=write(real(100), priority=8), writes=BOUNDED)
    assert code_of("operate", request=write(real(100.5)), writes=BOUNDED) == (2, 37)
    assert code_of("operate", request=write(real(float("nan"))), writes=BOUNDED) == (2, 37)
    assert code_of("operate", request=write(real(1), instance=2), writes=BOUNDED) == (2, 40)


@pytest.mark.parametrize(
    ("value", "fits"),
    [(b"\x21\x64", True), (b"\x21\x65", False), (b"\x31\xff", False), (b"\x91\x05", True), (b"\x11", True),
     (b"\x55\x08" + bytes(8), True), (NULL, False), (b"\x75\x04\x00abc", False), (b"", False), (real(1) * 2, False),
     (field(0, 1), False)],
    ids=["unsigned", "above", "signed", "enumerated", "boolean", "double", "null", "text", "nothing", "two", "field"],
)  # fmt: skip
def test_every_kind_of_value_is_held_to_bounds_and_what_is_no_number_passes_none(value: bytes, fits: bool) -> None:
    assert passes("operate", request=write(value), writes=BOUNDED) is fits
    assert passes("operate", request=write(value), writes=POINT)


def test_what_is_given_back_at_a_priority_is_recorded_as_null() -> None:
    [operation] = traffic.operations(traffic.ask(traffic.guard("operate"), write(NULL, priority=8)))
    assert operation.values == ("null",)
    [many] = traffic.operations(traffic.ask(traffic.guard("operate"), traffic.write_many((AV, 1, 85, real(3)))))
    assert (many.objects, many.values) == (("analog_value 1 present_value",), (3.0,))


STEP = [{**POINT[0], "step": 5}]


def test_a_step_is_held_against_what_the_device_said_last() -> None:
    inspector = traffic.guard("read", "operate", writes=STEP)
    assert traffic.forwarded(traffic.ask(inspector, write(real(22)))) == [], "the value before is not known"
    traffic.ask(inspector, read(AV, 1))
    traffic.tell(inspector, traffic.read_ack(real(20), AV))
    assert traffic.forwarded(traffic.ask(inspector, write(real(25.5)))) == []
    assert traffic.forwarded(traffic.ask(inspector, write(real(25)))) == [write(real(25))]
    traffic.tell(inspector, traffic.simple_ack(15))
    again = traffic.ask(inspector, write(real(21)))
    assert traffic.forwarded(again) == [], "what a higher priority holds is not known before it is read again"
    wanted = traffic.read_many((AV, 1, [PRESENT_VALUE]))
    traffic.ask(inspector, wanted)
    told = traffic.within(1, traffic.field(2, PRESENT_VALUE) + traffic.within(4, real(25)))
    traffic.tell(inspector, traffic.complex_ack(14, field(0, oid(AV, 1)) + told))
    assert traffic.forwarded(traffic.ask(inspector, write(real(21)))) == [write(real(21))]


def test_what_another_station_or_an_element_holds_is_not_what_this_one_does() -> None:
    inspector = traffic.guard("read", "operate", writes=[{"table": "analog_value", "step": 5}])
    traffic.ask(inspector, read(AV, 1, to=(10, b"\x05")))
    traffic.tell(inspector, traffic.read_ack(real(20), AV, source=(10, b"\x05")))
    assert traffic.forwarded(traffic.ask(inspector, write(real(20)))) == []
    traffic.ask(inspector, read(AV, 2))
    traffic.tell(inspector, traffic.read_ack(real(20), AV, 2))
    behind = write(real(20), instance=2, to=(10, b"\x05"))
    assert traffic.forwarded(traffic.ask(inspector, behind)) == []
    element = traffic.what(AV, 1, PRESENT_VALUE) + field(2, 3)
    traffic.ask(inspector, confirmed(12, element))
    traffic.tell(inspector, traffic.complex_ack(12, element + within(3, real(20))))
    assert traffic.forwarded(traffic.ask(inspector, write(real(20)))) == []


def test_one_write_outside_refuses_all_and_the_error_names_the_first() -> None:
    request = traffic.write_many((AV, 1, 85, real(3)), (AV, 2, 85, real(3)))
    found = refusal("operate", request=request, writes=BOUNDED)
    error = WritePropertyMultipleError.decode(found)
    assert str(error.errorType.errorClass) == "property"
    assert str(error.errorType.errorCode) == "write-access-denied"
    assert str(error.firstFailedWriteAttempt.objectIdentifier) == "analog-value,1"
    assert str(error.firstFailedWriteAttempt.propertyIdentifier) == "present-value"


# --- refusals


def test_lists_and_objects_are_refused_in_their_own_words() -> None:
    element = refusal("read", request=confirmed(8, traffic.what(AV, 1, 85) + within(3, NULL)))
    made = refusal("read", request=confirmed(10, within(0, field(0, 2))))
    denied = within(0, b"\x91\x05\x91\x1d")
    assert (element.apduService, bytes(element.pduData)) == (8, denied + field(1, 1))
    assert (made.apduService, bytes(made.pduData)) == (10, denied + field(1, 0))


@pytest.mark.parametrize("service", [18, 22, 30, 99])
def test_what_a_device_need_not_know_it_does_not_recognize(service: int) -> None:
    tiers = () if service == 30 else ("read",)
    found = refusal(*tiers, request=confirmed(service))
    assert isinstance(found, RejectPDU)
    assert found.apduAbortRejectReason == 9


@pytest.mark.parametrize(
    "data",
    [b"", field(0, oid(AV, 1)), field(0, b"\1\2\3") + field(1, 85), traffic.what(AV, 1, 85) + NULL,
     traffic.what(AV, 1, 85) + within(3, NULL) + field(4, 17), traffic.what(AV, 1, 85) + b"\x3e\x00",
     traffic.what(AV, 1, 85) + b"\x3e\x00\x4f", traffic.what(AV, 1, 85) + within(3, NULL) + field(4, 8) + NULL,
     traffic.what(AV, 1, 85) + b"\x3e" * 20 + b"\x3f" * 20, b"\x0d\xfe\xff", b"\xf9"],
)  # fmt: skip
def test_a_write_that_cannot_be_read_is_rejected_whatever_is_allowed(data: bytes) -> None:
    found = refusal(*traffic.ALL, request=confirmed(15, data))
    assert isinstance(found, RejectPDU)
    assert found.apduAbortRejectReason == 4


def test_a_request_in_segments_is_aborted_once() -> None:
    inspector = traffic.guard(*traffic.ALL)
    first = confirmed(16, bytes(20), segments=b"\x00\x04")
    [reply] = traffic.replies(traffic.ask(inspector, first))
    found = said(reply)
    assert isinstance(found, AbortPDU)
    assert (found.apduAbortRejectReason, found.apduSrv) == (4, 1)


def test_what_is_not_confirmed_is_dropped_without_a_word_and_recorded() -> None:
    for request in (traffic.unconfirmed(6), traffic.unconfirmed(99), traffic.net(b"\x01", message=b"\x06")):
        effects = traffic.ask(traffic.guard("read"), request)
        assert (traffic.forwarded(effects), traffic.replies(effects)) == ([], [])
        assert [one.verdict for one in traffic.operations(effects)] == [Verdict.DENIED]


# --- the network


def test_networks_and_stations_are_fenced() -> None:
    there = read(to=(10, b"\x05"))
    assert passes("read", request=there)
    assert passes("read", request=there, units={10})
    assert passes("read", request=there, routes={"10/05"})
    for fence in ({"units": {0}}, {"units": {11}}, {"routes": {"direct"}}, {"routes": {"10/06"}}):
        assert code_of("read", request=there, **fence) == (5, 29)
    assert not passes("read", request=read(), units={10})
    assert not passes("read", request=read(), routes={"10/05"})


def test_a_refusal_comes_from_the_station_that_was_asked() -> None:
    [reply] = traffic.replies(traffic.ask(traffic.guard("read", units={0}), read(to=(10, b"\x05"))))
    message = npdu.parse(reply[6:])
    assert isinstance(message, npdu.Npdu)
    assert (message.source, message.destination) == (npdu.Station(10, b"\x05"), npdu.HERE)


def test_everybody_on_a_network_is_outside_of_every_fence_of_stations() -> None:
    everywhere = traffic.unconfirmed(8, to=(0xFFFF, b""))
    assert passes("read", request=everywhere)
    assert not passes("read", request=everywhere, units={0})
    assert not passes("read", request=traffic.unconfirmed(8, to=(10, b"")), routes={"10/05", "direct"})
    assert not passes(*traffic.ALL, request=read(to=(10, b""))), "nobody is asked alone"


def test_nobody_speaks_in_the_name_of_another_station() -> None:
    assert code_of(*traffic.ALL, request=read(source=(10, b"\x05"))) == (5, 29)
    assert not passes(*traffic.ALL, request=traffic.unconfirmed(8, source=(10, b"\x05")))


def test_an_answer_belongs_to_the_station_that_was_asked() -> None:
    inspector = traffic.guard("read", max_in_flight=2)
    traffic.ask(inspector, read(to=(10, b"\x05")))
    assert traffic.forwarded(traffic.tell(inspector, traffic.read_ack(real(1)))) == []
    assert traffic.forwarded(traffic.tell(inspector, traffic.read_ack(real(1), source=(10, b"\x06")))) == []
    there = traffic.read_ack(real(1), source=(10, b"\x05"))
    effects = traffic.tell(inspector, there)
    assert traffic.forwarded(effects) == [there]
    assert (traffic.operations(effects)[0].unit, traffic.operations(effects)[0].route) == (10, "10/05")


# --- the link


@pytest.mark.parametrize(
    ("code", "tier", "result"),
    [(1, "program", 0x10), (2, "read", 0x20), (5, "program", 0x30), (6, "read", 0x40), (8, "program", 0x50)],
)
def test_requests_of_the_link_are_refused_with_their_own_result(code: int, tier: str, result: int) -> None:
    others = [one for one in traffic.ALL if one != tier]
    request = traffic.link(b"\x00\x3c", code)
    effects = traffic.ask(traffic.guard(*others), request)
    assert traffic.forwarded(effects) == []
    assert traffic.replies(effects) == [traffic.link(result.to_bytes(2, "big"), 0)]
    assert passes(tier, request=request)


def test_a_broadcast_through_a_bbmd_needs_its_own_tier_beside_what_it_carries() -> None:
    found = traffic.link(b"\x01\x00\x10\x08", 0x09)
    assert not passes("read", request=found)
    assert passes("read", "program", request=found)
    clock = traffic.link(b"\x01\x00\x10\x06", 0x09)
    assert not passes("read", request=clock)
    secret = traffic.link(b"\x01\x00\x10\x04", 0x09)
    assert not passes("read", "operate", "program", request=secret)


def test_a_message_in_somebody_elses_name_is_firmware_and_a_request_so_is_never_passed() -> None:
    origin = bytes(6)
    assert not passes("read", "operate", "program", request=traffic.link(origin + b"\x01\x00\x10\x08", 0x04))
    assert passes(*traffic.ALL, request=traffic.link(origin + b"\x01\x00\x10\x08", 0x04))
    request = b"\x01\x04\x00\x05\x01\x0c" + traffic.what(AV, 1, 85)
    for code, before in ((0x04, origin), (0x09, b""), (0x0B, b"")):
        assert not passes(*traffic.ALL, request=traffic.link(before + request, code))


def test_the_links_answer_belongs_to_the_request_that_is_open() -> None:
    inspector = traffic.guard("read")
    refused = traffic.link(b"\x00\x20", 0)
    assert traffic.forwarded(traffic.tell(inspector, refused)) == []
    traffic.ask(inspector, traffic.link(b"", 2))
    effects = traffic.tell(inspector, refused)
    assert traffic.forwarded(effects) == [refused]
    assert traffic.operations(effects)[0].exception_code == 0x20


@pytest.mark.parametrize(
    "datagram",
    [b"", b"\x81", b"\x80\x0a\x00\x04", b"\x81\x0a\x00\x05", b"\x81\x0a\x00\x05\x01", b"\x81\x0a\x00\x06\x02\x00",
     b"\x81\x0a\x00\x07\x01\x10\x10", b"\x81\x0a\x00\x07\x01\x20\x00", b"\x81\x0a\x00\x0b\x01\x20\x00\x00\x01\x05\xff",
     b"\x81\x0a\x00\x06\x01\x80", b"\x81\x0a\x00\x06\x01\x00", b"\x81\x0a\x00\x07\x01\x00\x80",
     b"\x81\x04\x00\x06\x01\x00"],
)  # fmt: skip
def test_what_is_no_bacnet_is_dropped_and_recorded_and_the_stream_goes_on(datagram: bytes) -> None:
    inspector = traffic.guard(*traffic.ALL)
    for give in (traffic.ask, traffic.tell):
        effects = give(inspector, traffic.framed(datagram))
        assert [one.verdict for one in traffic.operations(effects)] == [Verdict.MALFORMED]
        assert len(effects) == 1
    assert traffic.forwarded(traffic.ask(inspector, read())) == [read()]


def test_a_stream_that_holds_no_datagrams_is_cut() -> None:
    inspector = traffic.guard("read")
    assert traffic.cuts(traffic.ask(inspector, b"\xff\xff")) == ["datagram_too_large"]
