"""The two kinds of connection that a relay joins: one that speaks frames over TLS, and one of bare bytes."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from tunnel.frames import Frame, Notice


class ReadBuffer:
    """The memory that all ends of one event loop read into; make one per process and hand it to every end.

    Reading is synchronous within a callback, so that one buffer serves thousands of idle streams.
    """


class End(asyncio.BufferedProtocol):
    """One connection of a relay. Give it to a transport at once; what arrives before the relay starts is held back."""

    def __init__(self, buffer: ReadBuffer) -> None: ...

    @property
    def lost(self) -> bool:
        """Whether the connection is gone (the relay may not have started yet)."""
        raise NotImplementedError

    def discard(self) -> None:
        """Close a connection that never got a relay."""
        raise NotImplementedError

    async def wait_lost(self) -> None:
        """Return when the connection is gone."""
        raise NotImplementedError


class FramedEnd(End):
    """A tunnel leg: TLS, frames in both directions."""


class PlainEnd(End):
    """A device or a local tool: bare TCP, half-close by FIN. No keepalive is ever sent to a device."""
