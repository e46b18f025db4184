"""Hold a decoded request against the rules, which are compiled once for the hot path."""

from guards.effects import Verdict
from guards.given import worst
from guards.objects import NO_ADDRESS, ObjectLimits
from guards.reasons import why
from guards.refusal import Cause, Refusal, denied, malformed
from guards.s7.contents import Contents, Malformed, Written
from guards.s7.functions import Function
from guards.s7.memory import Memory
from guards.s7.numbers import numbers, spans_of_numbers
from guards.s7.variables import Kind
from policies.rules import Rules, Tier

PROTOCOL = "s7"
_NO_CONTENTS = Contents()


class Limits:
    """The compiled rules of one stream.

    ``needs_values``: whether a write may pass depends on what the variables hold, so that an answer is good once only.
    """

    __slots__ = ("_ask", "_reads", "_spans", "_tiers", "_upload", "_writes", "is_narrowed", "needs_values")

    def __init__(self, rules: Rules) -> None:
        """Compile; a tier that is named under both ``tiers`` and ``ask`` must be asked for."""
        self._ask = rules.ask
        self._tiers = rules.tiers - rules.ask
        self._upload = rules.upload
        self._reads = ObjectLimits(PROTOCOL, rules.reads)
        self._writes = ObjectLimits(PROTOCOL, rules.writes)
        self._spans = spans_of_numbers(rules.writes)
        self.is_narrowed = not (self._reads.is_open and self._writes.is_open)
        self.needs_values = self._writes.needs_values

    def judge(
        self, function: Function, contents: Contents | Malformed, memory: Memory | None, now: float
    ) -> Refusal | None:
        """Return the first refusal of: shape, function, upload, objects, values, tier to be asked for; or ``None``."""
        if isinstance(contents, Malformed):
            return malformed(contents.reason)
        if function.is_setup:
            return self.judge_setup()
        tiers = function.tier, tier_of(function, contents)
        refusal = self.judge_tiers(*tiers) or self._judge_upload(function) or self._judge_reads(contents)
        if refusal is None and function.tier is Tier.OPERATE and not self._writes.is_open:
            refusal = self._judge_writes(function, contents) or self._judge_values(contents, memory, now)
        return refusal or self.judge_asking(*tiers)

    def judge_setup(self) -> Refusal | None:
        """Return the refusal of what must come before everything else: it needs any tier at all."""
        return None if self._tiers or self._ask else denied(Cause.FUNCTION, why("no_tier"))

    def judge_tiers(self, *tiers: Tier) -> Refusal | None:
        """Return the refusal of what is of these tiers, each of which must be allowed."""
        for tier in tiers:
            if tier not in self._tiers and tier not in self._ask:
                return denied(Cause.FUNCTION, why("tier_not_allowed", tier=tier.value))
        return None

    def judge_asking(self, *tiers: Tier) -> Refusal | None:
        """Return the refusal of what must be asked for."""
        for tier in tiers:
            if tier in self._ask:
                return Refusal(Verdict.ASKED, Cause.ASK, why("tier_asked", tier=tier.value))
        return None

    def allows(self, *tiers: Tier) -> bool:
        """Tell whether all of these tiers pass freely."""
        return self._tiers.issuperset(tiers)

    def _judge_upload(self, function: Function) -> Refusal | None:
        if function.is_upload and not self._upload:
            return denied(Cause.FUNCTION, why("upload_not_allowed"))
        return None

    def _judge_reads(self, contents: Contents) -> Refusal | None:
        for table, first, last, name, *_ in contents.reads:
            if not self._reads.cover(table, first, last, name):
                return denied(Cause.OBJECT, why("read_outside", object=_place(table, first, last, name)))
        return None

    def _judge_writes(self, function: Function, contents: Contents) -> Refusal | None:
        if not contents.writes:
            return denied(Cause.OBJECT, why("function_outside_tables", function=function.name))
        for (table, first, last, name, *_), _ in contents.writes:
            if not self._writes.cover(table, first, last, name):
                return denied(Cause.OBJECT, why("write_outside", object=_place(table, first, last, name)))
        return None

    def _judge_values(self, contents: Contents, memory: Memory | None, now: float) -> Refusal | None:
        for written in contents.writes:
            if not self._admits(written, memory, now):
                is_unknown = self.needs_values
                outside = why(
                    "value_before_perhaps_unknown" if is_unknown else "value_may_be_outside", object=written.variable
                )
                return denied(Cause.VALUE, outside)
        return None

    def _admits(self, written: Written, memory: Memory | None, now: float) -> bool:
        variable = written.variable
        for number in numbers(variable, written.data, self._spans):
            count = 1 if number.first == NO_ADDRESS else number.last - number.first + 1
            befores = None if memory is None else [memory.before(variable, number, now)] * count
            given = [number.value] * count
            place = variable.table, number.first
            is_part = number.kind is Kind.BIT
            if not self._writes.admit(*place, given, given, name=variable.name, befores=befores, is_part=is_part):
                return False
        return True


def tier_of(function: Function, contents: Contents | Malformed) -> Tier:
    """Return the tier of a request: that of its function, or a higher one that its content asks for."""
    raises = None if isinstance(contents, Malformed) else contents.raises
    return function.tier if raises is None else worst((function.tier, raises))


def _place(table: str, first: int, last: int, name: str) -> str:
    if first == NO_ADDRESS:
        return f"{table} {name}".rstrip()
    return f"{table} {first if first == last else f'{first}-{last}'}"
