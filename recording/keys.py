"""The keys of a recording: a content key wrapped by the vault's key, and ES256 signatures that need no secret to check.

Everything here is something WebCrypto can do too: AES-256-GCM, ECDSA P-256 with raw r||s, JWK.
"""

import hashlib
import json
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from recording.errors import FormatError, KeyRefusedError
from recording.layout import SIGNATURE_BYTES
from recording.manifest import WrappedKey, from_base64url, to_base64url

CONTENT_KEY_BYTES = 32
WRAP_NONCE_BYTES = 12
_COORDINATE_BYTES = 32
_WRAP_DOMAIN = b"wicketgate-recording/1 key\0"

Sign = Callable[[bytes], bytes]
"""Message to raw 64-byte ES256 signature (r||s). Called in the sealing thread."""

PublicKeys = Mapping[str, ec.EllipticCurvePublicKey]
"""Public keys by RFC 7638 thumbprint."""


def es256_signer(key: ec.EllipticCurvePrivateKey) -> Sign:
    """Return a signer with deterministic nonces (RFC 6979), so that no randomness is needed while a session runs."""
    algorithm = ec.ECDSA(SHA256(), deterministic_signing=True)

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message, algorithm))
        return r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")

    return sign


def is_signed(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Say whether the raw r||s signature is this key's over the message."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """Return the public key as a JWK with its thumbprint as ``kid``."""
    numbers = key.public_numbers()
    x, y = (to_base64url(value.to_bytes(_COORDINATE_BYTES, "big")) for value in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": _thumbprint(x, y), "alg": "ES256", "use": "sig"}


def thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    """Return the RFC 7638 SHA-256 thumbprint, base64url: what ``Opening.signer`` holds."""
    return public_jwk(key)["kid"]


def public_keys(jwk_set: Mapping[str, object]) -> dict[str, ec.EllipticCurvePublicKey]:
    """Read a JWK set of P-256 public keys. Names are computed, never taken from ``kid``."""
    entries = jwk_set.get("keys")
    if not isinstance(entries, list):
        raise FormatError("a JWK set has a list of keys")
    keys = [_read_jwk(entry) for entry in entries]
    return {thumbprint(key): key for key in keys}


def wrap_content_key(
    content_key: bytes, *, wrapping_key: bytes, key_id: str, nonce: bytes, recording: str
) -> WrappedKey:
    """Seal the recording's key under the vault's; ``nonce`` is 12 fresh random bytes. Bound to the recording's id."""
    sealed = AESGCM(wrapping_key).encrypt(nonce, content_key, _WRAP_DOMAIN + recording.encode())
    return WrappedKey(id=key_id, nonce=to_base64url(nonce), wrapped=to_base64url(sealed))


def unwrap_content_key(wrapped: WrappedKey, *, wrapping_key: bytes, recording: str) -> bytes:
    """Open the recording's key; raise ``KeyRefusedError`` for another key, another recording, or a change."""
    try:
        nonce, sealed = from_base64url(wrapped.nonce), from_base64url(wrapped.wrapped)
        content_key = AESGCM(wrapping_key).decrypt(nonce, sealed, _WRAP_DOMAIN + recording.encode())
    except (InvalidTag, ValueError) as error:
        raise KeyRefusedError(f"key {wrapped.id!r} does not open this recording") from error
    if len(content_key) != CONTENT_KEY_BYTES:
        raise KeyRefusedError("the wrapped key has the wrong length")
    return content_key


def _thumbprint(x: str, y: str) -> str:
    members = json.dumps({"crv": "P-256", "kty": "EC", "x": x, "y": y}, separators=(",", ":"))
    return to_base64url(hashlib.sha256(members.encode()).digest())


def _read_jwk(entry: object) -> ec.EllipticCurvePublicKey:
    match entry:
        case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y)}:
            across, up = (int.from_bytes(from_base64url(value), "big") for value in (x, y))
        case _:
            raise FormatError("only P-256 keys sign recordings")
    try:
        return ec.EllipticCurvePublicNumbers(across, up, ec.SECP256R1()).public_key()
    except ValueError as error:
        raise FormatError("not a point of P-256") from error
