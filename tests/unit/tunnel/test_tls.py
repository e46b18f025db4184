import asyncio
import contextlib
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


def in_memory(pki: Pki) -> tuple[ssl.SSLObject, ssl.SSLObject, ssl.MemoryBIO]:
    """Return a client and a server that have shaken hands, and where the client's bytes come in."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = pki.client_context().wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    server = pki.server_context().wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
    with contextlib.suppress(ssl.SSLWantReadError):
        client.read(1)  # the session tickets
    return client, server, to_client


def test_what_was_decrypted_is_read_before_nothing_is_said_to_have_come(pki: Pki) -> None:
    client, server, _ = in_memory(pki)
    server.write(b"in one record")
    assert client.read(6) == b"in one"
    assert client.read(100) == b" record"
    with pytest.raises(ssl.SSLWantReadError):
        client.read(100)


def test_an_end_without_a_word_is_told_and_not_waited_for(pki: Pki) -> None:
    client, _, to_client = in_memory(pki)
    to_client.write_eof()
    with contextlib.suppress(ssl.SSLEOFError):  # how Python from 3.12 on tells it
        assert client.read(100) == b""
