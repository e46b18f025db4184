"""Hold a decoded request against the rules, which are compiled once for the hot path."""

from typing import NamedTuple

from guards.effects import Verdict
from guards.modbus.contents import Contents, Malformed
from guards.modbus.framing import ExceptionCode
from guards.modbus.functions import Function
from guards.modbus.rtu import BROADCAST, MAX_UNIT
from guards.objects import Before, ObjectLimits
from guards.reasons import Reason, why
from policies.rules import Rules, Tier

PROTOCOL = "modbus"


class Refusal(NamedTuple):
    """Why a request is not forwarded, and the exception that the tool gets."""

    verdict: Verdict
    exception_code: ExceptionCode
    reason: Reason


def denied(code: ExceptionCode, reason: Reason) -> Refusal:
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
            return denied(ExceptionCode.ILLEGAL_FUNCTION, why("broadcast_cannot_read"))
        if (refusal := self._judge_function(function, contents)) is not None:
            return refusal
        if (refusal := self._judge_objects(function, contents, befores)) is not None:
            return refusal
        if function.tier in self._ask:
            return Refusal(Verdict.ASKED, ExceptionCode.ILLEGAL_FUNCTION, why("tier_asked", tier=function.tier.value))
        return None

    def _judge_unit(self, unit: int) -> Refusal | None:
        if self._units is not None and unit not in self._units:
            return denied(ExceptionCode.GATEWAY_PATH_UNAVAILABLE, why("unit_outside", unit=unit))
        if self.is_serial and unit == BROADCAST and self._units is None:
            return denied(ExceptionCode.GATEWAY_PATH_UNAVAILABLE, why("unit_is_everybody"))
        if self.is_serial and unit > MAX_UNIT:
            return denied(ExceptionCode.GATEWAY_PATH_UNAVAILABLE, why("unit_above", unit=MAX_UNIT))
        return None

    def _judge_function(self, function: Function, contents: Contents) -> Refusal | None:
        if not function.legal:
            return denied(ExceptionCode.ILLEGAL_FUNCTION, why("function_not_requested", code=function.code))
        if function.tier not in self._tiers and function.tier not in self._ask:
            return denied(ExceptionCode.ILLEGAL_FUNCTION, why("tier_not_allowed", tier=function.tier.value))
        if function.is_upload and not self._upload:
            return denied(ExceptionCode.ILLEGAL_FUNCTION, why("upload_not_allowed"))
        if function.tier is not Tier.READ and contents.reads is not None and Tier.READ not in self._tiers:
            return denied(ExceptionCode.ILLEGAL_FUNCTION, why("also_reads"))
        return None

    def _judge_objects(
        self, function: Function, contents: Contents, befores: list[Before | None] | None
    ) -> Refusal | None:
        reads, writes = contents.reads, contents.writes
        narrowed = self._reads if function.tier is Tier.READ else self._writes
        if contents.outside_tables and not narrowed.is_open:
            return denied(ExceptionCode.ILLEGAL_DATA_ADDRESS, why("outside_tables"))
        if reads is not None and not self._reads.cover(*reads):
            return denied(ExceptionCode.ILLEGAL_DATA_ADDRESS, why("read_range_outside", object=reads))
        if writes is None:
            return None
        if not self._writes.cover(*writes):
            return denied(ExceptionCode.ILLEGAL_DATA_ADDRESS, why("write_range_outside", object=writes))
        if not self._writes.admit(writes.table, writes.first, contents.lows, contents.highs, befores=befores):
            is_unknown = self.needs_values and not all(befores or (None,))
            outside = why("value_before_unknown" if is_unknown else "value_may_be_outside", object=writes)
            return denied(ExceptionCode.ILLEGAL_DATA_VALUE, outside)
        return None
