"""What somebody with a narrow grant may try: sessions and subscriptions of others, and what costs us much."""

import struct

import pytest

from guards.opcua import security
from guards.opcua.limits import Limits
from guards.opcua.requests import read_request
from guards.opcua.status import Status
from tests.unit.guards.opcua import secure, traffic
from tests.unit.guards.opcua.traffic import (
    CREATE_SESSION,
    CREATED,
    NULL,
    SESSION,
    TO_ASSET,
    Talk,
    array,
    bodies,
    node,
    number,
    request,
    response,
    statuses,
    text,
    u32,
    value_of,
)

FOREIGN = number(45, 1)
READ_FIELDS = traffic.READ[len(request(631, b"")) :]
ACTIVATE = NULL + NULL + array() + array() + bytes(3) + NULL + NULL


def in_session(*tiers: str, **fields: object) -> Talk:
    talk = Talk(*tiers, **fields)
    talk.ask(CREATE_SESSION)
    talk.answer(CREATED)
    return talk


# --- sessions of others


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (467, ACTIVATE),
        (473, b"\x01"),
        (479, u32(5)),
        (631, READ_FIELDS),
        (826, array()),
        (847, array(u32(1))),
    ],
)
def test_a_session_that_was_not_made_on_this_stream_does_not_exist_here(code: int, fields: bytes) -> None:
    talk = in_session("read", "operate")
    assert statuses(talk.ask(request(code, fields, session=FOREIGN))) == [Status.BAD_SESSION_ID]
    assert bodies(talk.ask(request(code, fields, session=SESSION)), TO_ASSET)


def test_a_session_may_be_called_by_its_name_in_any_encoding() -> None:
    talk = in_session("read")
    long = b"\x02" + struct.pack("<HI", 1, 44)
    assert bodies(talk.ask(request(631, READ_FIELDS, session=long)), TO_ASSET)
    talk.answer(traffic.answer_read(traffic.double(1.0)))
    talk.ask(request(473, b"\x01", session=long))
    talk.answer(response(476))
    assert statuses(talk.ask(request(631, READ_FIELDS, session=SESSION))) == [Status.BAD_SESSION_ID]


def test_discovery_and_what_needs_no_session_go_on() -> None:
    talk = Talk("read", max_in_flight=4)
    ask = text(traffic.URL) + array() + array()
    for code in (422, 428):
        assert bodies(talk.ask(request(code, ask, session=FOREIGN)), TO_ASSET)
    assert bodies(talk.ask(traffic.READ), TO_ASSET)


def test_a_session_that_the_device_has_ended_takes_no_room() -> None:
    talk = in_session("read")
    talk.ask(request(631, READ_FIELDS, session=SESSION))
    talk.answer(response(397, status=Status.BAD_SESSION_ID))
    assert statuses(talk.ask(request(631, READ_FIELDS, session=SESSION))) == [Status.BAD_SESSION_ID]


# --- subscriptions of others

SUBSCRIBE = request(787, struct.pack("<dIIIBB", 500.0, 60, 20, 0, 1, 0), session=SESSION)


def transfer(*numbers: int) -> bytes:
    return request(841, array(*map(u32, numbers)) + b"\x01", session=SESSION)


def test_subscriptions_of_others_are_not_taken_from_them() -> None:
    talk = in_session("read")
    talk.ask(SUBSCRIBE)
    talk.answer(response(790, u32(77) + struct.pack("<dII", 500.0, 60, 20)))
    assert statuses(talk.ask(transfer(76))) == [Status.BAD_SUBSCRIPTION_ID]
    assert statuses(talk.ask(transfer(77, 76))) == [Status.BAD_SUBSCRIPTION_ID]
    assert bodies(talk.ask(transfer(77)), TO_ASSET)
    talk.answer(response(844, array() + NULL))
    talk.ask(request(847, array(u32(77)), session=SESSION))
    talk.answer(response(850, array(u32(0)) + NULL))
    assert statuses(talk.ask(transfer(77))) == [Status.BAD_SUBSCRIPTION_ID]


# --- what costs much


def test_a_certificate_of_an_unknown_version_is_of_no_use() -> None:
    certificate, _ = secure.certified("tool", 2048)
    at = certificate.find(bytes.fromhex("a003020102"))
    assert security.load_peer(certificate[: at + 4] + b"\x04" + certificate[at + 5 :]) is None


def test_what_is_encrypted_for_us_has_a_bound() -> None:
    ours = secure.identity("ours")
    block = ours.peer.encrypt(b"x", bytes)
    assert ours.decrypt(block * security.MAX_BLOCKS) == b"x" * security.MAX_BLOCKS
    assert ours.decrypt(block * (security.MAX_BLOCKS + 1)) is None


MANY = 70_000


@pytest.mark.parametrize(
    "body",
    [
        traffic.read(*[b"\0\1"] * MANY),
        traffic.call(node(), node(), *[b"\0"] * MANY),
        request(673, array(node() + u32(13) + NULL + value_of(b"\x98" + u32(MANY) + bytes(MANY)))),
        request(673, array(node() + u32(13) + NULL + value_of(b"\x8c" + array(*[NULL] * MANY)))),
    ],
)
def test_more_than_a_device_takes_at_once_is_not_read_to_its_end(body: bytes) -> None:
    assert "too many" in read_request(body).fault


def test_long_arrays_of_numbers_pass_and_are_held_against_bounds() -> None:
    limits = Limits(
        traffic.rules("operate", writes=[{"table": "node", "names": ["ns=2;s=Pump"], "minimum": 0, "maximum": 1}])
    )
    for last, passes in ((1, True), (2, False)):
        asked = read_request(traffic.write((node(), b"\x83" + u32(100_000) + bytes(99_999) + bytes([last]))))
        assert (limits.judge(asked, None, 0.0).refusal is None) is passes
