"""What agents trust this broker's port by: the top of the certificate chain that it shows."""

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization


@dataclass(frozen=True, slots=True)
class ServerTrust:
    """The topmost certificate of the chain (PEM), and the SHA-256 of its DER that join tokens carry."""

    pem: str
    fingerprint: str

    @classmethod
    def of_chain(cls, path: Path) -> "ServerTrust":
        """Read the last certificate of a PEM chain; raise ``ValueError`` or ``OSError`` if there is none."""
        top = x509.load_pem_x509_certificates(path.read_bytes())[-1]
        pem = top.public_bytes(serialization.Encoding.PEM).decode()
        return cls(pem, top.fingerprint(hashes.SHA256()).hex())
