"""What nodes hold, as far as this stream has seen it; kept only where rules bound changes."""

from guards.known import KnownValues
from guards.objects import Before
from guards.opcua.answers import Answer
from guards.opcua.items import Item
from guards.opcua.requests import Request
from guards.opcua.services import READ, WRITE


class Memory:
    """The known values of one stream: those of nodes that hold one number."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        """Know nothing."""
        self._known = KnownValues()

    def before(self, item: Item, now_monotonic: float) -> Before | None:
        """Return what the node of an item is now."""
        return self._known.before(item.node, now_monotonic) if item.node else None

    def on_its_way(self, request: Request, now_monotonic: float) -> int:
        """Note a request that was let through; until it is confirmed, what it writes is unknown.

        Returns the moment, for ``learn``.
        """
        if request.service.code == WRITE:
            for item in request.items:
                self._known.wrote(item.accesses[0].touched.name, now_monotonic)
        return self._known.moment

    def learn(self, request: Request, answer: Answer, now_monotonic: float, asked: int) -> None:
        """Learn what was read, or was written and confirmed, by a request of the moment ``asked``."""
        code = request.service.code
        if code == READ and len(answer.read) == len(request.items):
            numbers = [(read.variant.number, read.status) for read in answer.read]
        elif code == WRITE and len(answer.results) == len(request.items):
            numbers = [(item.number, status) for item, status in zip(request.items, answer.results, strict=True)]
        else:
            return
        for item, (number, status) in zip(request.items, numbers, strict=True):
            if item.node and number is not None and not answer.is_bad(status):
                self._known.saw(item.node, number, now_monotonic, asked=asked)
