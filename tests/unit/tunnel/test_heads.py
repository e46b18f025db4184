import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunnel.heads import (
    MAX_BODY_BYTES,
    MAX_HEAD_BYTES,
    Answer,
    AnswerReader,
    MalformedHeadError,
    build_request,
    read_problem,
)

SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: keep-alive, Upgrade\r\n\r\n"


def read(*chunks: bytes) -> Answer | None:
    reader, answer = AnswerReader(), None
    for chunk in chunks:
        answer = reader.receive(chunk)
    return answer


def test_an_answer_is_read_with_what_came_after_it() -> None:
    answer = read(SWITCHING + b"\0\0\0\1x")
    assert answer is not None
    assert (answer.status, answer.rest) == (101, b"\0\0\0\1x")
    assert answer.has_token("connection", "upgrade")


def test_an_answer_may_come_byte_by_byte() -> None:
    *most, last = [SWITCHING[i : i + 1] for i in range(len(SWITCHING))]
    reader = AnswerReader()
    assert all(reader.receive(byte) is None for byte in most)
    assert reader.receive(last) is not None


def test_the_body_is_waited_for() -> None:
    head = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\n"
    assert read(head, b"no") is None
    answer = read(head, b"no", b"pe")
    assert answer is not None
    assert answer.body == b"nope"


@given(st.binary(max_size=200))
def test_garbage_is_malformed_or_incomplete_but_never_anything_else(garbage: bytes) -> None:
    try:
        answer = read(garbage + b"\r\n\r\n")
    except MalformedHeadError:
        return
    assert answer is None or garbage.startswith(b"HTTP/1.")


@pytest.mark.parametrize(
    "bad",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 101 Ok\r\nUpgrade : x\r\n\r\n",
        b"HTTP/1.1 101 Ok\r\n Upgrade: folded\r\n\r\n",
        b"HTTP/1.1 101 Ok\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 101 Ok\r\nUpgrade: x\rY: z\r\n\r\n",
        b"HTTP/1.1 101 Ok\r\nUpgrade: \0\r\n\r\n",
        b"HTTP/1.1 101 Ok\r\nContent-Length: 3\r\n\r\n",
        b"HTTP/1.1 101 Ok\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 403 No\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 403 No\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 403 No\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1),
        b"HTTP/1.1 101 Ok\r\nX: " + b"y" * MAX_HEAD_BYTES,
        b"HTTP/1.1 101 Ok\r\nX: " + b"y" * MAX_HEAD_BYTES + b"\r\n\r\n",
    ],
)
def test_what_a_lenient_reader_would_take_is_refused(bad: bytes) -> None:
    with pytest.raises(MalformedHeadError):
        read(bad)


@pytest.mark.parametrize("text", ["a\r\nHost: evil", "a\nb", "\0", "é", " a"])
def test_a_request_cannot_be_split_by_what_is_put_into_it(text: str) -> None:
    with pytest.raises(ValueError, match="HTTP head"):
        build_request("GET", "/", {"Authorization": text})


def test_a_request_target_has_no_spaces() -> None:
    with pytest.raises(ValueError, match="spaces"):
        build_request("GET", "/a b", {})


def test_a_problem_document_gives_code_title_and_detail() -> None:
    body = b'{"code":"no_grant","title":"No","detail":"ask \\u0007 first","status":403}'
    assert read_problem(body) == {"code": "no_grant", "title": "No", "detail": "ask  first"}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"code":7}', b"[" * 60_000, b"\xff\xfe"])
def test_another_body_gives_empty_texts(body: bytes) -> None:
    assert read_problem(body) == {"code": "", "title": "", "detail": ""}
