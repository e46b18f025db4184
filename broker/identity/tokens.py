"""The broker's one user of python-jose: access tokens and session grants, ES256, told apart by ``typ`` and ``aud``.

Left to itself the library accepts more than we sign (HS256 keyed with public key bytes, ``crit``, missing claims): so
the header is read here first, one algorithm is pinned, keys are JWKs found by ``kid``, time is judged on our clock.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwt
from jose.exceptions import JOSEError

from broker.identity.errors import TokenInvalidError
from broker.pki.keys import COORDINATE_BYTES, public_jwk
from tunnel.clock import Clock
from tunnel.ids import new_id
from tunnel.messages import SessionGrant

ACCESS_TYPE = "at+jwt"  # RFC 9068, 2.1
GRANT_TYPE = "wicketgate-grant+jwt"
ACCESS_AUDIENCE = "wicketgate-api"
AGENT_AUDIENCE = "wicket-agent:"
ACCESS_LIFETIME = timedelta(minutes=10)
MAX_TOKEN_LENGTH = 4096
_ALGORITHM = "ES256"
_HEADER_KEYS = {"alg", "kid", "typ"}
_TEXTS = ("iss", "aud", "sub", "jti", "sid")
_TIMES = ("iat", "exp")
_OPTIONS = {
    **dict.fromkeys(("require_aud", "require_iss", "require_sub", "require_jti"), True),
    # Requiring exp and iat here would switch on the library's checks against its own clock: _check looks at both.
    **dict.fromkeys(("verify_exp", "verify_iat", "verify_nbf"), False),
}


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a verified access token says: the user, the login that it belongs to, until when."""

    user_id: str
    login_id: str
    expires_at: datetime


class TokenIssuer:
    """Signs with ``key``, verifies with it and with ``retired`` public keys; ``issuer`` is the broker's own name."""

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey,
        issuer: str,
        clock: Clock,
        *,
        retired: Sequence[ec.EllipticCurvePublicKey] = (),
        lifetime: timedelta = ACCESS_LIFETIME,
    ) -> None:
        public = [public_jwk(each) for each in (key.public_key(), *retired)]
        self._keys = {str(jwk["kid"]): jwk for jwk in public}
        self._kid = str(public[0]["kid"])
        self._private = {**public[0], "d": _b64(key.private_numbers().private_value.to_bytes(COORDINATE_BYTES))}
        self._clock = clock
        self.issuer = issuer
        self.lifetime = lifetime

    def jwks(self) -> dict[str, object]:
        """The public keys as a JWK set (RFC 7517, 5)."""
        return {"keys": [dict(jwk) for jwk in self._keys.values()]}

    def issue_access(self, user_id: str, login_id: str) -> str:
        """Sign an access token, valid ``lifetime`` from now."""
        now = self._clock.now()
        claims: dict[str, object] = {"aud": ACCESS_AUDIENCE, "sub": user_id, "sid": login_id}
        return self._sign(ACCESS_TYPE, claims, now, now + self.lifetime)

    def verify_access(self, token: str) -> AccessClaims:
        """Return what the token says, or raise ``TokenInvalidError``, which tells the caller nothing."""
        key = self._key_for(token, ACCESS_TYPE)
        try:
            claims = jwt.decode(
                token, key, algorithms=[_ALGORITHM], audience=ACCESS_AUDIENCE, issuer=self.issuer, options=_OPTIONS
            )
        except (JOSEError, ValueError, TypeError) as error:
            raise TokenInvalidError from error
        self._check(claims)
        return AccessClaims(claims["sub"], claims["sid"], datetime.fromtimestamp(claims["exp"], UTC))

    def sign_grant(self, claims: SessionGrant, *, site_id: str, issued_at: datetime) -> str:
        """Sign a session grant for the agents of one site; it ends as its ``lifetime_seconds`` say."""
        body = {
            **claims.model_dump(mode="json", exclude_defaults=True),
            "aud": AGENT_AUDIENCE + site_id,
            "sub": claims.user,
        }
        issued = issued_at.replace(microsecond=0)
        return self._sign(GRANT_TYPE, body, issued, issued + timedelta(seconds=ceil(claims.lifetime_seconds)))

    def _sign(self, kind: str, claims: dict[str, object], issued_at: datetime, expires_at: datetime) -> str:
        body = {
            **claims,
            "iss": self.issuer,
            "jti": new_id("jti"),
            "iat": int(issued_at.timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        return str(jwt.encode(body, self._private, _ALGORITHM, headers={"typ": kind, "kid": self._kid}))

    def _key_for(self, token: str, kind: str) -> dict[str, object]:
        header = _header(token)
        if set(header) != _HEADER_KEYS or header["alg"] != _ALGORITHM or header["typ"] != kind:
            raise TokenInvalidError
        key = self._keys.get(str(header["kid"]))
        if key is None:
            raise TokenInvalidError
        return key

    def _check(self, claims: dict[str, object]) -> None:
        """Refuse claims that are missing, of another type, or not valid now."""
        texts = all(isinstance(claims.get(name), str) for name in _TEXTS)
        # bool is an int: a token says when with a plain whole number.
        times = all(type(claims.get(name)) is int for name in _TIMES)
        if not texts or not times or claims["aud"] != ACCESS_AUDIENCE or claims["iss"] != self.issuer:
            raise TokenInvalidError
        now, issued, expires = self._clock.now().timestamp(), float(str(claims["iat"])), float(str(claims["exp"]))
        if not issued - 1 <= now < expires or expires - issued > self.lifetime.total_seconds():
            raise TokenInvalidError


def _header(token: str) -> dict[str, object]:
    if token.count(".") != 2 or len(token) > MAX_TOKEN_LENGTH:
        raise TokenInvalidError
    head = token.partition(".")[0]
    try:
        raw = base64.b64decode(head + "=" * (-len(head) % 4), altchars=b"-_", validate=True)
        header = json.loads(raw, object_pairs_hook=_pairs)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise TokenInvalidError from error
    if not isinstance(header, dict):
        raise TokenInvalidError
    return header


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TokenInvalidError
    return found


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
