"""The decoder: reads flows without carrying them, whoever of the two speaks first, and judges as the guard does."""

from guards.decoding import Decoder
from guards.effects import Operation, Verdict
from guards.registry import make_decoder
from policies.rules import Tier
from tests.unit.guards.bacnet import traffic
from tests.unit.guards.bacnet.traffic import NOW, TO_ASSET, TO_USER, confirmed, read, real, rules, write


def decoder(*tiers: str, **more: object) -> Decoder:
    return make_decoder("bacnet", rules(*tiers, **more) if tiers else None)


def one(reader: Decoder, direction: traffic.Direction, datagram: bytes) -> Operation:
    [operation] = reader.receive(direction, datagram, NOW)
    return operation


def test_a_request_and_its_answer_belong_together_whichever_way_the_flow_is_seen() -> None:
    for there, back in ((TO_ASSET, TO_USER), (TO_USER, TO_ASSET)):
        reader = decoder()
        asked = one(reader, there, read())
        answer = one(reader, back, traffic.read_ack(real(2.5)))
        assert (asked.direction, asked.is_response, asked.objects) == (TO_ASSET, False, answer.objects)
        assert (answer.direction, answer.is_response, answer.values) == (TO_USER, True, (2.5,))


def test_requests_are_judged_by_rules_and_answers_are_not() -> None:
    reader = decoder("read", units={0})
    assert one(reader, TO_ASSET, read()).verdict is Verdict.ALLOWED
    denied = one(reader, TO_ASSET, write(real(1)))
    assert (denied.verdict, denied.reason) == (Verdict.DENIED, "tier operate is not allowed")
    assert one(reader, TO_ASSET, read(to=(10, b"\x05"))).verdict is Verdict.DENIED
    assert one(reader, TO_USER, traffic.simple_ack(15)).verdict is Verdict.ALLOWED
    assert one(reader, TO_ASSET, traffic.link(b"\x00\x3c", 5)).reason == "tier program is not allowed"
    assert one(reader, TO_ASSET, traffic.link(b"\x01\x00\x10\x08", 9)).reason == "tier program is not allowed"


def test_what_devices_tell_is_no_request_of_a_tool() -> None:
    reader = decoder("read")
    for told in (traffic.I_AM, traffic.COV, traffic.net(b"\x00\x0a", message=b"\x01"), confirmed(1)):
        operation = one(reader, TO_ASSET, told)
        assert (operation.direction, operation.is_response, operation.tier) == (TO_USER, True, Tier.READ)


def test_an_answer_without_its_request_says_what_it_can() -> None:
    reader = decoder()
    operation = one(reader, TO_USER, traffic.error(15, 2, 40))
    assert (operation.function, operation.exception_code, operation.transaction) == ("write_property", 40, 1)
    assert one(reader, TO_USER, traffic.abort(reason=4)).function == "abort"
    assert one(reader, TO_USER, traffic.link(b"\x00\x20", 0)).exception_code == 0x20


def test_segments_are_read_as_answers_to_the_one_request() -> None:
    reader = decoder()
    one(reader, TO_ASSET, traffic.read_many((8, 1, [76])))
    for number in range(3):
        operation = one(reader, TO_USER, traffic.segment(14, number, more=number < 2))
        assert operation.objects == ("device 1 object_list",)
        assert one(reader, TO_ASSET, traffic.segment_ack()).function == "segment_ack"


def test_a_request_in_segments_is_named_and_not_looked_into() -> None:
    operation = one(decoder(), TO_ASSET, confirmed(7, b"\xff", segments=b"\x00\x04"))
    assert (operation.function, operation.tier, operation.verdict) == (
        "atomic_write_file", Tier.PROGRAM, Verdict.ALLOWED,
    )  # fmt: skip


def test_what_cannot_be_read_is_malformed_and_the_next_datagram_is_read() -> None:
    reader = decoder()
    for broken in (b"", b"\x82\x0a\x00\x04", b"\x81\x0a\x00\x06\x02\x00", b"\x81\x0a\x00\x06\x01\x00", bytes(2000)):
        assert one(reader, TO_ASSET, traffic.framed(broken)).verdict is Verdict.MALFORMED
        reader.lost(TO_ASSET)
    assert one(reader, TO_ASSET, confirmed(15)).verdict is Verdict.MALFORMED
    assert one(reader, TO_ASSET, read()).verdict is Verdict.ALLOWED


def test_a_broadcast_that_a_bbmd_passed_on_is_read_like_any_other() -> None:
    operation = one(decoder("read"), TO_ASSET, traffic.link(bytes(6) + b"\x01\x00\x10\x08", 4))
    assert (operation.function, operation.verdict) == ("who_is", Verdict.ALLOWED)
