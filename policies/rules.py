"""What a session may say inside an OT protocol: the rules that a decision carries and a guard enforces.

The same value travels from the policy (broker) through the signed session grant to the agent, which intersects it with
the site's ceiling. Every field defaults to the most restrictive meaning.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Tier(StrEnum):
    """What an operation does to the process; the later, the more dangerous."""

    READ = "read"
    OPERATE = "operate"
    PROGRAM = "program"
    FIRMWARE = "firmware"


class Table(StrEnum):
    """A Modbus data table (MODBUS Application Protocol V1.1b3, 4.3)."""

    COILS = "coils"
    DISCRETE = "discrete"
    HOLDING = "holding"
    INPUT = "input"


Bound = TypeVar("Bound", int, float)


class AddressRange(BaseModel):
    """An inclusive range of zero-based protocol addresses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: Annotated[int, Field(ge=0, le=65535)]
    last: Annotated[int, Field(ge=0, le=65535)]

    def intersection(self, other: "AddressRange") -> "AddressRange | None":
        """Return the addresses in both ranges, or ``None`` if there is none."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return AddressRange(first=first, last=last) if first <= last else None


class ObjectRule(BaseModel):
    """One range of a table that may be touched; ``minimum`` and ``maximum`` bound the values written, raw 16-bit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: Table
    addresses: tuple[AddressRange, ...]
    minimum: int | None = None
    maximum: int | None = None

    def intersection(self, other: "ObjectRule") -> "ObjectRule | None":
        """Return what both rules let through, or ``None`` if they share no table, address or value."""
        if self.table is not other.table:
            return None
        shared = tuple(
            both for mine in self.addresses for theirs in other.addresses if (both := mine.intersection(theirs))
        )
        minimum = _tightest(max, self.minimum, other.minimum)
        maximum = _tightest(min, self.maximum, other.maximum)
        if not shared or (minimum is not None and maximum is not None and minimum > maximum):
            return None
        return ObjectRule(table=self.table, addresses=shared, minimum=minimum, maximum=maximum)


class Rules(BaseModel):
    """What a guard lets through; an empty ``tiers`` lets nothing through.

    ``units`` fences sub-addresses (Modbus unit ids); ``None`` means no fence was asked for.
    ``reads`` and ``writes`` narrow READ and OPERATE to ranges; ``None`` means the whole tier.
    ``ask`` names tiers that are refused once, asked of the operator, and passed once if approved.
    ``max_rate`` is in requests per second, ``max_in_flight`` in requests per stream.
    ``opaque`` lets a protocol pass that no guard understands; it never loosens a guarded one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tiers: frozenset[Tier] = frozenset()
    upload: bool = False
    units: frozenset[int] | None = None
    reads: tuple[ObjectRule, ...] | None = None
    writes: tuple[ObjectRule, ...] | None = None
    ask: frozenset[Tier] = frozenset()
    max_rate: Annotated[float, Field(gt=0)] | None = None
    max_in_flight: Annotated[int, Field(ge=1, le=16)] = 1
    opaque: bool = False

    def intersection(self, other: "Rules") -> "Rules":
        """Return the rules that pass exactly what both pass (for object ranges: each pair of rules that overlaps).

        A tier that either side must ask for is asked for, and only if the other side names it too; ``None`` (no fence,
        no rate) leaves the other side's word.
        """
        named = (self.tiers | self.ask) & (other.tiers | other.ask)
        ask = (self.ask | other.ask) & named
        return Rules(
            tiers=named - ask,
            upload=self.upload and other.upload,
            units=_shared_units(self.units, other.units),
            reads=_shared_objects(self.reads, other.reads),
            writes=_shared_objects(self.writes, other.writes),
            ask=ask,
            max_rate=_tightest(min, self.max_rate, other.max_rate),
            max_in_flight=min(self.max_in_flight, other.max_in_flight),
            opaque=self.opaque and other.opaque,
        )

    def narrowed(self, asked: frozenset[Tier]) -> "Rules":
        """Return these rules with only the tiers that were asked for; nothing asked leaves all."""
        if not asked:
            return self
        return self.model_copy(update={"tiers": self.tiers & asked, "ask": self.ask & asked})


def _tightest(choose: Callable[[Bound, Bound], Bound], mine: Bound | None, theirs: Bound | None) -> Bound | None:
    if mine is None or theirs is None:
        return theirs if mine is None else mine
    return choose(mine, theirs)


def _shared_units(mine: frozenset[int] | None, theirs: frozenset[int] | None) -> frozenset[int] | None:
    if mine is None or theirs is None:
        return theirs if mine is None else mine
    return mine & theirs


def _shared_objects(
    mine: tuple[ObjectRule, ...] | None, theirs: tuple[ObjectRule, ...] | None
) -> tuple[ObjectRule, ...] | None:
    if mine is None or theirs is None:
        return theirs if mine is None else mine
    return tuple(both for one in mine for other in theirs if (both := one.intersection(other)))
