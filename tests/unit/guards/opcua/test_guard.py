"""The OPC UA guard, message by message: what passes is said anew, what does not is answered inside the protocol."""

import struct

import pytest

from guards.effects import Cut, Reply
from guards.opcua.status import Status
from tests.unit.guards.opcua import traffic
from tests.unit.guards.opcua.traffic import (
    ALL,
    NOW,
    NULL,
    TO_ASSET,
    TO_USER,
    Talk,
    array,
    asks,
    bodies,
    call,
    chunks_of,
    cuts,
    double,
    guard,
    message,
    node,
    number,
    opening,
    operations,
    read,
    request,
    response,
    statuses,
    text,
    u32,
    verdicts,
    write,
)

DENIED, NOT_ALLOWED = Status.BAD_USER_ACCESS_DENIED, Status.BAD_REQUEST_NOT_ALLOWED
NO_SPAN = NULL + b"\0\0" + NULL
ON_PUMP = [{"table": "node", "names": ["ns=2;s=Pump"], "minimum": 0, "maximum": 10}]


def test_a_request_reaches_the_device_with_a_number_of_the_guards_own_and_its_answer_the_tool_with_the_tools() -> None:
    talk = Talk("read")
    assert bodies(talk.ask(traffic.READ), TO_ASSET) == [traffic.READ]
    effects = talk.answer(traffic.answer_read(double(1.5)))
    (told,) = chunks_of(effects, TO_USER)
    assert told[24:] == traffic.answer_read(double(1.5))
    assert struct.unpack_from("<II", told, 12 + 4) == (2, talk.number)
    (operation,) = operations(effects)
    assert (operation.function, operation.objects, operation.values) == ("read", ("node ns=2;s=Pump",), (1.5,))


def test_a_write_that_is_not_given_is_answered_for_each_node_and_never_sent() -> None:
    talk = Talk("read")
    effects = talk.ask(write((node(), double(1.0)), (node("Valve"), double(2.0))))
    assert talk.asked == []
    assert statuses(effects) == [0, DENIED, DENIED]
    assert verdicts(effects) == ["denied"]
    assert bodies(talk.ask(traffic.READ), TO_ASSET) == [traffic.READ]


def test_of_several_nodes_the_refused_are_named_and_none_is_written() -> None:
    talk = Talk("read", "operate", writes=ON_PUMP)
    effects = talk.ask(write((node(), double(1.0)), (node("Valve"), double(2.0)), (node(), double(11.0))))
    assert (talk.asked, statuses(effects)) == ([], [0, NOT_ALLOWED, DENIED, DENIED])


@pytest.mark.parametrize(
    ("code", "fields", "size"),
    [
        (631, bytes(8) + u32(3) + array(node() + u32(13) + NO_SPAN), 1 + 4),
        (527, b"\0\0" + bytes(12) + u32(0) + array(node() + u32(0) + b"\0\0\1" + u32(0) + u32(0)), 4 + 8),
        (554, array(node() + array()), 4 + 4),
        (664, bytes(3) + u32(0) + b"\0" + array(node() + NO_SPAN + NULL), 4 + 7),
        (751, u32(1) + u32(3) + array(node() + u32(13) + NO_SPAN + u32(2) + u32(1) + bytes(8 + 3 + 4 + 1)), 4 + 19),
    ],
)
def test_what_reads_is_refused_item_by_item_where_reads_are_narrowed(code: int, fields: bytes, size: int) -> None:
    open_to_all = Talk("read")
    assert verdicts(open_to_all.ask(request(code, fields))) == ["allowed"]
    talk = Talk("read", reads=[{"table": "node", "names": ["ns=2;s=Valve"]}])
    (body,) = bodies(talk.ask(request(code, fields)), TO_USER)
    assert talk.asked == []
    assert struct.unpack_from("<H", body, 2)[0] == code + 3
    assert body.endswith(NULL)
    items = body[32:-4]
    assert len(items) == size
    assert u32(DENIED) in items


def test_the_servers_own_nodes_are_read_whatever_reads_say_and_what_has_no_name_is_not() -> None:
    talk = Talk("read", reads=[{"table": "node", "names": ["ns=2;s=Pump"]}])
    assert verdicts(talk.ask(read(number(2258), node()))) == ["allowed"]
    talk.answer(traffic.answer_read(double(1.0), double(1.0)))
    assert verdicts(talk.ask(read(number(2258), node("Valve")))) == ["denied"]
    assert verdicts(talk.ask(read(number(2253), attribute=12))) == ["denied"]
    history = bytes(3) + u32(0) + b"\0" + array(number(2253) + NO_SPAN + NULL)
    assert verdicts(talk.ask(request(664, history))) == ["denied"]
    for nameless in (request(841, array() + b"\1"), request(621, b"\1" + NULL)):
        assert verdicts(talk.ask(nameless)) == ["denied"]


def test_a_method_needs_its_own_entry_and_that_of_its_object_and_its_arguments_are_bounded() -> None:
    rules = [{"table": "method", "names": ["ns=2;s=Start"], "maximum": 5}, {"table": "node", "names": ["ns=2;s=Pump"]}]
    start = node("Start")
    talk = Talk("read", "operate", writes=rules)
    assert verdicts(talk.ask(call(node(), start, double(5.0)))) == ["allowed"]
    talk = Talk("read", "operate", writes=rules)
    for refused in (
        call(node(), start, double(5.5)),
        call(node("Valve"), start, double(1.0)),
        call(node(), node("Stop"), double(1.0)),
        call(node(), start, b"\x0c" + text("1")),
        call(node(), start, b"\x8b" + u32(2) + struct.pack("<dd", 1.0, 6.0)),
        call(node(), start, b"\x8b" + u32(0)),
    ):
        assert verdicts(talk.ask(refused)) == ["denied"]


@pytest.mark.parametrize(
    ("asked", "tier"),
    [
        (write(), "operate"),
        (write(attribute=4), "program"),
        (write((number(2994), b"\x01\x01")), "program"),
        (call(node(), node("Start")), "operate"),
        (call(number(2253), number(11492)), "read"),
        (call(node(), number(9111)), "operate"),
        (call(node(), number(11588)), "program"),
        (call(number(2253), number(12886)), "firmware"),
        (request(500, array(node() + b"\0")), "program"),
        (request(700, array(number(682) + b"\1" + u32(len(node())) + node())), "program"),
        (request(15901, b"anything"), "firmware"),
        (request(9999, b""), "firmware"),
    ],
)
def test_each_tier_is_held(asked: bytes, tier: str) -> None:
    (allowed,) = operations(Talk(*ALL).ask(asked))
    assert (allowed.tier, allowed.verdict) == (tier, "allowed")
    others = [one for one in ALL if one != tier]
    assert verdicts(Talk(*others).ask(asked)) == ["denied"]


@pytest.mark.parametrize(
    "value",
    [
        double(10.5),
        double(-0.1),
        double(float("nan")),
        b"\x0c" + text("5"),
        b"\x00",
        b"\x8b" + u32(0),
        b"\x8b" + u32(2) + struct.pack("<dd", 1.0, 11.0),
        b"\x16" + number(297) + b"\1" + u32(8) + struct.pack("<d", 5.0),
        b"\x98" + u32(1) + double(5.0),
        b"\x8d" + u32(1) + bytes(8),
    ],
)
def test_a_value_out_of_its_bounds_or_that_is_no_number_is_refused(value: bytes) -> None:
    talk = Talk("read", "operate", writes=ON_PUMP)
    assert verdicts(talk.ask(write((node(), value)))) == ["denied"]
    assert talk.asked == []
    assert verdicts(talk.ask(write((node(), double(10.0))))) == ["allowed"]


def test_steps_are_held_against_what_was_read_and_confirmed() -> None:
    talk = Talk("read", "operate", writes=[{"table": "node", "names": ["ns=2;s=Pump"], "step": 3}])
    assert verdicts(talk.ask(write((node(), double(1.0))))) == ["denied"]
    talk.ask(traffic.READ)
    talk.answer(traffic.answer_read(double(2.0)))
    assert verdicts(talk.ask(write((node(), double(5.5))))) == ["denied"]
    assert verdicts(talk.ask(write((node(), double(5.0))))) == ["allowed"]
    talk.answer(traffic.answer_write(0))
    assert verdicts(talk.ask(write((node(), double(8.0))))) == ["allowed"]
    talk.answer(traffic.answer_write(0x80010000))
    assert verdicts(talk.ask(write((node(), double(8.0))))) == ["denied"]


def test_two_steps_in_one_request_are_not_held_against_the_same_value() -> None:
    talk = Talk("read", "operate", writes=[{"table": "node", "names": ["ns=2;s=Pump"], "step": 3}])
    talk.ask(traffic.READ)
    talk.answer(traffic.answer_read(double(2.0)))
    twice = write((node(), double(5.0)), (node(), double(-1.0)))
    assert statuses(talk.ask(twice)) == [0, NOT_ALLOWED, DENIED]


def test_what_must_be_asked_for_passes_once_when_it_was_approved_and_only_exactly_this() -> None:
    talk = Talk("read", ask={"operate"})
    effects = talk.ask(traffic.WRITE)
    assert (verdicts(effects), statuses(effects)) == (["asked"], [0, DENIED])
    talk.guard.arm(asks(effects)[0], NOW + 60)
    assert verdicts(talk.ask(write((node(), double(6.0))))) == ["asked"]
    assert bodies(talk.ask(traffic.WRITE), TO_ASSET) == [traffic.WRITE]
    talk.answer(traffic.answer_write(0))
    assert verdicts(talk.ask(traffic.WRITE)) == ["asked"]


def test_a_request_of_several_chunks_is_judged_as_one_and_never_by_its_pieces() -> None:
    talk = Talk("read")
    assert talk.ask(traffic.WRITE[:40], kind=b"MSGC") == []
    talk.number -= 1
    effects = talk.ask(traffic.WRITE[40:])
    assert (verdicts(effects), talk.asked) == (["denied"], [])
    assert talk.ask(traffic.READ[:40], kind=b"MSGC") == []
    talk.number -= 1
    assert bodies(talk.ask(traffic.READ[40:]), TO_ASSET) == [traffic.READ]


def test_a_request_that_its_tool_breaks_off_is_forgotten() -> None:
    talk = Talk("read")
    talk.ask(traffic.READ[:40], kind=b"MSGC")
    talk.number -= 1
    assert talk.ask(u32(0x80010000) + NULL, kind=b"MSGA") == []
    assert bodies(talk.ask(traffic.READ), TO_ASSET) == [traffic.READ]


@pytest.mark.parametrize(
    "broken",
    [
        traffic.WRITE + b"\0",
        traffic.WRITE[:-1],
        write((b"\x03\x02\x00" + text("Pump\0Valve"), double(1.0))),
        write((node(), b"\x3f" + u32(0))),
        request(673, u32(0xFFFFFF)),
        b"\x00\x01",
        write((node(), (b"\x98" + u32(1)) * 20 + double(1.0))),
    ],
)
def test_what_cannot_be_read_to_its_end_is_answered_as_such_and_never_sent(broken: bytes) -> None:
    talk = Talk(*ALL)
    effects = talk.ask(broken)
    assert (verdicts(effects), statuses(effects), talk.asked) == (["malformed"], [Status.BAD_DECODING], [])


def test_registered_nodes_are_answered_with_their_own_names_and_the_device_is_not_asked() -> None:
    talk = Talk("read")
    effects = talk.ask(request(560, array(node(), number(85))))
    assert bodies(effects, TO_USER)[0].endswith(array(node(), number(85)))
    assert (talk.asked, verdicts(effects)) == ([], ["allowed"])
    assert statuses(talk.ask(request(566, array(node())))) == [0]


def test_a_publish_that_waits_keeps_no_other_request_from_its_turn() -> None:
    talk = Talk("read")
    talk.ask(traffic.PUBLISH)
    (waiting,) = talk.asked
    assert bodies(talk.ask(traffic.READ), TO_ASSET) == [traffic.READ]
    assert talk.guard.on_tick(NOW + 29) == []
    assert statuses(talk.guard.on_tick(NOW + 31)) == [Status.BAD_TIMEOUT]
    effects = talk.answer(response(829, b"data"), to=struct.unpack_from("<I", waiting, 20)[0])
    assert bodies(effects, TO_USER) == [response(829, b"data")]


def test_one_request_is_at_the_device_at_a_time_and_the_next_goes_when_it_is_answered() -> None:
    talk = Talk("read")
    talk.ask(traffic.READ)
    assert talk.ask(read(node("Valve"))) == []
    effects = talk.answer(traffic.answer_read(double(1.0)))
    assert bodies(effects, TO_ASSET) == [read(node("Valve"))]


def test_an_answer_that_comes_too_late_or_that_nobody_asked_for_is_dropped() -> None:
    talk = Talk("read")
    talk.ask(traffic.READ)
    talk.guard.on_tick(NOW + 31)
    effects = talk.answer(traffic.answer_read(double(1.0)))
    assert (verdicts(effects), bodies(effects, TO_USER)) == (["denied"], [])
    assert bodies(talk.answer(traffic.answer_read(double(1.0)), to=99), TO_USER) == []


@pytest.mark.parametrize("strange", [traffic.answer_write(0), traffic.answer_read(double(1.0))[:-1], b"\xff"])
def test_an_answer_that_is_none_to_the_question_becomes_a_fault(strange: bytes) -> None:
    talk = Talk("read")
    talk.ask(traffic.READ)
    effects = talk.answer(strange)
    assert (verdicts(effects), statuses(effects)) == (["malformed"], [Status.BAD_DECODING])


def test_a_fault_of_the_device_is_the_tools_and_in_the_record() -> None:
    talk = Talk("read")
    talk.ask(traffic.READ)
    effects = talk.answer(response(397, status=0x80090000))
    assert (operations(effects)[0].exception_code, statuses(effects)) == (0x80090000, [0x80090000])


def test_the_channel_is_renewed_on_both_sides_and_the_tools_old_token_holds_until_it_uses_the_new_one() -> None:
    talk = Talk("read")
    effects = talk.tell(TO_ASSET, opening(traffic.RENEW, 50, talk.users, traffic.CHANNEL))
    talk.users += 1
    (renewal,) = chunks_of(effects, TO_ASSET)
    assert renewal[:3] == b"OPN"
    asked = struct.unpack_from("<II", renewal, len(renewal) - len(traffic.RENEW) - 8)
    opened = traffic.OPENED.replace(u32(traffic.TOKEN), u32(12))
    effects = talk.tell(TO_USER, opening(opened, asked[1], talk.assets, traffic.CHANNEL))
    talk.assets += 1
    (told,) = chunks_of(effects, TO_USER)
    assert u32(traffic.CHANNEL) + u32(2) in told[-40:]
    assert verdicts(talk.ask(traffic.READ)) == ["allowed"]
    assert struct.unpack_from("<I", talk.asked[-1], 12)[0] == 12
    talk.answer(traffic.answer_read(double(1.0)))
    talk.users += 1
    assert cuts(talk.tell(TO_ASSET, message(traffic.READ, 60, talk.users - 1, token=2))) == []
    assert cuts(talk.tell(TO_ASSET, message(traffic.READ, 61, talk.users, token=1))) == ["opcua_token"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (message(traffic.READ, 3, 3), "opcua_sequence"),
        (message(traffic.READ, 3, 2, token=5), "opcua_token"),
        (message(traffic.READ, 3, 2, channel=8), "opcua_channel"),
        (traffic.hello(), "opcua_order"),
        (opening(traffic.OPEN, 3, 2, traffic.CHANNEL), "opcua_open"),
        (b"GET / HT", "opcua_type"),
        (b"MSGF" + u32(0x10001), "opcua_size"),
        (b"MSGF" + u32(7), "opcua_size"),
        (traffic.ACKNOWLEDGE, "opcua_order"),
    ],
)
def test_what_breaks_the_connection_is_told_and_cut(said: bytes, code: str) -> None:
    effects = Talk(*ALL).tell(TO_ASSET, said)
    assert cuts(effects) == [code]
    assert isinstance(effects[-1], Cut)
    told = effects[-2]
    assert isinstance(told, Reply)
    assert (told.direction, told.data[:4]) == (TO_USER, b"ERRF")


def test_a_policy_without_a_certificate_of_ours_is_refused() -> None:
    inspector = guard("read")
    for way, data in traffic.BEGINNING[:2]:
        inspector.receive(way, data, NOW)
    uri = "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256"
    assert cuts(inspector.receive(TO_ASSET, opening(traffic.OPEN, 1, 1, uri=uri), NOW)) == ["opcua_policy"]


def test_a_device_that_refuses_a_channel_without_security_is_said_to_demand_it() -> None:
    inspector = guard("read")
    for way, data in traffic.BEGINNING[:3]:
        inspector.receive(way, data, NOW)
    effects = inspector.receive(TO_USER, traffic.chunk(b"ERRF", u32(Status.BAD_POLICY_REJECTED) + NULL), NOW)
    assert cuts(effects) == ["opcua_asset_error"]
    assert "demands security" in operations(effects)[0].reason
    assert operations(effects)[0].exception_code == Status.BAD_POLICY_REJECTED


def test_a_device_that_never_opens_is_given_up() -> None:
    inspector = guard("read")
    assert inspector.next_tick_monotonic() is None
    inspector.receive(TO_ASSET, traffic.hello(), NOW)
    assert inspector.next_tick_monotonic() == NOW + 30
    assert cuts(inspector.on_tick(NOW + 30)) == ["opcua_silent"]


def test_a_tool_to_which_nothing_is_given_never_reaches_the_device() -> None:
    effects = guard().receive(TO_ASSET, traffic.hello(), NOW)
    assert (cuts(effects), chunks_of(effects, TO_ASSET)) == (["opcua_refused"], [])


def test_when_the_device_is_gone_what_is_open_and_what_comes_is_answered() -> None:
    talk = Talk("read")
    talk.ask(traffic.READ)
    talk.ask(traffic.PUBLISH)
    assert statuses(talk.guard.asset_gone(NOW)) == [Status.BAD_COMMUNICATION] * 2
    assert statuses(talk.ask(traffic.READ)) == [Status.BAD_COMMUNICATION]
    assert talk.guard.good_bye(NOW) == []


def test_good_bye_closes_sessions_and_channel_once_unless_the_tool_did() -> None:
    talk = Talk("read")
    talk.ask(traffic.CREATE_SESSION)
    talk.answer(traffic.CREATED)
    said = bodies(talk.guard.good_bye(NOW), TO_ASSET)
    assert [struct.unpack_from("<H", body, 2)[0] for body in said] == [473, 452]
    assert traffic.SESSION in said[0]
    assert said[0].endswith(b"\x01")
    assert talk.guard.good_bye(NOW) == []
    talk = Talk("read")
    talk.ask(traffic.CREATE_SESSION)
    talk.answer(traffic.CREATED)
    talk.ask(traffic.CLOSE_SESSION)
    talk.answer(response(476))
    effects = talk.ask(traffic.CLOSE, kind=b"CLOF")
    assert [struct.unpack_from("<H", body, 2)[0] for body in bodies(effects, TO_ASSET)] == [452]
    assert talk.guard.good_bye(NOW) == []


def test_good_bye_is_said_after_a_cut_and_stays_within_its_bound() -> None:
    talk = Talk("read")
    for at in range(9):
        talk.ask(traffic.CREATE_SESSION)
        session = node("s" * 900 + str(at))
        talk.answer(traffic.CREATED.replace(traffic.SESSION, session), to=None if at < 8 else 99)
    assert cuts(talk.tell(TO_ASSET, b"GET / HTTP/1.1")) == ["opcua_type"]
    (said,) = [effect.data for effect in talk.guard.good_bye(NOW) if isinstance(effect, Reply)]
    assert len(said) <= 4096
    assert said[-100:].find(b"CLOF") > 0


def test_more_sessions_than_eight_are_refused() -> None:
    talk = Talk("read")
    for at in range(8):
        talk.ask(traffic.CREATE_SESSION)
        talk.answer(traffic.CREATED.replace(traffic.SESSION, node(str(at))))
    assert statuses(talk.ask(traffic.CREATE_SESSION)) == [Status.BAD_TOO_MANY_SESSIONS]


def test_too_fast_is_answered_as_busy() -> None:
    talk = Talk("read", max_rate=1)
    talk.ask(traffic.READ)
    talk.answer(traffic.answer_read(double(1.0)))
    assert statuses(talk.ask(traffic.READ)) == [Status.BAD_SERVER_TOO_BUSY]


def test_what_waits_is_bounded_by_its_bytes() -> None:
    talk = Talk("read", "operate")
    big = write((node(), b"\x0f" + u32(40_000) + bytes(40_000)))
    talk.ask(traffic.READ)
    effects = [effect for _ in range(30) for effect in talk.ask(big)]
    assert set(verdicts(effects)) == {"denied"}
    assert talk.guard.held_bytes <= 0x100000 + 100_000
