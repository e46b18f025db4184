"""A fake broker with a certificate of its own authority, a folder of its own for each test, and the command line."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from client.cli import cli
from tests.unit.client.fake_broker import ASSET, SITE, FakeBroker

Wicket = Callable[..., Result]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return certificate and key of a server on 127.0.0.1 that is its own authority."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake broker")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "server.crt", folder / "server.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, secret


@pytest.fixture
def broker(certificate: tuple[Path, Path]) -> Iterator[FakeBroker]:
    """Return a running broker that knows one site with one asset."""
    fake = FakeBroker(*certificate)
    fake.start()
    fake.answer("GET", "/sites", {"items": [SITE], "next_cursor": None})
    fake.answer("GET", "/sites/sit_a", SITE)
    fake.answer("GET", "/assets", {"items": [ASSET], "next_cursor": None})
    yield fake
    fake.stop()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the profile folder, with an environment that says nothing else."""
    for name in ("WICKET_URL", "WICKET_CA", "WICKET_USER", "WICKET_PASSWORD", "WICKET_OTP", "WICKET_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WICKET_TOKENS", "file")
    monkeypatch.setenv("WICKET_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def wicket(home: Path) -> Wicket:
    """Return the command line; standard input is no terminal."""

    def run(*words: str, stdin: str = "") -> Result:
        result = CliRunner().invoke(cli, words, input=stdin, prog_name="wicket")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def signed_in(wicket: Wicket, broker: FakeBroker) -> Wicket:
    """Return the command line of somebody who is signed in."""
    words = ("login", "--url", broker.url, "--ca", str(broker.certificate), "--user", "vendor-1", "--otp", "123456")
    result = wicket(*words, "--password-stdin", stdin="correct horse\n")
    assert result.exit_code == 0, result.output
    return wicket


def json_of(result: Result) -> Any:
    """Return what a command printed with ``--json``."""
    return json.loads(result.stdout)
