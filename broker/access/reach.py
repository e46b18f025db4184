"""Who may reach an asset at all: the policies that mean it, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from broker.access.ports import Devices
from broker.access.store import PolicyStore
from broker.db.engine import Database
from broker.http.errors import NotFoundError
from broker.inventory.facts import AssetFacts, ServiceFacts
from policies.matching import is_target
from policies.prose import rules_in_words, what_in_words, when_in_words, who_in_words
from policies.rules import Rules, Tier
from policies.schema import DenyPolicy, Policy, PolicySet


@dataclass(frozen=True, slots=True)
class AssetAccess:
    """One policy's part in who may reach an asset. ``mode`` is ``deny`` for one that refuses."""

    policy: str
    mode: str
    who: str
    services: tuple[str, ...]
    tiers: tuple[Tier, ...]
    rules: tuple[str, ...]
    when: str
    approvals: tuple[tuple[str, int], ...]
    reason: str


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
        policies: tuple[Policy, ...] = (*policy_set.denying, *policy_set.allowing)
        found = ((policy, _services(policy, facts)) for policy in policies)
        return [_access(policy, policy_set, services) for policy, services in found if services]


def _services(policy: Policy, asset: AssetFacts) -> tuple[ServiceFacts, ...]:
    return tuple(service for service in asset.services if is_target(policy.spec.what, asset.target(service)))


def _access(policy: Policy, policy_set: PolicySet, meant_services: tuple[ServiceFacts, ...]) -> AssetAccess:
    services = tuple(service.name for service in meant_services)
    spec = policy.spec
    who, meant = who_in_words(spec.who), f"It means {what_in_words(spec.what)}."
    when = when_in_words(spec.when, policy_set, refuses=isinstance(policy, DenyPolicy))
    if isinstance(policy, DenyPolicy):
        return AssetAccess(
            policy.name, "deny", who, services, (), (), when, (), " ".join(filter(None, (meant, policy.spec.reason)))
        )
    rules = policy.spec.allow.as_rules()
    return AssetAccess(
        policy=policy.name,
        mode=policy.spec.access.mode.value,
        who=who,
        services=services,
        tiers=tuple(tier for tier in Tier if tier in rules.tiers | rules.ask),
        rules=tuple(_rules(rules, meant_services)),
        when=when,
        approvals=tuple((term.group, term.count) for term in policy.spec.access.approvals),
        reason=meant,
    )


def _rules(rules: Rules, services: tuple[ServiceFacts, ...]) -> Iterator[str]:
    """Say what passes; where no guard knows a service's protocol, all or nothing does."""
    if any(service.guarded for service in services):
        yield from rules_in_words(rules.model_copy(update={"opaque": False}))
    for service in services:
        if not service.guarded:
            said = rules_in_words(Rules(opaque=rules.opaque))
            yield from (f"{service.name}: {line}" for line in said)
