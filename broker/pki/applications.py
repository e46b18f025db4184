"""Application instance certificates of OPC UA: what the broker shows tools in the place of a device.

OPC 10000-6 1.05, 6.2.2. One RSA key for the installation, and for each asset a self-signed certificate that is
computed: the same key and asset always give the same bytes, so that a tool that trusts one once finds it again.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from broker.pki.keys import KeyFileError, write_private

KEY_BITS = 2048
APPLICATION_URI = "urn:wicketgate:opcua:"
NOT_BEFORE, NOT_AFTER = datetime(2025, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
HOSTS = ("localhost",)
_MAX_NAME = 64


@dataclass(frozen=True, slots=True)
class Application:
    """A certificate and its private key (DER; PKCS #8)."""

    certificate: bytes
    private_key: bytes


class Applications:
    """Certificates of assets, under the key in ``folder`` (``application.key``, 0600), which the first use makes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "application.key"
        self._key: rsa.RSAPrivateKey | None = None

    def of_asset(self, asset_id: str) -> Application:
        """Return what stands for an asset; raise ``KeyFileError`` if the key cannot be used."""
        if self._key is None:
            self._key = _load_or_make(self._path)
        key = self._key
        encoded = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return Application(_certificate(key, asset_id).public_bytes(serialization.Encoding.DER), encoded)


def _certificate(key: rsa.RSAPrivateKey, asset_id: str) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"Wicketgate {asset_id}"[:_MAX_NAME]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Wicketgate"),
        ]
    )
    names = [x509.UniformResourceIdentifier(APPLICATION_URI + asset_id), *(x509.DNSName(host) for host in HOSTS)]
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(asset_id.encode()).digest()[:19]) + 1)
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_USAGE, critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(key, hashes.SHA256())
    )


_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=True,
    data_encipherment=True,
    key_agreement=False,
    key_cert_sign=True,  # a self-signed certificate is its own issuer
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def _load_or_make(path: Path) -> rsa.RSAPrivateKey:
    if not path.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        encoded = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, encoded)
        return key
    try:
        loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFileError(path, "it holds no private key in PEM.") from error
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise KeyFileError(path, "it holds no RSA key.")
    return loaded
