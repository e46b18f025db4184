"""Deciding about requests."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from broker.access.errors import (
    AlreadyApprovedError,
    NotAnApproverError,
    NotNarrowerError,
    RequestChangedError,
    RequestClosedError,
    RequestOutdatedError,
    SelfApprovalError,
)
from broker.access.states import RequestState
from broker.access.tables import ApprovalRow, GrantRow, RequestRow
from broker.http.errors import BrokerError
from broker.identity.errors import MfaRequiredError
from policies.rules import Tier
from tests.unit.broker.access.plant import MODBUS, PLC, POLICY, STEP_UP, Plant


async def test_one_approval_of_each_group_makes_one_grant(plant: Plant, actions) -> None:  # type: ignore[no-untyped-def]
    request = await plant.approve(await plant.ask(), "operator")
    assert request.state is RequestState.PENDING
    request = await plant.approve(request, "officer")
    assert request.state is RequestState.APPROVED
    assert request.grant_id is not None
    assert (await actions())[-3:] == ["approval.given", "request.approved", "grant.created"]


async def test_nobody_approves_their_own_request(plant: Plant) -> None:
    plant.people.change("vendor", groups=frozenset({"acme", "ot-operations"}))
    request = await plant.ask()
    with pytest.raises(SelfApprovalError):
        await plant.approve(request, "vendor")


async def test_nobody_alone_satisfies_a_quorum_of_two(plant: Plant) -> None:
    request = await plant.approve(await plant.ask(), "both")
    assert request.state is RequestState.PENDING
    with pytest.raises(AlreadyApprovedError):
        await plant.approve(request, "both")


async def test_two_people_of_one_group_do_not_stand_for_two_groups(plant: Plant) -> None:
    plant.people.add("operator-2", ["ot-operations"])
    request = await plant.approve(await plant.ask(), "operator", "operator-2")
    assert request.state is RequestState.PENDING


async def test_somebody_of_neither_group_is_not_asked(plant: Plant) -> None:
    with pytest.raises(NotAnApproverError):
        await plant.approve(await plant.ask(), "staff")


async def test_an_approver_who_left_the_group_no_longer_counts(plant: Plant) -> None:
    request = await plant.approve(await plant.ask(), "operator")
    plant.people.change("operator", groups=frozenset())
    request = await plant.approve(request, "officer")
    assert request.state is RequestState.PENDING


async def test_a_disabled_approver_no_longer_counts(plant: Plant) -> None:
    request = await plant.approve(await plant.ask(), "operator")
    plant.people.change("operator", disabled=True)
    assert (await plant.approve(request, "officer")).state is RequestState.PENDING


async def test_a_stale_second_factor_approves_nothing_until_it_is_shown_again(plant: Plant, actions) -> None:  # type: ignore[no-untyped-def]
    await plant.apply(STEP_UP)
    request, known = await plant.ask(), len(await actions())
    operator = plant.principal("operator")
    plant.clock.advance(timedelta(minutes=16))
    with pytest.raises(MfaRequiredError) as refused:
        await plant.parts.approvals.approve(operator, request.row.id, request.row.hash)
    assert refused.value.fields == {"methods": ["totp"], "max_age": 900}
    assert len(await actions()) == known
    stood = await plant.parts.requests.get(operator, request.row.id)
    assert (stood.state, stood.approvals) == (RequestState.PENDING, ())
    fresh = replace(operator, mfa_at=plant.clock.now())
    request = await plant.parts.approvals.approve(fresh, request.row.id, request.row.hash)
    assert [given.approver for given in request.approvals] == ["usr_operator"]


async def test_only_the_groups_of_which_it_is_wanted_show_a_second_factor(plant: Plant) -> None:
    await plant.apply(STEP_UP)
    request, officer = await plant.ask(), replace(plant.principal("officer"), mfa_at=None)
    request = await plant.parts.approvals.approve(officer, request.row.id, request.row.hash)
    assert [given.approver for given in request.approvals] == ["usr_officer"]


async def test_a_stale_second_factor_still_denies_and_narrows(plant: Plant) -> None:
    await plant.apply(STEP_UP)
    request, stale = await plant.ask(), replace(plant.principal("operator"), mfa_at=None)
    await plant.parts.approvals.narrow(stale, request.row.id, duration=timedelta(hours=1))
    assert (await plant.parts.approvals.deny(stale, request.row.id, "no")).state is RequestState.DENIED


async def test_a_yes_to_other_terms_is_refused(plant: Plant) -> None:
    request = await plant.ask()
    with pytest.raises(RequestChangedError):
        await plant.parts.approvals.approve(plant.principal("operator"), request.row.id, "0" * 64)


async def test_a_request_rewritten_in_the_database_cannot_be_approved(plant: Plant) -> None:
    request = await plant.ask()
    async with plant.database.transaction() as tx:
        await tx.execute(update(RequestRow).values(duration_seconds=14400))
    with pytest.raises(RequestChangedError):
        await plant.approve(request, "operator")


async def test_a_request_under_a_changed_policy_must_be_made_anew(plant: Plant) -> None:
    request = await plant.ask()
    await plant.apply(POLICY.replace("[read, operate]", "[read, operate, firmware]"))
    with pytest.raises(RequestOutdatedError):
        await plant.approve(request, "operator")


async def test_a_request_for_a_service_that_moved_must_be_made_anew(plant: Plant) -> None:
    request = await plant.ask()
    # What reaches something else has another id, under the same name.
    plant.devices.assets[PLC.id] = replace(PLC, services=(replace(MODBUS, id="svc_moved", host="10.0.0.99"),))
    with pytest.raises(RequestOutdatedError):
        await plant.approve(request, "operator")
    with pytest.raises(RequestOutdatedError):
        await plant.parts.approvals.narrow(plant.principal("operator"), request.row.id, duration=timedelta(hours=1))


async def test_an_expired_request_cannot_be_approved(plant: Plant) -> None:
    request = await plant.ask()
    plant.clock.advance(timedelta(hours=24))
    with pytest.raises(RequestClosedError):
        await plant.approve(request, "operator")


async def test_one_no_ends_a_request(plant: Plant) -> None:
    request = await plant.approve(await plant.ask(), "operator")
    denied = await plant.parts.approvals.deny(plant.principal("officer"), request.row.id, "not this week")
    assert denied.state is RequestState.DENIED
    with pytest.raises(RequestClosedError):
        await plant.approve(denied, "both")


async def test_the_requester_cannot_deny_either(plant: Plant) -> None:
    request = await plant.ask()
    with pytest.raises(SelfApprovalError):
        await plant.parts.approvals.deny(plant.principal("vendor"), request.row.id, "never mind")


async def test_narrowing_voids_earlier_approvals(plant: Plant) -> None:
    request = await plant.approve(await plant.ask(), "operator")
    narrowed = await plant.parts.approvals.narrow(
        plant.principal("officer"), request.row.id, tiers=frozenset({Tier.READ}), duration=timedelta(minutes=30)
    )
    assert narrowed.approvals == ()
    assert narrowed.row.hash != request.row.hash
    approved = await plant.approve(narrowed, "operator", "officer")
    grant = await plant.parts.grants.get(plant.principal("vendor"), approved.grant_id or "")
    assert (grant.tiers, grant.duration_seconds) == (["read"], 1800)
    assert grant.rules["tiers"] == ["read"]


@pytest.mark.parametrize("wanted", [{"tiers": frozenset({Tier.FIRMWARE})}, {"duration": timedelta(hours=3)}, {}])
async def test_narrowing_only_takes_away(plant: Plant, wanted: dict[str, object]) -> None:
    request = await plant.ask()
    with pytest.raises(NotNarrowerError):
        await plant.parts.approvals.narrow(plant.principal("officer"), request.row.id, **wanted)  # type: ignore[arg-type]


async def test_many_approvals_at_once_make_exactly_one_grant(plant: Plant) -> None:
    people = [("ot-operations", n) for n in range(6)] + [("it-security", n) for n in range(6)]
    for group, number in people:
        plant.people.add(f"{group}-{number}", [group])
    request = await plant.ask()
    outcomes = await asyncio.gather(
        *(plant.approve(request, f"{group}-{number}") for group, number in people), return_exceptions=True
    )
    assert {type(o) for o in outcomes if isinstance(o, BaseException)} <= {RequestClosedError}
    async with plant.database.reading() as view:
        assert await view.scalar(select(func.count()).select_from(GrantRow)) == 1
        rows = list(await view.scalars(select(ApprovalRow)))
    assert {group for row in rows for group in row.groups} == {"ot-operations", "it-security"}


async def test_one_person_clicking_often_at_once_is_one_approval(plant: Plant) -> None:
    request = await plant.ask()
    outcomes = await asyncio.gather(*(plant.approve(request, "both") for _ in range(10)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, BrokerError)]
    assert (len(refused), {type(error) for error in refused}) == (9, {AlreadyApprovedError})
    async with plant.database.reading() as view:
        assert await view.scalar(select(func.count()).select_from(GrantRow)) == 0
