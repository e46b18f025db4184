"""Decode and judge a request once: tools poll the same few requests for hours, so what was decided is remembered."""

from typing import NamedTuple

from guards.effects import Verdict
from guards.reasons import why
from guards.refusal import Cause, Refusal
from guards.s7.contents import EMPTY, Contents, Malformed
from guards.s7.functions import NC_GROUP, Function, code_of, decode, function_of
from guards.s7.limits import Limits, tier_of
from guards.s7.memory import Memory
from guards.s7.pdu import Pdu
from policies.rules import Tier

MAX_REMEMBERED = 128
MAX_REMEMBERED_BYTES = 256


class Judged(NamedTuple):
    """A request with what the rules alone say of it: ``refusal`` is ``None`` where they let it pass."""

    code: int
    function: Function
    tier: Tier
    contents: Contents
    refusal: Refusal | None


class Judge:
    """Decodes requests and holds them against one stream's limits.

    The same content always gets the same answer and is remembered, but for writes where the rules bound the change:
    those are held against ``memory``.
    """

    __slots__ = ("_limits", "_memory", "_remembered")

    def __init__(self, limits: Limits, memory: Memory | None) -> None:
        """Begin without memory of requests."""
        self._limits = limits
        self._memory = memory
        self._remembered: dict[bytes, Judged] = {}

    def known(self, said: bytes) -> Judged | None:
        """Return what was decided of this content before."""
        return self._remembered.get(said)

    def judge(self, pdu: Pdu, said: bytes, now_monotonic: float) -> Judged:
        """Return the meaning of a job or user data request and the refusal that it earns, if any."""
        function = function_of(pdu)
        decoded = decode(function, pdu)
        contents = EMPTY if isinstance(decoded, Malformed) else decoded
        refusal = self._limits.judge(function, decoded, self._memory, now_monotonic)
        judged = Judged(code_of(pdu), function, tier_of(function, decoded), contents, refusal)
        if len(said) <= MAX_REMEMBERED_BYTES and not (self._memory is not None and contents.writes):
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[said] = judged
        return judged


def refuse_said(said: Pdu, refusal: Refusal | None) -> Refusal | None:
    """Return the refusal of user data that asks for nothing: of a tool, numerical controls alone take such."""
    if said.parameters[5] & 0x3F == NC_GROUP or (refusal is not None and refusal.verdict is not Verdict.ASKED):
        return refusal
    return Refusal(Verdict.MALFORMED, Cause.MALFORMED, why("no_request"))
