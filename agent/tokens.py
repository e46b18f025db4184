"""The agent's one user of python-jose: checks signature, form and addressee of a session grant's token, nothing else.

Left to itself the library accepts more than we sign (HS256 keyed with public key bytes, ``none``, ``crit``): so the
header is read here first, one algorithm is pinned, and keys are JWKs of one kind found by ``kid``.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass

GRANT_TYPE = "wicketgate-grant+jwt"
_ALGORITHM = "ES256"
_HEADER_KEYS = {"alg", "kid", "typ"}
_REQUIRED = ("exp", "iat", "aud", "iss", "sub", "jti")
_OPTIONS: dict[str, bool] = {f"require_{claim}": True for claim in ("aud", "iss", "sub", "jti")} | {
    # Time is judged by agent.grants, which knows both clocks and says what to do about skew. Requiring exp and iat
    # here would switch their checks on again, so their presence is looked at below.
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


class TokenError(Exception):
    """The token is not a session grant for this agent; the text says why, for the log and the broker."""

    code = "grant_invalid"


@dataclass(frozen=True, slots=True)
class GrantKeys:
    """The public keys that session grants are signed with, by ``kid``."""

    by_id: Mapping[str, Mapping[str, str]]


def read_keys(jwk_set: Mapping[str, object]) -> GrantKeys:
    """Take the P-256 public keys of a JWK set (RFC 7517, 5); raises TokenError on anything else in it."""
    entries = jwk_set.get("keys")
    if not isinstance(entries, list):
        raise TokenError("the grant keys are not a JWK set")
    keys: dict[str, Mapping[str, str]] = {}
    for entry in entries:
        kid, key = _read_key(entry)
        if kid in keys:
            raise TokenError(f"two grant keys share the id {kid!r}")
        keys[kid] = key
    return GrantKeys(keys)


def _read_key(entry: object) -> tuple[str, Mapping[str, str]]:
    if not isinstance(entry, Mapping) or not all(isinstance(entry.get(name), str) for name in ("kid", "x", "y")):
        raise TokenError("a grant key lacks kid, x or y")
    if entry.get("kty") != "EC" or entry.get("crv") != "P-256" or entry.get("alg", _ALGORITHM) != _ALGORITHM:
        raise TokenError(f"grant key {entry['kid']!r} is not an ES256 key")
    if "d" in entry:
        raise TokenError(f"grant key {entry['kid']!r} holds a private key: the broker must never send one")
    return entry["kid"], {"kty": "EC", "crv": "P-256", "alg": _ALGORITHM, "x": entry["x"], "y": entry["y"]}


def verify(token: str, keys: GrantKeys, *, audience: str, issuer: str) -> dict[str, object]:
    """Return the claims of a token signed by one of ``keys`` for this audience; raises TokenError."""
    from jose import jwt  # loads slowly, and most of an agent's life passes without a grant
    from jose.exceptions import JOSEError

    key = _key_for(_header(token), keys)
    try:
        claims: dict[str, object] = jwt.decode(
            token, dict(key), algorithms=[_ALGORITHM], audience=audience, issuer=issuer, options=_OPTIONS
        )
    except (JOSEError, ValueError, TypeError) as error:
        raise TokenError(f"the grant does not verify: {error}") from error
    missing = [claim for claim in _REQUIRED if claim not in claims]
    if missing:
        raise TokenError(f"the grant lacks {missing[0]}")
    if claims["aud"] != audience:
        raise TokenError("the grant is addressed to others as well")
    return claims


def _header(token: str) -> dict[str, object]:
    head, dots, _ = token.partition(".")
    if not dots or token.count(".") != 2:
        raise TokenError("the grant is not a compact JWS of three parts")
    try:
        raw = base64.b64decode(head + "=" * (-len(head) % 4), altchars=b"-_", validate=True)
        header = json.loads(raw, object_pairs_hook=_no_doubles)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise TokenError("the grant's header cannot be read") from error
    if not isinstance(header, dict):
        raise TokenError("the grant's header is not an object")
    return header


def _no_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("doubled key")
    return dict(pairs)


def _key_for(header: Mapping[str, object], keys: GrantKeys) -> Mapping[str, str]:
    if set(header) != _HEADER_KEYS:
        odd = ", ".join(sorted(set(header) ^ _HEADER_KEYS))
        raise TokenError(f"the grant's header must hold exactly alg, kid and typ; look at: {odd}")
    if header["alg"] != _ALGORITHM or header["typ"] != GRANT_TYPE:
        raise TokenError(f"the grant is of type {header['typ']!r} under {header['alg']!r}")
    kid = header["kid"]
    if not isinstance(kid, str) or kid not in keys.by_id:
        raise TokenError("the grant is signed with a key that this agent does not know")
    return keys.by_id[kid]
