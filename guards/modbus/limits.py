"""Hold a decoded request against the rules: rules are compiled once into sets and sorted ranges, for the hot path."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from guards.effects import Verdict
from guards.modbus.contents import Contents, Malformed, Span
from guards.modbus.framing import ExceptionCode
from guards.modbus.functions import Function
from policies.rules import ObjectRule, Rules, Table, Tier


class Refusal(NamedTuple):
    """Why a request is not forwarded, and the exception that the tool gets."""

    verdict: Verdict
    exception_code: ExceptionCode
    reason: str


def denied(code: ExceptionCode, reason: str) -> Refusal:
    """Return the refusal of a well-formed request."""
    return Refusal(Verdict.DENIED, code, reason)


class Ranges:
    """The addresses of object rules, merged per table; ``None`` of rules covers everything."""

    __slots__ = ("_by_table", "is_open")

    def __init__(self, rules: tuple[ObjectRule, ...] | None) -> None:
        """Merge overlapping and adjacent ranges."""
        self.is_open = rules is None
        self._by_table = {table: _merged(rules or (), table) for table in Table}

    def cover(self, span: Span | None) -> bool:
        """Tell whether every address of ``span`` may be touched."""
        if self.is_open or span is None:
            return True
        firsts, lasts = self._by_table[span.table]
        at = bisect_right(firsts, span.first) - 1
        return at >= 0 and span.last <= lasts[at]


class ValueBounds:
    """The bounds of written values; an object may be written if one rule holds its address and all it may become."""

    __slots__ = ("_by_table",)

    def __init__(self, rules: tuple[ObjectRule, ...] | None) -> None:
        """Keep only the tables in which some rule bounds values."""
        bounded = {rule.table for rule in rules or () if rule.minimum is not None or rule.maximum is not None}
        self._by_table = {table: _bounds(rules or (), table) for table in bounded}

    def hold(self, contents: Contents) -> bool:
        """Tell whether every written value, in its least and greatest outcome, is within bounds."""
        span = contents.writes
        if span is None or (bounds := self._by_table.get(span.table)) is None:
            return True
        outcomes = zip(range(span.first, span.last + 1), contents.lows, contents.highs, strict=True)
        return all(
            any(
                first <= address <= last and minimum <= low and high <= maximum
                for first, last, minimum, maximum in bounds
            )
            for address, low, high in outcomes
        )


class Limits:
    """The compiled rules of one stream."""

    __slots__ = ("_ask", "_bounds", "_reads", "_tiers", "_units", "_writes")

    def __init__(self, rules: Rules) -> None:
        """Compile; a tier that is named under both ``tiers`` and ``ask`` must be asked for."""
        self._ask = rules.ask
        self._tiers = rules.tiers - rules.ask
        self._units = rules.units
        self._reads = Ranges(rules.reads)
        self._writes = Ranges(rules.writes)
        self._bounds = ValueBounds(rules.writes)

    def judge(self, unit: int, function: Function, contents: Contents | Malformed) -> Refusal | None:
        """Return the first refusal of: unit, shape, function, addresses, values, tier to be asked for; or ``None``."""
        if self._units is not None and unit not in self._units:
            return denied(ExceptionCode.GATEWAY_PATH_UNAVAILABLE, f"unit {unit} is outside the fence")
        if isinstance(contents, Malformed):
            return Refusal(Verdict.MALFORMED, contents.exception_code, contents.reason)
        if (refusal := self._judge_function(function, contents)) is not None:
            return refusal
        if (refusal := self._judge_objects(function, contents)) is not None:
            return refusal
        if function.tier in self._ask:
            return Refusal(
                Verdict.ASKED, ExceptionCode.ILLEGAL_FUNCTION, f"tier {function.tier.value} must be asked for"
            )
        return None

    def _judge_function(self, function: Function, contents: Contents) -> Refusal | None:
        if not function.legal:
            return denied(ExceptionCode.ILLEGAL_FUNCTION, f"function code {function.code} is not one of a request")
        if function.tier not in self._tiers and function.tier not in self._ask:
            return denied(ExceptionCode.ILLEGAL_FUNCTION, f"tier {function.tier.value} is not allowed")
        if function.tier is not Tier.READ and contents.reads is not None and Tier.READ not in self._tiers:
            return denied(ExceptionCode.ILLEGAL_FUNCTION, "tier read is not allowed, and the function also reads")
        return None

    def _judge_objects(self, function: Function, contents: Contents) -> Refusal | None:
        narrowed = self._reads if function.tier is Tier.READ else self._writes
        if contents.outside_tables and not narrowed.is_open:
            return denied(ExceptionCode.ILLEGAL_DATA_ADDRESS, "file records lie outside every address range")
        if not self._reads.cover(contents.reads):
            return denied(
                ExceptionCode.ILLEGAL_DATA_ADDRESS, f"{contents.reads} is outside the ranges that may be read"
            )
        if not self._writes.cover(contents.writes):
            return denied(
                ExceptionCode.ILLEGAL_DATA_ADDRESS, f"{contents.writes} is outside the ranges that may be written"
            )
        if not self._bounds.hold(contents):
            return denied(ExceptionCode.ILLEGAL_DATA_VALUE, f"a value for {contents.writes} may lie outside its bounds")
        return None


def _merged(rules: Iterable[ObjectRule], table: Table) -> tuple[list[int], list[int]]:
    firsts: list[int] = []
    lasts: list[int] = []
    for first, last in sorted((r.first, r.last) for rule in rules if rule.table is table for r in rule.addresses):
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return firsts, lasts


def _bounds(rules: Iterable[ObjectRule], table: Table) -> list[tuple[int, int, int, int]]:
    return [
        (r.first, r.last, _or(rule.minimum, 0), _or(rule.maximum, 0xFFFF))
        for rule in rules
        if rule.table is table
        for r in rule.addresses
    ]


def _or(bound: int | None, otherwise: int) -> int:
    return otherwise if bound is None else bound
