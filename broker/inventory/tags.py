"""The tag list of an asset: what its objects are called, in which unit they count, and by what they are scaled."""

import csv
import hashlib
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.db.paging import in_order
from broker.http.errors import NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Principal
from broker.inventory.errors import BadInventoryError
from broker.inventory.facts import AssetFacts
from broker.inventory.faults import wrong
from broker.inventory.models import ImportProblem
from broker.inventory.reader import InventoryReader
from broker.inventory.sight import Sight
from broker.inventory.tables import AssetRow, TagRow
from policies.model_errors import words_of
from policies.protocols import MAX_NUMBER, PROTOCOLS, TABLE_PATTERN, kind_of

MAX_TAGS = 20_000
MAX_PROBLEMS = 50
ANY_UNIT = -1
COLUMNS = ("protocol", "table", "address", "unit", "name", "engineering_unit", "scale")
NEEDED = ("protocol", "table", "address", "name")
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]*")


class TagKey(NamedTuple):
    """Which object a tag is: ``address`` as the change log writes it behind the table (``100``, ``4 4.3``)."""

    protocol: str
    unit: int
    table: str
    address: str


class Tag(NamedTuple):
    """What an object is called; a value in ``engineering_unit`` is the raw one times ``scale``."""

    name: str
    engineering_unit: str
    scale: float


class TagDelta(NamedTuple):
    """What a list does in the place of another, and how many tags it has."""

    added: int
    changed: int
    removed: int
    total: int


class TagSpec(BaseModel):
    """One line of a tag list. ``unit``: the sub-address, where the protocol has one; ``null`` for all of them."""

    model_config = ConfigDict(extra="forbid")

    protocol: Annotated[str, Field(max_length=32)]
    table: Annotated[str, Field(pattern=TABLE_PATTERN)]
    address: Annotated[str, Field(min_length=1, max_length=200)]
    unit: Annotated[int, Field(ge=0, le=MAX_NUMBER)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)]
    engineering_unit: Annotated[str, Field(max_length=40)] = ""
    scale: float = 1.0

    @field_validator("address", "name", "engineering_unit")
    @classmethod
    def _is_one_line(cls, text: str) -> str:
        if not _PRINTABLE.fullmatch(text):
            raise ValueError(wrong("tag_control_characters"))
        return text.strip()

    @field_validator("scale")
    @classmethod
    def _is_a_factor(cls, scale: float) -> float:
        if not math.isfinite(scale) or scale == 0:
            raise ValueError(wrong("tag_scale"))
        return scale

    @model_validator(mode="after")
    def _is_an_object(self) -> "TagSpec":
        if self.protocol not in PROTOCOLS:
            raise ValueError(wrong("tag_protocol", protocol=self.protocol, known=", ".join(sorted(PROTOCOLS))))
        if kind_of(self.protocol, self.table) is None:
            raise ValueError(wrong("tag_table", protocol=self.protocol, table=self.table))
        return self

    @property
    def key(self) -> TagKey:
        """Which object it is."""
        return TagKey(self.protocol, ANY_UNIT if self.unit is None else self.unit, self.table, self.address)


def read_tags(text: str) -> list[TagSpec]:
    """Read a CSV with a line of names; raise ``BadInventoryError`` whose ``problems`` name each line at fault."""
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), restkey="", strict=True)
    tags: dict[TagKey, TagSpec] = {}
    problems: list[ImportProblem] = []
    try:
        problems += _wrong_columns(rows.fieldnames or ())
        for row in rows if not problems else ():
            problems += (ImportProblem(line=rows.line_num, **said) for said in _take(row, tags))
            if len(tags) > MAX_TAGS:
                problems.append(ImportProblem(line=0, message=wrong("too_many_tags", most=MAX_TAGS)))
            if len(tags) > MAX_TAGS or len(problems) >= MAX_PROBLEMS:
                break
    except csv.Error as error:
        problems.append(ImportProblem(line=rows.line_num + 1, message=wrong("not_csv", problem=error)))
    if problems:
        told = [problem.model_dump() for problem in problems]
        raise BadInventoryError("The tag list has faults.", hint="Mend these lines.", fields={"problems": told})
    return list(tags.values())


def _wrong_columns(names: Sequence[str]) -> list[ImportProblem]:
    unknown = [wrong("unknown_column", column=name) for name in names if name not in COLUMNS]
    missing = [wrong("no_column", column=name) for name in NEEDED if name not in names]
    hint = wrong("columns", columns=", ".join(COLUMNS))
    return [ImportProblem(line=1, message=message, hint=hint) for message in unknown + missing]


def _take(row: Mapping[str, str | None], tags: dict[TagKey, TagSpec]) -> list[dict[str, str]]:
    """Take a line in, or return what is wrong with it."""
    given = {name: value.strip() for name, value in row.items() if isinstance(value, str) and value.strip()}
    if "" in row:
        return [{"message": wrong("too_many_cells")}]
    try:
        tag = TagSpec.model_validate(given)
    except ValidationError as error:
        return [_wrong(each) for each in error.errors()[:5]]
    if tag.key in tags:
        return [{"message": wrong("tag_twice", table=tag.table, address=tag.address)}]
    tags[tag.key] = tag
    return []


def _wrong(found: ErrorDetails) -> dict[str, str]:
    message, _hint_for_yaml = words_of(found, TagSpec)
    return {"path": ".".join(map(str, found["loc"])), "message": message}


class TagBook:
    """The tag lists of all assets."""

    def __init__(self, database: Database, bus: Bus, audit: AuditLog, reader: InventoryReader, sight: Sight) -> None:
        self._db = database
        self._bus = bus
        self._audit = audit
        self._reader = reader
        self._sight = sight

    async def replace(
        self, principal: Principal, asset: str, tags: Iterable[TagSpec], *, dry_run: bool = False
    ) -> TagDelta:
        """Put a list in the place of the present one; return what that does. With ``dry_run`` nothing changes."""
        listed = {tag.key: tag for tag in tags}
        async with self._db.transaction() as tx:
            facts = await self._reader.asset_by_name_or_id(tx, asset)
            if facts is None or not await self._sight.among(principal, [facts]):
                raise NotFoundError
            if not dry_run and await tx.get(AssetRow, facts.id, with_for_update={"of": AssetRow}) is None:
                raise NotFoundError
            delta = _delta((await tags_of(tx, [facts.id]))[facts.id], listed)
            if not dry_run:
                await self._write(tx, facts, listed.values())
                await self._record(tx, principal, facts, listed.values(), delta)
        return delta

    async def _write(self, tx: Transaction, facts: AssetFacts, tags: Iterable[TagSpec]) -> None:
        await tx.execute(delete(TagRow).where(TagRow.asset_id == facts.id))
        # What was read for the comparison must not stand in the way of new rows with the same keys.
        tx.expunge_all()
        tx.add_all([_row(facts.id, tag) for tag in tags])
        await tx.flush()

    async def _record(
        self, tx: Transaction, principal: Principal, facts: AssetFacts, tags: Iterable[TagSpec], delta: TagDelta
    ) -> None:
        lines = "\n".join(sorted(tag.model_dump_json() for tag in tags))
        details = {
            "name": facts.path, "count": delta.total, "digest": hashlib.sha256(lines.encode()).hexdigest(),
            "added": delta.added, "changed": delta.changed, "removed": delta.removed,
        }  # fmt: skip
        await self._audit.append(tx, AuditEvent("tags.imported", actor_of(principal), facts.id, details))
        event = Event("asset.changed", {"asset": facts.id, "site": facts.site_id})
        tx.on_commit(lambda: self._bus.publish(event))

    async def page(self, principal: Principal, asset: str, page: PageQuery) -> tuple[list[TagRow], str | None]:
        """List the tags of an asset that this person may know of."""
        async with self._db.reading() as view:
            facts = await self._reader.asset_by_name_or_id(view, asset)
            if facts is None or not await self._sight.among(principal, [facts]):
                raise NotFoundError
            return await in_order(view, select(TagRow).where(TagRow.asset_id == facts.id), TagRow.key, page)


def _delta(present: Mapping[TagKey, Tag], listed: Mapping[TagKey, TagSpec]) -> TagDelta:
    tags = {key: Tag(tag.name, tag.engineering_unit, tag.scale) for key, tag in listed.items()}
    return TagDelta(
        added=len(tags.keys() - present.keys()),
        changed=sum(key in present and present[key] != tag for key, tag in tags.items()),
        removed=len(present.keys() - tags.keys()),
        total=len(tags),
    )


async def tags_of(view: AsyncSession, assets: Iterable[str]) -> dict[str, dict[TagKey, Tag]]:
    """Return the whole tag lists of some assets, by asset."""
    found: dict[str, dict[TagKey, Tag]] = {asset: {} for asset in assets}
    for row in await view.scalars(select(TagRow).where(TagRow.asset_id.in_(list(found)))):
        key = TagKey(row.protocol, row.unit, row.object_table, row.address)
        found[row.asset_id][key] = Tag(row.name, row.engineering_unit, row.scale)
    return found


def tag_of(tags: Mapping[TagKey, Tag], protocol: str, unit: int | None, table: str, address: str) -> Tag | None:
    """Return the tag of an object: that of its unit, else that of any unit."""
    own = None if unit is None else tags.get(TagKey(protocol, unit, table, address))
    return own or tags.get(TagKey(protocol, ANY_UNIT, table, address))


def _row(asset: str, tag: TagSpec) -> TagRow:
    key = tag.key
    return TagRow(
        asset_id=asset, key=f"{key.protocol} {key.table} {key.address} {key.unit}", protocol=key.protocol,
        unit=key.unit, object_table=key.table, address=key.address, name=tag.name,
        engineering_unit=tag.engineering_unit, scale=tag.scale,
    )  # fmt: skip
