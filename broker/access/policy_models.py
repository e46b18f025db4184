"""The shapes of the policy routes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel

from broker.access.documents import WrittenDocument
from broker.access.explaining import Case
from broker.access.reach import AssetAccess
from broker.access.sentence_models import SentenceOut, WindowsOut
from broker.access.store import Applied
from broker.access.tables import PolicyVersionRow
from policies.facts import Asked
from policies.names import MAX_NAME_CHARACTERS
from policies.operations import OperationQuestion
from policies.prose import Kind
from policies.protocols import TABLE_PATTERN
from policies.routes import MAX_ROUTE_CHARACTERS
from policies.rules import Address, Number, Rules, Tier, Unit
from policies.testing import Outcome

Reference = Annotated[str, Field(min_length=1, max_length=200)]
ShortText = Annotated[str, Field(max_length=500)]
YamlText = Annotated[str, Field(min_length=1, max_length=256 * 1024)]
Seconds = Annotated[int, Field(ge=1, le=7 * 24 * 3600)]


class Body(BaseModel):
    """Base of what callers send: no unknown fields."""

    model_config = ConfigDict(extra="forbid")


class PolicyOut(BaseModel):
    """One version of a policy document."""

    name: str
    kind: str
    version: int
    digest: str
    comment: str
    author: str
    author_name: str
    at: datetime
    diff: list[str]
    text: str | None = None

    @classmethod
    def of(cls, row: PolicyVersionRow, *, with_text: bool) -> "PolicyOut":
        """Render a row; lists leave the text out."""
        return cls(
            name=row.name, kind=row.kind, version=row.version, digest=row.digest, comment=row.comment,
            author=row.author, author_name=row.author_name, at=row.at, diff=row.diff,
            text=row.text if with_text else None,
        )  # fmt: skip


class PolicyList(BaseModel):
    """Policy documents, or versions of one."""

    items: list[PolicyOut]


class PolicySchema(RootModel[dict[str, Any]]):
    """A JSON Schema (2020-12)."""


class ApprovalTermOut(BaseModel):
    """So many people of a group must approve."""

    group: str
    count: int


class NamedOut(BaseModel):
    """Things of one kind by their names: groups, users, sites, labels ..."""

    kind: Kind
    names: list[str]


class PassesOut(BaseModel):
    """What may be said to these services."""

    services: list[str]
    rules: Rules


class AssetAccessOut(BaseModel):
    """One policy's part in who may reach an asset; ``mode`` is ``deny`` for one that refuses.

    Of ``who`` and ``what`` all must hold, and one name of each is enough; nothing named means anybody and anything.
    """

    policy: str
    mode: str
    who: list[NamedOut]
    what: list[NamedOut]
    services: list[str]
    when: WindowsOut
    tiers: list[Tier]
    passes: list[PassesOut]
    approvals: list[ApprovalTermOut]
    reason: str


class AssetAccessList(BaseModel):
    """The policies that mean an asset: those that refuse first, then those that give, the preferred ones first."""

    items: list[AssetAccessOut]

    @classmethod
    def of(cls, found: list[AssetAccess]) -> "AssetAccessList":
        """Render them."""
        return cls(
            items=[
                AssetAccessOut(
                    policy=each.policy, mode=each.mode, services=list(each.services), tiers=list(each.tiers),
                    who=[NamedOut(kind=named.kind, names=list(named.names)) for named in each.who],
                    what=[NamedOut(kind=named.kind, names=list(named.names)) for named in each.what],
                    passes=[PassesOut(services=list(part.services), rules=part.rules) for part in each.passes],
                    when=each.when,
                    approvals=[ApprovalTermOut(group=group, count=count) for group, count in each.approvals],
                    reason=each.reason,
                )
                for each in found
            ]
        )  # fmt: skip


class ReachQuery(Body):
    """Which assets are meant: the ids of up to 100, with commas between."""

    assets: Annotated[str, Field(pattern=r"^ast_[a-z0-9]{1,60}(,ast_[a-z0-9]{1,60}){0,99}$")]


class ReachOut(AssetAccessList):
    """An asset by its id, and the policies that mean it."""

    asset: str


class ReachList(BaseModel):
    """The assets that are there of those that were asked for, in their order."""

    items: list[ReachOut]

    @classmethod
    def of(cls, found: Mapping[str, list[AssetAccess]]) -> "ReachList":
        """Render them."""
        return cls(
            items=[ReachOut(asset=asset, items=AssetAccessList.of(access).items) for asset, access in found.items()]
        )


class PolicyVersionQuery(Body):
    """Which version is wanted; the newest if none is named."""

    version: Annotated[int, Field(ge=1)] | None = None


class PolicyTextIn(Body):
    """A policy text of one or more documents."""

    yaml: YamlText


class CheckedPolicy(BaseModel):
    """One good document of a checked text."""

    name: str
    kind: str
    digest: str


class PolicyCheckOut(BaseModel):
    """The documents of a text without faults (a text with faults is answered with ``policy_invalid``)."""

    documents: list[CheckedPolicy]

    @classmethod
    def of(cls, documents: list[WrittenDocument]) -> "PolicyCheckOut":
        """Render what was read."""
        return cls(
            documents=[
                CheckedPolicy(name=each.document.name, kind=each.document.kind, digest=each.digest)
                for each in documents
            ]
        )


class PolicyApplyIn(PolicyTextIn):
    """Documents to put in force, all or none; ``dry_run`` only tells what would change."""

    comment: ShortText = ""
    dry_run: bool = False


class AppliedOut(BaseModel):
    """What became (or would become) of one document."""

    name: str
    kind: str
    version: int
    digest: str
    changed: bool
    diff: list[str]


class PolicyApplyOut(BaseModel):
    """What became of each document, in the order of the text."""

    applied: list[AppliedOut]

    @classmethod
    def of(cls, applied: list[Applied]) -> "PolicyApplyOut":
        """Render what was applied."""
        return cls(
            applied=[
                AppliedOut(
                    name=each.name,
                    kind=each.kind,
                    version=each.version,
                    digest=each.digest,
                    changed=each.changed,
                    diff=list(each.diff),
                )
                for each in applied
            ]
        )


class OperationIn(Body):
    """One operation inside the protocol; what is left out is not judged."""

    tier: Tier
    unit: Unit | None = None
    route: Annotated[str, Field(max_length=MAX_ROUTE_CHARACTERS)] | None = None
    table: Annotated[str, Field(pattern=TABLE_PATTERN)] | None = None
    address: Address | None = None
    count: Annotated[int, Field(ge=1, le=2000)] = 1
    name: Annotated[str, Field(max_length=MAX_NAME_CHARACTERS)] = ""
    value: Number | None = None
    before: Number | None = None
    upload: bool = False

    def question(self) -> OperationQuestion:
        """Return it in the words of the policies."""
        return OperationQuestion(
            tier=self.tier,
            unit=self.unit,
            route=self.route,
            table=self.table,
            address=self.address,
            count=self.count,
            name=self.name,
            value=self.value,
            before=self.before,
            upload=self.upload,
        )


class PolicyExplainIn(Body):
    """Whose access to what is to be explained; reason and second factor are taken as given."""

    user: Reference
    asset: Reference
    service: Annotated[str, Field(max_length=64)] = ""
    at: AwareDatetime | None = None
    address: IPv4Address | IPv6Address | None = None
    tiers: frozenset[Tier] = frozenset()
    duration: Seconds | None = None
    ticket: Annotated[str, Field(max_length=64)] = ""
    emergency: bool = False
    operation: OperationIn | None = None

    def case(self) -> Case:
        """Return it as the explainer wants it."""
        duration = timedelta(seconds=self.duration) if self.duration is not None else None
        asked = Asked(
            tiers=self.tiers, duration=duration, reason="(explained)", ticket=self.ticket, emergency=self.emergency
        )
        return Case(
            user=self.user,
            asset=self.asset,
            service=self.service,
            asked=asked,
            at=self.at,
            address=str(self.address or ""),
            operation=self.operation.question() if self.operation is not None else None,
        )


class PolicyTestIn(PolicyTextIn):
    """Policy tests; ``policies`` are documents to lay over those that hold before testing."""

    policies: YamlText | None = None


class OutcomeOut(BaseModel):
    """One test's end: what came where something else was expected, and the same in English."""

    name: str
    line: int
    passed: bool
    came: list[SentenceOut]
    message: str


class PolicyTestOut(BaseModel):
    """How the tests ended."""

    passed: bool
    outcomes: list[OutcomeOut]

    @classmethod
    def of(cls, outcomes: list[Outcome]) -> "PolicyTestOut":
        """Render outcomes."""
        return cls(
            passed=all(each.passed for each in outcomes),
            outcomes=[
                OutcomeOut(
                    name=each.name,
                    line=each.line,
                    passed=each.passed,
                    came=[SentenceOut.of(sentence) for sentence in each.came],
                    message=each.message,
                )
                for each in outcomes
            ],
        )
