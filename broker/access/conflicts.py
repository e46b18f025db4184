"""What stands in the way of an access in its time: locks, freezes, denials, somebody else at the device."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.ports import Usage
from broker.inventory.facts import AssetFacts
from policies.calendar import next_denial
from policies.engine import denials
from policies.facts import Facts
from policies.matching import is_meant, is_target
from policies.schema import AllowPolicy, PolicySet
from policies.sentences import Sentence, say, say_why


class ConflictKind(StrEnum):
    """What kind of thing stands in the way."""

    LOCK = "lock"
    FREEZE = "freeze"
    DENIAL = "denial"
    ACCOUNT_END = "account_end"
    SESSION = "session"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that stands in the way, in words."""

    kind: ConflictKind
    says: Sentence


class Conflicts:
    """Finds them. It informs: what refuses is the decision, which is made anew whenever a session opens."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage

    async def of(
        self,
        view: AsyncSession,
        policy_set: PolicySet,
        facts: Facts,
        policy: AllowPolicy | None,
        asset: AssetFacts,
        *,
        with_sessions: bool,
    ) -> Sequence[Conflict]:
        """Return what stands in the way of what was asked; sessions of other people only for who may see them."""
        found = [*_locks(facts), *_in_span(policy_set, facts, policy)]
        if with_sessions:
            for use in await self._usage.live_on(view, asset.id):
                says = say("somebody_is_on", user=use.user_name, service=use.service_name, at=use.opened_at)
                found.append(Conflict(ConflictKind.SESSION, says))
        return found


def _locks(facts: Facts) -> Iterator[Conflict]:
    locks = facts.locks
    for key, text in (("site_locked", locks.site), ("asset_locked", locks.asset), ("account_locked", locks.user)):
        if text is not None:
            yield Conflict(ConflictKind.LOCK, say_why(key, text))


def _in_span(policy_set: PolicySet, facts: Facts, policy: AllowPolicy | None) -> Iterator[Conflict]:
    longest = policy.spec.access.max_duration if policy is not None else timedelta(0)
    starts_at = max(facts.asked.starts_at or facts.now, facts.now)
    ends_at = starts_at + (facts.asked.duration or longest)
    named = policy.spec.when.freezes or frozenset() if policy is not None else frozenset[str]()
    for freeze in policy_set.freezes:
        if freeze.spec.starts_at < ends_at and starts_at < freeze.spec.ends_at:
            key, spec = "freeze_in_span" if freeze.name in named else "freeze_not_heeded", freeze.spec
            says = say_why(key, spec.reason, freeze=freeze.name, starts_at=spec.starts_at, ends_at=spec.ends_at)
            yield Conflict(ConflictKind.FREEZE, says)
    yield from _denials(policy_set, replace(facts, asked=replace(facts.asked, starts_at=starts_at)), ends_at)
    account_ends_at = facts.subject.account_ends_at
    if account_ends_at is not None and account_ends_at < ends_at:
        yield Conflict(ConflictKind.ACCOUNT_END, say("account_ends", at=account_ends_at))


def _denials(policy_set: PolicySet, facts: Facts, ends_at: datetime) -> Iterator[Conflict]:
    now = {policy.name for policy in denials(policy_set, facts)}
    for policy in policy_set.denying:
        reason = policy.spec.reason
        if policy.name in now:
            yield Conflict(ConflictKind.DENIAL, say_why("denial_holds", reason, policy=policy.name))
        elif is_meant(policy.spec.who, facts.subject) and is_target(policy.spec.what, facts.target):
            begins = next_denial(policy.spec.when, policy_set, facts.asked.starts_at or facts.now)
            if begins is not None and begins < ends_at:
                yield Conflict(ConflictKind.DENIAL, say_why("denial_begins", reason, policy=policy.name, at=begins))
