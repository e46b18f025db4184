"""A broker behind the plant's own certificate: agents pin its chain, users trust its authority."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.demo.api import ApiRefusedError
from deploy.demo.plant import SITE, DemoPlant

pytestmark = [pytest.mark.integration, pytest.mark.e2e]
PEM = serialization.Encoding.PEM


def certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey, *, is_ca: bool
) -> x509.Certificate:
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(hours=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def write_chain(folder: Path) -> dict[str, Path]:
    """A root that only users have, an intermediate one in the chain, and the server's own certificate."""
    folder.mkdir()
    root_key, middle_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = certificate("Plant root", root_key, "Plant root", root_key, is_ca=True)
    middle = certificate("Plant issuing", middle_key, "Plant root", root_key, is_ca=True)
    leaf = certificate("broker", key, "Plant issuing", middle_key, is_ca=False)
    files = {name: folder / f"{name}.pem" for name in ("root", "chain", "key")}
    files["root"].write_bytes(root.public_bytes(PEM))
    files["chain"].write_bytes(leaf.public_bytes(PEM) + middle.public_bytes(PEM))
    files["key"].write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return files


async def test_agents_and_users_work_with_the_plants_own_certificate(tmp_path: Path) -> None:
    files = write_chain(tmp_path / "pki")
    settings = {
        "WICKET_BROKER_SERVER__CERTIFICATE": str(files["chain"]),
        "WICKET_BROKER_SERVER__KEY": str(files["key"]),
    }
    async with DemoPlant(tmp_path / "plant", broker_settings=settings, ca=files["root"]) as plant:
        engineer = await plant.signed_in("engineer")
        with pytest.raises(ApiRefusedError) as refused:
            await engineer.post("/sessions", asset=f"{SITE}/pump-plc", service="modbus")
        # The agent is connected under its client certificate of our own CA; what is missing is the approval alone.
        assert refused.value.code == "approval_required"
        await engineer.__aexit__(None, None, None)
