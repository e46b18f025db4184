"""Each way to confuse a token verifier, refused."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from agent.tokens import TokenError, read_keys, verify
from tests.unit.agent.grant_tokens import ISSUER, SITE, Signer, b64, claims_of, hmac_token, signing_input

AUDIENCE = f"wicket-agent:{SITE}"


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


def check(token: str, signer: Signer) -> dict[str, object]:
    return verify(token, read_keys(signer.jwk_set()), audience=AUDIENCE, issuer=ISSUER)


def refused(token: str, signer: Signer) -> str:
    with pytest.raises(TokenError) as caught:
        check(token, signer)
    return str(caught.value)


def test_a_token_of_the_brokers_key_for_this_site_is_read(signer: Signer) -> None:
    assert check(signer.sign(claims_of()), signer)["session"] == "ses_first"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE"])
def test_an_unsigned_token_is_refused(signer: Signer, alg: str) -> None:
    unsigned = signing_input(signer.header(alg=alg), claims_of())
    assert "under" in refused(f"{unsigned}.", signer)


@pytest.mark.parametrize("alg", ["ES256", "HS256"])
@pytest.mark.parametrize("form", ["pem", "der", "jwk", "empty"])
def test_a_public_key_is_not_taken_for_a_shared_secret(signer: Signer, form: str, alg: str) -> None:
    secret = {
        "pem": signer.public_bytes(Encoding.PEM),
        "der": signer.public_bytes(Encoding.DER),
        "jwk": str(signer.jwk()).encode(),
        "empty": b"",
    }[form]
    refused(hmac_token(signer.header(alg=alg), claims_of(), secret), signer)


def test_a_symmetric_key_in_the_key_set_is_refused() -> None:
    with pytest.raises(TokenError):
        read_keys({"keys": [{"kty": "oct", "kid": "key-1", "k": b64(b""), "x": "", "y": ""}]})


def test_a_private_key_in_the_key_set_is_refused(signer: Signer) -> None:
    with pytest.raises(TokenError, match="private"):
        read_keys({"keys": [signer.jwk() | {"d": b64(b"secret")}]})


def test_two_keys_of_one_id_are_refused(signer: Signer) -> None:
    with pytest.raises(TokenError, match="share"):
        read_keys({"keys": [signer.jwk(), Signer(signer.kid).jwk()]})


def test_a_token_of_an_unknown_key_is_refused(signer: Signer) -> None:
    assert "does not know" in refused(Signer("key-2").sign(claims_of()), signer)


def test_a_token_of_another_key_under_our_kid_is_refused(signer: Signer) -> None:
    assert "does not verify" in refused(Signer("key-1").sign(claims_of()), signer)


@pytest.mark.parametrize("extra", [{"crit": ["exp"]}, {"jwk": {}}, {"jku": "https://x"}, {"x5c": []}, {"b64": False}])
def test_any_other_header_key_is_refused(signer: Signer, extra: dict[str, Any]) -> None:
    assert next(iter(extra)) in refused(signer.sign(claims_of(), **extra), signer)


@pytest.mark.parametrize("key", ["alg", "kid", "typ"])
def test_each_header_key_is_required(signer: Signer, key: str) -> None:
    refused(signer.sign(claims_of(), **{key: None}), signer)


def test_a_token_of_another_type_is_refused(signer: Signer) -> None:
    refused(signer.sign(claims_of(), typ="at+jwt"), signer)


@pytest.mark.parametrize("claim", ["exp", "iat", "aud", "iss", "sub", "jti"])
def test_each_registered_claim_is_required(signer: Signer, claim: str) -> None:
    refused(signer.sign(claims_of(**{claim: None})), signer)


@pytest.mark.parametrize("audience", ["wicket-agent:ste_south", "", ["wicket-agent:ste_south"], [AUDIENCE, "other"]])
def test_a_token_for_others_is_refused(signer: Signer, audience: object) -> None:
    refused(signer.sign(claims_of(aud=audience)), signer)


def test_a_token_of_another_issuer_is_refused(signer: Signer) -> None:
    refused(signer.sign(claims_of(iss="https://elsewhere.test")), signer)


def test_a_changed_claim_breaks_the_signature(signer: Signer) -> None:
    head, _, signature = signer.sign(claims_of()).split(".")
    body = signing_input({}, claims_of(session="ses_other")).split(".")[1]
    refused(f"{head}.{body}.{signature}", signer)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b", "a.b.c.d", "%%%.e30.x", "W10.e30.x", "[" * 5000, "é.é.é"])
def test_garbage_is_refused_and_never_raises_otherwise(signer: Signer, token: str) -> None:
    refused(token, signer)


def test_a_doubled_header_key_is_refused(signer: Signer) -> None:
    doubled = b64(b'{"alg":"ES256","alg":"none","kid":"key-1","typ":"wicketgate-grant+jwt"}')
    assert "cannot be read" in refused(f"{doubled}.e30.x", signer)
