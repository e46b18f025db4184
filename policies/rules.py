"""What a session may say inside an OT protocol: the rules that a decision carries and a guard enforces.

The same value travels from the policy (broker) through the signed session grant to the agent, which intersects it with
the site's ceiling. Every field defaults to the most restrictive meaning. The words for objects and sub-addresses are
those of ``policies.protocols``; a word that a guard does not know lets nothing through.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)

from policies.faults import fault
from policies.names import MAX_PATTERN_CHARACTERS, NamePattern, fold
from policies.protocols import MAX_NUMBER, TABLE_PATTERN, folds_case
from policies.routes import MAX_ROUTE_CHARACTERS

MAX_VALUE = 2**64
DEFAULT_ARM_SECONDS = 60


class Tier(StrEnum):
    """What an operation does to the process; the later, the more dangerous."""

    READ = "read"
    OPERATE = "operate"
    PROGRAM = "program"
    FIRMWARE = "firmware"


Bound = TypeVar("Bound", int, float)


def _number(value: object) -> int | float:
    """Take a number, and write it in one way only: 5.0 is 5."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_VALUE:
        raise ValueError(fault("number_form"))
    return int(value) if type(value) is float and value.is_integer() else value


def _above_zero(value: int | float) -> int | float:
    if value <= 0:
        raise ValueError(fault("change_form"))
    return value


Number = Annotated[int | float, PlainValidator(_number), WithJsonSchema({"type": "number"})]
"""A value as it stands in the protocol, unscaled."""
Change = Annotated[Number, AfterValidator(_above_zero)]
Unit = Annotated[int, Field(ge=0, le=MAX_NUMBER)]
Address = Annotated[int, Field(ge=0, le=MAX_NUMBER)]
Route = Annotated[str, Field(min_length=1, max_length=MAX_ROUTE_CHARACTERS)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_PATTERN_CHARACTERS)]


class AddressRange(BaseModel):
    """An inclusive range of protocol addresses, zero-based where the protocol's are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: Address
    last: Address


class Rate(BaseModel):
    """How fast a value may change: by ``change`` at once, and again by as much when ``seconds`` have passed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    change: Change
    seconds: Literal[1, 60, 3600]

    def room(self, since_seconds: float | None) -> float:
        """Return the largest change now, when the last write is so long ago; ``None``: there was none."""
        if since_seconds is None or since_seconds >= self.seconds:
            return float(self.change)
        return self.change * max(0.0, since_seconds) / self.seconds

    def is_within(self, other: "Rate") -> bool:
        """Tell whether this one never leaves more room than ``other``."""
        return self.change <= other.change and self.change * other.seconds <= other.change * self.seconds


class ObjectRule(BaseModel):
    """Objects of one table that may be touched, and for writes the values that they may be given.

    An object must have one of ``addresses`` and one of ``names``, where these are given; ``None`` asks for nothing.
    ``minimum`` and ``maximum`` bound the value written, raw; ``step`` its difference to the value before, ``rate`` the
    same over time. Where the value before is not known, a rule with ``step`` or ``rate`` does not hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: Annotated[str, Field(pattern=TABLE_PATTERN)]
    addresses: tuple[AddressRange, ...] | None = None
    names: tuple[Name, ...] | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    step: Change | None = None
    rate: Rate | None = None

    def means(self, table: str, address: int | None = None, name: str = "") -> bool:
        """Tell whether this object is one of the rule's."""
        if table != self.table:
            return False
        if self.addresses is not None and (
            address is None or not any(r.first <= address <= r.last for r in self.addresses)
        ):
            return False
        folded: Callable[[str], str] = fold if folds_case(table) else str
        return self.names is None or any(NamePattern(folded(n)).matches(folded(name)) for n in self.names)

    def admits(self, value: float, before: float | None = None, since_seconds: float | None = None) -> bool:
        """Tell whether an object of the rule may be given ``value``; ``since_seconds`` is the age of the last write."""
        if self.minimum is not None and not self.minimum <= value:
            return False
        if self.maximum is not None and not value <= self.maximum:
            return False
        if self.step is None and self.rate is None:
            return True
        if before is None:
            return False
        change = abs(value - before)
        return (self.step is None or change <= self.step) and (
            self.rate is None or change <= self.rate.room(since_seconds)
        )

    def is_within(self, other: "ObjectRule") -> bool:
        """Tell whether ``other`` surely holds wherever this rule does; ``False`` may also mean "not seen at once"."""
        return (
            self.table == other.table
            and _addresses_within(self.addresses, other.addresses)
            and (other.names is None or (self.names is not None and set(self.names) <= set(other.names)))
            and (other.minimum is None or (self.minimum is not None and self.minimum >= other.minimum))
            and (other.maximum is None or (self.maximum is not None and self.maximum <= other.maximum))
            and (other.step is None or (self.step is not None and self.step <= other.step))
            and (other.rate is None or (self.rate is not None and self.rate.is_within(other.rate)))
        )


ObjectList = tuple[ObjectRule, ...]


def _lists(value: object) -> object:
    """Take one list of rules for several lists of which there is one."""
    if isinstance(value, list | tuple) and not any(isinstance(one, list | tuple) for one in value):
        return (value,)
    return value


def _compact(lists: tuple[ObjectList, ...]) -> tuple[ObjectList, ...] | ObjectList:
    """Write one list alone as that list: shorter, and as rules were written before there could be several."""
    return lists[0] if len(lists) == 1 else lists


ObjectLists = Annotated[tuple[ObjectList, ...], BeforeValidator(_lists), PlainSerializer(_compact)]
"""Lists of rules, of which each must hold by itself: in every list, some rule must let the object through."""


class ScanAction(StrEnum):
    """What becomes of a session that sweeps over its target."""

    THROTTLE = "throttle"
    CUT = "cut"


class Scan(BaseModel):
    """A session that touches more than ``limit`` distinct objects, sub-addresses or functions in so long sweeps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100_000)]
    seconds: Annotated[int, Field(ge=1, le=86_400)]
    action: ScanAction


class Rules(BaseModel):
    """What a guard lets through; an empty ``tiers`` lets nothing through.

    ``units`` and ``routes`` fence sub-addresses (Modbus unit ids, CIP paths); ``None`` means no fence was asked for.
    ``reads`` and ``writes`` narrow READ and OPERATE to objects; ``None`` means the whole tier.
    ``ask`` names tiers that are refused once, asked of the operator, and passed once if approved; the approved
    operation may then be repeated within ``arm_seconds`` (``None``: ``DEFAULT_ARM_SECONDS``).
    ``max_rate`` is in requests per second, ``max_in_flight`` in requests per stream.
    ``scan`` are sweeps to be noticed, each by itself. ``read_before_write`` wants the value before in the change log.
    ``opaque`` lets a protocol pass that no guard understands; it never loosens a guarded one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tiers: frozenset[Tier] = frozenset()
    upload: bool = False
    units: frozenset[Unit] | None = None
    routes: frozenset[Route] | None = None
    reads: ObjectLists | None = None
    writes: ObjectLists | None = None
    ask: frozenset[Tier] = frozenset()
    arm_seconds: Annotated[int, Field(ge=1, le=3600)] | None = None
    max_rate: Annotated[float, Field(gt=0)] | None = None
    max_in_flight: Annotated[int, Field(ge=1, le=16)] = 1
    scan: tuple[Scan, ...] = ()
    read_before_write: bool = False
    opaque: bool = False

    def intersection(self, other: "Rules") -> "Rules":
        """Return the rules that pass exactly what both pass, and watch for what either watches for.

        A tier that either side must ask for is asked for, and only if the other side names it too; ``None`` (no fence,
        no rate) leaves the other side's word. Lists of objects are kept beside each other, not multiplied out.
        """
        named = (self.tiers | self.ask) & (other.tiers | other.ask)
        ask = (self.ask | other.ask) & named
        return Rules(
            tiers=named - ask,
            upload=self.upload and other.upload,
            units=_shared(self.units, other.units),
            routes=_shared(self.routes, other.routes),
            reads=_both(self.reads, other.reads),
            writes=_both(self.writes, other.writes),
            ask=ask,
            arm_seconds=_tightest(min, self.arm_seconds, other.arm_seconds),
            max_rate=_tightest(min, self.max_rate, other.max_rate),
            max_in_flight=min(self.max_in_flight, other.max_in_flight),
            scan=tuple(dict.fromkeys((*self.scan, *other.scan))),
            read_before_write=self.read_before_write or other.read_before_write,
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


Member = TypeVar("Member", int, str)


def _shared(mine: frozenset[Member] | None, theirs: frozenset[Member] | None) -> frozenset[Member] | None:
    if mine is None or theirs is None:
        return theirs if mine is None else mine
    return mine & theirs


def _both(mine: ObjectLists | None, theirs: ObjectLists | None) -> ObjectLists | None:
    """Return the lists of both sides, without those that another one makes superfluous."""
    if mine is None or theirs is None or mine == theirs:
        return theirs if mine is None else mine
    kept: list[ObjectList] = []
    for new in (*mine, *theirs):
        if not any(_is_within(old, new) for old in kept):
            kept = [*(old for old in kept if not _is_within(new, old)), new]
    return tuple(kept)


def _is_within(narrow: ObjectList, wide: ObjectList) -> bool:
    return all(any(rule.is_within(other) for other in wide) for rule in narrow)


def _addresses_within(mine: tuple[AddressRange, ...] | None, theirs: tuple[AddressRange, ...] | None) -> bool:
    if mine is None or theirs is None:
        return theirs is None
    merged = merge((r.first, r.last) for r in theirs)
    return all(any(first <= r.first and r.last <= last for first, last in merged) for r in mine)


def merge(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return inclusive ranges in order, with those that overlap or adjoin made one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
