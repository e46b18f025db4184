"""Hold a decoded request against the rules, which are compiled once for the hot path."""

from typing import NamedTuple

from guards.effects import Verdict
from guards.given import Given
from guards.objects import NO_ADDRESS, ObjectLimits
from guards.opcua.items import Item
from guards.opcua.memory import Memory
from guards.opcua.requests import Request
from guards.reasons import UNSAID, Reason, why
from guards.refusal import Cause, Refusal, denied, malformed
from policies.rules import Rules, Tier

PROTOCOL = "opcua"


class Ruling(NamedTuple):
    """What the rules say of a request: its refusal, if any, and the items that earned it (none: the request itself)."""

    refusal: Refusal | None = None
    items: frozenset[int] = frozenset()

    @property
    def verdict(self) -> Verdict:
        """What becomes of it."""
        return Verdict.ALLOWED if self.refusal is None else self.refusal.verdict

    @property
    def reason(self) -> Reason:
        """Why."""
        return UNSAID if self.refusal is None else self.refusal.reason


class Limits:
    """The compiled rules of one stream.

    ``needs_values``: whether a write may pass depends on what the nodes hold.
    """

    __slots__ = ("_any", "_given", "_reads", "_writes", "needs_values")

    def __init__(self, rules: Rules) -> None:
        """Compile."""
        self._any = bool(rules.tiers | rules.ask)
        self._given = Given(PROTOCOL, rules)
        self._reads, self._writes = ObjectLimits(PROTOCOL, rules.reads), ObjectLimits(PROTOCOL, rules.writes)
        self.needs_values = self._writes.needs_values

    def judge(self, request: Request, memory: Memory | None, now: float) -> Ruling:
        """Return the first refusal of shape, tier, objects, values and asking, with the items that earn it."""
        service = request.service
        if request.fault:
            return Ruling(malformed(request.fault))
        if service.is_setup:
            return Ruling(self.judge_setup())
        if not request.items:
            refusal = self._given.refuse_tier(service.tier) or self._judge_nameless(request)
            return Ruling(refusal or self._given.ask([service.tier]))
        refusals: dict[int, Refusal] = {}
        seen: set[str] = set()
        for at, item in enumerate(request.items):
            # What a node holds between two writes of one request is not what was read before.
            refused = self._item(item, None if item.node in seen else memory, now)
            seen.add(item.node)
            if refused is not None:
                refusals[at] = refused
        if refusals:
            return Ruling(next(iter(refusals.values())), frozenset(refusals))
        return Ruling(self._given.ask(item.tier for item in request.items))

    def judge_setup(self) -> Refusal | None:
        """Return the refusal of what must come before everything else: it needs any tier at all."""
        return None if self._any else denied(Cause.FUNCTION, why("no_tier"))

    def judge_sealed(self) -> Refusal | None:
        """Return the refusal of what cannot be read: it may be anything."""
        return self._given.refuse_tier(Tier.FIRMWARE)

    def _judge_nameless(self, request: Request) -> Refusal | None:
        if request.service.is_nameless and not self._reads.is_open:
            return denied(Cause.OBJECT, why("nameless_read"))
        return None

    def _item(self, item: Item, memory: Memory | None, now: float) -> Refusal | None:
        refusal = self._given.refuse_tier(item.tier)
        if refusal is not None or item.tier not in {Tier.READ, Tier.OPERATE}:
            return refusal
        limits = self._reads if item.tier is Tier.READ else self._writes
        if limits.is_open or item.is_standard:
            return None
        for touched, _ in item.accesses:
            if not limits.cover(touched.table, name=touched.name):
                return denied(Cause.OBJECT, why("object_outside", object=touched))
        return self._judge_values(item, memory, now) if item.tier is Tier.OPERATE else None

    def _judge_values(self, item: Item, memory: Memory | None, now: float) -> Refusal | None:
        before = None if memory is None else memory.before(item, now)
        for touched, numbers in item.accesses:
            for number in dict.fromkeys(numbers):
                if not self._writes.admit(
                    touched.table, NO_ADDRESS, [number], [number], name=touched.name, befores=[before]
                ):
                    is_unknown = self.needs_values
                    outside = why(
                        "value_before_perhaps_unknown" if is_unknown else "value_may_be_outside", object=touched
                    )
                    return denied(Cause.VALUE, outside)
        return None
