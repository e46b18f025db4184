"""Which assets somebody may know of who has no right to the whole inventory: those that some policy opens to them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.ports import People
from broker.access.store import PolicyStore
from broker.db.engine import Database
from broker.http.principal import Permission, Principal
from broker.inventory.facts import AssetFacts
from policies.engine import allow_policies
from policies.facts import Subject
from policies.matching import is_meant, is_target
from policies.schema import AllowPolicy, PolicySet
from tunnel.clock import Clock


class AssetVisibility:
    """Answers by who and what alone: an asset does not vanish at night, when a window closes."""

    def __init__(self, database: Database, store: PolicyStore, people: People, clock: Clock) -> None:
        self._db = database
        self._store = store
        self._people = people
        self._clock = clock

    async def visible(self, principal: Principal, candidates: Sequence[AssetFacts]) -> frozenset[str]:
        """Return the ids of those candidates that some policy lets this person ask for or use."""
        async with self._db.reading() as view:
            return await self.visible_in(view, principal, candidates)

    async def visible_in(
        self, view: AsyncSession, principal: Principal, candidates: Sequence[AssetFacts]
    ) -> frozenset[str]:
        """Do the same inside the caller's view."""
        if principal.may(Permission.INVENTORY_READ):
            return frozenset(asset.id for asset in candidates)
        found = await self._people.subjects(view, [principal.user_id], self._clock.now())
        subject = found.get(principal.user_id)
        if subject is None:
            return frozenset()
        opened = _meaning(await self._store.current(view), subject)
        return frozenset(asset.id for asset in candidates if _is_opened(opened, asset))


def _meaning(policy_set: PolicySet, subject: Subject) -> list[AllowPolicy]:
    return [policy for policy in allow_policies(policy_set) if is_meant(policy.spec.who, subject)]


def _is_opened(policies: list[AllowPolicy], asset: AssetFacts) -> bool:
    targets = [asset.target(service) for service in asset.services]
    return any(is_target(policy.spec.what, target) for policy in policies for target in targets)
