"""What a session may say inside an OT protocol: the rules that a decision carries and a guard enforces.

The same value travels from the policy (broker) through the signed session grant to the agent, which intersects it with
the site's ceiling. Every field defaults to the most restrictive meaning.
"""

from enum import StrEnum
from typing import Annotated

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


class AddressRange(BaseModel):
    """An inclusive range of zero-based protocol addresses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: Annotated[int, Field(ge=0, le=65535)]
    last: Annotated[int, Field(ge=0, le=65535)]


class ObjectRule(BaseModel):
    """One range of a table that may be touched; ``minimum`` and ``maximum`` bound the values written, raw 16-bit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: Table
    addresses: tuple[AddressRange, ...]
    minimum: int | None = None
    maximum: int | None = None


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
