"""Who may reach an asset at all: the policies that mean it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from broker.access.ports import Devices
from broker.access.sentence_models import WindowsOut
from broker.access.store import PolicyStore
from broker.db.engine import Database
from broker.http.errors import NotFoundError
from broker.inventory.facts import AssetFacts, ServiceFacts
from policies.matching import is_target
from policies.prose import Named, meant_devices, meant_people
from policies.rules import Rules, Tier
from policies.schema import DenyPolicy, Policy, PolicySet


@dataclass(frozen=True, slots=True)
class Passes:
    """What may be said to these services."""

    services: tuple[str, ...]
    rules: Rules


@dataclass(frozen=True, slots=True)
class AssetAccess:
    """One policy's part in who may reach an asset; ``mode`` is ``deny`` for one that refuses.

    Of ``who`` and ``what`` all must hold, and one name of each is enough; nothing named means anybody and anything.
    """

    policy: str
    mode: str
    who: tuple[Named, ...]
    what: tuple[Named, ...]
    services: tuple[str, ...]
    when: WindowsOut
    tiers: tuple[Tier, ...] = ()
    passes: tuple[Passes, ...] = ()
    approvals: tuple[tuple[str, int], ...] = ()
    reason: str = ""


class AssetReach:
    """Answers for those who read policies."""

    def __init__(self, database: Database, store: PolicyStore, devices: Devices) -> None:
        self._db = database
        self._store = store
        self._devices = devices

    async def of(self, asset: str) -> list[AssetAccess]:
        """Return every policy that means a service of this asset: those that refuse first, then those that give."""
        async with self._db.reading() as view:
            facts = await self._devices.asset_by_name_or_id(view, asset)
            if facts is None:
                raise NotFoundError
            policy_set = await self._store.current(view)
        return _meaning(facts, policy_set)

    async def of_each(self, assets: Sequence[str]) -> dict[str, list[AssetAccess]]:
        """Return the same for each of these assets, by what it was asked for; those that are not there are left out."""
        async with self._db.reading() as view:
            found = {asset: await self._devices.asset_by_name_or_id(view, asset) for asset in assets}
            policy_set = await self._store.current(view)
        return {asset: _meaning(facts, policy_set) for asset, facts in found.items() if facts is not None}


def _meaning(asset: AssetFacts, policy_set: PolicySet) -> list[AssetAccess]:
    policies: tuple[Policy, ...] = (*policy_set.denying, *policy_set.allowing)
    found = ((policy, _services(policy, asset)) for policy in policies)
    return [_access(policy, policy_set, services) for policy, services in found if services]


def _services(policy: Policy, asset: AssetFacts) -> tuple[ServiceFacts, ...]:
    return tuple(service for service in asset.services if is_target(policy.spec.what, asset.target(service)))


def _access(policy: Policy, policy_set: PolicySet, services: tuple[ServiceFacts, ...]) -> AssetAccess:
    access = AssetAccess(
        policy=policy.name,
        mode="deny",
        who=meant_people(policy.spec.who),
        what=meant_devices(policy.spec.what),
        services=tuple(service.name for service in services),
        when=WindowsOut.of(policy.spec.when, policy_set, refuses=isinstance(policy, DenyPolicy)),
    )
    if isinstance(policy, DenyPolicy):
        return replace(access, reason=policy.spec.reason)
    rules = policy.spec.allow.as_rules()
    return replace(
        access,
        mode=policy.spec.access.mode.value,
        tiers=tuple(tier for tier in Tier if tier in rules.tiers | rules.ask),
        passes=tuple(_passes(rules, services)),
        approvals=tuple((term.group, term.count) for term in policy.spec.access.approvals),
    )


def _passes(rules: Rules, services: tuple[ServiceFacts, ...]) -> Iterator[Passes]:
    """Say what passes; where no guard knows a service's protocol, all or nothing does."""
    for guarded in (True, False):
        names = tuple(service.name for service in services if service.guarded is guarded)
        if names:
            yield Passes(names, rules.model_copy(update={"opaque": False}) if guarded else Rules(opaque=rules.opaque))
