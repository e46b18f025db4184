"""Hold a decoded request against the rules, which are compiled once for the hot path."""

from typing import NamedTuple

from guards.effects import Verdict
from guards.modbus.contents import Contents, Malformed
from guards.modbus.framing import ExceptionCode
from guards.modbus.functions import Function
from guards.modbus.rtu import BROADCAST, MAX_UNIT
from guards.objects import Before, ObjectLimits
from policies.rules import Rules, Tier

PROTOCOL = "modbus"


class Refusal(NamedTuple):
    """Why a request is not forwarded, and the exception that the tool gets."""

    verdict: Verdict
    exception_code: ExceptionCode
    reason: str


def denied(code: ExceptionCode, reason: str) -> Refusal:
    """Return the refusal of a well-formed request."""
    return Refusal(Verdict.DENIED, code, reason)


class Limits:
    """The compiled rules of one stream.

    ``needs_values``: whether a write may pass depends on what the registers hold, so that an answer is good once only.
    """

    __slots__ = ("_ask", "_reads", "_tiers", "_units", "_upload", "_writes", "is_serial", "needs_values")

    def __init__(self, rules: Rules, *, is_serial: bool = False) -> None:
        """Compile; a tier that is named under both ``tiers`` and ``ask`` must be asked for.

        ``is_serial``: units are those of a serial line, where 0 means everybody.
        """
        self.is_serial = is_serial
        self._ask = rules.ask
        self._tiers = rules.tiers - rules.ask
        self._units = rules.units
        self._upload = rules.upload
        self._reads = ObjectLimits(PROTOCOL, rules.reads)
        self._writes = ObjectLimits(PROTOCOL, rules.writes)
        self.needs_values = self._writes.needs_values

    def judge(
        self, unit: int, function: Function, contents: Contents | Malformed, befores: list[Before | None] | None = None
    ) -> Refusal | None:
        """Return the first refusal of: unit, shape, function, addresses, values, tier to be asked for; or ``None``.

        ``befores`` are the present values of what would be written, where they are known.
        """
        if (refusal := self._judge_unit(unit)) is not None:
            return refusal
        if isinstance(contents, Malformed):
            return Refusal(Verdict.MALFORMED, contents.exception_code, contents.reason)
        if self.is_serial and unit == BROADCAST and (function.tier is Tier.READ or contents.reads is not None):
            return denied(ExceptionCode.ILLEGAL_FUNCTION, "nobody answers a broadcast, so it cannot read")
        if (refusal := self._judge_function(function, contents)) is not None:
            return refusal
        if (refusal := self._judge_objects(function, contents, befores)) is not None:
            return refusal
        if function.tier in self._ask:
            return Refusal(
                Verdict.ASKED, ExceptionCode.ILLEGAL_FUNCTION, f"tier {function.tier.value} must be asked for"
            )
        return None

    def _judge_unit(self, unit: int) -> Refusal | None:
        if self._units is not None and unit not in self._units:
            return denied(ExceptionCode.GATEWAY_PATH_UNAVAILABLE, f"unit {unit} is outside the fence")
        if self.is_serial and unit == BROADCAST and self._units is None:
            return denied(
                ExceptionCode.GATEWAY_PATH_UNAVAILABLE, "unit 0 is everybody on the line, and no fence names it"
            )
        if self.is_serial and unit > MAX_UNIT:
            return denied(ExceptionCode.GATEWAY_PATH_UNAVAILABLE, f"no unit of a line is above {MAX_UNIT}")
        return None

    def _judge_function(self, function: Function, contents: Contents) -> Refusal | None:
        if not function.legal:
            return denied(ExceptionCode.ILLEGAL_FUNCTION, f"function code {function.code} is not one of a request")
        if function.tier not in self._tiers and function.tier not in self._ask:
            return denied(ExceptionCode.ILLEGAL_FUNCTION, f"tier {function.tier.value} is not allowed")
        if function.is_upload and not self._upload:
            return denied(ExceptionCode.ILLEGAL_FUNCTION, "reading a program out is not allowed")
        if function.tier is not Tier.READ and contents.reads is not None and Tier.READ not in self._tiers:
            return denied(ExceptionCode.ILLEGAL_FUNCTION, "tier read is not allowed, and the function also reads")
        return None

    def _judge_objects(
        self, function: Function, contents: Contents, befores: list[Before | None] | None
    ) -> Refusal | None:
        reads, writes = contents.reads, contents.writes
        narrowed = self._reads if function.tier is Tier.READ else self._writes
        if contents.outside_tables and not narrowed.is_open:
            return denied(ExceptionCode.ILLEGAL_DATA_ADDRESS, "what it touches lies outside every address range")
        if reads is not None and not self._reads.cover(*reads):
            return denied(ExceptionCode.ILLEGAL_DATA_ADDRESS, f"{reads} is outside the ranges that may be read")
        if writes is None:
            return None
        if not self._writes.cover(*writes):
            return denied(ExceptionCode.ILLEGAL_DATA_ADDRESS, f"{writes} is outside the ranges that may be written")
        if not self._writes.admit(writes.table, writes.first, contents.lows, contents.highs, befores=befores):
            unknown = ", and what it is now is not known" if self.needs_values and not all(befores or (None,)) else ""
            return denied(ExceptionCode.ILLEGAL_DATA_VALUE, f"a value for {writes} may lie outside its bounds{unknown}")
        return None
