"""What is remembered of requests, and what never is."""

from guards.opcua.binary import NULL, blob, extension, string
from guards.opcua.judge import Judge
from tests.unit.guards.opcua.traffic import NOW, array, node, read, request, rules

PASSWORD = b"a word that opens"


def remembered(judge: Judge) -> bytes:
    return b"".join(judge._remembered)


def test_a_request_that_comes_again_is_not_read_again() -> None:
    judge = Judge(rules("read"))
    first, _ = judge.judge(read(node()), NOW)
    again, _ = judge.judge(read(node()), NOW)
    assert again.contents is first.contents


def test_no_password_is_kept_longer_than_its_request() -> None:
    judge = Judge(rules("read"))
    name = extension(324, string("name") + string("maria") + blob(PASSWORD) + NULL)
    body = request(467, NULL + NULL + array() + array() + name + NULL + NULL)
    activation, _ = judge.judge(body, NOW)
    judge.judge(read(node()), NOW)
    assert not activation.fault
    assert PASSWORD not in remembered(judge)
    assert b"Pump" in remembered(judge)
