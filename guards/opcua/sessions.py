"""Sessions, in which both sides prove who they are: what is said about that is made anew for each side.

Without security outside, nothing of it is touched: what a tool encrypts or signs is for the device. With it, the tool
speaks to us: its signatures are checked and ours are made, a password is decrypted and written anew for the device
(OPC 10000-4 1.05, 5.7.2 CreateSession, 5.7.3 ActivateSession).
"""

from dataclasses import dataclass, field

from guards.opcua import endpoints, passwords
from guards.opcua.binary import NULL, Extension, Reader, array, blob, extension, string
from guards.opcua.nodes import NodeId
from guards.opcua.outside import UserChannel
from guards.opcua.requests import Request
from guards.opcua.security import NONCE_BYTES, SIGNATURE_ALGORITHM, Identity, Peer, Random, load_peer
from guards.opcua.services import (
    ACTIVATE_SESSION,
    CLOSE_SESSION,
    CREATE_SESSION,
    CREATE_SUBSCRIPTION,
    DELETE_SUBSCRIPTIONS,
    FIND_SERVERS,
    GET_ENDPOINTS,
    TRANSFER_SUBSCRIPTIONS,
    WITHOUT_SESSION,
)
from guards.opcua.status import Status

MAX_SESSIONS = 8
MAX_SUBSCRIPTIONS = 1024
_NOBODY = NodeId(0, "i", 0)
_NO_SIGNATURE = NULL + NULL


@dataclass(slots=True)
class Session:
    """One session: its name as it is encoded, the newest nonces of both servers, how the device wants passwords."""

    token: bytes = b""
    our_nonce: bytes = b""
    nonce: bytes = b""
    certificate: bytes = b""
    policies: dict[str | None, str | None] = field(default_factory=dict)


class Sessions:
    """The sessions of one stream, and their subscriptions; ``url`` is what the tool called.

    Those of other streams do not exist here: whoever guesses what they are called must not end them or take them over.
    Nothing is lost by it, since a stream takes its sessions and subscriptions with it when it ends.
    """

    __slots__ = ("_identity", "_open", "_random", "_subscriptions", "url")

    def __init__(self, identity: Identity | None, random: Random) -> None:
        """Begin with none."""
        self._identity, self._random = identity, random
        self._open: dict[NodeId, Session] = {}
        self._subscriptions: dict[int, None] = {}
        self.url = ""

    @property
    def tokens(self) -> list[bytes]:
        """What the open sessions are called, as it is encoded."""
        return [session.token for session in self._open.values()]

    def clear(self) -> None:
        """Forget them."""
        self._open.clear()
        self._subscriptions.clear()

    def ended(self, request: Request) -> None:
        """Forget the session of a request, of which the device says that there is none (any more)."""
        self._open.pop(request.head.session or _NOBODY, None)

    # --- requests

    def to_asset(self, request: Request, body: bytes, channel: UserChannel) -> bytes | Status:
        """Return what the device gets of a request, or why it gets nothing; raises ``LayoutError``."""
        code, named = request.service.code, request.head.session
        if named is not None and named not in self._open and code not in WITHOUT_SESSION:
            return Status.BAD_SESSION_ID
        if code == TRANSFER_SUBSCRIPTIONS and not self._subscriptions.keys() >= set(_subscriptions(request, body)):
            return Status.BAD_SUBSCRIPTION_ID
        if code == CREATE_SESSION:
            return self._create(request, body, channel.peer)
        if code == ACTIVATE_SESSION and channel.peer is not None and self._identity is not None:
            return self._activate(request, body, channel.peer, self._identity)
        return body

    def _create(self, request: Request, body: bytes, peer: Peer | None) -> bytes | Status:
        if len(self._open) >= MAX_SESSIONS:
            return Status.BAD_TOO_MANY_SESSIONS
        if peer is None:
            return body
        wanted = _read_create(body, request.fields_at)
        theirs = load_peer(wanted.certificate)
        if theirs is None or theirs.certificate != peer.certificate:
            return Status.BAD_CERTIFICATE_INVALID
        if len(wanted.nonce) < NONCE_BYTES:
            return Status.BAD_NONCE_INVALID
        return body[: wanted.certificate_at] + NULL + body[wanted.rest_at :]

    def _activate(self, request: Request, body: bytes, peer: Peer, identity: Identity) -> bytes | Status:
        session = self._open.get(request.head.session or _NOBODY)
        if session is None:
            return Status.BAD_SESSION_ID
        reader = Reader(body, request.fields_at)
        algorithm, signature = reader.string(), reader.blob() or b""
        signed = identity.certificate + session.our_nonce
        if algorithm != SIGNATURE_ALGORITHM or not peer.verifies(signature, signed):
            return Status.BAD_SIGNATURE_INVALID
        start = reader.at
        reader.array(lambda each: (each.blob(), each.blob()))
        reader.array(Reader.string)
        between, token = reader.since(start), self._user(reader.extension(), session, identity)
        if isinstance(token, Status):
            return token
        return body[: request.fields_at] + _NO_SIGNATURE + between + token + _NO_SIGNATURE

    def _user(self, token: Extension, session: Session, identity: Identity) -> bytes | Status:
        """Return who the user is, as the device is told; proofs by certificate are for us and prove nothing to it."""
        number = token.type_id.standard
        if number == 0 and not token.encoding:
            return bytes(3)
        reader = Reader(token.body)
        policy_id = reader.string()
        if number == passwords.ANONYMOUS_TOKEN and token.encoding == 1:
            return extension(passwords.ANONYMOUS_TOKEN, string(policy_id))
        if number != passwords.USER_NAME_TOKEN or token.encoding != 1 or policy_id not in session.policies:
            return Status.BAD_TOKEN_REJECTED
        name, secret, algorithm = reader.string(), reader.blob() or b"", reader.string()
        password = passwords.reveal(secret, algorithm, session.our_nonce, identity)
        if isinstance(password, Status):
            return password
        return passwords.user_name_token(
            policy_id, name, password, session.policies[policy_id],
            nonce=session.nonce, certificate=session.certificate, random=self._random,
        )  # fmt: skip

    # --- responses

    def to_user(self, request: Request, asked: bytes, answer: bytes, at: int, channel: UserChannel) -> bytes | Status:
        """Return what the tool gets of a good answer whose fields begin at ``at``; raises ``LayoutError``."""
        code = request.service.code
        if code in {GET_ENDPOINTS, FIND_SERVERS}:
            url = Reader(asked, request.fields_at).string() or self.url
            return self._endpoints(answer, at, url) if code == GET_ENDPOINTS else _servers(answer, at, url)
        if code == CREATE_SESSION:
            return self._created(request, asked, answer, at, channel.peer)
        if code == ACTIVATE_SESSION:
            return self._activated(request, answer, at, channel.peer)
        if code == CLOSE_SESSION:
            self.ended(request)
        if code == CREATE_SUBSCRIPTION:
            self._subscribed(Reader(answer, at).uint32())
        if code == DELETE_SUBSCRIPTIONS:
            for number in _subscriptions(request, asked):
                self._subscriptions.pop(number, None)
        return answer

    def _subscribed(self, number: int) -> None:
        self._subscriptions.pop(number, None)
        self._subscriptions[number] = None
        if len(self._subscriptions) > MAX_SUBSCRIPTIONS:
            del self._subscriptions[next(iter(self._subscriptions))]

    def _endpoints(self, answer: bytes, at: int, url: str) -> bytes | Status:
        reader = Reader(answer, at)
        found = endpoints.offered(reader.array(endpoints.endpoint), url, self._identity)
        reader.end()
        return answer[:at] + array([one.encoded() for one in found]) if found else Status.BAD_POLICY_REJECTED

    def _created(self, request: Request, asked: bytes, answer: bytes, at: int, peer: Peer | None) -> bytes | Status:
        wanted, created = _read_create(asked, request.fields_at), _read_created(answer, at)
        session = Session(created.token, self._random(NONCE_BYTES), created.nonce or b"", created.certificate or b"")
        plain = [one for one in created.endpoints if one.is_plain]
        session.policies = {
            token.policy_id: token.policy_uri
            for one in plain for token in one.tokens if token.kind == endpoints.USER_NAME
        }  # fmt: skip
        self._open[created.name] = session
        told = [one.encoded() for one in endpoints.offered(created.endpoints, wanted.url or self.url, self._identity)]
        if created.endpoints and not told:
            return Status.BAD_POLICY_REJECTED
        nonce, certificate, signature = created.nonce, created.certificate, created.signature
        if peer is not None and self._identity is not None:
            nonce, certificate = session.our_nonce, self._identity.certificate
            proof = self._identity.sign(peer.certificate + wanted.nonce)
            signature = string(SIGNATURE_ALGORITHM) + blob(proof)
        rest = array(told) + created.software + signature + created.end
        return answer[: created.nonce_at] + blob(nonce) + blob(certificate) + rest

    def _activated(self, request: Request, answer: bytes, at: int, peer: Peer | None) -> bytes:
        reader, session = Reader(answer, at), self._open.get(request.head.session or _NOBODY)
        nonce = reader.blob() or b""
        if session is None or peer is None:
            return answer
        session.our_nonce, session.nonce = self._random(NONCE_BYTES), nonce
        return answer[:at] + blob(session.our_nonce) + reader.rest()


@dataclass(slots=True)
class _Create:
    url: str
    nonce: bytes
    certificate: bytes
    certificate_at: int
    rest_at: int


def _read_create(body: bytes, at: int) -> _Create:
    reader = Reader(body, at)
    endpoints.application(reader)
    reader.string()
    url = reader.string() or ""
    reader.string()
    nonce, start = reader.blob() or b"", reader.at
    return _Create(url, nonce, reader.blob() or b"", start, reader.at)


@dataclass(slots=True)
class _Created:
    name: NodeId
    token: bytes
    nonce_at: int
    nonce: bytes | None
    certificate: bytes | None
    endpoints: list[endpoints.Endpoint]
    software: bytes
    signature: bytes
    end: bytes


def _read_created(answer: bytes, at: int) -> _Created:
    reader = Reader(answer, at)
    reader.node_id()
    start, name = reader.at, reader.node_id()
    token = reader.since(start)
    reader.double()
    nonce_at = reader.at
    nonce, certificate, told = reader.blob(), reader.blob(), reader.array(endpoints.endpoint)
    start = reader.at
    reader.array(lambda each: (each.blob(), each.blob()))
    software, start = reader.since(start), reader.at
    reader.string()
    reader.blob()
    signature, start = reader.since(start), reader.at
    reader.uint32()
    reader.end()
    return _Created(name, token, nonce_at, nonce, certificate, told, software, signature, reader.since(start))


def _subscriptions(request: Request, body: bytes) -> list[int]:
    return Reader(body, request.fields_at).array(Reader.uint32)


def _servers(answer: bytes, at: int, url: str) -> bytes:
    reader = Reader(answer, at)
    found = [one._replace(urls=(url,)).encoded() for one in reader.array(endpoints.application)]
    reader.end()
    return answer[:at] + array(found)
