"""S7comm-plus by what a connection is for, and by its functions while they can be read."""

import pytest

from guards.effects import Direction
from guards.s7.guard import S7Guard
from policies.rules import Tier
from tests.unit.guards.s7 import traffic
from tests.unit.guards.s7.traffic import (
    ENGINEERING,
    HMI,
    NOW,
    answer,
    ask,
    connected,
    cuts,
    forwarded,
    operations,
    piece,
    replies,
)

SESSION, SUBSCRIPTION, CPU, DB = 0x70000C8B, 0x70000E51, 52, 0x8A0E0001
GET, SET, SETS, CREATE, DELETE, INVOKE, TLS = 0x054C, 0x04F2, 0x0542, 0x04CA, 0x04D4, 0x056B, 0x05B3
HELLO = piece(b"\x16\x03\x03\x00\x05hello")


def said(
    opcode: int, function: int, rest: bytes = b"", *, version: int = 2, sequence: int = 5, whole: bool = True
) -> bytes:
    body = bytes([opcode, 0, 0]) + function.to_bytes(2, "big") + b"\0\0" + sequence.to_bytes(2, "big") + rest
    if version == 3:
        body = b"\x20" + bytes(range(32)) + body
    trailer = b"\x72" + bytes([version, 0, 0]) if whole else b""
    return piece(b"\x72" + bytes([version]) + len(body).to_bytes(2, "big") + body + trailer)


def request(function: int, target: int = 0, *, version: int = 2, whole: bool = True) -> bytes:
    rest = SESSION.to_bytes(4, "big") + b"\x34" + target.to_bytes(4, "big") + b"\0\0"
    return said(0x31, function, rest, version=version, whole=whole)


def writing(*areas: int, items: int | None = None, whole: bool = True, version: int = 2) -> bytes:
    """Return a request to set variables by their addresses: check sum, area, count, value of the object, member."""
    addresses = b"".join(b"\0" + number(area) + b"\x02" + number(2550) + b"\x09" for area in areas)
    count = len(areas) if items is None else items
    rest = SESSION.to_bytes(4, "big") + b"\x34" + bytes(4) + bytes([count, 5 * count]) + addresses + b"\x01\0\x04\x07"
    return said(0x31, SETS, rest, version=version, whole=whole)


def agreed(*, value: bytes = b"\0", sequence: int = 5) -> bytes:
    return said(0x32, TLS, b"\x36" + value, sequence=sequence)


def number(value: int) -> bytes:
    groups = [value >> shift & 0x7F for shift in (28, 21, 14, 7, 0)]
    return bytes([group | 0x80 for group in groups[:-1]] + groups[-1:])


def created(*objects: int, version: int = 1) -> bytes:
    rest = b"\x36\x00" + bytes([len(objects)]) + b"".join(map(number, objects)) + b"\xff\xff"
    return said(0x32, CREATE, rest, version=version)


def hmi(*tiers: str, **fields: object) -> S7Guard:
    """Return a guard with an open HMI connection that has made its session and a subscription."""
    inspector = connected(*tiers, called=HMI, **fields)
    assert forwarded(ask(inspector, request(CREATE, 285, version=1)))
    assert forwarded(answer(inspector, created(SESSION, SUBSCRIPTION)))
    return inspector


def outcome(inspector: S7Guard, message: bytes) -> str:
    effects = ask(inspector, message)
    if forwarded(effects):
        assert forwarded(effects) == [message]
        return "passes"
    assert cuts(effects) == ["s7_plus_refused"]
    assert replies(effects) == [traffic.tpkt("06 80 0007 0009 00")]
    assert len(replies(inspector.good_bye(NOW))) == 1
    return "ends"


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize(
    ("function", "target", "read_only", "operating"),
    [
        (GET, 0, "passes", "passes"),
        (0x04BB, 0, "passes", "passes"),
        (0x0586, 0, "passes", "passes"),
        (SET, SUBSCRIPTION, "passes", "passes"),
        (SETS, SESSION, "passes", "passes"),
        (DELETE, SUBSCRIPTION, "passes", "passes"),
        (CREATE, SESSION, "passes", "passes"),
        (SETS, 0, "ends", "ends"),
        (SETS, CPU, "ends", "ends"),
        (SET, CPU, "ends", "ends"),
        (SET, 0, "ends", "ends"),
        (INVOKE, 0, "ends", "ends"),
        (CREATE, CPU, "ends", "ends"),
        (DELETE, 0x8A0E0001, "ends", "ends"),
        (0x057C, 0, "ends", "ends"),
        (0x0506, 0, "ends", "ends"),
        (0x1234, 0, "ends", "ends"),
        (TLS, 0, "ends", "ends"),
    ],
)
def test_an_hmi_connection_reads_and_writes_only_where_operating_is_given(
    function: int, target: int, read_only: str, operating: str, version: int
) -> None:
    message = request(function, target, version=version)
    assert outcome(hmi("read"), message) == read_only
    assert outcome(hmi("read", "operate"), message) == operating


def test_the_record_names_function_sequence_and_tier() -> None:
    inspector = hmi("read", "operate")
    [operation] = operations(ask(inspector, writing(DB)))
    assert (operation.function_code, operation.function) == (SETS, "set_multi_variables")
    assert (operation.tier, operation.transaction, operation.route) == (Tier.OPERATE, 5, "direct")
    [operation] = operations(answer(inspector, said(0x32, GET, bytes(4))))
    assert (operation.function, operation.is_response) == ("get_multi_variables", True)
    [operation] = operations(answer(inspector, said(0x33, 0, bytes(4))))
    assert operation.function == "notification"


def test_an_engineering_connection_is_open_to_everything_and_counted_as_programming() -> None:
    inspector = connected("program", called=ENGINEERING)
    for message in (request(CREATE, CPU), request(0x1234), HELLO, request(TLS), HELLO):
        assert forwarded(ask(inspector, message)) == [message]
    assert operations(ask(connected("program", called=ENGINEERING), request(0x1234)))[0].tier is Tier.PROGRAM
    classic = ask(connected("program", called=ENGINEERING), traffic.ask_userdata(1, 0x0C))
    assert forwarded(classic) == []


@pytest.mark.parametrize("version", [1, 2, 3])
def test_operating_writes_process_data_and_nothing_that_stops_a_cpu(version: int) -> None:
    for areas in ([DB], [80], [81, 82], [83, 84, DB]):
        message = writing(*areas, version=version)
        assert outcome(hmi("read"), message) == "ends"
        assert outcome(hmi("read", "operate"), message) == "passes"
    for message in (
        writing(CPU, version=version),
        writing(DB, CPU, version=version),
        writing(DB, 0x8A110001, version=version),
        writing(DB, items=2, version=version),
        writing(version=version),
        request(SETS, CPU, version=version),
        request(SET, CPU, version=version),
        request(SET, DB, version=version),
    ):
        assert outcome(hmi("read", "operate"), message) == "ends"
        assert outcome(hmi("read", "operate", "program"), message) == "passes"


def test_after_the_device_agreed_to_tls_nothing_is_read_any_more() -> None:
    inspector = hmi("read", "operate", "program")
    assert outcome(inspector, request(TLS)) == "passes"
    assert forwarded(answer(inspector, agreed()))
    for direction in Direction:
        for message in (HELLO, piece(b"\x16anything"), piece(b"")):
            effects = inspector.receive(direction, message, NOW)
            assert forwarded(effects) == [message]
            assert (operations(effects)[0].function, operations(effects)[0].tier) == ("tls", Tier.PROGRAM)


@pytest.mark.parametrize("answered", [b"", agreed(value=b"\x87\x11"), agreed(value=b""), agreed(sequence=6)])
def test_what_follows_a_wish_for_tls_is_read_as_long_as_the_device_has_not_agreed(answered: bytes) -> None:
    for message, end in (
        (traffic.ask_userdata(1, 0x0C), []),
        (request(0x1234), ["s7_plus_refused"]),
        (HELLO, ["s7_protocol_id"]),
    ):
        inspector = hmi("read", "operate", "program")
        assert outcome(inspector, request(TLS)) == "passes"
        answer(inspector, answered)
        effects = ask(inspector, message)
        assert forwarded(effects) == []
        assert cuts(effects) == end


def test_an_engineering_connection_is_no_way_round_what_programming_does_not_give() -> None:
    inspector = connected("program", called=ENGINEERING)
    ask(inspector, request(TLS))
    assert forwarded(ask(inspector, traffic.ask_userdata(1, 0x0C))) == []


def test_a_digest_of_another_length_than_devices_take_is_not_read_over() -> None:
    hidden = b"\x05" + bytes(5) + b"\x31\0\0\x05\x4c" + bytes(40)
    message = piece(b"\x72\x03" + len(hidden).to_bytes(2, "big") + hidden + b"\x72\x03\0\0")
    assert cuts(ask(hmi("read"), message)) == ["s7_plus_length"]


def test_tls_that_was_not_let_begin_is_none_of_the_protocols() -> None:
    assert cuts(ask(hmi("read", "operate"), HELLO)) == ["s7_protocol_id"]
    assert outcome(connected("read", "operate"), request(TLS)) == "ends"


def test_a_request_in_pieces_keeps_its_function_and_needs_operating() -> None:
    assert outcome(hmi("read"), request(GET, whole=False)) == "ends"
    inspector = hmi("read", "operate")
    assert outcome(inspector, request(GET, whole=False)) == "passes"
    [operation] = operations(ask(inspector, request(0x1234)))
    assert operation.tier is Tier.READ
    assert outcome(inspector, request(0x1234)) == "ends"


def test_an_approval_cannot_be_asked_for_within_a_connection() -> None:
    effects = ask(hmi("read", ask={"operate"}), writing(DB))
    assert traffic.asks(effects) == []
    assert cuts(effects) == ["s7_plus_refused"]


@pytest.mark.parametrize("message", ["72", "7202", "72020005", "7202000331000072030000", "7202000131ff"])
@pytest.mark.parametrize("direction", list(Direction))
def test_lengths_that_do_not_add_up_cut_the_stream(message: str, direction: Direction) -> None:
    effects = hmi("read").receive(direction, piece(bytes.fromhex(message)), NOW)
    assert cuts(effects) == ["s7_plus_length"]


@pytest.mark.parametrize("version", [1, 2, 3, 0xFE, 0xFF])
def test_no_message_raises_however_short(version: int) -> None:
    for length in range(60):
        for direction in Direction:
            body = b"\x31" + bytes(length)
            message = b"\x72" + bytes([version]) + length.to_bytes(2, "big") + body[:length] + b"\x72"
            hmi("read").receive(direction, piece(message + bytes([version, 0, 0])), NOW)
            hmi("read").receive(direction, piece(message[:-1]), NOW)


def test_objects_of_nobody_are_not_taken_for_own_ones() -> None:
    inspector = connected("read", called=HMI)
    answer(inspector, said(0x32, CREATE, b"\x36\x01\x01" + number(CPU)))
    assert outcome(inspector, request(SET, CPU)) == "ends"


def test_a_new_connection_begins_without_objects() -> None:
    inspector = hmi("read")
    ask(inspector, traffic.LEAVE + traffic.connect(HMI))
    answer(inspector, traffic.CONFIRM)
    assert outcome(inspector, request(SET, SUBSCRIPTION)) == "ends"


def test_an_answer_has_the_tier_of_its_request_and_a_notification_reads() -> None:
    inspector = hmi("read", "operate", "program")
    tiers = [
        operations(way(inspector, message))[0].tier
        for way, message in (
            (ask, request(SET, CPU)), (answer, said(0x32, SET, b"\0\0")),  # the CPU's own object
            (ask, request(SET, SUBSCRIPTION)), (answer, said(0x32, SET, b"\0\0")),
            (answer, said(0x33, 0, b"\0\0")), (answer, said(0x32, DELETE, b"\0\0", sequence=77)),
        )
    ]  # fmt: skip
    assert tiers == [Tier.PROGRAM, Tier.PROGRAM, Tier.READ, Tier.READ, Tier.READ, Tier.PROGRAM]


def test_what_nobody_watches_ends_the_connection_read_or_encrypted() -> None:
    open_to_all = connected("read", "program", called=ENGINEERING)
    for inspector, message in ((hmi("read"), request(GET)), (open_to_all, HELLO)):
        inspector.dialogue._armed.is_unwatched = True
        assert outcome(inspector, message) == "ends"
