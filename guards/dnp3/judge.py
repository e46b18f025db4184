"""Read and judge a request once: masters poll the same few things for hours, so what was decided is remembered."""

from typing import NamedTuple

from guards.dnp3.application import Fragment, read
from guards.dnp3.files import Files
from guards.dnp3.limits import Limits
from guards.dnp3.link import Frame
from guards.dnp3.memory import Memory
from guards.dnp3.words import operation_of
from guards.effects import Operation
from guards.reasons import Reason
from guards.refusal import Refusal
from policies.rules import Tier

MAX_REMEMBERED = 256
MAX_REMEMBERED_BYTES = 64
"""A poll of some classes or ranges, in each of its sixteen sequences; longer requests seldom come twice."""


class Judged(NamedTuple):
    """A request with what the rules alone say of it: ``refusal`` is ``None`` where they let it pass."""

    fragment: Fragment
    operation: Operation
    refusal: Refusal | None


class Judge:
    """Reads requests and holds them against one stream's limits.

    The same bytes to the same outstation always get the same answer and are remembered, but for what is held against
    ``memory``, where rules bound changes, and what is said of open files.
    """

    __slots__ = ("_files", "_limits", "_memory", "_remembered")

    def __init__(self, limits: Limits, memory: Memory | None, files: Files) -> None:
        """Begin without memory of requests."""
        self._limits = limits
        self._memory = memory
        self._files = files
        self._remembered: dict[tuple[int, bytes], Judged] = {}

    def judge(self, frame: Frame, data: bytes, now_monotonic: float) -> Judged | Reason:
        """Return the meaning of a whole request and the refusal that it earns; or what is wrong with its head."""
        key = frame.destination, data
        return self._remembered.get(key) or self._decide(frame, key, now_monotonic)

    def _decide(self, frame: Frame, key: tuple[int, bytes], now: float) -> Judged | Reason:
        outstation, data = key
        fragment = read(data, from_master=True)
        if isinstance(fragment, str):
            return fragment
        fragment = self._files.named(outstation, fragment)
        refusal = self._limits.judge(outstation, fragment, self._memory, now)
        judged = Judged(fragment, operation_of(frame, fragment), refusal)
        is_lasting = not fragment.handles and (self._memory is None or fragment.tier is Tier.READ)
        if is_lasting and len(data) <= MAX_REMEMBERED_BYTES:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = judged
        return judged
