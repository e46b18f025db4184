"""Keys of a recording: bound to it, checked by anybody, and of kinds that a browser has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording import keys
from recording.errors import FormatError, KeyRefusedError, RecordingError
from tests.unit.recording.samples import CONTENT_KEY, OTHER_SIGNING_KEY, SIGNING_KEY, WRAPPING_KEY, opening


def test_the_wrapped_key_opens_with_the_wrapping_key() -> None:
    key = keys.unwrap_content_key(opening().key, wrapping_key=WRAPPING_KEY, recording="rec_1")
    assert key == CONTENT_KEY


@pytest.mark.parametrize(("wrapping_key", "recording"), [(bytes(32), "rec_1"), (WRAPPING_KEY, "rec_2")])
def test_it_does_not_open_with_another_key_or_for_another_recording(wrapping_key: bytes, recording: str) -> None:
    with pytest.raises(KeyRefusedError):
        keys.unwrap_content_key(opening().key, wrapping_key=wrapping_key, recording=recording)


def test_a_wrapped_key_that_is_no_base64_is_refused() -> None:
    wrapped = opening().key.model_copy(update={"wrapped": "*"})
    with pytest.raises(RecordingError):
        keys.unwrap_content_key(wrapped, wrapping_key=WRAPPING_KEY, recording="rec_1")


def test_signatures_are_raw_deterministic_and_hold_for_one_key_and_message() -> None:
    sign = keys.es256_signer(SIGNING_KEY)
    signature = sign(b"message")
    assert len(signature) == 64
    assert signature == sign(b"message")
    assert keys.is_signed(SIGNING_KEY.public_key(), signature, b"message")
    assert not keys.is_signed(SIGNING_KEY.public_key(), signature, b"massage")
    assert not keys.is_signed(OTHER_SIGNING_KEY.public_key(), signature, b"message")


@given(st.binary(max_size=80))
def test_garbage_is_no_signature(garbage: bytes) -> None:
    assert not keys.is_signed(SIGNING_KEY.public_key(), garbage, b"message")


def test_a_key_set_is_named_by_computed_thumbprints() -> None:
    jwk = keys.public_jwk(SIGNING_KEY.public_key())
    read = keys.public_keys({"keys": [{**jwk, "kid": "something else"}]})
    assert list(read) == [opening().signer]


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    # RFC 7638, 3.1 defines the members and their order; the value was computed once by hand for the key d = 7.
    assert opening().signer == "ccgscWSOWNe7zfELCIRHTdb7JkVy_Eo2vg371C5rplY"


@pytest.mark.parametrize(
    "entry",
    [
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"},
        {"kty": "EC", "crv": "P-256", "x": "***", "y": "AQ"},
        "text",
    ],
)
def test_other_keys_are_refused(entry: object) -> None:
    with pytest.raises(FormatError):
        keys.public_keys({"keys": [entry]})


def test_a_key_set_without_keys_is_refused() -> None:
    with pytest.raises(FormatError):
        keys.public_keys({})
