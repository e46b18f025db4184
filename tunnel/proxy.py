"""The way out of a plant through an HTTP CONNECT proxy (RFC 9110, 9.3.6), with Basic authentication (RFC 7617) or none.

Digest and NTLM are not spoken; a proxy that insists on them is named as the reason.
"""

import asyncio
import base64
from dataclasses import dataclass, field

from tunnel.errors import UpgradeFailedError, UpgradeRefusedError
from tunnel.exchange import Exchange
from tunnel.heads import Answer, build_request


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP CONNECT proxy; Basic authentication only."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def credentials(self) -> str | None:
        """The value of ``Proxy-Authorization``, or ``None``. Never log it."""
        if self.user is None:
            return None
        pair = f"{self.user}:{self.password or ''}".encode()
        return f"Basic {base64.b64encode(pair).decode('ascii')}"


async def open_proxy_tunnel(proxy: Proxy, authority: str) -> asyncio.Transport:
    """Return a connection on which ``authority`` (``host:port``) listens. The caller sets the deadline.

    Raises ``UpgradeRefusedError`` with a code ``proxy_*``, or what ``create_connection`` raises.
    """
    transport, exchange = await asyncio.get_running_loop().create_connection(Exchange, proxy.host, proxy.port)
    try:
        _check(await exchange.ask(_connect_request(proxy, authority)), proxy)
    except BaseException:
        transport.abort()
        raise
    return transport


def _connect_request(proxy: Proxy, authority: str) -> bytes:
    fields = {"Host": authority}
    if proxy.credentials is not None:
        fields["Proxy-Authorization"] = proxy.credentials
    return build_request("CONNECT", authority, fields)


def _check(answer: Answer, proxy: Proxy) -> None:
    if answer.status == 407:
        raise _unauthorized(answer, proxy)
    if not 200 <= answer.status < 300:
        raise UpgradeRefusedError(answer.status, "proxy_refused", "The proxy refused the connection", "")
    if answer.rest:
        raise UpgradeFailedError("malformed", "the proxy sent bytes of its own into the tunnel")


def _unauthorized(answer: Answer, proxy: Proxy) -> UpgradeRefusedError:
    offered = answer.fields.get("proxy-authenticate", "")
    if "basic" not in offered.lower():
        detail = "This proxy does not offer Basic authentication; Digest, NTLM and Kerberos are not supported."
        return UpgradeRefusedError(407, "proxy_authentication_unsupported", "Proxy authentication", detail)
    if proxy.credentials is None:
        return UpgradeRefusedError(407, "proxy_authentication_required", "The proxy wants user and password", "")
    return UpgradeRefusedError(407, "proxy_authentication_failed", "The proxy refused user or password", "")
