"""The two signed JSON texts of a recording: what it is (opening), and how it ended (closing)."""

import base64
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from recording.errors import FormatError
from recording.layout import FORMAT, MAX_MANIFEST_BYTES, Counts

Text = Annotated[str, Field(max_length=2000)]
Id = Annotated[str, Field(min_length=1, max_length=100)]
Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Base64Url = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")]
Count = Annotated[int, Field(ge=0, lt=2**53)]


class _Signed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SessionFacts(_Signed):
    """Who did this, on what, by which right: the words that exports and evidence packs repeat."""

    session: Id
    user: Id
    user_name: Text
    asset: Id
    asset_name: Text
    service: Id
    service_name: Text
    protocol: Id
    site: Text = ""
    organization: Text = ""
    grant: Text = ""
    ticket: Text = ""
    target_host: Text = ""
    target_port: Annotated[int, Field(ge=0, le=65535)] = 0
    client_address: Text = ""
    node: Text = ""


class WrappedKey(_Signed):
    """The recording's own key under the key-encryption key ``id``; see ``recording.keys``."""

    id: Id
    algorithm: Literal["A256GCM"] = "A256GCM"
    nonce: Base64Url
    wrapped: Base64Url


class Opening(_Signed):
    """The first signed block: written before a byte of the session passes."""

    format: Literal["wicketgate-recording/1"] = FORMAT
    recording: Id
    started_at: AwareDatetime
    session: SessionFacts
    key: WrappedKey
    signer: Base64Url
    """RFC 7638 thumbprint (SHA-256) of the public key that all signatures of this recording are checked with."""


class EndReason(_Signed):
    """Why the session ended: a stable code, and a sentence for people."""

    code: Id
    detail: Text = ""


class Totals(_Signed):
    """Sums over all segments."""

    chunks: Count
    operations: Count
    writes: Count
    denials: Count
    bytes_to_asset: Count
    bytes_to_user: Count
    plain_bytes: Count

    @classmethod
    def of(cls, counts: Counts, plain_bytes: int) -> "Totals":
        """Return the totals that a sum of segment counts makes."""
        return cls(
            chunks=counts.chunks,
            operations=counts.operations,
            writes=counts.writes,
            denials=counts.denials,
            bytes_to_asset=counts.bytes_to_asset,
            bytes_to_user=counts.bytes_to_user,
            plain_bytes=plain_bytes,
        )


class Closing(_Signed):
    """The last signed block: how many segments there were, their last link, and the digest of the index behind it."""

    format: Literal["wicketgate-recording/1"] = FORMAT
    recording: Id
    opening: Hex32
    segments: Annotated[int, Field(ge=0, lt=2**32)]
    last_link: Hex32
    index_sha256: Hex32
    ended_at: AwareDatetime
    reason: EndReason
    totals: Totals


_Manifest = TypeVar("_Manifest", bound=BaseModel)


def encode_manifest(manifest: BaseModel) -> bytes:
    """Return the JSON text that is signed. A verifier checks these very bytes and never writes them anew."""
    text = manifest.model_dump_json().encode()
    if len(text) > MAX_MANIFEST_BYTES:
        raise FormatError("manifest is larger than a recording may hold")
    return text


def decode_manifest(kind: type[_Manifest], text: bytes) -> _Manifest:
    """Parse a manifest; raise ``FormatError`` on anything but exactly the known fields."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise FormatError(f"{kind.__name__.lower()} manifest: {error.errors()[0]['msg']}") from error


def to_base64url(data: bytes) -> str:
    """Return unpadded base64url (RFC 4648, 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Decode unpadded base64url; raise ``FormatError`` otherwise."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise FormatError("not base64url") from error


def wall_us(at: datetime) -> int:
    """Return an aware time as microseconds since 1970 UTC."""
    return round(at.timestamp() * 1_000_000)
