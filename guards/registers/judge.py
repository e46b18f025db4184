"""Decode and judge a request once: tools poll the same few requests for hours, so what was decided is remembered."""

from typing import NamedTuple

from guards.refusal import Refusal
from guards.registers.contents import Codec, Contents, Head
from guards.registers.limits import Limits
from guards.registers.memory import Memory
from policies.rules import Rules

MAX_REMEMBERED = 128
MAX_REMEMBERED_BYTES = 256


class Judged(NamedTuple):
    """A request with what the rules alone say of it; what the record names is worked out once, too."""

    contents: Contents
    objects: tuple[str, ...]
    refusal: Refusal | None


class Judge:
    """Decodes requests and holds them against one stream's limits.

    The same content always gets the same answer and is remembered, but for writes where the rules bound the change:
    those are held against ``memory``.
    """

    __slots__ = ("_codec", "_remembered", "limits", "memory")

    def __init__(self, codec: Codec, rules: Rules) -> None:
        """Compile ``rules``, and remember nothing yet."""
        self._codec = codec
        self.limits = Limits(codec.protocol, rules)
        self.memory = Memory() if self.limits.given.needs_values else None
        self._remembered: dict[bytes, Judged] = {}

    def judge(self, head: Head, message: bytes, now_monotonic: float) -> Judged:
        """Return the meaning of a request and the refusal that it earns, if any."""
        known = self._remembered.get(head.said)
        if known is not None:
            return known
        contents = self._codec.contents(message)
        refusal = self.limits.judge(head.route, contents, self.memory, now_monotonic)
        judged = Judged(contents, contents.objects, refusal)
        if len(head.said) <= MAX_REMEMBERED_BYTES and not (self.memory is not None and contents.writes):
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[head.said] = judged
        return judged
