"""Access tokens verify as they were signed, and none of the known confusions passes."""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from agent.tokens import TokenError, read_keys, verify
from broker.identity.errors import TokenInvalidError
from broker.identity.tokens import ACCESS_AUDIENCE, ACCESS_TYPE, TokenIssuer
from policies.rules import Rules, Tier
from tests.unit.broker.fakes import START, FakeClock
from tunnel.messages import SessionGrant, Target

ISSUER = "https://broker.test"
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def tokens(clock: FakeClock) -> TokenIssuer:
    return TokenIssuer(KEY, ISSUER, clock)


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def forged(
    tokens: TokenIssuer, *, key: ec.EllipticCurvePrivateKey = KEY, header: dict[str, Any] | None = None, **changes: Any
) -> str:
    """Sign by hand: a header or claim changed to ``None`` is left out."""
    head = {"alg": "ES256", "typ": ACCESS_TYPE, "kid": tokens.jwks()["keys"][0]["kid"], **(header or {})}  # type: ignore[index]
    now = int(START.timestamp())
    claims = {
        "iss": ISSUER, "aud": ACCESS_AUDIENCE, "sub": "usr_a", "sid": "lgn_a", "jti": "jti_a", "iat": now,
        "exp": now + 600,
    } | changes  # fmt: skip
    parts = [b64(json.dumps({k: v for k, v in each.items() if v is not None}).encode()) for each in (head, claims)]
    r, s = decode_dss_signature(key.sign(".".join(parts).encode(), ec.ECDSA(hashes.SHA256())))
    return ".".join([*parts, b64(r.to_bytes(32) + s.to_bytes(32))])


def hmac_token(tokens: TokenIssuer, secret: bytes, algorithm: str = "HS256") -> str:
    head, body, _ = forged(tokens, header={"alg": algorithm}).split(".")
    return f"{head}.{body}.{b64(hmac.digest(secret, f'{head}.{body}'.encode(), 'sha256'))}"


def grant() -> SessionGrant:
    target = Target(
        asset="ast_plc", asset_name="plc", service="svc_plc", service_name="modbus", protocol="modbus",
        host="10.0.0.5", port=502,
    )  # fmt: skip
    rules = Rules(tiers=frozenset({Tier.READ}))
    return SessionGrant(
        session="ses_one", user="usr_a", user_name="vendor", target=target, rules=rules, lifetime_seconds=3600
    )


def signed_grant(tokens: TokenIssuer) -> str:
    return tokens.sign_grant(grant(), site_id="ste_north", issued_at=START)


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=="))
    return found


def test_an_issued_token_verifies(tokens: TokenIssuer) -> None:
    claims = tokens.verify_access(tokens.issue_access("usr_a", "lgn_a"))
    assert (claims.user_id, claims.login_id, claims.expires_at) == ("usr_a", "lgn_a", START + timedelta(minutes=10))


def test_a_token_forged_with_our_own_key_and_all_claims_verifies(tokens: TokenIssuer) -> None:
    """Shows that the refusals below are due to what each of them changes."""
    assert tokens.verify_access(forged(tokens)).user_id == "usr_a"


def test_the_key_id_is_the_thumbprint_of_the_key(tokens: TokenIssuer) -> None:
    (jwk,) = tokens.jwks()["keys"]  # type: ignore[misc]
    canonical = json.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    digest = hashes.Hash(hashes.SHA256())
    digest.update(canonical.encode())
    assert jwk["kid"] == b64(digest.finalize())
    assert "d" not in jwk


@pytest.mark.parametrize("step", [timedelta(minutes=10), timedelta(days=400), timedelta(minutes=-1)])
def test_a_token_outside_its_time_is_refused(tokens: TokenIssuer, clock: FakeClock, step: timedelta) -> None:
    token = tokens.issue_access("usr_a", "lgn_a")
    clock.advance(step)
    with pytest.raises(TokenInvalidError):
        tokens.verify_access(token)


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "exp", "iat", "jti", "sid"])
def test_a_token_without_a_claim_is_refused(tokens: TokenIssuer, claim: str) -> None:
    with pytest.raises(TokenInvalidError):
        tokens.verify_access(forged(tokens, **{claim: None}))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("aud", "wicket-agent:ste_north"),
        ("aud", [ACCESS_AUDIENCE]),
        ("aud", [ACCESS_AUDIENCE, "other"]),
        ("iss", "https://elsewhere.test"),
        ("iss", [ISSUER]),
        ("sub", 7),
        ("sub", ["usr_a"]),
        ("sid", {"id": "lgn_a"}),
        ("exp", "9999999999"),
        ("exp", 1e18),
        ("exp", True),
        ("exp", int(START.timestamp()) + 86400),
        ("iat", True),
    ],
)
def test_a_token_with_an_odd_claim_is_refused(tokens: TokenIssuer, claim: str, value: object) -> None:
    with pytest.raises(TokenInvalidError):
        tokens.verify_access(forged(tokens, **{claim: value}))


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "ES384"},
        {"alg": "RS256"},
        {"alg": None},
        {"kid": "unknown"},
        {"kid": None},
        {"kid": 7},
        {"typ": "JWT"},
        {"typ": None},
        {"typ": "wicketgate-grant+jwt"},
        {"crit": ["exp"]},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jku": "https://elsewhere.test/keys"},
        {"b64": False},
    ],
)
def test_a_token_with_an_odd_header_is_refused(tokens: TokenIssuer, header: dict[str, Any]) -> None:
    with pytest.raises(TokenInvalidError):
        tokens.verify_access(forged(tokens, header=header))


def test_an_unsigned_token_is_refused(tokens: TokenIssuer) -> None:
    head, body, _ = forged(tokens, header={"alg": "none"}).split(".")
    for token in (f"{head}.{body}.", f"{head}.{body}", f"{head}..", "..", ""):
        with pytest.raises(TokenInvalidError):
            tokens.verify_access(token)


@pytest.mark.parametrize("algorithm", ["HS256", "ES256"])
@pytest.mark.parametrize("form", ["pem", "der", "point", "jwk", "empty"])
def test_the_public_key_is_no_shared_secret(tokens: TokenIssuer, form: str, algorithm: str) -> None:
    public, spki = KEY.public_key(), serialization.PublicFormat.SubjectPublicKeyInfo
    secret = {
        "pem": public.public_bytes(serialization.Encoding.PEM, spki),
        "der": public.public_bytes(serialization.Encoding.DER, spki),
        "point": public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint),
        "jwk": json.dumps(tokens.jwks()["keys"][0]).encode(),  # type: ignore[index]
        "empty": b"",
    }[form]
    with pytest.raises(TokenInvalidError):
        tokens.verify_access(hmac_token(tokens, secret, algorithm))


def test_another_key_under_our_key_id_is_refused(tokens: TokenIssuer) -> None:
    with pytest.raises(TokenInvalidError):
        tokens.verify_access(forged(tokens, key=ec.generate_private_key(ec.SECP256R1())))


def test_a_changed_claim_breaks_the_signature(tokens: TokenIssuer) -> None:
    head, body, signature = tokens.issue_access("usr_a", "lgn_a").split(".")
    changed = b64(base64.urlsafe_b64decode(body + "==").replace(b"usr_a", b"usr_b"))
    with pytest.raises(TokenInvalidError):
        tokens.verify_access(f"{head}.{changed}.{signature}")


@pytest.mark.parametrize("token", ["a.b.c", "é.é.é", "." * 5000, "e30.e30.e30", "W10.W10.AA", "bnVsbA.bnVsbA.AA"])
def test_garbage_is_refused(tokens: TokenIssuer, token: str) -> None:
    with pytest.raises(TokenInvalidError):
        tokens.verify_access(token)


def test_a_header_with_a_doubled_key_is_refused(tokens: TokenIssuer) -> None:
    _, body, signature = forged(tokens).split(".")
    kid = tokens.jwks()["keys"][0]["kid"]  # type: ignore[index]
    doubled = f'{{"alg":"none","alg":"ES256","typ":"{ACCESS_TYPE}","kid":"{kid}"}}'
    with pytest.raises(TokenInvalidError):
        tokens.verify_access(f"{b64(doubled.encode())}.{body}.{signature}")


def test_a_session_grant_is_no_access_token(tokens: TokenIssuer) -> None:
    with pytest.raises(TokenInvalidError):
        tokens.verify_access(signed_grant(tokens))


def test_a_session_grant_names_its_site_its_user_and_its_end(tokens: TokenIssuer) -> None:
    claims = claims_of(signed_grant(tokens))
    assert (claims["aud"], claims["sub"], claims["iss"]) == ("wicket-agent:ste_north", "usr_a", ISSUER)
    assert claims["exp"] - claims["iat"] == 3600


@pytest.mark.parametrize("lifetime", [0.001, 4.1, 5.0, 5.000001])
def test_a_session_grant_ends_with_its_lifetime_rounded_up_to_whole_seconds(
    tokens: TokenIssuer, lifetime: float
) -> None:
    short = grant().model_copy(update={"lifetime_seconds": lifetime})
    claims = claims_of(tokens.sign_grant(short, site_id="ste_north", issued_at=START.replace(microsecond=900_000)))
    assert 0 <= claims["exp"] - claims["iat"] - lifetime < 1
    assert claims["lifetime_seconds"] == lifetime


def test_a_session_grant_carries_the_whole_grant(tokens: TokenIssuer) -> None:
    claims = claims_of(signed_grant(tokens))
    own = {name: value for name, value in claims.items() if name not in ("iss", "aud", "sub", "iat", "exp", "jti")}
    assert SessionGrant.model_validate(own) == grant()


def test_an_agent_of_the_site_verifies_the_grant_and_no_other_token(tokens: TokenIssuer) -> None:
    keys = read_keys(tokens.jwks())
    claims = verify(signed_grant(tokens), keys, audience="wicket-agent:ste_north", issuer=ISSUER)
    assert claims["session"] == "ses_one"
    for token, site in ((signed_grant(tokens), "ste_south"), (tokens.issue_access("usr_a", "lgn_a"), "ste_north")):
        with pytest.raises(TokenError):
            verify(token, keys, audience=f"wicket-agent:{site}", issuer=ISSUER)


def test_two_session_grants_never_share_an_id(tokens: TokenIssuer) -> None:
    assert claims_of(signed_grant(tokens))["jti"] != claims_of(signed_grant(tokens))["jti"]


def test_a_retired_key_still_verifies_and_is_published(clock: FakeClock) -> None:
    old = TokenIssuer(KEY, ISSUER, clock)
    fresh = TokenIssuer(ec.generate_private_key(ec.SECP256R1()), ISSUER, clock, retired=[KEY.public_key()])
    assert fresh.verify_access(old.issue_access("usr_a", "lgn_a")).user_id == "usr_a"
    assert len(fresh.jwks()["keys"]) == 2  # type: ignore[arg-type]
