"""Decode and judge a request once: tools poll the same few requests for hours, so what was decided is remembered."""

from typing import NamedTuple

from guards.malformations import flaw
from guards.modbus.contents import EMPTY, Contents, Malformed
from guards.modbus.framing import LENGTH_ENDS_AT
from guards.modbus.functions import PDU_AT, Function, function_of
from guards.modbus.limits import Limits, Refusal
from guards.modbus.memory import Memory
from guards.modbus.rtu import hides_a_frame

MAX_REMEMBERED = 128
MAX_REMEMBERED_BYTES = 6
"""Unit and PDU of the reads of tables and of single writes; longer requests seldom come twice."""


_HIDDEN = Malformed(flaw("hidden_request"))


class Judged(NamedTuple):
    """A request with what the rules alone say of it: ``refusal`` is ``None`` where they let it pass."""

    function: Function
    contents: Contents
    refusal: Refusal | None


class Judge:
    """Decodes requests and holds them against one stream's limits.

    The same bytes always get the same answer and are remembered, but for writes where the rules bound the change:
    those are held against ``memory``.
    """

    __slots__ = ("_limits", "_memory", "_remembered")

    def __init__(self, limits: Limits, memory: Memory | None) -> None:
        """Begin without memory of requests."""
        self._limits = limits
        self._memory = memory
        self._remembered: dict[bytes, Judged] = {}

    def judge(self, adu: bytes, now_monotonic: float) -> Judged:
        """Return the meaning of a whole request ADU and the refusal that it earns, if any."""
        body = adu[LENGTH_ENDS_AT:]
        known = self._remembered.get(body)
        return self._decide(adu, body, now_monotonic) if known is None else known

    def _decide(self, adu: bytes, body: bytes, now: float) -> Judged:
        function = function_of(adu)
        decoded = function.request(adu[PDU_AT:])
        if self._limits.is_serial and hides_a_frame(adu):
            decoded = _HIDDEN
        contents = EMPTY if isinstance(decoded, Malformed) else decoded
        if self._memory is not None and contents.writes is not None:
            befores = self._memory.befores(body[0], contents, now)
            return Judged(function, contents, self._limits.judge(body[0], function, decoded, befores))
        judged = Judged(function, contents, self._limits.judge(body[0], function, decoded))
        if len(body) <= MAX_REMEMBERED_BYTES:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[body] = judged
        return judged
