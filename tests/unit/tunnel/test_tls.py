import asyncio
import ssl
import warnings

import pytest

from tests.unit.tunnel.conftest import Pki, listening
from tunnel.tls import PinMismatchError, client_context, find_pinned, fingerprint, peer_certificate, unverified_context


async def seen_by_server(pki: Pki, context: ssl.SSLContext) -> bytes | None:
    """Connect with ``context`` and return the client certificate that the server verified."""
    seen: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.set_result(peer_certificate(writer.transport))

    async with listening(serve, pki.server_context()) as address:
        reader, writer = await asyncio.open_connection(*address, ssl=context)
        async with asyncio.timeout(10):
            await reader.read()
            certificate = await seen
        writer.close()
        await writer.wait_closed()
        return certificate


async def test_a_client_without_a_certificate_may_come(pki: Pki) -> None:
    assert await seen_by_server(pki, pki.client_context()) is None


async def test_a_client_certificate_of_our_ca_is_seen(pki: Pki) -> None:
    context = client_context(pki.ca, certificate=pki.client, key=pki.key)
    expected = ssl.PEM_cert_to_DER_cert(pki.client.read_text().split("-----END")[0] + "-----END CERTIFICATE-----\n")
    assert await seen_by_server(pki, context) == expected


async def test_what_was_not_verified_is_no_peer_certificate(pki: Pki) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(serve, pki.server_context()) as address:
        _, writer = await asyncio.open_connection(*address, ssl=unverified_context())
        assert peer_certificate(writer.transport) is None
        writer.close()
        await writer.wait_closed()


async def test_nothing_older_than_tls_1_2_is_spoken(pki: Pki) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await seen_by_server(pki, old)


def test_the_pinned_certificate_is_found_anywhere_in_the_chain() -> None:
    assert find_pinned([b"leaf", b"ca"], fingerprint(b"ca")) == ssl.DER_cert_to_PEM_cert(b"ca")


def test_a_chain_without_the_pinned_certificate_is_a_mismatch() -> None:
    with pytest.raises(PinMismatchError):
        find_pinned([b"leaf"], fingerprint(b"ca"))
