"""What sessions are told: may one open now, and is a live one still right?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from broker.access.admission import Admission, Answer
from broker.access.errors import GrantEndedError
from broker.access.grants import GrantQuery
from broker.access.locks import LockKind
from broker.access.tables import GrantRow
from broker.http.errors import NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Principal
from broker.identity.tables import LoginRow
from broker.inventory.facts import Limits
from policies.decision import Allow, Code, Decision, Deny, NeedsApproval, NeedsMfa, Obligations
from policies.rules import Tier
from tests.unit.broker.access.plant import MODBUS, PLC, POLICY, STANDING, Plant

ALL: frozenset[Tier] = frozenset()


async def decide(
    plant: Plant, name: str = "vendor", *, tiers: frozenset[Tier] = ALL, grant: str | None = None, asset: str = PLC.path
) -> Answer:
    """Ask as a session does."""
    person = plant.principal(name)
    return await plant.parts.service.decide_activation(person, asset=asset, service="modbus", tiers=tiers, grant=grant)


async def admitted(plant: Plant, name: str = "vendor", *, grant: str | None = None) -> Admission:
    """Expect a yes."""
    answer = await decide(plant, name, grant=grant)
    assert isinstance(answer, Admission), answer
    return answer


async def activate(plant: Plant, admission: Admission) -> Obligations:
    """Open, as sessions does."""
    async with plant.database.transaction() as tx:
        return await plant.parts.service.activate(tx, admission)


async def continuation(plant: Plant, grant_id: str, name: str = "vendor") -> Decision:
    """Ask whether a live session may go on."""
    return await plant.parts.service.decide_continuation(
        grant_id=grant_id, login_id=f"log_{name}", address="203.0.113.9"
    )


def codes(answer: object) -> list[Code]:
    """Return why it was refused."""
    assert isinstance(answer, Deny), answer
    return [reason.code for reason in answer.reasons]


async def live(plant: Plant) -> str:
    """A grant in use by a signed-in vendor."""
    await plant.sign_in("vendor")
    await plant.granted()
    admission = await admitted(plant)
    await activate(plant, admission)
    return admission.grant_id


async def test_without_a_grant_it_must_be_asked_for(plant: Plant) -> None:
    answer = await decide(plant)
    assert isinstance(answer, NeedsApproval)
    assert {need.group for need in answer.outstanding} == {"ot-operations", "it-security"}


async def test_an_asset_of_others_looks_like_none(plant: Plant) -> None:
    with pytest.raises(NotFoundError):
        await decide(plant, asset="north/drive-1")
    with pytest.raises(NotFoundError):
        await decide(plant, "stranger")


async def test_a_grant_of_somebody_else_looks_like_none(plant: Plant) -> None:
    grant = await plant.granted()
    plant.people.add("vendor-2", ["acme"])
    with pytest.raises(NotFoundError):
        await decide(plant, "vendor-2", grant=grant.id)


async def test_the_time_runs_from_the_first_use(plant: Plant) -> None:
    await plant.granted()
    plant.clock.advance(timedelta(hours=5))
    admission = await admitted(plant)
    terms = await activate(plant, admission)
    assert terms.not_after == plant.clock.now() + timedelta(hours=2)


async def test_a_second_session_gets_only_what_is_left(plant: Plant) -> None:
    await activate(plant, await plant_admission(plant))
    plant.clock.advance(timedelta(minutes=90))
    second = await admitted(plant)
    assert second.obligations.not_after == plant.clock.now() + timedelta(minutes=30)


async def plant_admission(plant: Plant) -> Admission:
    """Get a grant and be admitted by it."""
    await plant.granted()
    return await admitted(plant)


async def test_a_grant_that_ran_out_lets_nobody_in(plant: Plant) -> None:
    admission = await plant_admission(plant)
    await activate(plant, admission)
    plant.clock.advance(timedelta(hours=2))
    assert codes(await decide(plant, grant=admission.grant_id)) == [Code.GRANT_ENDED]


async def test_a_grant_must_be_used_in_time(plant: Plant) -> None:
    grant = await plant.granted()
    plant.clock.advance(timedelta(days=7))
    assert codes(await decide(plant, grant=grant.id)) == [Code.GRANT_ENDED]


async def test_a_wish_for_later_does_not_open_now(plant: Plant) -> None:
    grant = await plant.granted(starts_at=plant.clock.now() + timedelta(hours=1))
    assert codes(await decide(plant, grant=grant.id)) == [Code.NOT_YET]
    plant.clock.advance(timedelta(hours=1))
    await admitted(plant, grant=grant.id)


async def test_a_revocation_between_yes_and_opening_wins(plant: Plant) -> None:
    admission = await plant_admission(plant)
    await plant.parts.grants.revoke(plant.principal("operator"), admission.grant_id, "changed my mind")
    with pytest.raises(GrantEndedError):
        await activate(plant, admission)


async def test_the_approvers_right_is_checked_again_at_use(plant: Plant) -> None:
    await plant.granted()
    plant.people.change("officer", disabled=True)
    answer = await decide(plant)
    assert isinstance(answer, NeedsApproval)
    assert [need.group for need in answer.outstanding] == ["it-security"]


async def test_a_grant_gives_no_tier_that_was_not_asked_for(plant: Plant) -> None:
    grant = await plant.granted(tiers=frozenset({Tier.READ}))
    assert codes(await decide(plant, tiers=frozenset({Tier.OPERATE}), grant=grant.id)) == [Code.TIER_NOT_ALLOWED]
    assert isinstance(await decide(plant, tiers=frozenset({Tier.OPERATE})), NeedsApproval)
    assert (await admitted(plant)).obligations.rules.tiers == {Tier.READ}


async def test_a_session_may_take_less_than_the_grant_gives(plant: Plant) -> None:
    await plant.granted()
    answer = await decide(plant, tiers=frozenset({Tier.READ}))
    assert isinstance(answer, Admission)
    assert (answer.obligations.rules.tiers, answer.obligations.rules.ask) == ({Tier.READ}, frozenset())


async def test_a_looser_policy_gives_no_more_than_was_approved(plant: Plant) -> None:
    await plant.granted()
    await plant.apply(POLICY.replace("[read, operate]", "[read, operate, firmware]"))
    assert Tier.FIRMWARE not in (await admitted(plant)).obligations.rules.tiers


async def test_a_stricter_policy_holds_at_once(plant: Plant) -> None:
    await plant.granted()
    await plant.apply(POLICY.replace("[read, operate]", "[read]").replace("4h", "1h"))
    terms = (await admitted(plant)).obligations
    assert terms.rules.tiers == {Tier.READ}
    assert terms.not_after == plant.clock.now() + timedelta(hours=1)


async def test_a_grant_is_worth_nothing_under_another_policy(plant: Plant) -> None:
    grant = await plant.granted()
    await plant.parts.store.delete(plant.principal("admin"), "acme-plc")
    await plant.apply(POLICY.replace("acme-plc", "acme-look-alike"))
    assert codes(await decide(plant, grant=grant.id)) == [Code.OTHER_POLICY]


async def test_a_grant_rewritten_in_the_database_lets_nobody_in(plant: Plant) -> None:
    grant = await plant.granted()
    async with plant.database.transaction() as tx:
        await tx.execute(update(GrantRow).values(request_hash="0" * 64))
    assert codes(await decide(plant, grant=grant.id)) == [Code.GRANT_REVOKED]


async def test_a_stale_second_factor_is_asked_for_again(plant: Plant) -> None:
    await plant.apply(POLICY.replace("  access:", "  login: {mfa: [totp], max_age: 15m}\n  access:"))
    await plant.granted()
    stale = replace(plant.principal("vendor"), mfa_at=plant.clock.now() - timedelta(minutes=16))
    answer = await plant.parts.service.decide_activation(stale, asset=PLC.id, service="", tiers=ALL, grant=None)
    assert isinstance(answer, NeedsMfa)


async def test_a_recovery_code_is_the_policies_recovery_factor(plant: Plant) -> None:
    await plant.apply(POLICY.replace("  access:", "  login: {mfa: [recovery]}\n  access:"))
    recovered = replace(plant.principal("vendor"), methods=frozenset({"password", "recovery_code"}))
    answer = await plant.parts.service.decide_activation(recovered, asset=PLC.id, service="", tiers=ALL, grant=None)
    assert isinstance(answer, NeedsApproval)


async def test_a_standing_policy_lets_in_and_leaves_a_grant(plant: Plant) -> None:
    await plant.apply(STANDING)
    admission = await admitted(plant, "staff")
    await activate(plant, admission)
    grant = await plant.parts.grants.get(plant.principal("staff"), admission.grant_id)
    assert (grant.request_id, grant.mode, grant.activated_at) == (None, "standing", plant.clock.now())


async def test_each_use_of_a_standing_policy_has_its_whole_time(plant: Plant) -> None:
    await plant.apply(STANDING)
    await activate(plant, await admitted(plant, "staff"))
    plant.clock.advance(timedelta(minutes=119))
    assert (await admitted(plant, "staff")).obligations.not_after == plant.clock.now() + timedelta(hours=2)


async def test_a_policy_that_needs_nobodys_yes_still_wants_a_request(plant: Plant) -> None:
    await plant.apply(POLICY.replace("    approvals: [{group: ot-operations}, {group: it-security}]\n", ""))
    answer = await decide(plant)
    assert isinstance(answer, NeedsApproval)
    assert answer.outstanding == ()


@pytest.mark.parametrize("kind", list(LockKind))
async def test_a_lock_stands_above_every_grant(plant: Plant, kind: LockKind) -> None:
    await plant.granted()
    target = {LockKind.SITE: "north", LockKind.ASSET: "north/plc-1", LockKind.USER: "vendor"}[kind]
    lock = await plant.parts.locks.set(plant.principal("operator"), kind=kind, target=target, reason="leak", until=None)
    assert codes(await decide(plant)) == [Code[f"{kind.name}_LOCKED"]]
    await plant.parts.locks.lift(plant.principal("operator"), lock.id)
    await admitted(plant)


async def test_the_plants_own_lock_stands_above_every_grant(plant: Plant) -> None:
    await plant.granted()
    plant.devices.lock("maintenance")
    assert codes(await decide(plant)) == [Code.SITE_LOCKED]


async def test_a_live_session_is_right_while_nothing_changed(plant: Plant) -> None:
    grant = await live(plant)
    decision = await continuation(plant, grant)
    assert isinstance(decision, Allow)
    assert decision.obligations.not_after == plant.clock.now() + timedelta(hours=2)


async def test_a_live_session_ends_with_its_time(plant: Plant) -> None:
    grant = await live(plant)
    plant.clock.advance(timedelta(hours=2))
    assert codes(await continuation(plant, grant)) == [Code.EXPIRED]


async def test_grace_lets_a_live_session_go_on_but_none_open(plant: Plant) -> None:
    await plant.apply(POLICY.replace("at_expiry: cut", "at_expiry: grace 10m"))
    grant = await live(plant)
    plant.clock.advance(timedelta(hours=2, minutes=9))
    assert isinstance(await continuation(plant, grant), Allow)
    assert codes(await decide(plant, grant=grant)) == [Code.GRANT_ENDED]


async def test_a_live_session_is_wrong_after_each_revocation(plant: Plant) -> None:
    grant = await live(plant)

    async def revoke_grant() -> None:
        await plant.parts.grants.revoke(plant.principal("operator"), grant, "enough")

    async def delete_policy() -> None:
        await plant.parts.store.delete(plant.principal("admin"), "acme-plc")

    async def end_login() -> None:
        async with plant.database.transaction() as tx:
            await tx.execute(update(LoginRow).values(ended_at=plant.clock.now()))

    async def leave_group() -> None:
        plant.people.change("vendor", groups=frozenset())

    async def disable() -> None:
        plant.people.change("vendor", disabled=True)

    async def remove_asset() -> None:
        plant.devices.assets.clear()

    steps = (
        (leave_group, Code.NO_POLICY), (delete_policy, Code.NO_POLICY), (revoke_grant, Code.GRANT_REVOKED),
        (remove_asset, Code.NOT_WHAT), (disable, Code.ACCOUNT_ENDED), (end_login, Code.LOGIN_ENDED),
    )  # fmt: skip
    for step, expected in steps:
        await step()
        assert codes(await continuation(plant, grant)) == [expected], step.__name__


async def test_what_was_granted_for_a_service_that_moved_opens_nothing(plant: Plant) -> None:
    grant = await live(plant)
    plant.devices.assets[PLC.id] = replace(PLC, services=(replace(MODBUS, id="svc_moved", host="10.0.0.99"),))
    assert codes(await continuation(plant, grant)) == [Code.NOT_WHAT]
    assert isinstance(await decide(plant), NeedsApproval)
    with pytest.raises(NotFoundError):
        await decide(plant, grant=grant)


async def test_a_live_session_may_say_no_more_than_the_fence_of_now(plant: Plant) -> None:
    grant = await live(plant)
    fence = replace(MODBUS, units=frozenset({1}), limits=Limits(max_rate=2))
    plant.devices.assets[PLC.id] = replace(PLC, services=(fence,))
    decision = await continuation(plant, grant)
    assert isinstance(decision, Allow)
    assert (decision.obligations.rules.units, decision.obligations.rules.max_rate) == ({1}, 2)


async def test_a_live_session_is_wrong_when_an_approver_is_disabled(plant: Plant) -> None:
    grant = await live(plant)
    plant.people.change("officer", disabled=True)
    assert isinstance(await continuation(plant, grant), NeedsApproval)


async def test_anyone_may_give_up_their_own_grant_and_only_theirs(plant: Plant) -> None:
    grant = await plant.granted()
    plant.people.add("vendor-2", ["acme"], [])
    other: Principal = plant.principal("vendor-2")
    with pytest.raises(NotFoundError):
        await plant.parts.grants.revoke(other, grant.id, "mine now")
    await plant.parts.grants.revoke(plant.principal("vendor"), grant.id, "done early")
    with pytest.raises(GrantEndedError):
        await plant.parts.grants.revoke(plant.principal("operator"), grant.id, "again")


async def test_a_grant_whose_service_is_gone_is_not_among_the_active(plant: Plant) -> None:
    grant = await plant.granted()
    vendor = plant.principal("vendor")

    async def listed(wanted: GrantQuery) -> list[str]:
        return [row.id for row in (await plant.parts.grants.page(vendor, wanted, PageQuery()))[0]]

    assert await listed(GrantQuery(active=True)) == [grant.id]
    plant.devices.assets[PLC.id] = replace(PLC, services=(replace(MODBUS, id="svc_moved"),))
    assert await listed(GrantQuery(active=True)) == []
    assert await listed(GrantQuery()) == [grant.id]
