"""The secure channel towards the device, of which the guard is the client: without security (OPC 10000-6 1.05, 6.7)."""

from datetime import datetime
from typing import NamedTuple

from guards.malformations import flaw
from guards.opcua import chunks, security
from guards.opcua.answers import read_answer, ticks
from guards.opcua.binary import NULL, LayoutError, Reader, int32, int64, type_id, uint32
from guards.opcua.chunks import Assembly, Fault, Message, Numbers
from guards.opcua.outside import NO_SECURITY
from guards.opcua.services import CLOSE_CHANNEL, CLOSE_SESSION, FAULT, OPEN_CHANNEL, OPENED_CHANNEL, Service, service_of
from guards.opcua.status import Status
from guards.reasons import why

OURS = chunks.Limits(
    chunks.MAX_CHUNK_BYTES - 1, chunks.MAX_CHUNK_BYTES - 1, chunks.MAX_RESPONSE_BYTES, chunks.MAX_CHUNKS
)
"""What is asked of a device."""
_BODY_AT = chunks.CHANNEL_HEAD_BYTES + 4
_OVERHEAD = _BODY_AT + 8
_NO_SESSION = b"\x00\x00"
_ASKED = Service(OPEN_CHANNEL, "open_secure_channel", service_of(CLOSE_SESSION).tier, OPENED_CHANNEL)


class Opened(NamedTuple):
    """What a device answered to our OPN."""

    channel: int
    token: int
    lifetime_ms: int


class AssetChannel:
    """One secure channel without security. ``next_id`` numbers requests: tools' numbers never reach a device."""

    __slots__ = ("_assembly", "_limits", "_next_id", "_numbers_in", "_numbers_out", "_open_id", "_opened", "is_open")

    def __init__(self) -> None:
        """Begin closed."""
        self._limits = OURS
        self._assembly = Assembly(chunks.MAX_RESPONSE_BYTES)
        self._numbers_in, self._numbers_out = Numbers(), Numbers(1)
        self._next_id = 0
        self._open_id = 0
        self._opened = Opened(0, 0, 0)
        self.is_open = False

    @property
    def held_bytes(self) -> int:
        """How many bytes of unfinished responses are kept."""
        return self._assembly.held_bytes

    def next_id(self) -> int:
        """Return the number of our next request."""
        self._next_id = 1 if self._next_id >= 0xFFFFFFFF else self._next_id + 1
        return self._next_id

    def greet(self, limits: chunks.Limits) -> None:
        """Take in what the device can take."""
        self._limits = limits

    def ask(self, lifetime_ms: int, moment: datetime) -> bytes:
        """Return the OPN that opens the channel, or renews it."""
        self._open_id = self.next_id()
        body = request_header(OPEN_CHANNEL, _NO_SESSION, self._open_id, moment)
        body += uint32(0) + int32(int(self.is_open)) + int32(NO_SECURITY) + NULL + uint32(lifetime_ms)
        behind = chunks.policy_head(security.NO_POLICY, None, None) + chunks.sequence(
            self._numbers_out.take(), self._open_id
        )
        size = chunks.CHANNEL_HEAD_BYTES + len(behind) + len(body)
        return chunks.head(chunks.OPEN + chunks.FINAL, size, self._opened.channel) + behind + body

    def opened(self, chunk: bytes) -> Opened | Fault:
        """Take in the answer to our OPN."""
        policy = chunks.read_policy(chunk)
        if policy is None or policy.uri != security.NO_POLICY:
            return Fault("opcua_asset_open", Status.BAD_SECURITY_CHECKS, flaw("other_policy"))
        part = chunks.read_part(chunks.FINAL, chunk[policy.end :])
        if isinstance(part, Fault):
            return part
        wrong = self._numbers_in.accept(part.number)
        if wrong is not None or part.request_id != self._open_id:
            return wrong or Fault("opcua_asset_open", Status.BAD_SEQUENCE, flaw("opn_unasked"))
        self._open_id = 0
        answer = read_answer(part.body, _ASKED)
        if answer.fault or answer.code == FAULT or answer.exception_code is not None:
            return Fault("opcua_asset_refuses", answer.result or Status.BAD_DECODING, answer.fault or NEEDS_SECURITY)
        opened = _read_opened(part.body, answer.fields_at)
        if isinstance(opened, Opened):
            self._opened, self.is_open = opened, True
        return opened

    def take(self, chunk: bytes) -> Message | Fault | None:
        """Return the message that a chunk completes, ``None`` while more must come."""
        if len(chunk) < _BODY_AT or not self.is_open or chunks.channel_of(chunk) != self._opened.channel:
            return Fault("opcua_channel", Status.BAD_CHANNEL_ID, flaw("channel_not_open"))
        part = chunks.read_part(chunk[3:4], chunk, _BODY_AT)
        if isinstance(part, Fault):
            return part
        return self._numbers_in.accept(part.number) or self._assembly.take(part)

    def fits(self, body: bytes) -> bool:
        """Tell whether the device takes a message of this size."""
        return self._limits.fit(len(body), _OVERHEAD)

    def put(self, request_id: int, body: bytes, kind: bytes = chunks.MESSAGE) -> bytes:
        """Return a message in its chunks."""
        channel, token, _ = self._opened
        return b"".join(
            chunks.plain(kind + letter, channel, token, self._numbers_out.take(), request_id, piece)
            for letter, piece in self._limits.cut(body, _OVERHEAD)
        )

    def close_session(self, token: bytes, moment: datetime) -> bytes:
        """Return the request that ends a session and its subscriptions."""
        number = self.next_id()
        return self.put(number, request_header(CLOSE_SESSION, token, number, moment) + b"\x01")

    def close(self, moment: datetime) -> bytes:
        """Close the channel; return the CLO."""
        number, self.is_open = self.next_id(), False
        return self.put(number, request_header(CLOSE_CHANNEL, _NO_SESSION, number, moment), chunks.CLOSE)

    def clear(self) -> None:
        """Forget what is not whole."""
        self._assembly.clear()


NEEDS_SECURITY = why("needs_security")


def request_header(code: int, token: bytes, handle: int, moment: datetime) -> bytes:
    """Return type and header of a request of ours in the session ``token`` (OPC 10000-4 1.05, 7.33)."""
    times = int64(ticks(moment)) + uint32(handle)
    return type_id(code) + token + times + uint32(0) + NULL + uint32(0) + bytes(3)


def _read_opened(body: bytes, at: int) -> Opened | Fault:
    reader = Reader(body, at)
    try:
        reader.uint32()
        channel, token = reader.uint32(), reader.uint32()
        reader.int64()
        lifetime_ms = reader.uint32()
        reader.blob()
        reader.end()
    except LayoutError as wrong:
        return Fault("opcua_asset_open", Status.BAD_DECODING, wrong.reason)
    return Opened(channel, token, lifetime_ms)
