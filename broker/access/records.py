"""Requests as people see them: the row, whose yes it needs and has, and the grant that came of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.states import RequestState, state_now
from broker.access.tables import ApprovalRow, GrantRow, RequestRow, RequirementRow
from policies.decision import Requirement
from policies.facts import Approval
from policies.quorum import QuorumMet, QuorumOpen, quorum_met


@dataclass(frozen=True, slots=True)
class Need:
    """So many people of a group are needed; ``met`` of them have said yes."""

    group: str
    count: int
    met: int


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request with what belongs to it; ``approvals`` are those of its present hash."""

    row: RequestRow
    state: RequestState
    requirements: tuple[Requirement, ...]
    approvals: tuple[ApprovalRow, ...]
    grant_id: str | None

    @property
    def needs(self) -> list[Need]:
        """What each group has contributed; for display, by the groups that approvers had when they approved."""
        given = [Approval(approval.approver, frozenset(approval.groups)) for approval in self.approvals]
        match quorum_met(self.requirements, given, self.row.user_id):
            case QuorumMet():
                missing: dict[str, int] = {}
            case QuorumOpen(outstanding):
                missing = {requirement.group: requirement.count for requirement in outstanding}
        return [Need(each.group, each.count, each.count - missing.get(each.group, 0)) for each in self.requirements]


async def records_of(view: AsyncSession, rows: Sequence[RequestRow], now: datetime) -> list[RequestRecord]:
    """Return the records of the rows, in their order, with three queries however many there are."""
    ids = [row.id for row in rows]
    requirements: dict[str, list[Requirement]] = defaultdict(list)
    needed = select(RequirementRow).where(RequirementRow.request_id.in_(ids)).order_by(RequirementRow.group_name)
    for need in await view.scalars(needed):
        requirements[need.request_id].append(Requirement(need.group_name, need.count))
    approvals: dict[tuple[str, str], list[ApprovalRow]] = defaultdict(list)
    given = select(ApprovalRow).where(ApprovalRow.request_id.in_(ids)).order_by(ApprovalRow.at, ApprovalRow.id)
    for approval in await view.scalars(given):
        approvals[approval.request_id, approval.hash].append(approval)
    granted = await view.execute(select(GrantRow.request_id, GrantRow.id).where(GrantRow.request_id.in_(ids)))
    grants = {request: grant for request, grant in granted}  # noqa: C416 - a Result is no iterable of pairs to mypy
    return [
        RequestRecord(
            row=row,
            state=state_now(RequestState(row.state), row.expires_at, now),
            requirements=tuple(requirements[row.id]),
            approvals=tuple(approvals[row.id, row.hash]),
            grant_id=grants.get(row.id),
        )
        for row in rows
    ]
