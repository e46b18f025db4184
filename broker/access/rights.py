"""Who may decide about a request now: the named groups' members of this moment, and never the requester."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.answers import mfa_required
from broker.access.errors import (
    AlreadyApprovedError,
    NotAnApproverError,
    RequestChangedError,
    RequestOutdatedError,
    SelfApprovalError,
)
from broker.access.facts import FactGatherer, approvals_of, login_of
from broker.access.store import PolicyStore
from broker.access.tables import ApprovalRow, RequestRow, RequirementRow
from broker.http.principal import Principal
from policies.decision import Requirement
from policies.factors import answerer_lacks, approver_lacks
from policies.facts import Approval, Subject
from policies.schema import AllowPolicy, PolicySet


def not_oneself(principal: Principal, requester: str) -> None:
    """Raise ``SelfApprovalError`` for the requester."""
    if principal.user_id == requester:
        raise SelfApprovalError("You asked for this yourself, so somebody else must decide.")


def same_terms(known: str, shown: str) -> None:
    """Raise ``RequestChangedError`` unless the caller decides on the hash that the request has now."""
    if known != shown:
        raise RequestChangedError(
            "The request is no longer the one that you read.", hint="Read it again.", fields={"hash": known}
        )


def allow_policy_named(policy_set: PolicySet, name: str) -> AllowPolicy:
    """Return the policy of this name as it holds now, or raise ``RequestOutdatedError``."""
    for policy in policy_set.policies:
        if policy.name == name and isinstance(policy, AllowPolicy):
            return policy
    raise RequestOutdatedError(f"The policy {name} is gone.", hint="It must be asked for anew.")


def allow_policy(policy_set: PolicySet, name: str, digest: str) -> AllowPolicy:
    """Return the policy of this exact version, or raise ``RequestOutdatedError``."""
    policy = allow_policy_named(policy_set, name)
    if policy_set.digest_of(name) != digest:
        raise RequestOutdatedError(f"The policy {name} changed since.", hint="It must be asked for anew.")
    return policy


def required_by(policy: AllowPolicy) -> tuple[Requirement, ...]:
    """Return whose yes the policy wants."""
    return tuple(Requirement(term.group, term.count) for term in policy.spec.access.approvals)


def proved_enough(policy: AllowPolicy, principal: Principal, approver: Subject, now: datetime) -> None:
    """Raise ``MfaRequiredError`` unless the caller's login is as strong and fresh as the policy wants of approvers."""
    lacks = approver_lacks(policy, approver.groups, login_of(principal), now)
    if lacks is not None:
        raise mfa_required(lacks)


class ApproverRights:
    """Checks approvers against the directory of this moment."""

    def __init__(self, gatherer: FactGatherer, store: PolicyStore) -> None:
        self._gatherer = gatherer
        self._store = store

    async def approver(self, view: AsyncSession, principal: Principal, groups: frozenset[str]) -> Subject:
        """Return the caller as of now, or raise ``NotAnApproverError`` unless in one of ``groups``."""
        subject = await self._gatherer.subject(view, principal.user_id)
        if subject is None or subject.groups.isdisjoint(groups):
            named = ", ".join(sorted(groups)) or "nobody"
            raise NotAnApproverError(f"This is for {named} to decide.", fields={"groups": sorted(groups)})
        return subject

    async def prove_answerer(self, view: AsyncSession, principal: Principal, policy: str, now: datetime) -> None:
        """Raise ``MfaRequiredError`` unless the caller has shown what the policy wants of who lets its sessions act.

        Raises ``RequestOutdatedError`` where the policy is gone.
        """
        held = allow_policy_named(await self._store.current(view), policy)
        groups = await self.groups_of(view, principal)
        lacks = answerer_lacks(held, groups, login_of(principal), now)
        if lacks is not None:
            raise mfa_required(lacks)

    async def groups_of(self, view: AsyncSession, principal: Principal) -> frozenset[str]:
        """Return the caller's groups as of now; none for who may not sign in any more."""
        subject = await self._gatherer.subject(view, principal.user_id)
        return subject.groups if subject is not None else frozenset()

    async def policy(self, view: AsyncSession, name: str, digest: str) -> AllowPolicy:
        """Return the policy that holds now if it is this version, or raise ``RequestOutdatedError``."""
        return allow_policy(await self._store.current(view), name, digest)

    async def standing_approvals(self, view: AsyncSession, approvers: Sequence[str]) -> tuple[Approval, ...]:
        """Return those approvals whose givers may still give them, with their groups of now."""
        return approvals_of(approvers, await self._gatherer.subjects(view, approvers))


async def requirements_of(view: AsyncSession, request: RequestRow) -> tuple[Requirement, ...]:
    """Return whose yes the request waits for, in a fixed order."""
    query = select(RequirementRow).filter_by(request_id=request.id).order_by(RequirementRow.group_name)
    return tuple(Requirement(row.group_name, row.count) for row in await view.scalars(query))


async def approvers_of(view: AsyncSession, request_id: str, hash_: str) -> list[str]:
    """Return who said yes to exactly this."""
    query = select(ApprovalRow.approver).filter_by(request_id=request_id, hash=hash_).order_by(ApprovalRow.at)
    return list(await view.scalars(query))


def only_once(approvers: Sequence[str], principal: Principal) -> None:
    """Raise ``AlreadyApprovedError`` if the caller is among those who said yes."""
    if principal.user_id in approvers:
        raise AlreadyApprovedError("Your approval counts already; somebody else's is needed.")
