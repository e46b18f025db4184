"""A look at an OPC UA server: what it reads, what it makes of it, and why it ends early."""

import struct
from collections.abc import Callable

import pytest

from guards.look import Look
from guards.looks import make_look
from policies.rules import Rules, Tier
from tests.unit.guards.opcua.traffic import (
    ACKNOWLEDGE,
    CHANNEL,
    CREATED,
    NULL,
    OPENED,
    TOKEN,
    array,
    chunk,
    message,
    opening,
    response,
    text,
    u32,
)

READ_ONLY = Rules(tiers=frozenset({Tier.READ}))
UNKNOWN_NODE = b"\x02" + u32(0x80340000)
STATES = {
    "unreadable": b"\x01\x03\x07",
    "failed": b"\x01\x06" + u32(1),
}


def string(value: str) -> bytes:
    return b"\x01\x0c" + text(value)


def moment(ticks: int) -> bytes:
    return b"\x01\x0d" + struct.pack("<q", ticks)


NAMED = [string(word) for word in ("Mixer", "urn:mixer", "Acme", "1.2", "77")]
TOLD = [
    *NAMED,
    moment(0),
    moment(132_539_328_000_000_000),
    b"\x01\x06" + u32(0),
    b"\x01\x8c" + array(text("urn:one"), text("urn:two")),
    b"\x01\x8c" + array(text("http://opcfoundation.org/UA/"), text("urn:one"), text("urn:plant\n")),
]
ANSWERS: dict[int, Callable[[], bytes]] = {
    461: lambda: CREATED,
    467: lambda: response(470, NULL + NULL + NULL),
    631: lambda: response(634, array(*TOLD) + NULL),
    473: lambda: response(476),
}


class Server:
    """Plays a server, request by request. ``answers`` are those that differ from what one says that is well."""

    def __init__(self, **answers: bytes) -> None:
        self.answers = {int(code[1:]): answer for code, answer in answers.items()}
        self.asked: list[int] = []
        self.sequence = 1

    def answer(self, request: bytes) -> bytes:
        if request[:3] == b"HEL":
            return ACKNOWLEDGE
        if request[:3] == b"OPN":
            return opening(OPENED, 1, 1, CHANNEL)
        self.sequence += 1
        code, number = struct.unpack_from("<H", request, 26)[0], struct.unpack_from("<I", request, 20)[0]
        self.asked.append(code)
        body = self.answers.get(code) or ANSWERS[code]()
        return message(body, number, self.sequence, token=TOKEN)

    def looked_at(self) -> Look:
        look = make_look("opcua", READ_ONLY)
        assert look is not None
        request = look.start()
        while request:
            request = look.receive(self.answer(request))
        return look


def test_a_server_tells_what_it_is_and_the_session_is_closed() -> None:
    server = Server()
    look = server.looked_at()
    assert (look.problem, server.asked) == ("", [461, 467, 631, 473])
    assert look.facts == {
        "product_name": "Mixer", "product_uri": "urn:mixer", "manufacturer": "Acme", "software": "1.2", "build": "77",
        "built": "1601-01-01T00:00:00+00:00", "started": "2021-01-01T00:00:00+00:00", "state": "running",
        "servers": "urn:one, urn:two", "ns1.namespace": "urn:one", "ns2.namespace": "urn:plant?",
    }  # fmt: skip


def test_what_the_server_does_not_tell_is_absent_and_that_is_no_fault() -> None:
    told = [*TOLD[:2], UNKNOWN_NODE, *TOLD[3:6], moment(2**63 - 1), STATES["failed"], UNKNOWN_NODE, UNKNOWN_NODE]
    look = Server(_631=response(634, array(*told) + NULL)).looked_at()
    assert look.problem == ""
    assert look.facts.keys() == {"product_name", "product_uri", "software", "build", "built", "started", "state"}
    assert (look.facts["state"], look.facts["started"]) == ("failed", str(2**63 - 1))


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"_461": response(397, status=0x80560000)}, "the server did not do it (create_session: 80560000)"),
        ({"_461": response(397, status=0x80550000)}, "the device demands security"),
        ({"_461": CREATED[:40]}, "the server's answer could not be understood"),
        ({"_467": response(470, status=0x80210000)}, "the server did not do it (activate_session: 80210000)"),
        (
            {"_467": response(634, NULL + NULL)},
            "the server's answer could not be understood: activate_session is",
        ),
        ({"_631": response(634, array(*NAMED) + NULL)}, "the server said other things than it was asked"),
        ({"_631": response(397, status=0x801F0000)}, "the server did not do it (read: 801f0000)"),
    ],
)
def test_a_server_that_does_not_do_it_is_not_taken_for_one_that_tells_nothing(
    answers: dict[str, bytes], problem: str
) -> None:
    assert Server(**answers).looked_at().problem.startswith(problem)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (chunk(b"ERRF", u32(0x800D0000) + text("shut down")), "the server ended the connection (800d0000: shut down)"),
        (opening(OPENED, 1, 1, CHANNEL), "the server said other things than it was asked"),
        (b"GET / HTTP/1.1\r\n", "the device's answer could not be read"),
    ],
)
def test_a_connection_that_ends_or_is_none_of_opc_ua_says_so(said: bytes, problem: str) -> None:
    look = make_look("opcua", READ_ONLY)
    assert look is not None
    assert look.start()[:4] == b"HELF"
    assert look.receive(said) == b""
    assert look.problem.startswith(problem)
