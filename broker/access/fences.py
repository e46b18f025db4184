"""What an approver leaves of a request, inside the protocol: sub-addresses and objects, only ever fewer."""

from dataclasses import dataclass

from broker.access.errors import NotNarrowerError
from policies.rules import ObjectRule, Rules, Tier

MAX_IN_FLIGHT = 16
"""The most that rules can give."""


@dataclass(frozen=True, slots=True)
class Fence:
    """Sub-addresses and objects that are left of a request; ``None`` takes nothing away."""

    units: frozenset[int] | None = None
    reads: tuple[ObjectRule, ...] | None = None
    writes: tuple[ObjectRule, ...] | None = None

    def around(self, rules: Rules) -> Rules:
        """Return what both let through; raise ``NotNarrowerError`` where nothing at all would be left of it."""
        if (self.units, self.reads, self.writes) == (None, None, None):
            return rules
        if rules.opaque:
            raise NotNarrowerError("Nothing understands this protocol, so nothing in it can be fenced.")
        # Says nothing of what it does not name: everything but the fence is the request's own.
        everything = Rules(
            tiers=frozenset(Tier), upload=True, units=self.units, reads=self.reads, writes=self.writes,
            max_in_flight=MAX_IN_FLIGHT, opaque=True,
        )  # fmt: skip
        left = rules.intersection(everything)
        for name in ("units", "reads", "writes"):
            if getattr(self, name) and not getattr(left, name):
                raise NotNarrowerError(f"None of these {name} are among those that were asked for.")
        return left
