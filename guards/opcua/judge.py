"""Read and judge a request once: tools poll the same few nodes for hours, so what was decided is remembered."""

from typing import NamedTuple

from guards.opcua.limits import Limits, Ruling
from guards.opcua.memory import Memory
from guards.opcua.requests import Contents, Request, read_request
from policies.rules import Rules, Tier

MAX_REMEMBERED_WEIGHT = 0x20000
ITEM_WEIGHT = 256
"""What an item of a request weighs beside the bytes of its own: its node is kept as text, too."""


class _Known(NamedTuple):
    contents: Contents
    ruling: Ruling


class Judge:
    """Reads requests and holds them against one stream's limits.

    The same content always gets the same answer and is remembered, but for writes where the rules bound the change:
    those are held against ``memory``. What opens a session is never the same twice, and may hold a password.
    """

    __slots__ = ("_remembered", "_weight", "limits", "memory")

    def __init__(self, rules: Rules) -> None:
        """Compile ``rules``, and remember nothing yet."""
        self.limits = Limits(rules)
        self.memory = Memory() if self.limits.needs_values else None
        self._remembered: dict[bytes, _Known] = {}
        self._weight = 0

    def judge(self, body: bytes, now_monotonic: float) -> tuple[Request, Ruling]:
        """Return the meaning of a whole message, and what the rules say of it."""
        request = read_request(body, self._contents)
        known = self._remembered.get(request.said)
        if known is not None:
            return request, known.ruling
        ruling = self.limits.judge(request, self.memory, now_monotonic)
        if self._is_lasting(request):
            self._remember(request, ruling)
        return request, ruling

    def _is_lasting(self, request: Request) -> bool:
        if request.fault or request.service.is_setup:
            return False
        return self.memory is None or request.contents.tier is Tier.READ

    def _contents(self, said: bytes) -> Contents | None:
        known = self._remembered.get(said)
        return None if known is None else known.contents

    def _remember(self, request: Request, ruling: Ruling) -> None:
        weight = len(request.said) + ITEM_WEIGHT * (1 + len(request.items))
        if weight > MAX_REMEMBERED_WEIGHT // 8:
            return
        if self._weight + weight > MAX_REMEMBERED_WEIGHT:
            self._remembered.clear()
            self._weight = 0
        self._remembered[request.said] = _Known(request.contents, ruling)
        self._weight += weight
