"""How enrolment finds the CA that its join token speaks of, before it has anything else to trust."""

import asyncio

from tunnel.dial import Endpoint, connect
from tunnel.exchange import explained
from tunnel.proxy import Proxy
from tunnel.tls import find_pinned, presented_chain, unverified_context


async def fetch_pinned_ca(
    host: str,
    port: int,
    pinned: str,
    *,
    server_name: str | None = None,
    proxy: Proxy | None = None,
    deadline_seconds: float = 15.0,
) -> str:
    """Return as PEM the certificate of the server's chain whose SHA-256 (hex) is ``pinned``.

    Nothing is sent on this connection; then connect again with ``client_context(ca)``. Raises ``PinMismatchError`` (of
    ``tunnel.tls``) if no certificate that was shown matches, ``UpgradeError`` if there is no connection.
    """
    endpoint = Endpoint(host, port, unverified_context(), server_name, proxy)
    async with explained(endpoint.authority, deadline_seconds):
        transport, _ = await connect(endpoint, asyncio.Protocol)
    try:
        return find_pinned(presented_chain(transport.get_extra_info("ssl_object")), pinned)
    finally:
        transport.abort()
