"""What needs a group of people: told to who is about to remove it."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.states import RequestState
from broker.access.store import PolicyStore
from broker.access.tables import RequestRow, RequirementRow, ReviewRow
from broker.identity.ports import GroupNeeds
from policies.schema import DenyPolicy, Policy
from tunnel.clock import Clock


class GroupUses:
    """Looks through the policies that hold, and what waits for a decision."""

    def __init__(self, store: PolicyStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def of(self, view: AsyncSession, group: str) -> GroupNeeds:
        """Return what needs the group of this name now; raise ``UnavailableError`` if policies cannot be read."""
        policies = (await self._store.current(view)).policies
        waits = RequestRow.state == RequestState.PENDING.value, RequestRow.expires_at > self._clock.now()
        requests = select(RequirementRow).join(RequestRow, RequestRow.id == RequirementRow.request_id).where(*waits)
        reviews = select(ReviewRow).where(ReviewRow.closed_at.is_(None), ReviewRow.group_name == group)
        asked = requests.where(RequirementRow.group_name == group)
        count = select(func.count())
        return GroupNeeds(
            tuple(policy.name for policy in policies if group in groups_of(policy)),
            await view.scalar(count.select_from(asked.subquery())) or 0,
            await view.scalar(count.select_from(reviews.subquery())) or 0,
        )


def groups_of(policy: Policy) -> frozenset[str]:
    """Return the groups that a policy names: whom it means, who approves, who reviews."""
    meant = policy.spec.who.groups or frozenset()
    if isinstance(policy, DenyPolicy):
        return frozenset(meant)
    access = policy.spec.access
    reviewers = {access.after_review.group} if access.after_review is not None else frozenset[str]()
    return frozenset({*meant, *(term.group for term in access.approvals), *reviewers})
