"""Makes the agent's key on site, and reads back what the broker signed for it."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class KeyAndRequest:
    """A new private key and the request for its certificate, both PEM. The key never leaves the site."""

    key: str
    request: str


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when a certificate counts."""

    not_before: datetime
    not_after: datetime


def make_key(name: str) -> KeyAndRequest:
    """Make a P-256 key and sign a request with it; the broker decides on the names in the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return KeyAndRequest(pem.decode(), request.public_bytes(serialization.Encoding.PEM).decode())


def belongs_to(certificate_pem: str, key_pem: str) -> bool:
    """Tell whether the certificate is for this key."""
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    key = serialization.load_pem_private_key(key_pem.encode(), None)
    return certificate.public_key() == key.public_key()


def validity(pem: str) -> Validity:
    """Return the validity of the first certificate of a PEM text; raises ValueError."""
    certificate = x509.load_pem_x509_certificate(pem[pem.index("-----BEGIN CERTIFICATE") :].encode())
    return Validity(certificate.not_valid_before_utc, certificate.not_valid_after_utc)
