"""An authenticator in software, with real keys: makes passkeys and signs with them, also for what it should not."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, USER_VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, HAS_CREDENTIAL = 1, 4, 8, 16, 64
USUAL = USER_PRESENT | USER_VERIFIED
COUNTING = 1
Json = dict[str, Any]


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def un64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class FakeAuthenticator:
    """Holds one passkey. What a test changes in ``says`` replaces what the browser and the device would truly say."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    flags: int = USUAL
    count: int = COUNTING
    user_handle: str | None = None

    def create(self, options: Json, origin: str, **says: Any) -> Json:
        """Answer ``navigator.credentials.create()``."""
        self.user_handle = options["user"]["id"]
        credential = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(says.pop("cose", self.cose()))
        data = self._data(says.pop("rp_id", options["rp"]["id"]), says.pop("flags", self.flags) | HAS_CREDENTIAL)
        statement = {"fmt": "none", "attStmt": {}, **says.pop("statement", {}), "authData": data + credential}
        response = {
            "clientDataJSON": self._client_data("webauthn.create", options["challenge"], origin, says),
            "attestationObject": b64(cbor2.dumps(statement)),
            "transports": ["internal"],
        }
        return self._credential(response)

    def get(self, options: Json, origin: str, **says: Any) -> Json:
        """Answer ``navigator.credentials.get()``."""
        data = self._data(says.pop("rp_id", options["rpId"]), says.pop("flags", self.flags))
        handle = says.pop("user_handle", self.user_handle)
        signer = new_key() if says.pop("forged", False) else self.key
        client_data = self._client_data("webauthn.get", options["challenge"], origin, says)
        signed = data + hashlib.sha256(un64(client_data)).digest()
        signature = signer.sign(signed, ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": client_data, "authenticatorData": b64(data), "signature": b64(signature)}
        return self._credential(response | ({"userHandle": handle} if handle is not None else {}))

    def cose(self) -> dict[int, Any]:
        """The public key as COSE has it (RFC 9053): EC2, ES256, P-256."""
        numbers = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}

    def _data(self, rp_id: str, flags: int) -> bytes:
        data = hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)
        self.count += 1 if self.count else 0
        return data

    def _client_data(self, kind: str, challenge: str, origin: str, says: Json) -> str:
        told = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False, **says}
        return b64(json.dumps(told).encode())

    def _credential(self, response: Json) -> Json:
        return {
            "id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response,
            "clientExtensionResults": {}, "authenticatorAttachment": "platform",
        }  # fmt: skip
