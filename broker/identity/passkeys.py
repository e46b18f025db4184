"""Passkeys (WebAuthn level 2): the one user of webauthn, whose loose ends are held here.

The library verifies a user only if told so, ignores pages in foreign frames, takes every algorithm, and lets errors of
its parsers through. The statement that attests an authenticator's make is dropped unread: we ask for none.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    encode_cbor,
    options_to_json_dict,
    parse_cbor,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from broker.identity.errors import PasskeyRejectedError
from broker.identity.relying_party import RelyingParty

NAME = "Wicketgate"
TIMEOUT_MILLISECONDS = 300_000
MAX_CREDENTIAL_ID_BYTES = 1023
ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_PEER_FAULTS = (
    WebAuthnException, InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, LookupError, AttributeError,
    OverflowError, RecursionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Credential:
    """What an authenticator made: a public key (COSE) and its id."""

    id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Assertion:
    """What an authenticator proved just now."""

    sign_count: int
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose passkey it is to be, as the authenticator shows them; ``id`` is what a sign-in gives back."""

    id: str
    name: str
    display_name: str


def creation_options(party: RelyingParty, challenge: bytes, owner: Owner, known: Sequence[bytes]) -> dict[str, Any]:
    """Return the options of ``navigator.credentials.create()`` as JSON; authenticators in ``known`` say no."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=owner.id.encode(),
        user_name=owner.name,
        user_display_name=owner.display_name,
        challenge=challenge,
        timeout=TIMEOUT_MILLISECONDS,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        supported_pub_key_algs=ALGORITHMS,
    )
    return options_to_json_dict(options)


def request_options(party: RelyingParty, challenge: bytes, allowed: Sequence[bytes] = ()) -> dict[str, Any]:
    """Return the options of ``navigator.credentials.get()`` as JSON; with none ``allowed``, the user chooses."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=TIMEOUT_MILLISECONDS,
        allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in allowed],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def verify_creation(credential: Mapping[str, Any], party: RelyingParty, challenge: bytes) -> Credential:
    """Return what was made for this very challenge and page, or raise ``PasskeyRejectedError``."""
    with _peer_faults():
        _refuse_frames(credential)
        made = webauthn.verify_registration_response(
            credential=_without_statement(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        if (
            len(made.credential_id) > MAX_CREDENTIAL_ID_BYTES
            or bytes_to_base64url(made.credential_id) != credential["id"]
        ):
            raise PasskeyRejectedError
    return Credential(made.credential_id, made.credential_public_key, made.sign_count, made.credential_backed_up)


def verify_assertion(
    credential: Mapping[str, Any], party: RelyingParty, challenge: bytes, public_key: bytes
) -> Assertion:
    """Return what was proved with this key for this very challenge and page, or raise ``PasskeyRejectedError``.

    The sign count is the caller's to compare, while it holds the stored one locked.
    """
    with _peer_faults():
        _refuse_frames(credential)
        proved = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    return Assertion(proved.new_sign_count, proved.credential_backed_up)


def decoded(text: str) -> bytes:
    """Return the bytes of a base64url text, or raise ``PasskeyRejectedError``."""
    with _peer_faults():
        return base64url_to_bytes(text)


def _refuse_frames(credential: Mapping[str, Any]) -> None:
    client_data = parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    if client_data.cross_origin:
        raise PasskeyRejectedError


def _without_statement(credential: Mapping[str, Any]) -> dict[str, Any]:
    response = credential["response"]
    attestation = parse_cbor(base64url_to_bytes(response["attestationObject"]))
    bare = encode_cbor({"fmt": "none", "attStmt": {}, "authData": attestation["authData"]})
    return {**credential, "response": {**response, "attestationObject": bytes_to_base64url(bare)}}


@contextmanager
def _peer_faults() -> Iterator[None]:
    """Whatever an authenticator's bytes make the library raise is the authenticator's fault, and one refusal."""
    try:
        yield
    except _PEER_FAULTS as error:
        raise PasskeyRejectedError from error
