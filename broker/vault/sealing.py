"""Sealing of secrets: AES-256-GCM under a named master key, bound to the place where the secret belongs."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from broker.http.errors import BrokerError
from broker.pki.keys import KeyFileError, write_private

VERSION = b"\x01"
KEY_ID_BYTES = 8
NONCE_BYTES = 12


class VaultError(BrokerError):
    """Root of the vault's errors."""


class UnsealError(VaultError):
    """A sealed secret cannot be opened: another master key, or it was changed or moved."""

    code = "unseal_failed"
    title = "A sealed secret cannot be opened"


@dataclass(frozen=True, slots=True)
class MasterKey:
    """32 random bytes and their id (the first 8 bytes of a domain-separated SHA-256)."""

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != 32:
            raise ValueError("a master key has 32 bytes")

    @property
    def key_id(self) -> bytes:
        """What sealed values name this key by; reveals nothing about it."""
        return hashlib.sha256(b"wicketgate-master-key-id\n" + self.secret).digest()[:KEY_ID_BYTES]

    def __repr__(self) -> str:
        return f"MasterKey(id={self.key_id.hex()})"


class Sealer:
    """Seals with the first key, opens with any of them (the others are kept only while re-keying)."""

    def __init__(self, keys: Sequence[MasterKey]) -> None:
        if not keys:
            raise ValueError("a sealer needs a master key")
        self._keys = {key.key_id: AESGCM(key.secret) for key in keys}
        self.current_id = keys[0].key_id

    def seal(self, plaintext: bytes, place: str) -> bytes:
        """Return version, key id, nonce and ciphertext; opening needs the same ``place`` (``users.totp:usr_...``)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        head = VERSION + self.current_id
        return head + nonce + self._keys[self.current_id].encrypt(nonce, plaintext, head + place.encode())

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """Return the plaintext, or raise ``UnsealError``."""
        head, rest = sealed[: 1 + KEY_ID_BYTES], sealed[1 + KEY_ID_BYTES :]
        key = self._keys.get(head[1:]) if head[:1] == VERSION else None
        if key is None:
            raise UnsealError(
                f"The secret was sealed under the master key {head[1:].hex() or '(none)'}, which is not here.",
                hint="Start the broker with the master key that belongs to this database.",
            )
        try:
            return key.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], head + place.encode())
        except (InvalidTag, ValueError) as error:
            raise UnsealError("The secret was changed, or does not belong in this place.") from error

    def is_current(self, sealed: bytes) -> bool:
        """Tell whether the secret is sealed under the first key."""
        return sealed[1 : 1 + KEY_ID_BYTES] == self.current_id


def load_or_make_master_key(path: Path) -> MasterKey:
    """Read the base64 master key of a 0600 file, or make one."""
    if not path.exists():
        write_private(path, base64.b64encode(secrets.token_bytes(32)) + b"\n")
    try:
        return MasterKey(base64.b64decode(path.read_bytes().strip(), validate=True))
    except ValueError as error:
        raise KeyFileError(path, "it must hold the base64 of 32 bytes.") from error
