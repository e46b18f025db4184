"""The answer that sessions act on: may this session open, on what terms, and is a live one still right?"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.admission import Admission, Answer
from broker.access.facts import FactGatherer, login_of
from broker.access.grants import GrantService, HeldGrant
from broker.access.judge import GrantJudge, Use, gives, live_login, refusal
from broker.access.ports import Reached
from broker.access.store import PolicyStore
from broker.access.tables import ApprovalRow, GrantRow
from broker.access.terms import RequestTerms, fenced, rules_digest
from broker.access.visibility import AssetVisibility
from broker.access.wishes import but_for_words
from broker.audit.log import Actor
from broker.db.engine import Database, Transaction
from broker.http.errors import NotFoundError
from broker.http.principal import Principal
from policies.canonical import canonical
from policies.decision import Allow, Code, Decision, Deny, Mode, NeedsApproval, NeedsMfa, Obligations
from policies.engine import evaluate
from policies.facts import Asked, Purpose
from policies.rules import Tier
from policies.sentences import say
from tunnel.clock import Clock
from tunnel.ids import new_id

_PREFERENCE = (Allow, NeedsMfa, NeedsApproval, Deny)
"""Which of several grants' answers speaks."""


class AccessService:
    """Decides on the use of grants and of standing policies."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        store: PolicyStore,
        gatherer: FactGatherer,
        visibility: AssetVisibility,
        grants: GrantService,
        judge: GrantJudge,
    ) -> None:
        self._db = database
        self._clock = clock
        self._store = store
        self._gatherer = gatherer
        self._visibility = visibility
        self._grants = grants
        self._judge = judge

    async def decide_activation(
        self, principal: Principal, *, asset: str, service: str, tiers: frozenset[Tier], grant: str | None
    ) -> Answer:
        """May this person open a session on this service now? Raise ``NotFoundError`` for what they may not know of.

        Without ``grant`` the best of the user's grants is taken, then a standing policy. ``NeedsApproval`` with nobody
        outstanding means: a request must be made, and will be approved at once. Where the answer would be a yes, raise
        ``BannerNotAcceptedError`` unless the user accepted what the plant wants read first.
        """
        async with self._db.reading() as view:
            reached = await self._gatherer.reach(view, asset, service)
            grants = await self._grants_for(view, principal, reached, grant, tiers)
            use = await self._use(view, principal, reached, grants, tiers)
            if not grants and not await self._visibility.visible_in(view, principal, [reached.asset]):
                raise NotFoundError
            answer = await self._best(view, grants, use, is_named=grant is not None)
            if isinstance(answer, Admission):
                await self._gatherer.require_banner(view, principal.user_id, reached)
        return answer

    async def activate(self, tx: Transaction, admission: Admission) -> Obligations:
        """Start the grant's time, if it does not run yet, in the caller's transaction; return the terms in force.

        Raises ``GrantEndedError`` if the grant was revoked or ran out since the admission.
        """
        actor = Actor(admission.user_id, admission.user_name, admission.address)
        if admission.obligations.mode is Mode.STANDING and admission.request_id is None:
            await self._grants.keep(tx, self._standing_grant(admission), actor)
        grant = await self._grants.start(tx, admission.grant_id, actor)
        terms = admission.obligations
        return replace(terms, not_after=min(terms.not_after, grant.ends_at or terms.not_after))

    async def decide_continuation(self, *, grant_id: str, login_id: str, address: str) -> Decision:
        """Is a live session on this grant still right? The terms of an ``Allow`` are those of now, within the fence."""
        async with self._db.reading() as view:
            held = await self._grants.held(view, grant_id)
            if held is None:
                return refusal(Code.GRANT_ENDED, say("grant_gone"))
            grant = held.grant
            login = await live_login(view, login_id)
            if login is None:
                return refusal(Code.LOGIN_ENDED, say("login_ended"), say("sign_in_again"))
            subjects = await self._gatherer.subjects(view, [grant.user_id, *held.approvers])
            subject = subjects.get(grant.user_id)
            if subject is None:
                return refusal(Code.ACCOUNT_ENDED, say("account_ended_or_disabled"), say("ask_the_plant"))
            try:
                reached = await self._gatherer.reach(view, grant.asset_id, grant.service_id)
            except NotFoundError:
                return refusal(Code.NOT_WHAT, say("service_gone"), say("ask_the_plant"))
            use = Use(subject, subjects, login, address, reached)
            decision = await self._judge.judge(view, Purpose.CONTINUE, held, use)
        if isinstance(decision, Allow):
            terms = decision.obligations
            return Allow(replace(terms, rules=fenced(terms.rules, reached.service)))
        return decision

    async def grants_approved_by(self, user_id: str) -> frozenset[str]:
        """Return the grants that rest on this person's yes, which count no more when they lose the right to it."""
        rests = select(GrantRow.id).join(ApprovalRow, ApprovalRow.request_id == GrantRow.request_id)
        query = rests.where(
            ApprovalRow.approver == user_id, GrantRow.revoked_at.is_(None), GrantRow.ends_at > self._clock.now()
        )
        async with self._db.reading() as view:
            return frozenset(await view.scalars(query))

    async def _grants_for(
        self, view: AsyncSession, principal: Principal, reached: Reached, wanted: str | None, tiers: frozenset[Tier]
    ) -> list[HeldGrant]:
        if wanted is None:
            found = await self._grants.candidates(view, principal.user_id, reached.asset.id, reached.service.id)
            return [held for held in found if gives(held.grant, tiers)]
        named = await self._grants.held(view, wanted)
        own = (principal.user_id, reached.service.id)
        if named is None or (named.grant.user_id, named.grant.service_id) != own:
            raise NotFoundError
        return [named]

    async def _use(
        self,
        view: AsyncSession,
        principal: Principal,
        reached: Reached,
        grants: list[HeldGrant],
        tiers: frozenset[Tier],
    ) -> Use:
        people = {principal.user_id, *(approver for held in grants for approver in held.approvers)}
        subjects = await self._gatherer.subjects(view, people)
        subject = subjects.get(principal.user_id)
        if subject is None:
            raise NotFoundError
        return Use(subject, subjects, login_of(principal), principal.address, reached, tiers)

    async def _best(self, view: AsyncSession, grants: list[HeldGrant], use: Use, *, is_named: bool) -> Answer:
        answers = [await self._by_grant(view, held, use) for held in grants]
        best = min(answers, key=_rank, default=None)
        if best is not None and (is_named or isinstance(best, Admission)):
            return best
        standing = await self._without_grant(view, use)
        return standing if best is None or isinstance(standing, Admission) else best

    async def _by_grant(self, view: AsyncSession, held: HeldGrant, use: Use) -> Answer:
        grant, decision = held.grant, await self._judge.judge(view, Purpose.ACTIVATE, held, use)
        match decision:
            case Allow(obligations):
                asked = Asked(use.tiers, None, None, grant.reason, grant.ticket, grant.mode == Mode.EMERGENCY)
                return _admission(use, obligations, asked, grant.id, grant.request_id)
            case _:
                return decision

    async def _without_grant(self, view: AsyncSession, use: Use) -> Answer:
        asked = Asked(tiers=use.tiers)
        policy_set = await self._store.current(view)
        facts = await self._gatherer.gather(view, Purpose.ACTIVATE, use.question(asked))
        match but_for_words(policy_set, facts, evaluate(policy_set, facts)):
            case Allow(obligations) if obligations.mode is Mode.STANDING and not obligations.reason_required:
                return _admission(use, obligations, asked, new_id("grt"), None)
            case Allow(obligations):
                return NeedsApproval((), obligations)
            case refused:
                return refused

    def _standing_grant(self, admission: Admission) -> GrantRow:
        now, terms = self._clock.now(), admission.obligations
        seconds = max(1, int((terms.not_after - now).total_seconds()))
        row = GrantRow(
            id=admission.grant_id, created_at=now, request_id=None, mode=terms.mode.value,
            user_id=admission.user_id, user_name=admission.user_name, site_id=admission.asset.site_id,
            asset_id=admission.asset.id, asset_name=admission.asset.path, service_id=admission.service.id,
            service_name=admission.service.name, tiers=sorted(admission.asked.tiers), policy=terms.policy,
            policy_digest=terms.policy_digest, rules=canonical(terms.rules), duration_seconds=seconds,
            reason="", ticket="", usable_from=now, usable_until=now + timedelta(seconds=seconds),
        )  # fmt: skip
        row.request_hash = _standing_terms(row, rules_digest(terms.rules)).hash
        return row


def _admission(use: Use, obligations: Obligations, asked: Asked, grant_id: str, request_id: str | None) -> Admission:
    return Admission(
        obligations=obligations,
        grant_id=grant_id,
        request_id=request_id,
        asked=asked,
        asset=use.reached.asset,
        service=use.reached.service,
        is_emergency=obligations.mode is Mode.EMERGENCY,
        user_id=use.subject.user,
        user_name=use.subject.name,
        address=use.address,
    )


def _standing_terms(row: GrantRow, rules: str) -> RequestTerms:
    return RequestTerms(
        user=row.user_id, asset=row.asset_id, service=row.service_id, tiers=frozenset(Tier(t) for t in row.tiers),
        rules_digest=rules, duration_seconds=row.duration_seconds, starts_at=None, reason="", ticket="",
        emergency=False, policy=row.policy, policy_digest=row.policy_digest,
    )  # fmt: skip


def _rank(answer: Answer) -> int:
    return 0 if isinstance(answer, Admission) else _PREFERENCE.index(type(answer))
