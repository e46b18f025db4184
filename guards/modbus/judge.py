"""Decode and judge a request once: tools poll the same few requests for hours, so what was decided is remembered."""

from typing import NamedTuple

from guards.modbus.contents import EMPTY, Contents, Malformed
from guards.modbus.framing import LENGTH_ENDS_AT
from guards.modbus.functions import PDU_AT, Function, function_of
from guards.modbus.limits import Limits, Refusal

MAX_REMEMBERED = 128
MAX_REMEMBERED_BYTES = 6
"""Unit and PDU of the reads of tables and of single writes; longer requests seldom come twice."""


class Judged(NamedTuple):
    """A request with what the rules alone say of it: ``refusal`` is ``None`` where they let it pass."""

    function: Function
    contents: Contents
    refusal: Refusal | None


class Judge:
    """Decodes requests and holds them against one stream's limits; the same bytes always get the same answer."""

    __slots__ = ("_limits", "_remembered")

    def __init__(self, limits: Limits) -> None:
        """Begin without memory."""
        self._limits = limits
        self._remembered: dict[bytes, Judged] = {}

    def judge(self, adu: bytes) -> Judged:
        """Return the meaning of a whole request ADU and the refusal that it earns, if any."""
        body = adu[LENGTH_ENDS_AT:]
        known = self._remembered.get(body)
        return self._decide(adu, body) if known is None else known

    def _decide(self, adu: bytes, body: bytes) -> Judged:
        function = function_of(adu)
        decoded = function.request(adu[PDU_AT:])
        contents = EMPTY if isinstance(decoded, Malformed) else decoded
        judged = Judged(function, contents, self._limits.judge(body[0], function, decoded))
        if len(body) <= MAX_REMEMBERED_BYTES:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[body] = judged
        return judged
