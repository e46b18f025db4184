"""A page's side of the events socket, for tests."""

import asyncio
from types import TracebackType
from typing import Any, Self

import aiohttp

PATIENCE_SECONDS = 30.0


class Page:
    """One events socket of somebody; ``heard`` keeps every frame."""

    def __init__(self, url: str, token: str, tls: Any, **query: str | int) -> None:
        self._url, self._token, self._tls, self._query = url, token, tls, query
        self.heard: list[dict[str, Any]] = []
        self.hello: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        try:
            self.socket = await self._session.ws_connect(
                f"{self._url}/api/v1/events", params=self._query, ssl=self._tls,
                headers={"Authorization": f"Bearer {self._token}"},
            )  # fmt: skip
        except BaseException:
            await self._session.close()
            raise
        self.hello = await self.next()
        assert self.hello["kind"] == "hello"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.close()
        await self._session.close()

    @property
    def seq(self) -> int:
        """The last number that was told."""
        return max(int(frame.get("seq", 0)) for frame in self.heard)

    async def next(self) -> dict[str, Any]:
        """The next frame."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            frame: dict[str, Any] = await self.socket.receive_json()
        self.heard.append(frame)
        return frame

    async def until(self, kind: str, **members: object) -> dict[str, Any]:
        """The next frame of a kind with these members."""
        while True:
            frame = await self.next()
            if frame["kind"] == kind and all(frame.get(name) == value for name, value in members.items()):
                return frame

    async def changed(self, topic: str) -> dict[str, str]:
        """The ids of the next event of a topic."""
        ids: dict[str, str] = (await self.until("changed", topic=topic))["ids"]
        return ids

    async def closed(self) -> int | None:
        """Wait for the broker to close the socket; its code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await self.socket.receive()).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                pass
        return self.socket.close_code
