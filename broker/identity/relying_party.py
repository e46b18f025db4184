"""Whose passkeys a page may use: they belong to its host name, and what they sign names its whole origin."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web
from yarl import URL

from broker.http.browser import own_origin
from broker.identity.errors import PasskeysUnavailableError


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The host name that passkeys belong to (WebAuthn's RP id), and the origin of the page that asks for one."""

    id: str
    origin: str


class RelyingParties:
    """Knows by which of the broker's ``names`` a request came. ``public_url`` is what people reach the broker by."""

    def __init__(self, names: Iterable[str], public_url: str | None = None) -> None:
        self._hosts = frozenset(name.lower() for name in names if not _is_address(name))
        self._public_origin = str(URL(public_url).origin()) if public_url else None

    def of(self, request: web.Request) -> RelyingParty:
        """Return the relying party of a request's address, or raise ``PasskeysUnavailableError``."""
        origin = own_origin(request)
        try:
            url = URL(origin).origin()
        except ValueError as error:
            raise _unavailable() from error
        # Another program on the same host has our name too: only the port tells its pages from ours.
        is_ours = origin == self._public_origin or url.port == _port(request)
        host = url.raw_host or ""
        if str(url) != origin or host not in self._hosts or not is_ours:
            raise _unavailable()
        return RelyingParty(host, origin)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _port(request: web.Request) -> int | None:
    address = request.transport.get_extra_info("sockname") if request.transport is not None else None
    return address[1] if isinstance(address, tuple) else None


def _unavailable() -> PasskeysUnavailableError:
    return PasskeysUnavailableError(
        "Passkeys belong to a host name of the broker's, and this page's address is none.",
        hint="Open the page by 'server.public_url', or by one of 'server.names' (no IP address) and the broker's port.",
    )
