"""Looks: bounded, never raising, and only reading; what real devices said in captures is what they tell."""

from collections.abc import Callable, Generator
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.datagrams import framed
from guards.effects import Direction, Forward, Observed, Verdict
from guards.enip import encapsulation
from guards.enip import fingerprint as enip
from guards.look import MAX_REQUESTS, Difference, Facts, Look, LookKind, Script, compare, text
from guards.looks import looked_at, make_look, why_not
from guards.registry import make_guard
from guards.s7 import cotp
from guards.splitting import Splitter
from policies.rules import Rules, Tier
from tests.unit.guards.dnp3 import wire as dnp3
from tests.unit.guards.material import MATERIAL
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED, segments

RULES = Rules(tiers=frozenset({Tier.READ}), units=frozenset({1}))
each = pytest.mark.parametrize("protocol", sorted(looked_at()))
Answer = Callable[[bytes], bytes]


def through_guard(protocol: str, rules: Rules, answer: Answer) -> Look:
    """Look at a device that ``answer`` plays, with the guard of the same rules in between: all must pass, as READ."""
    look, guard = make_look(protocol, rules), make_guard(protocol, rules, device_timeout_seconds=30, material=MATERIAL)
    assert look is not None
    assert guard is not None
    now, request = 0.0, look.start()
    while request:
        now += 1.0
        effects = guard.receive(Direction.TO_ASSET, request, now)
        observed = [effect.operation for effect in effects if isinstance(effect, Observed)]
        assert [(one.tier, one.verdict) for one in observed] == [(Tier.READ, Verdict.ALLOWED)]
        assert Forward(Direction.TO_ASSET, request) in effects
        said = answer(request)
        passed = guard.receive(Direction.TO_USER, said, now)
        request = look.receive(b"".join(effect.data for effect in passed if isinstance(effect, Forward)))
    return look


def modbus_exception(request: bytes, code: int = 1) -> bytes:
    return request[:4] + b"\0\x03" + request[6:7] + bytes([request[7] | 0x80, code])


def test_a_modbus_device_that_knows_neither_function_tells_nothing_and_that_is_no_fault() -> None:
    look = through_guard("modbus", RULES, modbus_exception)
    assert (look.facts, look.problem, look.requests) == ({}, "", 2)


def test_a_modbus_device_that_is_busy_stops_the_look() -> None:
    look = through_guard("modbus", RULES, lambda request: modbus_exception(request, 6))
    assert look.problem == "unit 1 is busy or out of reach (exception 6)"


def test_objects_that_fill_two_answers_are_put_together_and_a_device_that_turns_in_circles_is_left() -> None:
    def answer(request: bytes) -> bytes:
        if request[7] != 0x2B:
            return modbus_exception(request)
        at = request[10]
        body = bytes([0x2B, 0x0E, 2, 2, 0xFF, 4 if at == 0 else 0, 1, at, 2]) + b"v%d" % at
        return request[:4] + pack(">H", len(body) + 1) + request[6:7] + body

    look = through_guard("modbus", RULES, answer)
    assert look.facts == {"unit1.vendor_name": "v0", "unit1.product_name": "v4"}
    assert (look.requests, look.problem) == (3, "")


def test_a_serial_line_without_a_fence_is_not_looked_at() -> None:
    look = make_look("modbus-rtu", Rules(tiers=frozenset({Tier.READ})))
    assert look is not None
    assert (look.start(), look.is_over, look.problem[:16]) == (b"", True, "no unit is known")


def s7_answers(request: bytes) -> bytes:
    """A CPU with one DB that answers status lists in two pieces."""
    if request[5] == 0xE0:
        return b"\x03\x00\x00\x0b\x06\xd0\x00\x01\x00\x02\x00"
    message = request[7:]
    reference = message[4:6]
    if message[1] == 1:
        return cotp.data(b"\x32\x03\0\0" + reference + b"\0\x08\0\0\0\0\xf0\0\0\x01\0\x01\x01\xe0", 1024)
    group, sub, payload = message[15] & 15, message[16], message[message[13] + 14 + 4 :]
    told, rest = told_by_cpu(group, sub, payload, is_next=message[13] == 8)
    parameters = b"\0\x01\x12\x08\x12" + bytes([0x80 | group, sub, 1, 0, rest, 0, 0])
    data = b"\xff\x09" + pack(">H", len(told)) + told
    head = b"\x32\x07\0\0" + reference + pack(">HH", len(parameters), len(data))
    return cotp.data(head + parameters + data, 1024)


def told_by_cpu(group: int, sub: int, payload: bytes, *, is_next: bool) -> tuple[bytes, int]:
    record = b"\0\x01" + b"6ES7 315-2EH14-0AB0 " + b"\0\0\0\x05\0\x01"
    if group == 4 and payload[:2] == b"\0\x11":
        return b"\0\x11\0\0" + pack(">HH", 28, 1) + record[:10], 1
    if group == 4 and is_next:
        return record[10:], 0
    if group == 4 and payload[:2] == b"\x04\x24":
        return b"\x04\x24\0\0" + pack(">HH", 20, 1) + b"\x51\x44\xff\x08" + bytes(16), 0
    if group == 4:
        return b"\0\x1c\0\0" + pack(">HH", 34, 1) + b"\0\x05" + b"S C-X4U421302009".ljust(32, b"\0"), 0
    if sub == 1:
        return b"08\0\x00" + b"0A\0\x01", 0
    if sub == 2:
        return b"\0\x07\x22\x05", 0
    info = bytearray(78)
    info[14:18], info[22:26], info[26:28] = pack(">I", 140), pack(">I", 1000), pack(">H", 366)
    info[40:42], info[66], info[68:70] = pack(">H", 64), 0x12, b"\xbe\xef"
    return bytes(info), 0


def test_an_s7_cpu_tells_order_number_mode_and_its_blocks_with_their_check_sums() -> None:
    look = through_guard("s7", RULES, s7_answers)
    assert look.problem == ""
    assert look.facts == {
        "order_number": "6ES7 315-2EH14-0AB0 000000050001",
        "serial_number": "S C-X4U421302009",
        "mode": "run",
        "blocks.OB": "0",
        "blocks.DB": "1",
        "block.DB7": "64 bytes (140 loaded), version 1.2, made 1985-01-01 00:00:01, check sum beef",
    }


def test_an_s7_cpu_that_refuses_the_connection_is_not_asked_further() -> None:
    look = make_look("s7", RULES)
    assert look is not None
    look.start()
    assert look.receive(cotp.disconnect_request(1, 2)) == b""
    assert look.problem == "the CPU refused the connection"


@pytest.mark.skipif(not (CAPTURES / "enip").exists(), reason=WHY_SKIPPED)
def test_the_identity_of_a_real_adapter_is_read_as_zeek_reads_it() -> None:
    told: Facts = {}
    splitters: dict[object, Splitter] = {}
    for segment in segments(CAPTURES / "enip" / "enip_cip_example.pcap"):
        splitter = splitters.setdefault((segment.source, segment.target), Splitter(encapsulation.measure_any))
        for message in splitter.feed(segment.data)[0]:
            if segment.source[1] == 44818 and message[0] == encapsulation.LIST_IDENTITY:
                look = make_look("enip", RULES)
                assert look is not None
                look.start()
                look.receive(message)
                told = look.facts
    assert {name: told[name] for name in ("vendor", "device_type", "product_code", "revision", "serial_number")} == {
        "vendor": "1", "device_type": "12", "product_code": "58", "revision": "4.3", "serial_number": "00524d8e",
    }  # fmt: skip
    assert told["product_name"] == "1756-ENBT/A"


def test_a_route_is_asked_through_an_unconnected_send_that_the_guard_reads_as_that_route() -> None:
    rules = Rules(tiers=frozenset({Tier.READ}), routes=frozenset({"1/0"}))
    identity = pack("<HHHBBHI", 1, 14, 55, 20, 11, 0x3060, 0xC0FFEE) + b"\x04L61A"
    routes = []

    def answer(request: bytes) -> bytes:
        message = encapsulation.parse(request)
        if message.command == encapsulation.REGISTER_SESSION:
            return encapsulation.message(message.command, 7, data=message.data)
        if message.command == encapsulation.LIST_IDENTITY:
            return encapsulation.message(message.command, 0, data=b"\0\0")
        items = encapsulation.items_of(message.command, message.data)
        assert isinstance(items, encapsulation.Items)
        routes.append(items.cip[-2:])
        return encapsulation.unconnected(7, message.context, b"\x81\0\0\0" + identity)

    look = through_guard("enip", rules, answer)
    assert routes == [b"\x01\x00"]
    assert (look.facts["1/0.product_name"], look.facts["1/0.key"], look.problem) == ("L61A", "remote", "")


@each
@given(chunks=st.lists(st.binary(min_size=1, max_size=80), max_size=8))
def test_whatever_a_device_says_nothing_is_raised(protocol: str, chunks: list[bytes]) -> None:
    look = make_look(protocol, RULES)
    assert look is not None
    look.start()
    for chunk in chunks:
        look.receive(chunk)
    assert look.requests <= MAX_REQUESTS


@given(body=st.binary(max_size=120), sub=st.integers(1, 3))
def test_whatever_an_s7_cpu_tells_of_itself_nothing_is_raised(body: bytes, sub: int) -> None:
    def answer(request: bytes) -> bytes:
        said = s7_answers(request)
        if request[5] == 0xE0 or request[8] == 1 or request[7 + 16] != sub:
            return said
        data = b"\xff\x09" + pack(">H", len(body)) + body
        return cotp.data(said[7:15] + pack(">H", len(data)) + said[17:29] + data, 1024)

    assert through_guard("s7", RULES, answer).requests <= MAX_REQUESTS


def test_a_script_that_never_ends_is_ended() -> None:
    def endless(_rules: Rules, _facts: Facts) -> Script:
        while True:
            yield b"?"

    look = Look(LookKind(endless, lambda: Splitter(lambda _stream, at: at + 1)), RULES)
    request = look.start()
    while request:
        request = look.receive(b"!")
    assert (look.requests, look.is_over) == (MAX_REQUESTS + 1, True)
    assert "at most 64 requests" in look.problem


def test_a_look_that_was_stopped_says_and_asks_nothing_more() -> None:
    closed = []

    def script(_rules: Rules, facts: Facts) -> Generator[bytes, bytes, str]:
        try:
            yield b"?"
        finally:
            closed.append(True)
        facts["late"] = "yes"
        return ""

    look = Look(LookKind(script, lambda: Splitter(lambda _stream, at: at + 1)), RULES)
    assert look.start() == b"?"
    look.stop("silence")
    assert (look.receive(b"!"), look.facts, look.problem, closed) == (b"", {}, "silence", [True])


def test_facts_that_came_went_or_differ_are_differences() -> None:
    before, after = {"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "4", "d": "5"}
    assert compare(before, after) == [Difference("b", "2", "4"), Difference("c", "3", None), Difference("d", None, "5")]


def test_a_devices_text_is_printable_and_bounded() -> None:
    assert text(b"Pump \x1b[31m\xff\0rest") == "Pump ?[31m\xff"
    assert len(text(b"x" * 999)) == 200


def modicon(request: bytes) -> bytes:
    """A controller of Schneider, whose UMAS id and program check are in its answers."""
    pdu = {
        b"\x2b": b"\x2b\x0e\x02\x02\0\0\x01\0\x12Schneider Electric",
        b"\x11": b"\x91\x01",
        b"\x5a": b"\x5a\0\xfe",
    }[request[7:8]]
    if request[7:10] == b"\x5a\0\x02":
        pdu += pack("<HIHHHHHIHB", 0, 0x11223344, 0x0612, 0x0270, 1, 2, 3, 0, 0, 4) + b"M580" + b"\0"
    elif request[7:10] == b"\x5a\0\x04":
        pdu += b"\0\0\0" + bytes([5]) + pack("<5I", 1, 2, 3, 0xCAFE, 5)
    return request[:4] + pack(">H", len(pdu) + 1) + request[6:7] + pdu


def test_a_modicon_controller_tells_its_umas_id_and_program_check() -> None:
    look = through_guard("modbus", RULES, modicon)
    assert (look.problem, look.requests) == ("", 4)
    assert look.facts == {
        "unit1.vendor_name": "Schneider Electric",
        "unit1.umas.id": "11223344",
        "unit1.umas.model": "0612",
        "unit1.umas.firmware": "0270.0001.0002",
        "unit1.umas.hardware": "0003",
        "unit1.umas.name": "M580",
        "unit1.umas.program_check": "0000cafe",
    }


def test_attributes_in_two_fragments_are_confirmed_and_what_is_told_unasked_is_not() -> None:
    rules = Rules(tiers=frozenset({Tier.READ}), units=frozenset({dnp3.OUTSTATION}))

    def answer(request: bytes) -> bytes:
        fragment = request[11:]
        if fragment[1] == 1:
            told = b"\0\xf2\0\0\0\x01\x03" + b"1.2"
            unasked = dnp3.response(b"\x02\x02\x17\x01\x00\x81", sequence=9, control=0xF0, function=0x82)
            return unasked + dnp3.response(told, 0x0080, fragment[0] & 15, control=0xA0)
        assert fragment[:2] == bytes([0xC0 | fragment[0] & 15, 0])
        return dnp3.response(b"\0\xf8\0\0\0\x01\x02" + b"S7", 0x0080, fragment[0] + 1 & 15, control=0x40)

    look = through_guard("dnp3", rules, answer)
    assert (look.problem, look.requests) == ("", 2)
    assert look.facts == {
        "software": "1.2",
        "serial_number": "S7",
        "restarted": "yes",
        "trouble": "no",
        "local_control": "no",
        "configuration_corrupt": "no",
    }


def test_an_outstation_that_first_greets_is_greeted_back_and_then_answers() -> None:
    rules = Rules(tiers=frozenset({Tier.READ}), units=frozenset({dnp3.OUTSTATION}))
    said: list[bytes] = []

    def answer(request: bytes) -> bytes:
        said.append(request[11:])
        if len(said) == 1:
            return dnp3.response(sequence=9, control=0xF0, function=0x82)
        return dnp3.response(b"", 0x0080, said[0][0] & 15, control=0xC0)

    look = through_guard("dnp3", rules, answer)
    assert (look.problem, look.facts["restarted"]) == ("", "yes")
    assert said[1][:2] == bytes([0xD0 | 9, 0])


@pytest.mark.parametrize("protocol", ["dnp3", "modbus-rtu"])
def test_no_address_is_tried_that_no_fence_names(protocol: str) -> None:
    look = make_look(protocol, Rules(tiers=frozenset({Tier.READ})))
    assert look is not None
    assert (look.start(), look.is_over, look.facts) == (b"", True, {})
    assert "needs a fence" in look.problem


@pytest.mark.parametrize(
    ("code", "problem"), [(0xC059, ""), (0xCEE0, "the station is busy or out of reach (end code cee0)")]
)
def test_a_station_that_is_busy_is_told_from_one_that_cannot(code: int, problem: str) -> None:
    look = through_guard("slmp", RULES, lambda request: b"\xd0\0" + request[2:7] + pack("<HH", 2, code))
    assert (look.facts, look.problem) == ({}, problem)


def test_a_bacnet_device_that_aborts_is_not_taken_for_one_that_has_no_such_property() -> None:
    def answer(request: bytes) -> bytes:
        return framed(b"\x81\x0a\0\x09\x01\0" + bytes([0x71, request[10], 9]))

    look = through_guard("bacnet", Rules(tiers=frozenset({Tier.READ})), answer)
    assert (look.facts, look.problem) == ({}, "the device is busy or refuses (abort 9)")


def test_why_a_protocol_is_not_looked_at_is_said() -> None:
    assert "iec104" not in looked_at()
    assert "events" in why_not("iec104")
    assert why_not("ssh") == "devices are not looked at in the protocol ssh"


CARRIED: dict[str, Answer] = {
    "bacnet": lambda said: framed(b"\x81\x0a" + pack(">H", len(said) + 6) + b"\x01\0" + said),
    "dnp3": lambda said: b"".join(dnp3.frames(b"\xc0\x81" + said, from_master=False, outstation=1)),
    "fins": lambda said: b"FINS" + pack(">III", len(said) + 8, 2, 0) + said,
    "fins-udp": framed,
    "slmp": lambda said: b"\xd0\0" + pack("<BBHBH", 0, 255, 1023, 0, len(said) + 2) + b"\0\0" + said,
    "slmp-udp": framed,
}


@pytest.mark.parametrize("protocol", sorted(CARRIED))
@given(bodies=st.lists(st.binary(max_size=120), min_size=1, max_size=8))
def test_whatever_well_carried_answers_say_nothing_is_raised(protocol: str, bodies: list[bytes]) -> None:
    look = make_look(protocol, RULES)
    assert look is not None
    look.start()
    if protocol == "fins":
        look.receive(b"FINS" + pack(">IIIII", 16, 1, 0, 200, 10))
    for body in bodies:
        look.receive(CARRIED[protocol](body))
    assert look.requests <= MAX_REQUESTS


def test_a_route_that_is_spelled_in_letters_is_not_asked() -> None:
    assert enip._through("2/10.0.0.5") is None
