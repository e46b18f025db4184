"""Keys in files, 0600, made when missing."""

import base64
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from broker.http.errors import BrokerError

COORDINATE_BYTES = 32


class KeyFileError(BrokerError):
    """A key file is there but cannot be used."""

    title = "A key file cannot be used"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path}: {reason}",
            hint="Put the file of a backup back. Without it, what was signed or sealed with the key is not accepted.",
        )


def private_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key as unencrypted PKCS#8 PEM: for a file of mode 0600 and nothing else."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_private(path: Path, content: bytes) -> None:
    """Write a secret file of mode 0600, atomically and durably."""
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def load_or_make_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Load a P-256 key, or make one and keep it."""
    if path.exists():
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyFileError(path, "it holds no private key in PEM.") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise KeyFileError(path, "it holds no EC P-256 key.")
        return key
    key = ec.generate_private_key(ec.SECP256R1())
    write_private(path, private_bytes(key))
    return key


def public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, object]:
    """The public key as a JWK whose ``kid`` is its RFC 7638 thumbprint."""
    numbers = key.public_numbers()
    x, y = _b64(numbers.x.to_bytes(COORDINATE_BYTES)), _b64(numbers.y.to_bytes(COORDINATE_BYTES))
    canonical = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    kid = _b64(hashlib.sha256(canonical.encode()).digest())
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": "ES256", "use": "sig"}


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class EvidenceKey:
    """Signs evidence (recordings, audit checkpoints): ES256, raw r||s, as WebCrypto verifies it."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key()
        self.jwk = public_jwk(self.public_key)
        self.key_id = str(self.jwk["kid"])

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature."""
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(COORDINATE_BYTES) + s.to_bytes(COORDINATE_BYTES)


def verify_evidence(jwk: dict[str, object], message: bytes, signature: bytes) -> bool:
    """Check an ES256 raw signature against a public JWK."""
    if len(signature) != 2 * COORDINATE_BYTES:
        return False
    x, y = (int.from_bytes(base64.urlsafe_b64decode(f"{jwk[name]}==")) for name in ("x", "y"))
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    r, s = (int.from_bytes(signature[i : i + COORDINATE_BYTES]) for i in (0, COORDINATE_BYTES))
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
