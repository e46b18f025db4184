"""One HTTP request and its answer on a raw connection, and plain words for what can go wrong with it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from tunnel.errors import UpgradeFailedError
from tunnel.heads import Answer, AnswerReader, MalformedHeadError


class Exchange(asyncio.Protocol):
    """One request and its response on a connection that will then become something else."""

    def __init__(self) -> None:
        self._reader = AnswerReader()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See ``asyncio.Protocol``."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read the answer; once it is whole, leave everything later to the next protocol."""
        if self._answer.done():
            return
        try:
            answer = self._reader.receive(data)
        except MalformedHeadError as error:
            self._answer.set_exception(UpgradeFailedError("malformed", str(error)))
            return
        if answer is not None and self._transport is not None:
            self._transport.pause_reading()
            self._answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """See ``asyncio.Protocol``."""
        if not self._answer.done():
            self._answer.set_exception(UpgradeFailedError("closed", str(exc or "the connection closed unanswered")))

    async def ask(self, request: bytes) -> Answer:
        """Send the request, return the answer; raises ``UpgradeFailedError``. The caller sets the deadline."""
        if self._transport is not None:
            self._transport.write(request)
        return await self._answer


@asynccontextmanager
async def explained(peer: str, deadline_seconds: float) -> AsyncIterator[None]:
    """Bound the block in time and turn what the network raises into ``UpgradeFailedError``."""
    try:
        async with asyncio.timeout(deadline_seconds):
            yield
    except TimeoutError as error:
        raise UpgradeFailedError("timeout", f"{peer} did not answer within {deadline_seconds:g} seconds") from error
    except ssl.SSLCertVerificationError as error:
        raise UpgradeFailedError("untrusted", f"{peer} is not trusted: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise UpgradeFailedError("tls", f"TLS with {peer} failed: {error.reason or error}") from error
    except OSError as error:
        raise UpgradeFailedError("unreachable", f"{peer} cannot be reached: {error.strerror or error}") from error
