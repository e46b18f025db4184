"""The connections that a stream opened: whose requests they carry, and along which route.

The CIP Networks Library, Volume 1, 3-5.5. The two ids of a connection are two name spaces: the target chooses the one
that requests have, the tool the one that answers have. No tool may choose which connection a request is judged by.
"""

from typing import NamedTuple

from guards.enip.contents import Link, Request
from policies.rules import Tier

MAX_CONNECTIONS = 32
_CONNECTION_FAILURE = 0x01
UNKNOWN_ROUTE = ""
"""The route of what belongs to no connection that was seen to open; no fence has it."""


class Connection(NamedTuple):
    """An open connection: the id that requests have (``there``), the id that answers have (``back``)."""

    there: int
    back: int
    link: Link


class Connections:
    """At most so many as ``MAX_CONNECTIONS`` and what is at the device; told apart by serial numbers."""

    __slots__ = ("_back", "_by_serials", "_doubtful", "_there")

    def __init__(self) -> None:
        """Begin with none."""
        self._there: dict[int, Connection] = {}
        self._back: dict[int, Connection] = {}
        self._by_serials: dict[bytes, Connection] = {}
        self._doubtful: dict[bytes, Link] = {}

    @property
    def is_full(self) -> bool:
        """Whether no more may be asked for."""
        return len(self._there) + len(self._doubtful) >= MAX_CONNECTIONS

    def of_request(self, there: int) -> Connection | None:
        """Return the connection that a request belongs to."""
        return self._there.get(there)

    def of_answer(self, back: int) -> Connection | None:
        """Return the connection that an answer belongs to; there are devices that answer by the id of requests."""
        return self._back.get(back) or self._there.get(back)

    def settle(self, request: Request) -> Request:
        """Return a request with the tier that it has here: to close what this stream opened is part of reading."""
        closes = request.closes
        known = None if closes is None else self._by_serials.get(closes.serials)
        if closes is None or known is None or known.link.route != closes.route:
            return request
        (part,) = request.parts
        return request._replace(parts=(part._replace(tier=Tier.READ, is_link=True),))

    def answered(self, request: Request, code: int | None, data: bytes) -> None:
        """Learn from the answer to a Forward Open, whose data begin with both ids, or to a Forward Close."""
        link = request.opens
        if link is not None and code is None and len(data) >= 8:
            there, back = (int.from_bytes(data[at : at + 4], "little") for at in (0, 4))
            self._enter(Connection(there, back, link))
        if request.closes is not None and code in {None, _CONNECTION_FAILURE}:
            self._forget(request.closes.serials)

    def unanswered(self, request: Request) -> None:
        """Take a request that nobody will hear the answer to: what it closes is closed.

        What it opens is left to the device's time-out: before a device said so, serial numbers that a tool chose may be
        those of somebody else's connection, and to close it would stop that.
        """
        if request.closes is not None:
            self._forget(request.closes.serials)

    def end(self) -> list[Link]:
        """Forget all; return what is still open."""
        links = {**self._doubtful, **{serials: one.link for serials, one in self._by_serials.items()}}
        for table in (self._there, self._back, self._by_serials, self._doubtful):
            table.clear()
        return list(links.values())

    def _enter(self, opened: Connection) -> None:
        """Note a connection. One whose ids are those of another route's is not used: answers must not be mixed up."""
        there, back, link = opened
        self._forget(link.serials)
        others = [one for one in (self._back.get(back), self._there.get(back), self._back.get(there)) if one]
        if any(one.link.route != link.route for one in others):
            self._doubtful[link.serials] = link
            return
        for one in (*others, self._there.get(there)):
            if one is not None:
                self._forget(one.link.serials)
        self._there[there] = self._back[back] = self._by_serials[link.serials] = opened

    def _forget(self, serials: bytes) -> None:
        self._doubtful.pop(serials, None)
        gone = self._by_serials.pop(serials, None)
        if gone is not None:
            self._there.pop(gone.there, None)
            if self._back.get(gone.back) is gone:
                del self._back[gone.back]
