"""How a program reaches the broker: TCP, through an HTTP CONNECT proxy where told so, then TLS."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tunnel.errors import UpgradeFailedError
from tunnel.proxy import Proxy, open_proxy_tunnel

AnyProtocol = TypeVar("AnyProtocol", bound=asyncio.BaseProtocol)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the broker listens and how it is to be trusted. ``server_name`` is what its certificate must say."""

    host: str
    port: int
    tls: ssl.SSLContext
    server_name: str | None = None
    proxy: Proxy | None = None

    @property
    def authority(self) -> str:
        """``host:port`` as HTTP writes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


async def connect(endpoint: Endpoint, protocol: Callable[[], AnyProtocol]) -> tuple[asyncio.Transport, AnyProtocol]:
    """Return a TLS connection to the endpoint. The caller sets the deadline (see ``tunnel.exchange.explained``)."""
    loop = asyncio.get_running_loop()
    server_name = endpoint.server_name or endpoint.host
    if endpoint.proxy is None:
        return await loop.create_connection(
            protocol, endpoint.host, endpoint.port, ssl=endpoint.tls, server_hostname=server_name
        )
    outer = await open_proxy_tunnel(endpoint.proxy, endpoint.authority)
    inner = protocol()
    try:
        transport = await loop.start_tls(outer, inner, endpoint.tls, server_hostname=server_name)
    except BaseException:
        outer.abort()
        raise
    if transport is None:
        raise UpgradeFailedError("closed", "the connection closed during the TLS handshake")
    inner.connection_made(transport)
    return transport, inner
