"""Hold a decoded request against the rules, which are compiled once for the hot path."""

from functools import partial

from guards.given import Access, Given
from guards.objects import ObjectLimits
from guards.reasons import why
from guards.refusal import Cause, Refusal, denied, malformed
from guards.registers.contents import Contents
from guards.registers.memory import Memory
from policies.rules import ObjectLists, Rules, Tier


class Limits:
    """The compiled rules of one stream."""

    __slots__ = ("_bits", "_routes", "given")

    def __init__(self, protocol: str, rules: Rules) -> None:
        """Compile."""
        self._routes = rules.routes
        self.given = Given(protocol, rules)
        self._bits = ObjectLimits(protocol, _naming(rules.writes))

    def judge(self, route: str, contents: Contents, memory: Memory | None, now: float) -> Refusal | None:
        """Return the first refusal of: route, shape, tier, upload, objects read, written, values; then asking."""
        if self._routes is not None and route not in self._routes:
            return denied(Cause.FENCE, why("route_outside", route=route))
        if contents.fault:
            return malformed(contents.fault)
        given, tiers = self.given, _tiers(contents)
        for tier in tiers:
            if (refusal := given.refuse_tier(tier, is_upload=contents.is_upload)) is not None:
                return refusal
        refusal = self._judge_reads(contents) or self._judge_writes(route, contents, memory, now)
        return refusal or given.ask(tiers)

    def _judge_reads(self, contents: Contents) -> Refusal | None:
        if contents.reads or (contents.tier is Tier.READ and not contents.is_status):
            return self.given.refuse_objects(Tier.READ, contents.reads)
        return None

    def _judge_writes(self, route: str, contents: Contents, memory: Memory | None, now: float) -> Refusal | None:
        if contents.tier is Tier.OPERATE and not contents.writes:
            return self.given.refuse_objects(Tier.OPERATE, ())
        for access in contents.writes:
            refusal = self._judge_write(route, access, memory, now)
            if refusal is not None:
                return refusal
        return None

    def _judge_write(self, route: str, access: Access, memory: Memory | None, now: float) -> Refusal | None:
        touched, values = access.touched, access.values
        if not touched.name:
            befores = None
            # Where not every value is given no bound is kept, whatever is there: a few bytes can name 65,536 words.
            if memory is not None and len(values) == touched.size:
                befores = partial(memory.befores, route, now_monotonic=now)
            return self.given.refuse_objects(Tier.OPERATE, (access,), befores)
        # A bound on a word says nothing about one of its bits: it holds only where a rule names the bit.
        refusal = self.given.refuse_objects(Tier.OPERATE, (access._replace(values=()),))
        if refusal is None or refusal.cause is not Cause.VALUE or len(values) != 1:
            return refusal
        is_within = self._bits.admit(touched.table, touched.first, values, values, name=touched.name)
        return None if is_within else refusal


def _tiers(contents: Contents) -> tuple[Tier, ...]:
    """Return all tiers that a request needs: what writes may read as well."""
    return (contents.tier, Tier.READ) if contents.reads and contents.tier is not Tier.READ else (contents.tier,)


def _naming(lists: ObjectLists | None) -> ObjectLists | None:
    return None if lists is None else tuple(tuple(rule for rule in rules if rule.names) for rules in lists)
