"""The broker's own certificate authority: its server certificate, and client certificates of agents."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from broker.http.errors import BrokerError
from broker.pki.keys import KeyFileError, load_or_make_key, private_bytes, write_private

CA_LIFETIME = timedelta(days=3650)
SERVER_LIFETIME = timedelta(days=397)
AGENT_LIFETIME = timedelta(days=7)
BACKDATED = timedelta(hours=2)
AGENT_URI = "urn:wicketgate:agent:"
SITE_URI = "urn:wicketgate:site:"


class PkiError(BrokerError):
    """Root of the PKI's errors."""


class BadCsrError(PkiError):
    """The certificate signing request cannot be used."""

    code = "bad_csr"
    title = "Bad certificate signing request"


@dataclass(frozen=True, slots=True)
class AgentIdentity:
    """What an agent's certificate says: ids and serial, read from the verified leaf only."""

    agent_id: str
    site_id: str
    serial: str
    not_before: datetime
    not_after: datetime


class Authority:
    """The CA, kept in ``folder`` (``ca.key`` 0600, ``ca.crt``); made on first use."""

    def __init__(self, folder: Path, now: datetime) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._key = load_or_make_key(folder / "ca.key")
        path = folder / "ca.crt"
        if not path.exists():
            write_private(path, _pem(self._self_signed(now)))
        try:
            self.certificate = x509.load_pem_x509_certificate(path.read_bytes())
        except ValueError as error:
            raise KeyFileError(path, "it holds no certificate in PEM.") from error
        self.pem = _pem(self.certificate)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the CA certificate's DER, lower-case hex."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def server_files(self, names: Sequence[str], now: datetime) -> tuple[Path, Path]:
        """Return certificate chain (with the CA) and key of the broker's own port, renewed when 30 days remain."""
        certificate, key = self._folder / "server.crt", self._folder / "server.key"
        if not (certificate.exists() and key.exists() and _covers(certificate, names, now)):
            fresh = ec.generate_private_key(ec.SECP256R1())
            write_private(key, private_bytes(fresh))
            leaf = self._server_certificate(fresh.public_key(), names, now)
            write_private(certificate, _pem(leaf) + self.pem)
        return certificate, key

    def issue_agent(self, csr_pem: str, agent_id: str, site_id: str, now: datetime) -> tuple[str, AgentIdentity]:
        """Sign an agent's CSR; nothing but its key is taken over. Return the chain (leaf first) and what it says."""
        try:
            csr = x509.load_pem_x509_csr(csr_pem.encode())
            key = csr.public_key()
            valid = csr.is_signature_valid
        except ValueError as error:
            raise BadCsrError("The certificate signing request cannot be parsed.") from error
        if not valid or not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
            raise BadCsrError("The request must be self-signed with an EC P-256 key.")
        names = [
            x509.UniformResourceIdentifier(AGENT_URI + agent_id),
            x509.UniformResourceIdentifier(SITE_URI + site_id),
        ]
        builder = self._leaf(agent_id, key, now, AGENT_LIFETIME, ExtendedKeyUsageOID.CLIENT_AUTH)
        leaf = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(
            self._key, hashes.SHA256()
        )
        return (_pem(leaf) + self.pem).decode(), read_agent_identity(leaf)

    def _self_signed(self, now: datetime) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Wicketgate CA")])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - BACKDATED)
            .not_valid_after(now + CA_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _leaf(
        self,
        name: str,
        key: ec.EllipticCurvePublicKey,
        now: datetime,
        lifetime: timedelta,
        usage: x509.ObjectIdentifier,
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self.certificate.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - BACKDATED)
            .not_valid_after(now + lifetime)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )

    def _server_certificate(
        self, key: ec.EllipticCurvePublicKey, names: Sequence[str], now: datetime
    ) -> x509.Certificate:
        builder = self._leaf(names[0], key, now, SERVER_LIFETIME, ExtendedKeyUsageOID.SERVER_AUTH)
        alternatives = x509.SubjectAlternativeName([_general_name(name) for name in names])
        return builder.add_extension(alternatives, critical=False).sign(self._key, hashes.SHA256())


def read_agent_identity(leaf: x509.Certificate) -> AgentIdentity:
    """Read agent and site id from a certificate of ours that TLS has verified; raise ``PkiError`` for any other."""
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError) as error:
        raise PkiError("The client certificate is not an agent's.") from error
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    agents = [uri.removeprefix(AGENT_URI) for uri in uris if uri.startswith(AGENT_URI)]
    sites = [uri.removeprefix(SITE_URI) for uri in uris if uri.startswith(SITE_URI)]
    if len(agents) != 1 or len(sites) != 1 or ExtendedKeyUsageOID.CLIENT_AUTH not in uses:
        raise PkiError("The client certificate is not an agent's.")
    serial = f"{leaf.serial_number:x}"
    return AgentIdentity(agents[0], sites[0], serial, leaf.not_valid_before_utc, leaf.not_valid_after_utc)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _covers(path: Path, names: Sequence[str], now: datetime) -> bool:
    leaf = x509.load_pem_x509_certificate(path.read_bytes())
    if leaf.not_valid_after_utc - now < timedelta(days=30):
        return False
    present = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return all(_general_name(name) in present for name in names)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
