"""Looks: bounded, never raising, and only reading; what real devices said in captures is what they tell."""

from collections.abc import Callable, Generator
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.effects import Direction, Forward, Observed, Verdict
from guards.enip import encapsulation
from guards.enip import fingerprint as enip
from guards.look import MAX_REQUESTS, Difference, Facts, Look, LookKind, Script, compare, text
from guards.looks import looked_at, make_look
from guards.registry import make_guard
from guards.s7 import cotp
from guards.splitting import Splitter
from policies.rules import Rules, Tier
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


def test_a_route_that_is_spelled_in_letters_is_not_asked() -> None:
    assert enip._through("2/10.0.0.5") is None
