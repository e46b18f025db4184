"""The heads of HTTP/1.1 that a stream begins with: what we send, and a bounded reader of what comes back.

Pure. Strict where RFC 9112 lets a reader be lenient (bare LF, folded lines, spaces before the colon: 2.2, 5.1, 5.2),
since lenience is what request smuggling lives on.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_HEAD_BYTES = 16 * 1024
MAX_BODY_BYTES = 64 * 1024

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?")
_FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*")
_REQUEST_TEXT = re.compile(r"[\x21-\x7e][\x20-\x7e]*|")


class MalformedHeadError(ValueError):
    """What came is no HTTP/1.1 response that we accept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: status, fields (names in lower case; repeated ones joined by commas), body, and what came after."""

    status: int
    fields: Mapping[str, str]
    body: bytes
    rest: bytes

    def has_token(self, field: str, token: str) -> bool:
        """Return whether a comma-separated field contains ``token``, in any case."""
        return token in (part.strip().lower() for part in self.fields.get(field, "").split(","))


def build_request(method: str, target: str, fields: Mapping[str, str]) -> bytes:
    """Return a request head; ``ValueError`` if a text could break out of its line."""
    for text in (target, *fields, *fields.values()):
        if not _REQUEST_TEXT.fullmatch(text):
            raise ValueError(f"not fit for an HTTP head: {text[:20]!r}...")
    if " " in target:
        raise ValueError("a request target has no spaces")
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("ascii")


class AnswerReader:
    """Collect one response from pieces; bounded by ``MAX_HEAD_BYTES`` and ``MAX_BODY_BYTES``."""

    def __init__(self) -> None:
        self._data = bytearray()

    def receive(self, data: bytes) -> Answer | None:
        """Return the response once it is whole. Raises ``MalformedHeadError`` as soon as it cannot become one."""
        self._data += data
        head_end = self._data.find(b"\r\n\r\n", 0, MAX_HEAD_BYTES)
        if head_end < 0:
            self._check_beginning()
            return None
        status, fields = _parse_head(bytes(self._data[:head_end]))
        body_start = head_end + 4
        body_end = body_start + _body_length(status, fields)
        if len(self._data) < body_end:
            return None
        return Answer(status, fields, bytes(self._data[body_start:body_end]), bytes(self._data[body_end:]))

    def _check_beginning(self) -> None:
        if len(self._data) >= MAX_HEAD_BYTES:
            raise MalformedHeadError(f"the head is longer than {MAX_HEAD_BYTES} bytes")
        if self._data[:7] != b"HTTP/1."[: len(self._data)]:
            raise MalformedHeadError("this is not HTTP/1.1")


def _parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.split(b"\r\n")
    status = _STATUS_LINE.fullmatch(first)
    if status is None:
        raise MalformedHeadError("the status line is malformed")
    fields: dict[str, str] = {}
    for line in lines:
        match = _FIELD_LINE.fullmatch(line)
        if match is None:
            raise MalformedHeadError("a header line is malformed")
        name, value = match[1].decode("ascii").lower(), match[2].decode("latin-1")
        if name == "content-length" and name in fields:
            raise MalformedHeadError("there is more than one content-length")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return int(status[1]), fields


def _body_length(status: int, fields: Mapping[str, str]) -> int:
    """Return how many bytes of body to wait for; a body of unknown length is not waited for."""
    length = fields.get("content-length", "0")
    if not re.fullmatch("[0-9]{1,9}", length):
        raise MalformedHeadError("the content-length is malformed")
    if status < 200 and (length != "0" or "transfer-encoding" in fields):
        raise MalformedHeadError("an interim response has no body")
    if int(length) > MAX_BODY_BYTES:
        raise MalformedHeadError(f"the body is longer than {MAX_BODY_BYTES} bytes")
    return 0 if "transfer-encoding" in fields else int(length)


def read_problem(body: bytes) -> dict[str, str]:
    """Return ``code``, ``title`` and ``detail`` of a problem document (RFC 9457); empty where absent or malformed."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        document = {}
    return {name: _text(document.get(name)) for name in ("code", "title", "detail")}


def _text(value: object) -> str:
    return "".join(c for c in value[:500] if c.isprintable()) if isinstance(value, str) else ""
