"""One HTTP exchange with the broker: pinned trust, deadlines, bounds, and problems turned into ``ApiError``."""

import asyncio
import json
import os
import socket as sockets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Self

import aiohttp

from client.config import Profile, ProxyAddress
from client.errors import ApiError, ClientError, UnreachableError

CALL_SECONDS = 60.0
CONNECT_SECONDS = 15.0
SILENCE_SECONDS = 60.0
MAX_ANSWER_BYTES = 32 * 1024 * 1024
WATCH_HEARTBEAT_SECONDS = 20.0
MAX_WATCH_MESSAGE_BYTES = 64 * 1024
LEAVE_SECONDS = 2.0
PREFIX = "/api/v1"

Json = dict[str, Any]
Query = Mapping[str, str | int | float | list[str]]


class Transport:
    """A connection pool to one broker. Use as an async context manager."""

    def __init__(self, profile: Profile, proxy: ProxyAddress | None, *, agent: str = "wicket") -> None:
        self._profile = profile
        self._tls = profile.trust()
        self._proxy = proxy
        self._agent = agent
        self._session: aiohttp.ClientSession | None = None
        self._sockets: list[sockets.socket] = []

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS)
        connector = aiohttp.TCPConnector(ssl=self._tls, limit=8, socket_factory=self._socket)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            headers={"User-Agent": self._agent},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            await self._until_left()

    def _socket(self, address: aiohttp.AddrInfoType) -> sockets.socket:
        family, kind, protocol, *_ = address
        made = sockets.socket(family, kind, protocol)
        made.setblocking(False)
        self._sockets = [*(each for each in self._sockets if each.fileno() >= 0), made]
        return made

    async def _until_left(self) -> None:
        """Wait for the good-byes of TLS: an event loop (uvloop's) that is closed during one raises."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                while any(each.fileno() >= 0 for each in self._sockets):  # noqa: ASYNC110 - aiohttp tells nobody
                    await asyncio.sleep(0.005)

    async def call(
        self, method: str, path: str, *, body: Json | None = None, query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:  # fmt: skip
        """Exchange JSON; an empty answer is ``{}``. Raise ``ApiError`` or ``UnreachableError``."""
        async with self._explained(CALL_SECONDS), self._request(method, path, body, query, headers) as response:
            content = await _bounded(response)
            if response.status >= 400:
                raise _problem(response, content)
            return _object(content)

    @asynccontextmanager
    async def download(
        self, path: str, *, query: Query | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yield an answer whose content is read piece by piece."""
        async with self._explained(None), self._request("GET", path, None, query, headers) as response:
            if response.status >= 400:
                raise _problem(response, await _bounded(response))
            yield response

    @asynccontextmanager
    async def socket(self, path: str, headers: Mapping[str, str]) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Yield a WebSocket whose silence is bounded by heartbeats."""
        if self._session is None:
            raise RuntimeError("the transport is not open")
        async with (
            self._explained(None),
            self._session.ws_connect(
                self._profile.websocket_url + PREFIX + path,
                headers=dict(headers),
                heartbeat=WATCH_HEARTBEAT_SECONDS,
                max_msg_size=MAX_WATCH_MESSAGE_BYTES,
                **self._through(),
            ) as socket,
        ):
            yield socket

    def _request(
        self, method: str, path: str, body: Json | None, query: Query | None, headers: Mapping[str, str] | None
    ) -> "aiohttp.client._RequestContextManager":
        if self._session is None:
            raise RuntimeError("the transport is not open")
        given: dict[str, str] = dict(headers or {})
        if body is not None:
            given["Content-Type"] = "application/json"
        return self._session.request(
            method,
            self._profile.url + PREFIX + path,
            data=None if body is None else json.dumps(body).encode(),
            params=dict(query or {}),
            headers=given,
            allow_redirects=False,
            **self._through(),
        )

    def _through(self) -> dict[str, Any]:
        if self._proxy is None:
            return {}
        auth = None if self._proxy.user is None else aiohttp.BasicAuth(self._proxy.user, self._proxy.password or "")
        return {"proxy": self._proxy.url, "proxy_auth": auth}

    @asynccontextmanager
    async def _explained(self, seconds: float | None) -> AsyncIterator[None]:
        """Bound the block in time and turn what the network raises into ``UnreachableError``."""
        peer = self._profile.url
        try:
            async with asyncio.timeout(seconds):
                yield
        except aiohttp.ClientConnectorCertificateError as error:
            raise UnreachableError(
                f"{peer} is not trusted: {error.certificate_error}",
                hint="Give the broker's authority with --ca or WICKET_CA.",
            ) from error
        except aiohttp.WSServerHandshakeError as error:
            raise ApiError(error.status, {"detail": "The broker does not let this session be watched."}) from error
        except aiohttp.ClientHttpProxyError as error:
            raise UnreachableError(f"The proxy refused: {error.status} {error.message}") from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise UnreachableError(f"{peer} cannot be reached: {_words(error)}") from error
        except TimeoutError as error:
            raise UnreachableError(f"{peer} did not answer in time.", lost=True) from error
        except (aiohttp.ClientError, OSError) as error:
            raise UnreachableError(f"{peer} broke the connection off: {_words(error)}", lost=True) from error


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for piece in response.content.iter_chunked(256 * 1024):
        content += piece
        if len(content) > MAX_ANSWER_BYTES:
            raise ClientError("The broker's answer is larger than anything it should say.")
    return bytes(content)


def _words(error: Exception) -> str:
    inner = getattr(error, "os_error", error)
    number = getattr(inner, "errno", None)
    known = os.strerror(number) if isinstance(number, int) and number > 0 else getattr(inner, "strerror", None)
    return known or str(error) or type(error).__name__


def _object(content: bytes) -> Json:
    if not content:
        return {}
    try:
        value = json.loads(content)
    except ValueError as error:
        raise ClientError("The answer is not JSON: is this address a broker's?") from error
    return value if isinstance(value, dict) else {"items": value}


def _problem(response: aiohttp.ClientResponse, content: bytes) -> ApiError:
    try:
        value = json.loads(content)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        value = {"detail": f"The answer was {response.status} {response.reason or ''}, not a broker's."}
    return ApiError(response.status, value)
