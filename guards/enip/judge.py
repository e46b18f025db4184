"""Decode a CIP request and judge it, and remember both: tools poll the same few requests for hours."""

from typing import NamedTuple

from guards.effects import Direction, Operation, Verdict
from guards.enip.connections import UNKNOWN_ROUTE, Connection, Connections
from guards.enip.contents import Part, Request, read
from guards.enip.limits import PROTOCOL, Limits
from guards.enip.memory import Memory
from guards.malformations import flaw
from guards.reasons import UNSAID
from guards.refusal import Refusal
from policies.routes import DIRECT
from policies.rules import Tier

MAX_REMEMBERED_WEIGHT = 0x20000
ACCESS_WEIGHT = 256
"""What an object of a request weighs beside the bytes of its own: a few bytes can name hundreds of elements."""


class Judged(NamedTuple):
    """A request with what the rules alone say of it: ``refusal`` is ``None`` where they let it pass."""

    request: Request
    operation: Operation
    refusal: Refusal | None


class Judge:
    """Decodes requests and holds them against one stream's limits.

    The same content along the same route always gets the same answer and is remembered, but for writes where the rules
    bound the change (those are held against ``memory``) and for what opens and closes connections.
    """

    __slots__ = ("_connections", "_limits", "_memory", "_remembered", "_weight")

    def __init__(self, limits: Limits, connections: Connections, memory: Memory | None) -> None:
        """Begin without memory of requests."""
        self._limits = limits
        self._connections = connections
        self._memory = memory
        self._remembered: dict[tuple[str, bytes], Judged] = {}
        self._weight = 0

    def judge(self, cip: bytes, connection: Connection | None, now_monotonic: float) -> Judged:
        """Return the meaning of a request outside connections, or on one, and the refusal that it earns, if any."""
        link = None if connection is None else connection.link
        route = DIRECT if link is None else link.route
        key = route, cip
        if link is None or link.is_explicit:
            known = self._remembered.get(key)
            if known is not None:
                return known
            request = read(cip, route)
        else:
            request = carried(link.route)
        request = self._connections.settle(request)
        if link is not None:
            request = on_connection(request)
        refusal = self._limits.judge(request, self._memory, now_monotonic)
        judged = Judged(request, asked_of(request, route), refusal)
        if link is None or link.is_explicit:
            self._remember(key, judged)
        return judged

    def _remember(self, key: tuple[str, bytes], judged: Judged) -> None:
        request = judged.request
        is_linking = request.opens is not None or request.closes is not None
        is_changing = self._memory is not None and any(part.tier is not Tier.READ for part in request.parts)
        weight = len(key[1]) + sum(ACCESS_WEIGHT * (1 + len(part.accesses)) for part in request.parts)
        if is_linking or is_changing or weight > MAX_REMEMBERED_WEIGHT // 8:
            return
        if self._weight + weight > MAX_REMEMBERED_WEIGHT:
            self._remembered.clear()
            self._weight = 0
        self._remembered[key] = judged
        self._weight += weight


def on_connection(request: Request) -> Request:
    """Return what comes on a connection: what opens or closes one has no place there."""
    if request.opens is None and request.closes is None:
        return request
    return request._replace(fault=flaw("opened_on_connection"))


def carried(route: str = UNKNOWN_ROUTE) -> Request:
    """Return what is known of a message on a connection that is not there for requests: nothing but its route."""
    return Request(0, "connected_data", (Part(Tier.FIRMWARE, route=route),))


def asked_of(request: Request, route: str, transaction: int | None = None) -> Operation:
    """Return a decoded request as an operation that passes."""
    return Operation(
        Direction.TO_ASSET,
        PROTOCOL,
        request.code,
        request.function,
        request.tier,
        Verdict.ALLOWED,
        False,
        transaction,
        None,
        request.objects,
        request.values,
        UNSAID,
        None,
        request.parts[0].route if request.parts else route,
        any(part.is_upload for part in request.parts),
        parts=request.told(),
    )
