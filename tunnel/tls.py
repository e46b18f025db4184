"""The only place that makes TLS contexts: what is trusted, which certificate is shown, which versions are spoken.

Server and client speak TLS 1.3, or 1.2 where the other side has nothing newer; never less (RFC 9325, 3.1.1).
"""

import asyncio
import hashlib
import hmac
import ssl
from pathlib import Path

_TLS12_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


class _TlsObject(ssl.SSLObject):
    """Says by itself that nothing has come, as every read of an event loop ends.

    OpenSSL's own way to that answer, with its queue of errors and its text, takes as long as to decrypt a small record.
    """

    incoming: ssl.MemoryBIO

    def read(self, len: int = 1024, buffer: bytearray | None = None) -> int:  # type: ignore[override] # noqa: A002
        """See ``ssl.SSLObject``; an end of the stream, and what was decrypted already, is OpenSSL's to tell."""
        incoming = self.incoming
        if not incoming.pending and not incoming.eof and not self.pending():
            raise ssl.SSLWantReadError
        return super().read(len, buffer)  # type: ignore[return-value]


class _Context(ssl.SSLContext):
    sslobject_class = _TlsObject

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        tls = super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)
        if isinstance(tls, _TlsObject):
            tls.incoming = incoming
        return tls


def server_context(certificate: Path, key: Path, client_ca: str) -> ssl.SSLContext:
    """Return the context of the one port: client certificates of ``client_ca`` (PEM) are verified, but not demanded.

    Python offers no way to send the CA's name as a hint: a browser that holds certificates of others may ask its user
    for one, and goes on without. ``certificate`` is a PEM chain, leaf first; it should contain the CA, which an agent
    pins when it enrols.
    """
    context = _Context(ssl.PROTOCOL_TLS_SERVER)
    _harden(context)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(cadata=client_ca)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def client_context(
    ca: str | None = None, *, certificate: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    """Return a context that trusts ``ca`` (PEM) only, or the system's authorities without it.

    With ``certificate`` and ``key`` (PEM files) the client shows who it is. Host names are always checked.
    """
    context = _Context(ssl.PROTOCOL_TLS_CLIENT)
    _harden(context)
    if ca is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        context.load_verify_locations(cadata=ca)
        # A pinned authority is trusted as it is, also an intermediate one whose own root nobody has.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context


def unverified_context() -> ssl.SSLContext:
    """Return a context that believes anybody: only to fetch a chain that is then compared with a pinned fingerprint."""
    context = _Context(ssl.PROTOCOL_TLS_CLIENT)
    _harden(context)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _harden(context: ssl.SSLContext) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_ciphers(_TLS12_CIPHERS)


def fingerprint(der: bytes) -> str:
    """Return the SHA-256 of a DER certificate, lower-case hex."""
    return hashlib.sha256(der).hexdigest()


def peer_certificate(transport: asyncio.BaseTransport) -> bytes | None:
    """Return the DER of the peer's *verified* leaf certificate, or ``None`` if it showed none or there is no TLS."""
    tls = transport.get_extra_info("ssl_object")
    if tls is None or tls.context.verify_mode is ssl.CERT_NONE:
        return None
    der: bytes | None = tls.getpeercert(binary_form=True)
    return der


def find_pinned(chain: list[bytes], pinned: str) -> str:
    """Return as PEM the certificate of ``chain`` (DER) with the fingerprint ``pinned``; else ``PinMismatchError``."""
    for der in chain:
        if hmac.compare_digest(fingerprint(der), pinned.lower()):
            return ssl.DER_cert_to_PEM_cert(der)
    raise PinMismatchError("no certificate that the server showed has the expected fingerprint")


def presented_chain(tls: ssl.SSLObject) -> list[bytes]:
    """Return the certificates that the peer sent, as DER, leaf first; *unverified*."""
    public = getattr(tls, "get_unverified_chain", None)  # Python 3.13
    if public is not None:
        chain: list[bytes] = public()
        return chain
    inner = tls._sslobj.get_unverified_chain() or ()  # type: ignore[attr-defined] # noqa: SLF001 - 3.11, 3.12 have no other way
    return [ssl.PEM_cert_to_DER_cert(certificate.public_bytes()) for certificate in inner]


class PinMismatchError(Exception):
    """The server is not the one that the join token speaks of: an interceptor, or a token of another plant."""
