"""The security policy Basic256Sha256 (OPC 10000-7 1.05, 6.6.165; OPC 10000-6 1.05, 6.7 and 6.8).

Asymmetric: RSA with 2,048 to 4,096 bits, PKCS #1 1.5 signatures over SHA-256, OAEP with SHA-1. Symmetric: AES-256-CBC
and HMAC-SHA-256, with keys derived by P_SHA256. Whatever is random is an argument: encryption with OAEP is done here,
since the library would take its own randomness.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import NamedTuple
from warnings import catch_warnings, simplefilter

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import (
    Certificate,
    ExtensionNotFound,
    InvalidVersion,
    SubjectAlternativeName,
    UniformResourceIdentifier,
    load_der_x509_certificate,
)

NO_POLICY = "http://opcfoundation.org/UA/SecurityPolicy#None"
POLICY = "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256"
SIGNATURE_ALGORITHM = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
NONCE_BYTES = 32
SIGNATURE_BYTES = 32
BLOCK_BYTES = 16
MOST_BITS = 4096
MAX_BLOCKS = 16
"""How much may be encrypted for us at once: an OPN and a password are much shorter, and each block costs much."""
_OAEP_BYTES = 2 * 20 + 2
_ENCRYPTION = padding.OAEP(padding.MGF1(SHA1()), SHA1(), None)  # noqa: S303 - the policy says so, and OAEP stands with it
Random = Callable[[int], bytes]


class Peer(NamedTuple):
    """The other side's certificate, as far as it is needed: who a tool belongs to is known from its tunnel."""

    certificate: bytes
    key: rsa.RSAPublicKey

    @property
    def key_bytes(self) -> int:
        """The size of its key, which is that of its signatures and of what is encrypted for it."""
        return (self.key.key_size + 7) // 8

    @property
    def thumbprint(self) -> bytes:
        """SHA-1 of its certificate: only a name (6.7.2.3)."""
        return hashlib.sha1(self.certificate, usedforsecurity=False).digest()

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Tell whether it signed this."""
        try:
            self.key.verify(signature, data, padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    def encrypt(self, data: bytes, random: Random) -> bytes:
        """Return ``data`` encrypted for it, block by block (RFC 8017, 7.1.1, without a label)."""
        size, numbers = self.key_bytes - _OAEP_BYTES, self.key.public_numbers()
        blocks = [data[at : at + size] for at in range(0, len(data), size)]
        padded = [_oaep(block, self.key_bytes, random(20)) for block in blocks]
        return b"".join(pow(int.from_bytes(block), numbers.e, numbers.n).to_bytes(self.key_bytes) for block in padded)


class Identity(NamedTuple):
    """Our application instance certificate, and its key."""

    peer: Peer
    key: rsa.RSAPrivateKey
    application_uri: str

    @property
    def certificate(self) -> bytes:
        """The certificate's DER."""
        return self.peer.certificate

    def sign(self, data: bytes) -> bytes:
        """Sign."""
        return self.key.sign(data, padding.PKCS1v15(), SHA256())

    def decrypt(self, data: bytes) -> bytes | None:
        """Return what was encrypted for us, ``None`` if it was not."""
        size = self.peer.key_bytes
        if not data or len(data) % size or len(data) > MAX_BLOCKS * size:
            return None
        try:
            return b"".join(self.key.decrypt(data[at : at + size], _ENCRYPTION) for at in range(0, len(data), size))
        except ValueError:
            return None


def load_peer(certificate: bytes, weakest_bits: int = 2048) -> Peer | None:
    """Return what a certificate (DER; of a chain the first) says, ``None`` if its key is not of a kind that is used."""
    leaf = _first(certificate)
    try:
        with catch_warnings():
            # Old tools made themselves certificates with a serial number below zero; it identifies nothing here.
            simplefilter("ignore", CryptographyDeprecationWarning)
            key = load_der_x509_certificate(leaf).public_key()
    except (ValueError, UnsupportedAlgorithm, InvalidVersion):
        return None
    if not isinstance(key, rsa.RSAPublicKey) or not weakest_bits <= key.key_size <= MOST_BITS:
        return None
    return Peer(leaf, key)


def load_identity(certificate: bytes, private_key: bytes) -> Identity | None:
    """Return our identity, ``None`` where there is none: then only what has no security is spoken."""
    peer = load_peer(certificate) if certificate else None
    if peer is None:
        return None
    key = load_der_private_key(private_key, password=None, unsafe_skip_rsa_key_validation=True)  # it is ours
    if not isinstance(key, rsa.RSAPrivateKey):
        return None
    return Identity(peer, key, _application_uri(load_der_x509_certificate(peer.certificate)))


def _application_uri(certificate: Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound:
        return ""
    return next(iter(names.get_values_for_type(UniformResourceIdentifier)), "")


def _first(chain: bytes) -> bytes:
    """Return the first of several certificates: DER says how long it is (X.690, 8.1.3)."""
    if len(chain) < 4 or chain[0] != 0x30 or chain[1] != 0x82:
        return chain
    return chain[: 4 + int.from_bytes(chain[2:4])]


def _oaep(message: bytes, size: int, seed: bytes) -> bytes:
    empty = hashlib.sha1(b"", usedforsecurity=False).digest()
    block = empty + bytes(size - len(message) - _OAEP_BYTES) + b"\x01" + message
    masked = _xor(block, _mask(seed, len(block)))
    return b"\x00" + _xor(seed, _mask(masked, len(seed))) + masked


def _mask(seed: bytes, size: int) -> bytes:
    rounds = range(-(-size // 20))
    return b"".join(hashlib.sha1(seed + at.to_bytes(4), usedforsecurity=False).digest() for at in rounds)[:size]


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))


class Keys(NamedTuple):
    """The keys of one way."""

    signing: bytes
    encryption: bytes
    vector: bytes


def derive(secret: bytes, seed: bytes) -> Keys:
    """Return the keys of the side whose nonce is ``seed``; ``secret`` is the other side's (6.7.5)."""
    made, chained = b"", seed
    while len(made) < 80:
        chained = hmac.digest(secret, chained, "sha256")
        made += hmac.digest(secret, chained + seed, "sha256")
    return Keys(made[:32], made[32:64], made[64:80])


def seal(keys: Keys, head: Callable[[int], bytes], content: bytes, *, encrypts: bool) -> bytes:
    """Return a chunk of a channel: signed, and encrypted behind its head, which ``head`` makes for the chunk's size."""
    start = len(head(0))
    if encrypts:
        content += _padding(len(content) + SIGNATURE_BYTES, BLOCK_BYTES, wide=False)
    beginning = head(start + len(content) + SIGNATURE_BYTES)
    content += hmac.digest(keys.signing, beginning + content, "sha256")
    return beginning + (_aes(keys, content, encrypts=True) if encrypts else content)


def unseal(keys: Keys, chunk: bytes, start: int, *, encrypts: bool) -> bytes | None:
    """Return what is in a chunk behind its head of ``start`` bytes, ``None`` if it is not from whom it should be."""
    content = chunk[start:]
    if encrypts:
        if not content or len(content) % BLOCK_BYTES:
            return None
        content = _aes(keys, content, encrypts=False)
    content, signature = content[:-SIGNATURE_BYTES], content[-SIGNATURE_BYTES:]
    if not hmac.compare_digest(hmac.digest(keys.signing, chunk[:start] + content, "sha256"), signature):
        return None
    return _unpadded(content, wide=False) if encrypts else content


def _aes(keys: Keys, data: bytes, *, encrypts: bool) -> bytes:
    cipher = Cipher(algorithms.AES(keys.encryption), modes.CBC(keys.vector))
    context = cipher.encryptor() if encrypts else cipher.decryptor()
    return context.update(data) + context.finalize()


def seal_opening(identity: Identity, peer: Peer, head: Callable[[int], bytes], content: bytes, random: Random) -> bytes:
    """Return an OPN: signed by us and encrypted for the peer behind its head (6.7.2.3)."""
    start, size, signed = len(head(0)), peer.key_bytes, identity.peer.key_bytes
    content += _padding(len(content) + signed, size - _OAEP_BYTES, wide=size > 256)
    blocks = (len(content) + signed) // (size - _OAEP_BYTES)
    beginning = head(start + blocks * size)
    return beginning + peer.encrypt(content + identity.sign(beginning + content), random)


def unseal_opening(identity: Identity, peer: Peer, chunk: bytes, start: int) -> bytes | None:
    """Return what is in an OPN behind its head, ``None`` if the peer did not make it for us."""
    content = identity.decrypt(chunk[start:])
    if content is None or len(content) < peer.key_bytes:
        return None
    content, signature = content[: -peer.key_bytes], content[-peer.key_bytes :]
    if not peer.verifies(signature, chunk[:start] + content):
        return None
    return _unpadded(content, wide=identity.peer.key_bytes > 256)


def _padding(size: int, block: int, *, wide: bool) -> bytes:
    """Return what fills blocks: its length first, and for large keys that length's high byte last (6.7.2.5)."""
    count = -(size + 1 + wide) % block
    return bytes([count & 0xFF]) * (count + 1) + (bytes([count >> 8]) if wide else b"")


def _unpadded(content: bytes, *, wide: bool) -> bytes | None:
    if len(content) < 1 + wide:
        return None
    count = content[-1] << 8 | content[-2] if wide else content[-1]
    size = len(content) - count - 1 - wide
    return content[:size] if size >= 0 else None
