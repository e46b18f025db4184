"""The way out: where the broker is, how it is trusted, which certificate is shown, through which proxy."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

import aiohttp

from agent.config import ProxySettings
from agent.errors import SettingsError, StateError
from tunnel.tls import client_context
from tunnel.upgrade import Endpoint, Proxy


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Host and port of a broker's URL."""

    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "BrokerAddress":
        """Read ``https://host[:port]``; raises SettingsError."""
        parts = urlsplit(url)
        try:
            port = parts.port or 443
        except ValueError as error:
            raise SettingsError(f"the broker's address {url!r} has no usable port") from error
        if parts.scheme != "https" or not parts.hostname or parts.username:
            raise SettingsError(f"the broker's address {url!r} must look like https://broker.example.com")
        return cls(parts.hostname, port)


class Way(TypedDict, total=False):
    """Options of an aiohttp request."""

    proxy: str
    proxy_headers: dict[str, str]


def proxy_of(settings: ProxySettings) -> Proxy | None:
    """Return the proxy to go through, its password read from its file; raises SettingsError."""
    if settings.url is None:
        return None
    parts = urlsplit(settings.url)
    return Proxy(str(parts.hostname), int(parts.port or 0), settings.user, settings.secret())


class Door:
    """Makes connections to one broker. ``reload`` after a renewal; open connections are not touched."""

    def __init__(self, url: str, ca: str, identity: Path | None, proxy: Proxy | None) -> None:
        """Trust ``ca`` (PEM) only, and show ``identity`` (PEM of key and chain) if there is one."""
        self._address = BrokerAddress.of(url)
        self._ca = ca
        self._identity = identity
        self._proxy = proxy
        self._tls = self._context()

    @property
    def endpoint(self) -> Endpoint:
        """Where streams connect back to."""
        return Endpoint(self._address.host, self._address.port, self._tls, proxy=self._proxy)

    def url(self, path: str) -> str:
        """Return the address of a path at the broker."""
        host = f"[{self._address.host}]" if ":" in self._address.host else self._address.host
        return f"https://{host}:{self._address.port}{path}"

    def session(self) -> aiohttp.ClientSession:
        """Return a client for JSON and the control link; the caller closes it."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls, limit=4, force_close=True),
            timeout=aiohttp.ClientTimeout(total=30, sock_connect=15),
            trust_env=False,
            max_line_size=8190,
        )

    def way(self) -> Way:
        """Return what each request of a ``session`` must be given to go through the proxy, if there is one."""
        proxy = self._proxy
        if proxy is None:
            return Way()
        host = f"[{proxy.host}]" if ":" in proxy.host else proxy.host
        headers = {"Proxy-Authorization": proxy.credentials} if proxy.credentials else {}
        return Way(proxy=f"http://{host}:{proxy.port}", proxy_headers=headers)

    def reload(self) -> None:
        """Show the identity file as it is now on new connections."""
        self._tls = self._context()

    def _context(self) -> ssl.SSLContext:
        try:
            return client_context(self._ca, certificate=self._identity)
        except (OSError, ssl.SSLError) as error:
            raise StateError(f"the agent's identity {self._identity} cannot be used ({error}): enrol again") from error
