"""Signs session grants for tests by hand, so that every wrong token can be made as well."""

import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from policies.rules import Rules, Tier
from tunnel.messages import SessionGrant, Target

SITE = "ste_north"
ISSUER = "https://broker.test"
NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def target(host: str = "10.0.0.5", port: int = 502, protocol: str = "modbus") -> Target:
    return Target(
        asset="ast_press",
        asset_name="press",
        service="svc_press",
        service_name="modbus",
        protocol=protocol,
        host=host,
        port=port,
    )


def session_grant(**changes: Any) -> SessionGrant:
    facts = {
        "session": "ses_first",
        "user": "usr_vendor",
        "user_name": "vendor",
        "target": target(),
        "rules": Rules(tiers=frozenset({Tier.READ})),
        "lifetime_seconds": 600,
    }
    return SessionGrant.model_validate(facts | changes)


class Signer:
    """An ES256 key with a kid, as the broker holds it."""

    def __init__(self, kid: str = "key-1") -> None:
        self.kid = kid
        self.private = ec.generate_private_key(ec.SECP256R1())

    def jwk(self) -> dict[str, Any]:
        numbers = self.private.public_key().public_numbers()
        x, y = (b64(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.kid, "x": x, "y": y}

    def jwk_set(self) -> dict[str, Any]:
        return {"keys": [self.jwk()]}

    def public_bytes(self, encoding: serialization.Encoding) -> bytes:
        return self.private.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)

    def header(self, **changes: Any) -> dict[str, Any]:
        head = {"alg": "ES256", "kid": self.kid, "typ": "wicketgate-grant+jwt"} | changes
        return {name: value for name, value in head.items() if value is not None}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        signed = signing_input(self.header(**header), claims)
        r, s = decode_dss_signature(self.private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def signing_input(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"


def hmac_token(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    signed = signing_input(header, claims)
    return f"{signed}.{b64(hmac.digest(secret, signed.encode(), 'sha256'))}"


def claims_of(
    grant: SessionGrant | None = None, *, now: datetime = NOW, seconds: int = 600, **changes: Any
) -> dict[str, Any]:
    """The claims of a token; a change to ``None`` leaves the claim out."""
    grant = grant or session_grant()
    issued = int(now.timestamp())
    registered = {
        "iss": ISSUER,
        "aud": f"wicket-agent:{SITE}",
        "sub": grant.user,
        "iat": issued,
        "exp": issued + seconds,
        "jti": "token-0123456789abcdef",
    }
    every = grant.model_dump(mode="json") | {"lifetime_seconds": seconds} | registered | changes
    return {name: value for name, value in every.items() if value is not None or name not in registered}
