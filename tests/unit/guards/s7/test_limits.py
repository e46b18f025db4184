"""Tiers, uploads, objects, values and tiers to be asked for: what is refused, and in which words of the protocol."""

import pytest

from guards.effects import Effect, Verdict
from tests.unit.guards.s7 import traffic
from tests.unit.guards.s7.traffic import (
    BIT,
    BYTE,
    FLAGS,
    INT,
    READ_1,
    REAL,
    WORD,
    WRITE_1,
    ask,
    ask_userdata,
    asks,
    connected,
    forwarded,
    item,
    numbered,
    operations,
    read,
    replies,
    value,
    write,
)

NOT_PERMITTED = 0xD241
DENIED_WRITE = traffic.ack_data("05 01", "03")


def db(number: int, *spans: tuple[int, int], **more: object) -> dict[str, object]:
    addresses = [{"first": first, "last": last} for first, last in spans]
    return {"table": f"db{number}", **({"addresses": addresses} if spans else {}), **more}


def passes(message: bytes, *tiers: str, **fields: object) -> bool:
    """Tell whether a message reaches the device; if not, it must have been answered, once."""
    effects = ask(connected(*tiers, **fields), message)
    assert bool(forwarded(effects)) != bool(replies(effects))
    assert forwarded(effects) in ([], [message])
    return bool(forwarded(effects))


def why(message: bytes, *tiers: str, **fields: object) -> str:
    return operations(ask(connected(*tiers, **fields), message))[0].reason


def test_a_write_is_answered_item_by_item_and_never_forwarded() -> None:
    effects = ask(connected("read"), write((item(0, 2), value("002a")), reference=77))
    assert forwarded(effects) == []
    assert replies(effects) == [traffic.ack_data("05 01", "03", reference=77)]
    observed = operations(effects)[0]
    assert (observed.verdict, observed.exception_code) == (Verdict.DENIED, 3)
    assert observed.reason == "tier operate is not allowed"


def test_one_item_that_is_denied_keeps_the_whole_write_from_the_device() -> None:
    both = write((item(0, 2), value("002a")), (item(0, 2, db=2), value("002a")))
    effects = ask(connected("operate", writes=[db(1)]), both)
    assert forwarded(effects) == []
    assert replies(effects) == [traffic.ack_data("05 02", "03 03")]
    assert operations(effects)[0].reason == "db2 0-1 is outside what may be written"


def test_one_item_that_is_denied_keeps_the_whole_read_from_the_device() -> None:
    effects = ask(connected("read", reads=[db(1)]), read(item(0), item(0, db=2), item(1)))
    assert forwarded(effects) == []
    assert replies(effects) == [traffic.ack_data("04 03", "03000000 03000000 03000000")]


@pytest.mark.parametrize("message", [traffic.STOP, traffic.invoke("_GARB"), traffic.job("63")])
def test_another_job_is_refused_as_a_cpu_does(message: bytes) -> None:
    effects = ask(connected("read"), message)
    assert forwarded(effects) == []
    assert replies(effects) == [traffic.ack(NOT_PERMITTED)]
    assert operations(effects)[0].exception_code == NOT_PERMITTED


def test_user_data_is_refused_in_its_own_parameters() -> None:
    effects = ask(connected("read"), ask_userdata(7, 2, "00191602082308100002", reference=5))
    assert forwarded(effects) == []
    [reply] = replies(effects)
    assert reply == traffic.piece(bytes.fromhex("32070000 0005 000c 0004 000112081287 02 00 0000 d241 0a000000"))


def test_an_upload_needs_its_own_right_beside_reading() -> None:
    begin = traffic.job("1d 00 0000 00000000 09" + b"_0A00010P".hex())
    for message in (begin, traffic.job("1e 00 0000 00000007"), traffic.job("1f 00 0000 00000007")):
        assert not passes(message, *traffic.ALL)
        assert passes(message, "read", upload=True)
        assert not passes(message, "operate", upload=True)
        assert traffic.said(message, "read", upload=True).is_upload


def test_agreeing_on_terms_needs_any_tier_and_is_never_asked() -> None:
    assert passes(traffic.SETUP, "operate")
    assert passes(traffic.SETUP, ask={"program"})
    assert forwarded(ask(traffic.guard(), traffic.SETUP)) == []


@pytest.mark.parametrize(
    ("message", "inside"),
    [
        (read(item(10, 10)), True),
        (read(item(9, 2)), False),
        (read(item(19, 2)), False),
        (read(item(10, 5, WORD)), True),
        (read(item(10, 6, WORD)), False),
        (read(item(19, 1, BIT, bit=7)), True),
        (read(item(20, 1, BIT)), False),
        (read(item(10, db=2)), False),
        (read(item(10, area=FLAGS)), False),
        (read(item(10, db=1, area=0x85)), False),
        (read(numbered(10)), False),
        (read(b"\x12\x08\x82" + bytes(7)), False),
        (ask_userdata(1, 2, "0000 0008 0001 71010001000a"), True),
        (ask_userdata(1, 2, "0000 0008 0001 710100010009"), False),
        (ask_userdata(1, 2, "0000 0008 0001 990100010009"), False),
        (ask_userdata(1, 0x13, "0000 0000"), False),
        (ask_userdata(2, 1, bytes.fromhex("0001 01 01") + item(10, 2)), True),
        (ask_userdata(2, 1, bytes.fromhex("0001 01 01") + item(0, 2)), False),
        (ask_userdata(2, 8, "0001"), False),
        (ask_userdata(4, 1, "0011 0000"), True),
        (ask_userdata(3, 1), True),
        (ask_userdata(7, 1), True),
    ],
)
def test_reads_keep_within_their_objects(message: bytes, inside: bool) -> None:
    assert passes(message, "read", reads=[db(1, (10, 19))]) is inside


def test_a_bit_may_be_given_by_its_name_and_its_byte_is_not_given_by_that() -> None:
    reads = [{"table": "flags", "names": ["10.3"]}]
    assert passes(read(item(10, 1, BIT, area=FLAGS, bit=3)), "read", reads=reads)
    assert not passes(read(item(10, 1, BIT, area=FLAGS, bit=4)), "read", reads=reads)
    assert not passes(read(item(10, 1, BYTE, area=FLAGS)), "read", reads=reads)
    assert not passes(read(item(10, 2, BIT, area=FLAGS, bit=3)), "read", reads=reads)


def test_timers_and_counters_are_given_by_number() -> None:
    reads = [{"table": "timers", "addresses": [{"first": 3, "last": 4}]}]
    assert passes(read(numbered(3, 2)), "read", reads=reads)
    assert not passes(read(numbered(3, 3)), "read", reads=reads)
    assert not passes(read(numbered(3, 1, 0x1C)), "read", reads=reads)


def test_operating_without_an_object_does_not_pass_where_objects_are_given() -> None:
    acknowledge = ask_userdata(4, 0x0B, "0801")
    assert passes(acknowledge, "operate")
    assert not passes(acknowledge, "operate", writes=[db(1)])


@pytest.mark.parametrize(
    ("named", "data", "inside"),
    [
        (item(4, 1, INT), value("03e8", 5), True),
        (item(4, 1, INT), value("03e9", 5), False),
        (item(4, 1, WORD), value("03e8"), True),
        (item(4, 2, BYTE), value("03e8"), True),
        (item(4, 2, BYTE), value("03e9"), False),
        (item(4, 1, BYTE), value("00"), False),
        (item(5, 1, BYTE), value("00"), False),
        (item(4, 1, BIT), value("00", 3), False),
        (item(4, 1, INT), value("ffff", 5), False),
        (item(6, 1, INT), value("03e8", 5), False),
    ],
)
def test_two_bytes_with_bounds_of_their_own_are_one_number(named: bytes, data: bytes, inside: bool) -> None:
    assert passes(write((named, data)), "operate", writes=[db(1, (4, 5), minimum=0, maximum=1000)]) is inside


@pytest.mark.parametrize(
    ("named", "data", "inside"),
    [
        (item(0, 2, INT), value("000a 0014", 5), True),
        (item(0, 2, INT), value("000a 0065", 5), False),
        (item(0, 1, REAL), value("42c80000", 7), True),
        (item(0, 1, REAL), value("42c80001", 7), False),
        (item(0, 1, REAL), value("7fc00000", 7), False),
        (item(0, 1, REAL), value("7f800000", 7), False),
        (item(0, 2, BYTE), value("0064"), True),
        (item(0, 2, BYTE), value("0164"), False),
        (item(0, 1, BYTE), value("64"), True),
        (item(0, 1, BYTE), value("65"), False),
        (item(0, 3, BYTE), value("000001"), False),
        (item(0, 1, 15), value("0000000000000000", 9), False),
        (item(0, 1, BIT), value("01", 3), False),
    ],
)
def test_within_a_wider_range_numbers_are_those_of_the_request(named: bytes, data: bytes, inside: bool) -> None:
    assert passes(write((named, data)), "operate", writes=[db(1, (0, 99), minimum=0, maximum=100)]) is inside


def test_a_bound_on_a_byte_says_nothing_of_its_bits_but_one_on_a_bit_does() -> None:
    low, high = (write((item(4, 1, BIT, area=FLAGS, bit=7), value(data, 3))) for data in ("00", "01"))
    byte = {"table": "flags", "addresses": [{"first": 4, "last": 4}]}
    for bounds in ({"maximum": 100}, {"minimum": 1}, {"minimum": 0, "maximum": 1}):
        assert not passes(high, "operate", writes=[byte | bounds])
        assert not passes(low, "operate", writes=[byte | bounds])
    assert passes(high, "operate", writes=[byte])
    bit = byte | {"names": ["4.7"], "maximum": 0}
    assert passes(low, "operate", writes=[bit])
    assert not passes(high, "operate", writes=[bit])
    assert passes(low, "operate", writes=[bit, byte | {"maximum": 100}])
    assert not passes(high, "operate", writes=[bit, byte | {"maximum": 100}])


@pytest.mark.parametrize(
    ("first", "alone"),
    [
        (value("05", 3), True),
        (b"\x00\x03\x00\x08\x05\x00", False),
        (b"\x00\x04\x00\x07\x05\x00", False),
        (b"\x00\x05\x00\x01\x05\x00", False),
        (b"\x00\x06\x00\x01\x05\x00", True),
        (b"\x00\x07\x00\x01\x05\x00", True),
        (b"\x00\x09\x00\x01\x05\x00", True),
        (value("05"), True),
    ],
)
def test_items_of_which_devices_find_the_end_in_different_places_are_not_written(first: bytes, alone: bool) -> None:
    assert passes(write((item(0), first)), "operate") is alone
    several = write((item(0), first), (item(4), value("07")))
    assert passes(several, "operate") is (alone and first[1] != 6)


def test_a_number_within_a_longer_write_is_found_and_what_is_beside_it_needs_a_rule_without_bounds() -> None:
    bounded, free = db(1, (4, 5), maximum=1000), db(1, (0, 3))
    whole = write((item(0, 6), value("ffffffff 03e8")))
    assert passes(whole, "operate", writes=[bounded, free])
    assert not passes(whole, "operate", writes=[bounded, db(1, (0, 3), maximum=1000)])
    assert not passes(write((item(0, 6), value("ffffffff 03e9"))), "operate", writes=[bounded, free])


def test_a_typed_number_keeps_its_type_where_it_fills_the_range() -> None:
    writes = [db(1, (4, 7), minimum=-5, maximum=100)]
    assert passes(write((item(4, 1, REAL), value("42c80000", 7))), "operate", writes=writes)
    assert passes(write((item(4, 1, 7), value("fffffffb"))), "operate", writes=writes)
    assert not passes(write((item(4, 1, 6), value("fffffffb"))), "operate", writes=writes)
    assert not passes(write((item(4, 4), value("fffffffb"))), "operate", writes=writes)


def test_several_lists_all_must_let_a_value_through() -> None:
    writes = [[db(1, (4, 5), maximum=1000)], [db(1, maximum=500)]]
    assert passes(write((item(4, 2), value("01f4"))), "operate", writes=writes)
    assert not passes(write((item(4, 2), value("01f5"))), "operate", writes=writes)


def test_modified_variables_keep_to_objects_and_bounds() -> None:
    writes = [db(1, (4, 5), maximum=1000)]
    for data, inside in (("03e8", True), ("03e9", False)):
        payload = f"0000 000e 0001 720100010004 00 04 0010 {data}"
        assert passes(ask_userdata(1, 8, payload), "operate", writes=writes) is inside
    assert not passes(ask_userdata(1, 8, "0000 000e 0001 720100010006 00 04 0010 0001"), "operate", writes=writes)


@pytest.mark.parametrize("message", [WRITE_1, traffic.STOP, ask_userdata(1, 9, "0000 0000")])
def test_a_tier_to_be_asked_for_is_refused_and_asked(message: bytes) -> None:
    effects = ask(connected("read", ask={"operate", "program"}), message)
    assert forwarded(effects) == []
    assert len(replies(effects)) == 1
    asked = [one.operation for one in asks(effects)]
    assert asked == operations(effects) or asked == []


def test_an_approved_request_passes_once_whatever_its_reference() -> None:
    inspector = connected("read", ask={"program"})
    [asked] = asks(ask(inspector, traffic.STOP))
    inspector.arm(asked.fingerprint, traffic.NOW + 60)
    assert forwarded(ask(inspector, traffic.invoke("P_PROGRAM"))) == []
    again = traffic.job("29 0000000000 09" + b"P_PROGRAM".hex(), reference=9)
    assert forwarded(ask(inspector, again)) == [again]
    traffic.answer(inspector, traffic.ack_data("29", reference=9))
    assert forwarded(ask(inspector, traffic.STOP)) == []


def test_an_approval_does_not_stretch_the_bounds() -> None:
    refused = ask(connected("read", ask={"operate"}, writes=[db(1, (4, 5), maximum=9)]), WRITE_1)
    assert asks(refused) == []
    assert operations(refused)[0].verdict is Verdict.DENIED


def test_a_piece_of_a_longer_request_is_read_where_nothing_is_narrowed_and_written_never() -> None:
    def part(sub: int) -> bytes:
        message = bytearray(ask_userdata(1, sub, "0000 0008 0001 71010001000a", kind=1))
        parameters = bytes.fromhex("00011208 11 41") + bytes([sub]) + bytes.fromhex("00 01 01 0000")
        return traffic.piece(bytes(message[7:13]) + b"\x00\x0c" + bytes(message[15:17]) + parameters + message[25:])

    assert passes(part(2), "read")
    assert not passes(part(2), "read", reads=[db(1)])
    assert not passes(part(8), "operate")


def test_reading_that_is_not_given_is_denied_item_by_item() -> None:
    effects: list[Effect] = ask(connected("operate"), READ_1)
    assert replies(effects) == [traffic.ack_data("04 01", "03000000")]
