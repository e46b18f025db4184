"""The secure channel to the user's tool; the guard is its server (OPC 10000-6 1.05, 6.7; 10000-4 1.05, 5.6)."""

from datetime import datetime
from typing import NamedTuple

from guards.malformations import flaw
from guards.opcua import chunks, security
from guards.opcua.answers import header, ticks
from guards.opcua.binary import LayoutError, Reader, blob, int64, uint32
from guards.opcua.chunks import Assembly, Fault, Message, Numbers, Part
from guards.opcua.requests import read_code, read_head
from guards.opcua.security import Identity, Keys, Peer, Random
from guards.opcua.services import OPEN_CHANNEL, OPENED_CHANNEL
from guards.opcua.status import Status

NO_SECURITY, SIGN, SIGN_AND_ENCRYPT = 1, 2, 3
_TOKEN_AT = chunks.CHANNEL_HEAD_BYTES
_BODY_AT = _TOKEN_AT + 4
_OVERHEAD = {NO_SECURITY: _BODY_AT + 8, SIGN: _BODY_AT + 8 + 32, SIGN_AND_ENCRYPT: _BODY_AT + 8 + 32 + 16}
_LATE = 1.25
"""A token may be used a quarter of its lifetime longer (10000-4, 5.6.2.1)."""


class Opening(NamedTuple):
    """What a tool asks for with an OPN."""

    request_id: int
    handle: int
    renews: bool
    mode: int
    lifetime_ms: int
    nonce: bytes
    peer: Peer | None


class Token(NamedTuple):
    """The keys of a channel for some time; none where it has no security."""

    number: int
    ours: Keys | None
    theirs: Keys | None
    expires_monotonic: float


class UserChannel:
    """One secure channel, from its OPN on. ``peer`` has the tool's certificate, ``None`` without security."""

    __slots__ = (
        *(
            "_assembly",
            "_identity",
            "_limits",
            "_mode",
            "_number",
            "_numbers_in",
            "_numbers_out",
            "_random",
            "_sending",
        ),
        *("_tokens", "peer"),
    )

    def __init__(self, identity: Identity | None, random: Random) -> None:
        """Begin closed."""
        self._identity, self._random = identity, random
        self._limits = chunks.Limits(chunks.MIN_CHUNK_BYTES, chunks.MIN_CHUNK_BYTES, 0, 0)
        self._assembly = Assembly(chunks.MAX_REQUEST_BYTES)
        self._numbers_in, self._numbers_out = Numbers(), Numbers(1)
        self._number = 0
        self._mode = 0
        self._tokens: dict[int, Token] = {}
        self._sending: Token | None = None
        self.peer: Peer | None = None

    @property
    def held_bytes(self) -> int:
        """How many bytes of unfinished requests are kept."""
        return self._assembly.held_bytes

    @property
    def is_secure(self) -> bool:
        """Whether what is said is signed at least."""
        return self._mode > NO_SECURITY

    def greet(self, limits: chunks.Limits) -> None:
        """Take in what the tool can take."""
        self._limits = limits

    # --- opening and renewing

    def opening(self, chunk: bytes) -> Opening | Fault:
        """Return what an OPN asks for, if this channel may be opened or renewed so."""
        policy = chunks.read_policy(chunk)
        if policy is None or chunks.channel_of(chunk) != self._number:
            return Fault("opcua_open", Status.BAD_TCP_TYPE, flaw("opn_head"))
        secured = self._content(chunk, policy)
        if isinstance(secured, Fault):
            return secured
        peer, content = secured
        part = chunks.read_part(chunks.FINAL, content)
        if isinstance(part, Fault):
            return part
        opening = _read_opening(part, peer)
        if isinstance(opening, Fault):
            return opening
        return self._numbers_in.accept(part.number) or self._admit(opening) or opening

    def _content(self, chunk: bytes, policy: chunks.Policy) -> tuple[Peer | None, bytes] | Fault:
        if policy.uri == security.NO_POLICY:
            return None, chunk[policy.end :]
        identity = self._identity
        if policy.uri != security.POLICY or identity is None:
            return Fault(
                "opcua_policy", Status.BAD_POLICY_REJECTED, flaw("policy_not_spoken", policy=repr(policy.uri[-40:]))
            )
        peer = security.load_peer(policy.certificate)
        if peer is None or policy.thumbprint != identity.peer.thumbprint:
            return Fault("opcua_certificate", Status.BAD_CERTIFICATE_INVALID, flaw("certificate_useless"))
        content = security.unseal_opening(identity, peer, chunk, policy.end)
        if content is None:
            return Fault("opcua_security", Status.BAD_SECURITY_CHECKS, flaw("opn_unsigned"))
        return peer, content

    def _admit(self, opening: Opening) -> Fault | None:
        modes = {NO_SECURITY} if opening.peer is None else {SIGN, SIGN_AND_ENCRYPT}
        if opening.mode not in modes:
            return Fault("opcua_mode", Status.BAD_MODE_REJECTED, flaw("mode_not_of_policy", mode=opening.mode))
        if opening.peer is not None and len(opening.nonce) != security.NONCE_BYTES:
            return Fault("opcua_nonce", Status.BAD_NONCE_INVALID, flaw("nonce_size"))
        if opening.renews != bool(self._tokens):
            return Fault("opcua_open", Status.BAD_CHANNEL_ID, flaw("opened_twice"))
        if opening.renews and (opening.mode != self._mode or opening.peer != self.peer):
            return Fault("opcua_open", Status.BAD_SECURITY_CHECKS, flaw("renewed_otherwise"))
        return None

    def opened(self, opening: Opening, channel: int, lifetime_ms: int, moment: datetime, now: float) -> bytes:
        """Open or renew the channel; return the answer to the OPN."""
        self._number, self._mode, self.peer = channel, opening.mode, opening.peer
        number = max(self._tokens, default=0) + 1
        expires = now + lifetime_ms / 1000 * _LATE
        ours = theirs = nonce = None
        if opening.peer is not None:
            nonce = self._random(security.NONCE_BYTES)
            ours, theirs = security.derive(opening.nonce, nonce), security.derive(nonce, opening.nonce)
        token = Token(number, ours, theirs, expires)
        self._tokens = {**({self._sending.number: self._sending} if self._sending else {}), number: token}
        self._sending = self._sending or token
        times = int64(ticks(moment)) + uint32(lifetime_ms)
        body = uint32(0) + uint32(channel) + uint32(number) + times + blob(nonce)
        return self._answer(opening, header(OPENED_CHANNEL, opening.handle, Status.GOOD, moment) + body)

    def _answer(self, opening: Opening, body: bytes) -> bytes:
        content = chunks.sequence(self._numbers_out.take(), opening.request_id) + body
        identity, peer = self._identity, opening.peer
        if identity is None or peer is None:
            behind = chunks.policy_head(security.NO_POLICY, None, None)
            size = chunks.CHANNEL_HEAD_BYTES + len(behind) + len(content)
            return chunks.head(chunks.OPEN + chunks.FINAL, size, self._number) + behind + content
        behind = chunks.policy_head(security.POLICY, identity.certificate, peer.thumbprint)

        def head(size: int) -> bytes:
            return chunks.head(chunks.OPEN + chunks.FINAL, size, self._number) + behind

        return security.seal_opening(identity, peer, head, content, self._random)

    # --- messages

    def take(self, chunk: bytes, now: float) -> Message | Fault | None:
        """Return the message that an MSG or CLO completes, ``None`` while more must come."""
        part = self._unsealed(chunk, now)
        if isinstance(part, Fault):
            return part
        return self._numbers_in.accept(part.number) or self._assembly.take(part)

    def _unsealed(self, chunk: bytes, now: float) -> Part | Fault:
        if len(chunk) < _BODY_AT or not self._tokens or chunks.channel_of(chunk) != self._number:
            return Fault("opcua_channel", Status.BAD_CHANNEL_ID, flaw("channel_not_open"))
        token = self._tokens.get(int.from_bytes(chunk[_TOKEN_AT:_BODY_AT], "little"))
        if token is None or (token.theirs is not None and now >= token.expires_monotonic):
            return Fault("opcua_token", Status.BAD_CHANNEL_TOKEN, flaw("token"))
        content, at = chunk, _BODY_AT
        if token.theirs is not None:
            unsealed = security.unseal(token.theirs, chunk, _BODY_AT, encrypts=self._mode == SIGN_AND_ENCRYPT)
            if unsealed is None:
                return Fault("opcua_security", Status.BAD_SECURITY_CHECKS, flaw("message_unsigned"))
            content, at = unsealed, 0
        if self._sending is not token and token.number == max(self._tokens):
            self._sending, self._tokens = token, {token.number: token}
        return chunks.read_part(chunk[3:4], content, at)

    def fits(self, body: bytes) -> bool:
        """Tell whether the tool takes a message of this size."""
        return self._limits.fit(len(body), self._overhead)

    @property
    def _overhead(self) -> int:
        return _OVERHEAD.get(self._mode, 64)

    def put(self, request_id: int, body: bytes) -> bytes:
        """Return a message in its chunks."""
        pieces = self._limits.cut(body, self._overhead)
        return b"".join(self._seal(letter, request_id, piece) for letter, piece in pieces)

    def _seal(self, letter: bytes, request_id: int, piece: bytes) -> bytes:
        token, kind, number = self._sending, chunks.MESSAGE + letter, self._numbers_out.take()
        if token is None or token.ours is None:
            return chunks.plain(kind, self._number, token.number if token else 0, number, request_id, piece)

        def head(size: int) -> bytes:
            return chunks.head(kind, size, self._number) + uint32(token.number)

        content = chunks.sequence(number, request_id) + piece
        return security.seal(token.ours, head, content, encrypts=self._mode == SIGN_AND_ENCRYPT)

    def clear(self) -> None:
        """Forget what is not whole."""
        self._assembly.clear()


def _read_opening(part: Part, peer: Peer | None) -> Opening | Fault:
    reader = Reader(part.body)
    try:
        if read_code(reader) != OPEN_CHANNEL:
            return Fault("opcua_open", Status.BAD_TCP_TYPE, flaw("opn_no_channel"))
        head = read_head(reader)
        reader.uint32()
        renews, mode = reader.int32(), reader.int32()
        nonce, lifetime_ms = reader.blob() or b"", reader.uint32()
        reader.end()
    except LayoutError as wrong:
        return Fault("opcua_open", Status.BAD_DECODING, wrong.reason)
    if renews not in {0, 1}:
        return Fault("opcua_open", Status.BAD_DECODING, flaw("opn_neither"))
    return Opening(part.request_id, head.handle, renews == 1, mode, lifetime_ms, nonce, peer)
