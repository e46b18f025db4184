"""The broker's API as a signed-in user: tokens are refreshed in time, and retries never do a thing twice."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from urllib.parse import quote

import aiohttp

from client.errors import ApiError, ClientError, NotSignedInError, UnreachableError
from client.exit_codes import Exit
from client.tokens import Tokens, TokenStore
from client.transport import Json, Query, Transport

REFRESH_MARGIN_SECONDS = 30.0
RETRY_PAUSES_SECONDS = (0.2, 1.0, 2.0)
PAGE_LIMIT = 100
TOKEN_CODES = frozenset({"unauthenticated", "token_invalid"})


class Api:
    """Calls that carry the user's token."""

    def __init__(self, transport: Transport, store: TokenStore, *, now: Callable[[], float] = time.time) -> None:
        self._transport = transport
        self._store = store
        self._now = now
        self._tokens: Tokens | None = None

    async def get(self, path: str, query: Query | None = None) -> Json:
        """Read something; retried when the network fails."""
        return await self._insist(lambda: self._authorized("GET", path, query=query))

    async def post(self, path: str, body: Json | None = None, *, once: bool = False) -> Json:
        """Do something. With ``once`` the broker knows repetitions by a key: a lost answer is asked for again."""
        if not once:
            return await self._authorized("POST", path, body=body or {})
        key = secrets.token_urlsafe(24)
        return await self._insist(lambda: self._authorized("POST", path, body=body or {}, key=key))

    async def put(self, path: str) -> Json:
        """Put something in place; safe to repeat."""
        return await self._insist(lambda: self._authorized("PUT", path))

    async def patch(self, path: str, body: Json) -> Json:
        """Change something."""
        return await self._authorized("PATCH", path, body=body)

    async def delete(self, path: str) -> Json:
        """Remove something."""
        return await self._authorized("DELETE", path)

    async def items(self, path: str, query: Query | None = None, *, limit: int = PAGE_LIMIT) -> list[Json]:
        """Return up to ``limit`` things of a list, page by page."""
        found: list[Json] = []
        cursor: str | None = None
        while len(found) < limit:
            page = await self.get(
                path, {**(query or {}), "limit": min(limit - len(found), 500)} | ({"cursor": cursor} if cursor else {})
            )
            found += page.get("items", [])
            cursor = page.get("next_cursor")
            if cursor is None:
                break
        return found

    @asynccontextmanager
    async def download(
        self, path: str, query: Query | None = None, *, first: int = 0
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yield content to be read piece by piece, from byte ``first`` on."""
        headers = await self.authorization()
        if first:
            headers["Range"] = f"bytes={first}-"
        async with self._transport.download(path, query=query, headers=headers) as response:
            yield response

    async def watch(self, session: str) -> AbstractAsyncContextManager[aiohttp.ClientWebSocketResponse]:
        """Return the WebSocket of a session's events."""
        return self._transport.socket(at("sessions", session, "watch"), await self.authorization())

    async def authorization(self) -> dict[str, str]:
        """Return the header that says who asks, with a token that is good for a while."""
        tokens = self._tokens or self._store.load()
        if tokens is None:
            raise NotSignedInError
        if tokens.expires_at - self._now() < REFRESH_MARGIN_SECONDS:
            tokens = await self._refreshed(tokens)
        self._tokens = tokens
        return {"Authorization": f"Bearer {tokens.access_token}"}

    async def step_up(self, otp: str) -> None:
        """Show the second factor again; from then on the login counts as fresh."""
        async with self._store.turn():
            self._tokens = None
            answer = await self._transport.call(
                "POST", "/auth/step-up", body={"otp": otp}, headers=await self._authorization_in_turn()
            )
            self._keep(answer)

    async def log_out(self) -> None:
        """End the login at the broker, and forget the tokens whatever the broker says."""
        try:
            await self.post("/auth/logout")
        finally:
            self._tokens = None
            self._store.clear()

    async def _authorized(
        self, method: str, path: str, *, body: Json | None = None, query: Query | None = None, key: str = ""
    ) -> Json:
        headers = await self.authorization() | ({"Idempotency-Key": key} if key else {})
        try:
            return await self._transport.call(method, path, body=body, query=query, headers=headers)
        except ApiError as error:
            if error.status != 401 or error.code not in TOKEN_CODES or self._tokens is None:
                raise
            # The token may have ended early (another clock, a step-up elsewhere): once more with a new one.
            self._tokens = await self._refreshed(self._tokens)
        headers |= await self.authorization()
        return await self._transport.call(method, path, body=body, query=query, headers=headers)

    async def _refreshed(self, old: Tokens) -> Tokens:
        async with self._store.turn():
            return await self._refreshed_in_turn(old)

    async def _refreshed_in_turn(self, old: Tokens) -> Tokens:
        """Take newer tokens that another command left, or exchange the refresh token. The lock is held."""
        current = self._store.load()
        if current is None:
            raise NotSignedInError
        if current.access_token != old.access_token and current.expires_at - self._now() > REFRESH_MARGIN_SECONDS:
            return current
        body = {"refresh_token": current.refresh_token}
        try:
            answer = await self._transport.call("POST", "/auth/refresh", body=body)
        except ApiError as error:
            if error.status != 401:
                raise
            self._store.clear()
            raise NotSignedInError("Your login has ended.") from error
        return self._keep(answer)

    async def _authorization_in_turn(self) -> dict[str, str]:
        tokens = self._store.load()
        if tokens is None:
            raise NotSignedInError
        if tokens.expires_at - self._now() < REFRESH_MARGIN_SECONDS:
            tokens = await self._refreshed_in_turn(tokens)
        return {"Authorization": f"Bearer {tokens.access_token}"}

    def _keep(self, answer: Json) -> Tokens:
        self._tokens = Tokens.of(answer, self._now())
        self._store.save(self._tokens)
        return self._tokens

    async def _insist(self, attempt: Callable[[], Awaitable[Json]]) -> Json:
        """Try again after short pauses when the answer got lost on the way, and then while the first is at work."""
        lost = False
        for pause in RETRY_PAUSES_SECONDS:
            try:
                return await attempt()
            except UnreachableError as error:
                if not error.lost:
                    raise
                lost = True
            except ApiError as error:
                if not (lost and error.code == "conflict"):
                    raise
            await asyncio.sleep(pause)
        return await attempt()


def at(*parts: str) -> str:
    """Return the path of ``parts``, each quoted: what people type must not become another path."""
    if any(part in ("", ".", "..") for part in parts):
        raise ClientError("An id is empty.", exit_code=Exit.USAGE)
    return "/" + "/".join(quote(part, safe="") for part in parts)
