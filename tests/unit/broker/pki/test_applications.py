"""What tools of OPC UA are shown in the place of a device."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key

from broker.pki.applications import Applications
from broker.pki.keys import KeyFileError, private_bytes
from guards.opcua.security import load_identity


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


def test_an_asset_has_the_same_certificate_for_ever_and_each_its_own(folder: Path) -> None:
    first = Applications(folder).of_asset("ast_1")
    again = Applications(folder)
    assert again.of_asset("ast_1") == first
    assert again.of_asset("ast_2").certificate != first.certificate
    assert again.of_asset("ast_2").private_key == first.private_key
    assert stat.S_IMODE((folder / "application.key").stat().st_mode) == 0o600


def test_it_is_an_application_instance_certificate_that_signed_itself(folder: Path) -> None:
    made = Applications(folder).of_asset("ast_1")
    certificate = x509.load_der_x509_certificate(made.certificate)
    certificate.verify_directly_issued_by(certificate)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == ["urn:wicketgate:opcua:ast_1"]
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert usage.key_encipherment
    assert usage.data_encipherment
    assert certificate.not_valid_before_utc < datetime(2026, 1, 1, tzinfo=UTC) < certificate.not_valid_after_utc
    assert load_der_private_key(made.private_key, None).public_key() == certificate.public_key()
    identity = load_identity(made.certificate, made.private_key)
    assert identity is not None
    assert identity.application_uri == "urn:wicketgate:opcua:ast_1"


@pytest.mark.parametrize("content", [b"nothing", private_bytes(ec.generate_private_key(ec.SECP256R1()))])
def test_a_key_file_that_cannot_be_used_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "application.key").write_bytes(content)
    with pytest.raises(KeyFileError):
        Applications(tmp_path).of_asset("ast_1")
