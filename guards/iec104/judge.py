"""Decode and judge an ASDU of the tool once: tools ask for the same few things for hours, so it is remembered."""

from functools import partial
from typing import NamedTuple

from guards.iec104 import frames
from guards.iec104.answers import Key, key_of
from guards.iec104.frames import Asdu
from guards.iec104.limits import Limits
from guards.iec104.memory import Memory
from guards.iec104.types import TIME_TAGGED
from guards.reasons import Reason
from guards.refusal import Refusal
from policies.rules import Tier

MAX_REMEMBERED = 128
TIME_TAG_BYTES = 7


class Judged(NamedTuple):
    """An ASDU of the tool with what the rules alone say of it: ``refusal`` is ``None`` where they let it pass.

    ``said`` is what makes two of them the same, ``key`` what its answer shares with it, if one must come.
    """

    asdu: Asdu
    refusal: Refusal | None
    said: bytes
    key: Key | None


class Judge:
    """Holds ASDUs against one stream's limits, and against ``memory`` where the rules bound how values change."""

    __slots__ = ("_limits", "_memory", "_remembered")

    def __init__(self, limits: Limits, memory: Memory | None) -> None:
        """Begin without memory of requests."""
        self._limits = limits
        self._memory = memory
        self._remembered: dict[bytes, Judged] = {}

    def judge(self, data: bytes, now_monotonic: float) -> Judged | Reason:
        """Return the meaning of an ASDU and its refusal; or what is wrong with one that cannot be answered."""
        known = self._remembered.get(data)
        if known is not None:
            return known
        asdu = frames.read(data, to_station=True)
        if isinstance(asdu, str):
            return asdu
        memory = self._memory
        befores = None if memory is None else partial(memory.before, asdu, now_monotonic=now_monotonic)
        judged = Judged(asdu, self._limits.judge(asdu, befores), _said(data), key_of(data, asdu))
        if (memory is None or asdu.tier is Tier.READ) and asdu.type_id.code not in TIME_TAGGED:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[data] = judged
        return judged


def _said(data: bytes) -> bytes:
    """Return everything but the moment that a single command is stamped with."""
    is_stamped = data[0] in TIME_TAGGED and data[1] == 1
    return data[:-TIME_TAG_BYTES] if is_stamped else data
