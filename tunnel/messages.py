"""What agent and broker say to each other on the control link: small, versioned JSON (docs/wire-protocol.md, 3).

One WebSocket text message is one of these objects. Unknown fields are refused: both sides must agree on every word.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from policies.identity import DeviceIdentity
from policies.rules import Rules

CONTROL_VERSION = 1
MAX_CONTROL_MESSAGE_BYTES = 64 * 1024

CONTROL_PATH = "/agent/v1/control"
AGENT_STREAM_PATH = "/agent/v1/streams/{stream}"
ENROLMENT_PATH = "/agent/v1/enrolment"
RENEWAL_PATH = "/agent/v1/renewal"
USER_STREAM_PATH = "/api/v1/sessions/{session}/streams"
STREAM_PROTOCOL = "wicketgate-stream/1"

ShortText = Annotated[str, Field(max_length=500)]
Identifier = Annotated[str, Field(min_length=4, max_length=64, pattern=r"^[a-z]+_[a-z0-9]+$")]


class Message(BaseModel):
    """Base of all control messages."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SiteLock(Message):
    """The plant's own refusal, set on site; it stands above every grant. ``None`` in ``until`` means until unlocked."""

    locked: bool
    until: datetime | None = None
    reason: ShortText = ""


class Hello(Message):
    """The agent's first words."""

    type: Literal["hello"] = "hello"
    version: Literal[1] = 1
    software: ShortText
    clock: datetime
    lock: SiteLock
    ceiling_digest: ShortText
    instance: Annotated[str, Field(min_length=16, max_length=64)]
    """Random per process start: the same certificate with two live instances means a copied key."""
    live_streams: list[Identifier] = []


class Heartbeat(Message):
    """The agent lives; carries what changes slowly."""

    type: Literal["heartbeat"] = "heartbeat"
    clock: datetime
    live_streams: int = 0


class LockChanged(Message):
    """Somebody on site locked or unlocked; all streams of a locked site are already cut by the agent."""

    type: Literal["lock_changed"] = "lock_changed"
    lock: SiteLock


class DialRefused(Message):
    """The agent did not open this stream. ``code`` is one of the agent's refusal codes, ``detail`` is for people."""

    type: Literal["dial_refused"] = "dial_refused"
    stream: Identifier
    code: ShortText
    detail: ShortText


class StreamClosed(Message):
    """A stream ended at the agent, for the record (the bytes' own end travels inside the stream)."""

    type: Literal["stream_closed"] = "stream_closed"
    stream: Identifier
    code: ShortText
    detail: ShortText = ""


class Welcome(Message):
    """The broker's answer to ``Hello``."""

    type: Literal["welcome"] = "welcome"
    node: ShortText
    clock: datetime
    heartbeat_seconds: Annotated[float, Field(gt=0, le=300)]
    grant_keys: dict[str, object] = {}
    """The JWK set that session grants are signed with."""


class Dial(Message):
    """Open a connection to the device of this grant, then connect back and name the stream."""

    type: Literal["dial"] = "dial"
    stream: Identifier
    grant: Annotated[str, Field(max_length=32 * 1024)]
    """A session grant: compact JWS, ES256; see ``SessionGrant``."""


class CutSession(Message):
    """End every stream of the session now, or one stream if ``stream`` is given."""

    type: Literal["cut"] = "cut"
    session: Identifier
    stream: Identifier | None = None
    code: ShortText
    reason: ShortText = ""


class Extend(Message):
    """A later deadline (or other terms) for a live session: a new grant for the same session."""

    type: Literal["extend"] = "extend"
    grant: Annotated[str, Field(max_length=32 * 1024)]


class Goodbye(Message):
    """The broker ends the link. The agent reconnects, unless ``retry`` is false (revoked, quarantined)."""

    type: Literal["goodbye"] = "goodbye"
    code: ShortText
    reason: ShortText = ""
    retry: bool = True


FromAgent = Annotated[Hello | Heartbeat | LockChanged | DialRefused | StreamClosed, Field(discriminator="type")]
FromBroker = Annotated[Welcome | Dial | CutSession | Extend | Goodbye, Field(discriminator="type")]
FROM_AGENT: TypeAdapter[FromAgent] = TypeAdapter(FromAgent)
FROM_BROKER: TypeAdapter[FromBroker] = TypeAdapter(FromBroker)


class Target(Message):
    """Where the agent dials, as the broker knows it; the site's ceiling decides whether it may."""

    asset: Identifier
    asset_name: ShortText
    service: Identifier
    service_name: ShortText
    protocol: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)]


class SessionGrant(Message):
    """The claims of a session grant beside ``iss aud sub iat exp jti``: who may do what, where, until when.

    ``aud`` is ``wicket-agent:<site id>``, ``sub`` the user id, ``jti`` unique per signature. The agent enforces
    ``lifetime_seconds`` from receipt, and never more than ``exp - iat``, on its monotonic clock, and refuses a grant
    whose ``iat`` lies more than 60 s from its own wall clock.
    """

    session: Identifier
    user: Identifier
    user_name: ShortText
    organization: ShortText = ""
    ticket: ShortText = ""
    target: Target
    rules: Rules
    lifetime_seconds: Annotated[float, Field(gt=0, le=31 * 86_400)]
    """How long it is good for from its signing; ``exp`` says the same in whole seconds, rounded up."""
    max_streams: Annotated[int, Field(ge=1, le=256)] = 1
    idle_seconds: Annotated[float, Field(gt=0)] | None = None
    device_timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0
    identity: DeviceIdentity | None = None
    """Who the device is, where the stream's tool is told by guards; left out where the device itself is to be asked."""


class JoinToken(Message):
    """What ``wicket-agent enroll`` is given: one use, 15 minutes. Encoded as base64url JSON behind ``wgj1.``."""

    url: ShortText
    ca_fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the broker CA certificate's DER."""
    site: Identifier
    secret: Annotated[str, Field(min_length=32, max_length=128)]


class EnrolmentRequest(Message):
    """The agent asks for its certificate; the private key never leaves the site."""

    secret: Annotated[str, Field(min_length=32, max_length=128)]
    csr: Annotated[str, Field(max_length=8192)]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    software: ShortText
    clock: datetime


class EnrolmentResponse(Message):
    """The agent's certificate chain (leaf first), the CA, and the keys that session grants are signed with."""

    agent: Identifier
    site: Identifier
    site_name: ShortText
    certificate: str
    ca: str
    grant_keys: dict[str, object]
    issuer: ShortText


class RenewalRequest(Message):
    """A new key's CSR, sent under the certificate that is about to expire."""

    csr: Annotated[str, Field(max_length=8192)]
