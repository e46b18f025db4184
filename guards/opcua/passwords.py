"""Passwords of users of a device, decrypted from what a tool says to us and written anew for the device.

OPC 10000-4 1.05, 7.40.2 (encrypted secrets) and 7.40.4 (UserNameIdentityToken).
"""

from guards.opcua.binary import blob, extension, string
from guards.opcua.security import NO_POLICY, Identity, Random, load_peer
from guards.opcua.status import Status

ANONYMOUS_TOKEN, USER_NAME_TOKEN = 321, 324
RSA_OAEP = "http://www.w3.org/2001/04/xmlenc#rsa-oaep"
_PLAIN = frozenset({None, "", NO_POLICY})
_POLICIES = "http://opcfoundation.org/UA/SecurityPolicy#"
_OAEP = frozenset(_POLICIES + name for name in ("Basic256Sha256", "Basic256", "Aes128_Sha256_RsaOaep"))
_WEAKEST_BITS = 1024


def can_seal(policy_uri: str | None) -> bool:
    """Tell whether a password can be written for a device that wants it under this policy."""
    return policy_uri in _PLAIN or policy_uri in _OAEP


def reveal(secret: bytes, algorithm: str | None, nonce: bytes, identity: Identity) -> bytes | Status:
    """Return the password in what a tool encrypted for us, with the nonce that we gave it last."""
    if algorithm != RSA_OAEP:
        return Status.BAD_TOKEN_INVALID
    opened = identity.decrypt(secret)
    if opened is None or len(opened) < 4:
        return Status.BAD_TOKEN_INVALID
    size, content = int.from_bytes(opened[:4], "little"), opened[4:]
    if size != len(content) or not content.endswith(nonce):
        return Status.BAD_TOKEN_REJECTED
    return content[: len(content) - len(nonce)]


def user_name_token(
    policy_id: str | None, name: str | None, password: bytes, policy_uri: str | None, *, nonce: bytes,
    certificate: bytes, random: Random,
) -> bytes | Status:  # fmt: skip
    """Return the token for a device, with the password as its policy wants it: plain, or encrypted for the device."""
    algorithm, secret = None, password
    if policy_uri not in _PLAIN:
        peer = load_peer(certificate, weakest_bits=_WEAKEST_BITS)
        if peer is None or not can_seal(policy_uri):
            return Status.BAD_TOKEN_REJECTED
        content = password + nonce
        algorithm, secret = RSA_OAEP, peer.encrypt(len(content).to_bytes(4, "little") + content, random)
    return extension(USER_NAME_TOKEN, string(policy_id) + string(name) + blob(secret) + string(algorithm))
