"""What authenticators send is believed only where all of it is right; anything else is one refusal, whatever it is."""

import secrets
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from broker.identity import passkeys
from broker.identity.errors import PasskeyRejectedError
from broker.identity.relying_party import RelyingParty
from tests.unit.broker.identity.authenticators import (
    BACKED_UP,
    BACKUP_ELIGIBLE,
    USER_PRESENT,
    USER_VERIFIED,
    USUAL,
    FakeAuthenticator,
    b64,
)

PARTY = RelyingParty("gate.example.com", "https://gate.example.com")
OWNER = passkeys.Owner("usr_1", "ada", "Ada")
CHALLENGE = secrets.token_bytes(32)
FOREIGN: list[dict[str, Any]] = [
    {"origin": "https://gate.example.com.evil.example"},
    {"origin": "https://gate.example.com:444"},
    {"origin": "http://gate.example.com"},
    {"origin": "https://GATE.example.com"},
    {"rp_id": "example.com"},
    {"rp_id": "evil.example"},
    {"challenge": b64(bytes(32))},
    {"challenge": ""},
    {"type": "webauthn.other"},
    {"crossOrigin": True},
    {"flags": USER_PRESENT},
    {"flags": USER_VERIFIED},
    {"flags": USUAL | BACKED_UP},
]


def create(device: FakeAuthenticator, **says: Any) -> dict[str, Any]:
    options = passkeys.creation_options(PARTY, CHALLENGE, OWNER, [])
    return device.create(options, says.pop("origin", PARTY.origin), **says)


def get(device: FakeAuthenticator, **says: Any) -> dict[str, Any]:
    return device.get(passkeys.request_options(PARTY, CHALLENGE), says.pop("origin", PARTY.origin), **says)


def made(device: FakeAuthenticator) -> passkeys.Credential:
    return passkeys.verify_creation(create(device), PARTY, CHALLENGE)


def test_a_passkey_is_asked_for_that_verifies_its_user_and_finds_itself() -> None:
    options = passkeys.creation_options(PARTY, CHALLENGE, OWNER, [b"known"])
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert (options["attestation"], options["rp"]["id"]) == ("none", "gate.example.com")
    assert [int(each["alg"]) for each in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert [each["id"] for each in options["excludeCredentials"]] == [b64(b"known")]
    assert options["challenge"] == b64(CHALLENGE)


def test_whoever_signs_in_is_not_told_whose_passkeys_there_are() -> None:
    options = passkeys.request_options(PARTY, CHALLENGE)
    assert options["allowCredentials"] == []
    assert (options["userVerification"], options["rpId"]) == ("required", "gate.example.com")


def test_what_was_made_is_what_signs() -> None:
    device = FakeAuthenticator(flags=USUAL | BACKUP_ELIGIBLE | BACKED_UP)
    credential = made(device)
    assert (credential.id, credential.sign_count, credential.backed_up) == (device.id, 1, True)
    proved = passkeys.verify_assertion(get(device), PARTY, CHALLENGE, credential.public_key)
    assert (proved.sign_count, proved.backed_up) == (2, True)


@pytest.mark.parametrize("says", [*FOREIGN, {"type": "webauthn.get"}], ids=str)
def test_a_passkey_made_for_something_else_is_refused(says: dict[str, Any]) -> None:
    with pytest.raises(PasskeyRejectedError):
        passkeys.verify_creation(create(FakeAuthenticator(), **says), PARTY, CHALLENGE)


@pytest.mark.parametrize("says", [*FOREIGN, {"type": "webauthn.create"}, {"forged": True}], ids=str)
def test_a_signature_for_something_else_is_refused(says: dict[str, Any]) -> None:
    device = FakeAuthenticator()
    key = made(device).public_key
    with pytest.raises(PasskeyRejectedError):
        passkeys.verify_assertion(get(device, **says), PARTY, CHALLENGE, key)


def test_a_signature_over_other_bytes_is_refused() -> None:
    device = FakeAuthenticator()
    key = made(device).public_key
    shown, other = get(device), get(device)
    for part in ("authenticatorData", "signature"):
        swapped = {**shown, "response": {**shown["response"], part: other["response"][part]}}
        with pytest.raises(PasskeyRejectedError):
            passkeys.verify_assertion(swapped, PARTY, CHALLENGE, key)


def test_a_credential_under_another_id_is_refused() -> None:
    for part in ("id", "rawId"):
        with pytest.raises(PasskeyRejectedError):
            passkeys.verify_creation({**create(FakeAuthenticator()), part: b64(b"other")}, PARTY, CHALLENGE)
    both = {**create(FakeAuthenticator()), "id": b64(b"other"), "rawId": b64(b"other")}
    with pytest.raises(PasskeyRejectedError):
        passkeys.verify_creation(both, PARTY, CHALLENGE)


def test_an_algorithm_that_was_not_offered_is_refused() -> None:
    device = FakeAuthenticator()
    for cose in (
        device.cose() | {3: -47},
        device.cose() | {3: -35},
        {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)},
    ):
        with pytest.raises(PasskeyRejectedError):
            credential = passkeys.verify_creation(create(device, cose=cose), PARTY, CHALLENGE)
            passkeys.verify_assertion(get(device), PARTY, CHALLENGE, credential.public_key)


def test_ed25519_is_taken_too() -> None:
    device = FakeAuthenticator()
    public = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    cose = {1: 1, 3: -8, -1: 6, -2: public}
    assert passkeys.verify_creation(create(device, cose=cose), PARTY, CHALLENGE).public_key == cbor2.dumps(cose)


def test_nobodys_word_on_the_make_of_an_authenticator_is_read() -> None:
    for statement in (
        {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"x", "x5c": [b"x"]}},
        {"fmt": 7},
        {"fmt": "tpm"},
    ):
        assert passkeys.verify_creation(create(FakeAuthenticator(), statement=statement), PARTY, CHALLENGE)


def test_a_credential_id_of_no_end_is_refused() -> None:
    with pytest.raises(PasskeyRejectedError):
        passkeys.verify_creation(create(FakeAuthenticator(id=bytes(1024))), PARTY, CHALLENGE)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=4),
    max_leaves=8,
)


@given(st.binary(max_size=300) | json_like.map(cbor2.dumps))
def test_garbage_for_an_attestation_is_refused_and_nothing_worse(garbage: bytes) -> None:
    credential = create(FakeAuthenticator())
    credential["response"]["attestationObject"] = b64(garbage)
    with pytest.raises(PasskeyRejectedError):
        passkeys.verify_creation(credential, PARTY, CHALLENGE)


@pytest.mark.parametrize("deep", [b"\x81" * 10_000, b"\xa1\x01" * 6_000, b"\xd9\xd9\xf7" * 4_000])
def test_endless_nesting_is_refused_and_nothing_worse(deep: bytes) -> None:
    credential = create(FakeAuthenticator())
    credential["response"]["attestationObject"] = b64(deep + b"\x00")
    with pytest.raises(PasskeyRejectedError):
        passkeys.verify_creation(credential, PARTY, CHALLENGE)


@given(json_like)
def test_garbage_for_a_key_is_refused_and_nothing_worse(garbage: Any) -> None:
    device = FakeAuthenticator()
    with pytest.raises(PasskeyRejectedError):
        credential = passkeys.verify_creation(create(device, cose=garbage), PARTY, CHALLENGE)
        passkeys.verify_assertion(get(device), PARTY, CHALLENGE, credential.public_key)


@given(st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]), st.binary(max_size=200))
def test_garbage_for_a_signature_is_refused_and_nothing_worse(part: str, garbage: bytes) -> None:
    device = FakeAuthenticator()
    key, credential = made(device).public_key, get(device)
    credential["response"][part] = b64(garbage)
    with pytest.raises(PasskeyRejectedError):
        passkeys.verify_assertion(credential, PARTY, CHALLENGE, key)


@pytest.mark.parametrize("client_data", [b"[" * 100_000, b'{"type":1,"challenge":2,"origin":3}', b"\xff", b"null"])
def test_odd_client_data_is_refused_and_nothing_worse(client_data: bytes) -> None:
    device = FakeAuthenticator()
    key, credential = made(device).public_key, get(device)
    credential["response"]["clientDataJSON"] = b64(client_data)
    with pytest.raises(PasskeyRejectedError):
        passkeys.verify_assertion(credential, PARTY, CHALLENGE, key)
