"""Message chunks of OPC UA over TCP, and messages put together from them (OPC 10000-6 1.05, 6.7.2 and 7.1.2)."""

from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple

from guards.malformations import flaw
from guards.opcua.binary import LayoutError, Reader, blob, string, uint32
from guards.opcua.status import Status
from guards.reasons import Reason, detail
from guards.splitting import INCOMPLETE, FramingFault, Measure

HELLO, ACKNOWLEDGE, ERROR = b"HEL", b"ACK", b"ERR"
OPEN, MESSAGE, CLOSE = b"OPN", b"MSG", b"CLO"
MORE, FINAL, ABORT = b"C", b"F", b"A"
MAX_CHUNK_BYTES = 0x10000
MIN_CHUNK_BYTES = 8192
MAX_CHUNKS = 512
MAX_REQUEST_BYTES = 0x100000
MAX_RESPONSE_BYTES = 0x400000
MAX_URL_BYTES = 4096
HEAD_BYTES = 8
CHANNEL_HEAD_BYTES = 12
_HEAD = Struct("<4sI")
_CHANNEL_HEAD = Struct("<4sII")
_PLAIN_HEAD = Struct("<4sIIIII")
_LIMITS = Struct("<IIIII")
_SIZE_AT = 4
_KINDS = frozenset(
    {HELLO + FINAL, ACKNOWLEDGE + FINAL, ERROR + FINAL, OPEN + FINAL, CLOSE + FINAL}
    | {MESSAGE + each for each in (MORE, FINAL, ABORT)}
)
_SIZE = Struct("<I")
_FIRST = HELLO + FINAL


class Fault(NamedTuple):
    """Why a connection cannot go on: our stable code, the status code that the peer is told, and the reason."""

    code: str
    status: int
    reason: Reason


def measure_up_to(limit: int) -> Measure:
    """Return how chunks of at most ``limit`` bytes are measured."""

    def measure(stream: bytes, at: int) -> int | FramingFault:
        kind = stream[at : at + 4]
        if len(kind) == len(_FIRST) and kind not in _KINDS:
            return FramingFault("opcua_type", flaw("no_opcua", bytes=repr(kind)))
        if len(stream) - at < HEAD_BYTES:
            return INCOMPLETE
        (size,) = _SIZE.unpack_from(stream, at + _SIZE_AT)
        if not HEAD_BYTES <= size <= limit:
            return FramingFault("opcua_size", flaw("chunk_size", size=size, most=limit))
        return at + int(size)

    return measure


class Limits(NamedTuple):
    """What one side can take: bytes in a chunk that it gets, that it sends, in a message, and chunks; 0: no bound."""

    receive_bytes: int
    send_bytes: int
    message_bytes: int
    chunks: int

    def room(self, overhead: int) -> int:
        """Return how many bytes of a message a chunk takes, where ``overhead`` bytes of it are something else."""
        return min(self.receive_bytes, MAX_CHUNK_BYTES) - overhead

    def cut(self, body: bytes, overhead: int) -> Iterable[tuple[bytes, bytes]]:
        """Return a message's pieces, each with the letter of its chunk."""
        room = self.room(overhead)
        if 0 < len(body) <= room:
            return ((FINAL, body),)
        starts = range(0, len(body), room)
        return ((FINAL if at == starts[-1] else MORE, body[at : at + room]) for at in starts)

    def fit(self, size: int, overhead: int) -> bool:
        """Tell whether this side takes a message of so many bytes."""
        if self.message_bytes and size > self.message_bytes:
            return False
        return not self.chunks or -(-size // self.room(overhead)) <= self.chunks


def hello(limits: Limits, url: str) -> bytes:
    """Return the HEL of a client."""
    return _whole(HELLO, _LIMITS.pack(0, *limits) + string(url))


def acknowledge(limits: Limits) -> bytes:
    """Return the ACK of a server."""
    return _whole(ACKNOWLEDGE, _LIMITS.pack(0, *limits))


def error(status: int, reason: str) -> bytes:
    """Return the ERR that a server ends a connection with."""
    return _whole(ERROR, uint32(status) + string(reason[:1024]))


def _whole(kind: bytes, body: bytes) -> bytes:
    return _HEAD.pack(kind + FINAL, HEAD_BYTES + len(body)) + body


def read_hello(chunk: bytes) -> tuple[Limits, str] | Fault:
    """Return what a client can take, and the URL that it calls (7.1.2.3)."""
    reader = Reader(chunk, HEAD_BYTES)
    try:
        limits, url = _limits(reader), reader.string() or ""
        reader.end()
    except LayoutError as wrong:
        return Fault("opcua_hello", Status.BAD_DECODING, wrong.reason)
    if len(url.encode()) > MAX_URL_BYTES:
        return Fault("opcua_hello", Status.BAD_TCP_URL, flaw("url_too_long"))
    return _sound(limits) or (limits, url)


def read_acknowledge(chunk: bytes) -> Limits | Fault:
    """Return what a server can take (7.1.2.4)."""
    reader = Reader(chunk, HEAD_BYTES)
    try:
        limits = _limits(reader)
        reader.end()
    except LayoutError as wrong:
        return Fault("opcua_acknowledge", Status.BAD_DECODING, wrong.reason)
    return _sound(limits) or limits


def _limits(reader: Reader) -> Limits:
    reader.uint32()
    return Limits(reader.uint32(), reader.uint32(), reader.uint32(), reader.uint32())


def _sound(limits: Limits) -> Fault | None:
    if min(limits.receive_bytes, limits.send_bytes) < MIN_CHUNK_BYTES:
        return Fault("opcua_hello", Status.BAD_TCP_RESOURCES, flaw("chunks_too_small"))
    return None


def read_error(chunk: bytes, at: int = HEAD_BYTES) -> tuple[int, Reason]:
    """Return status code and reason of an ERR, or of the body of a chunk that aborts a message."""
    reader = Reader(chunk, at)
    try:
        return reader.uint32(), detail((reader.string() or "")[:256])
    except LayoutError:
        return Status.BAD_DECODING, flaw("error_unreadable")


def channel_of(chunk: bytes) -> int | None:
    """Return the number of the secure channel that an OPN, MSG or CLO names."""
    return int(_SIZE.unpack_from(chunk, HEAD_BYTES)[0]) if len(chunk) >= CHANNEL_HEAD_BYTES else None


def head(kind: bytes, size: int, channel: int) -> bytes:
    """Return the head of an OPN, MSG or CLO; ``kind`` with its letter."""
    return _CHANNEL_HEAD.pack(kind, size, channel)


def plain(kind: bytes, channel: int, token: int, number: int, request_id: int, body: bytes) -> bytes:
    """Return an MSG or CLO chunk without security."""
    return _PLAIN_HEAD.pack(kind, _PLAIN_HEAD.size + len(body), channel, token, number, request_id) + body


class Policy(NamedTuple):
    """The security header of an OPN (6.7.2.3), and where the bytes behind it begin."""

    uri: str
    certificate: bytes
    thumbprint: bytes
    end: int


def read_policy(chunk: bytes) -> Policy | None:
    """Return the security header of an OPN, ``None`` if it cannot be read."""
    reader = Reader(chunk, CHANNEL_HEAD_BYTES)
    try:
        return Policy(reader.string() or "", reader.blob() or b"", reader.blob() or b"", reader.at)
    except LayoutError:
        return None


def policy_head(uri: str, certificate: bytes | None, thumbprint: bytes | None) -> bytes:
    """Return the security header of an OPN."""
    return string(uri) + blob(certificate) + blob(thumbprint)


class Part(NamedTuple):
    """What is in one chunk behind its security: ``letter`` says whether more follows."""

    letter: bytes
    number: int
    request_id: int
    body: bytes


_SEQUENCE = Struct("<II")


def read_part(letter: bytes, data: bytes, at: int = 0) -> Part | Fault:
    """Take the sequence header off what was in a chunk, which begins at ``at`` (6.7.2.4)."""
    if len(data) < at + _SEQUENCE.size:
        return Fault("opcua_chunk", Status.BAD_TCP_TYPE, flaw("chunk_head"))
    number, request_id = _SEQUENCE.unpack_from(data, at)
    return Part(letter, number, request_id, data[at + _SEQUENCE.size :])


def sequence(number: int, request_id: int) -> bytes:
    """Return a sequence header."""
    return _SEQUENCE.pack(number, request_id)


_WRAP = 0xFFFFFFFF - 1024


class Numbers:
    """The sequence numbers of one way: each is one more than the last; near the end they begin again (6.7.2.4)."""

    __slots__ = ("_last",)

    def __init__(self, first: int | None = None) -> None:
        """Begin with ``first`` (to send), or with whatever comes first (to receive)."""
        self._last = None if first is None else first - 1

    def take(self) -> int:
        """Return the next number to send."""
        last = 0 if self._last is None else self._last
        self._last = 1 if last >= _WRAP else last + 1
        return self._last

    def accept(self, number: int) -> Fault | None:
        """Hold a number that came against the one before."""
        last, self._last = self._last, number
        if last is None or number == last + 1 or (last >= _WRAP and number < 1024):
            return None
        return Fault("opcua_sequence", Status.BAD_SEQUENCE, flaw("sequence_number", number=number, last=last))


class Message(NamedTuple):
    """A whole message; ``abort`` is the status code with which its sender broke it off."""

    request_id: int
    body: bytes
    abort: int | None = None


class Assembly:
    """Messages out of parts, one after the other: at most ``max_bytes`` are kept."""

    __slots__ = ("_max_bytes", "_parts", "_request_id", "held_bytes")

    def __init__(self, max_bytes: int) -> None:
        """Begin with nothing kept."""
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._request_id: int | None = None
        self.held_bytes = 0

    def take(self, part: Part) -> Message | Fault | None:
        """Return the message that a part completes, ``None`` while more must come."""
        letter, _, request_id, body = part
        if self._request_id is not None and self._request_id != request_id:
            return Fault("opcua_chunk", Status.BAD_TCP_TYPE, flaw("begins_before_end"))
        if letter == ABORT:
            self.clear()
            return Message(request_id, b"", read_error(body, 0)[0])
        if self.held_bytes + len(body) > self._max_bytes or len(self._parts) >= MAX_CHUNKS:
            return Fault("opcua_message", Status.BAD_TCP_TOO_LARGE, flaw("message_too_large", most=self._max_bytes))
        if letter == FINAL:
            if self._request_id is not None:
                body = b"".join((*self._parts, body))
                self.clear()
            return Message(request_id, body)
        self._request_id = request_id
        self._parts.append(body)
        self.held_bytes += len(body)
        return None

    def clear(self) -> None:
        """Forget what is not whole."""
        self._parts, self._request_id, self.held_bytes = [], None, 0
