"""More time for live sessions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.access.errors import (
    AlreadyApprovedError,
    DeniedError,
    GrantEndedError,
    NotAnApproverError,
    RequestClosedError,
    SelfApprovalError,
)
from broker.access.extensions import ExtensionRecord
from broker.access.states import RequestState
from broker.http.errors import ConflictError, NotFoundError
from broker.identity.errors import MfaRequiredError
from policies.decision import Allow
from tests.unit.broker.access.plant import STANDING, STEP_UP, Plant
from tests.unit.broker.access.test_service import activate, admitted, continuation, live


async def ask(plant: Plant, grant: str, name: str = "vendor", **wanted: object) -> ExtensionRecord:
    """Ask for half an hour more."""
    wish = {"session": "ses_1", "duration": timedelta(minutes=30), "reason": "valve stuck", **wanted}
    async with plant.database.transaction() as tx:
        return await plant.parts.extensions.request(tx, plant.principal(name), grant=grant, **wish)  # type: ignore[arg-type]


async def approve(plant: Plant, extension: ExtensionRecord, *names: str) -> ExtensionRecord:
    """Let these people approve."""
    for name in names:
        async with plant.database.transaction() as tx:
            extension = await plant.parts.extensions.approve(tx, plant.principal(name), extension.row.id)
    return extension


async def test_the_policys_approvers_give_more_time(plant: Plant) -> None:
    grant = await live(plant)
    end = plant.clock.now() + timedelta(hours=2)
    plant.clock.advance(timedelta(hours=1))
    extension = await approve(plant, await ask(plant, grant), "operator")
    assert (extension.state, extension.new_not_after) == (RequestState.PENDING, None)
    extension = await approve(plant, extension, "officer")
    assert extension.new_not_after == end + timedelta(minutes=30)
    decision = await continuation(plant, grant)
    assert isinstance(decision, Allow)
    assert decision.obligations.not_after == end + timedelta(minutes=30)


async def test_more_time_too_is_given_on_a_fresh_second_factor_where_the_policy_wants_one(plant: Plant) -> None:
    await plant.apply(STEP_UP)
    grant = await live(plant)
    extension = await ask(plant, grant)
    stale = replace(plant.principal("operator"), mfa_at=plant.clock.now() - timedelta(minutes=16))
    with pytest.raises(MfaRequiredError):
        async with plant.database.transaction() as tx:
            await plant.parts.extensions.approve(tx, stale, extension.row.id)
    with pytest.raises(MfaRequiredError):
        async with plant.database.transaction() as tx:
            await plant.parts.extensions.propose(
                tx, stale, session="ses_1", grant=grant, duration=timedelta(minutes=5), reason="valve stuck"
            )
    assert (await approve(plant, extension, "operator", "officer")).state is RequestState.APPROVED


async def test_the_list_tells_whose_yes_is_missing(plant: Plant) -> None:
    extension = await ask(plant, await live(plant))

    async def missing() -> list[str]:
        async with plant.database.reading() as view:
            (record,) = await plant.parts.extensions.of_session(view, "ses_1")
        return sorted(need.group for need in record.outstanding)

    assert await missing() == ["it-security", "ot-operations"]
    await approve(plant, extension, "operator")
    assert await missing() == ["it-security"]
    await approve(plant, extension, "officer")
    assert await missing() == []


async def test_nobody_extends_their_own_session(plant: Plant) -> None:
    grant = await live(plant)
    extension = await ask(plant, grant)
    plant.people.change("vendor", groups=frozenset({"acme", "ot-operations"}))
    with pytest.raises(SelfApprovalError):
        await approve(plant, extension, "vendor")


async def test_somebody_of_no_named_group_is_not_asked(plant: Plant) -> None:
    extension = await ask(plant, await live(plant))
    with pytest.raises(NotAnApproverError):
        await approve(plant, extension, "staff")


async def propose(plant: Plant, grant: str, name: str) -> ExtensionRecord:
    """Offer half an hour more."""
    wish = {"session": "ses_1", "duration": timedelta(minutes=30), "reason": "the valve is half open"}
    async with plant.database.transaction() as tx:
        return await plant.parts.extensions.propose(tx, plant.principal(name), grant=grant, **wish)  # type: ignore[arg-type]


async def test_a_proposal_of_an_approver_is_their_yes_already(plant: Plant, actions) -> None:  # type: ignore[no-untyped-def]
    grant = await live(plant)
    plant.clock.advance(timedelta(hours=1))
    proposed = await propose(plant, grant, "operator")
    assert [(need.group, need.count) for need in proposed.outstanding] == [("it-security", 1)]
    assert (await actions())[-2:] == ["extension.requested", "approval.given"]
    with pytest.raises(AlreadyApprovedError):
        await approve(plant, proposed, "operator")
    assert (await approve(plant, proposed, "officer")).state is RequestState.APPROVED


async def test_one_person_of_both_groups_does_not_extend_alone(plant: Plant) -> None:
    proposed = await propose(plant, await live(plant), "both")
    assert proposed.state is RequestState.PENDING


@pytest.mark.parametrize("name", ["staff", "admin", "stranger"])
async def test_only_who_is_asked_proposes(plant: Plant, name: str) -> None:
    grant = await live(plant)
    with pytest.raises(NotAnApproverError):
        await propose(plant, grant, name)
    async with plant.database.reading() as view:
        assert await plant.parts.extensions.of_session(view, "ses_1") == []


async def test_nobody_proposes_for_themselves(plant: Plant) -> None:
    grant = await live(plant)
    plant.people.change("vendor", groups=frozenset({"acme", "ot-operations"}))
    with pytest.raises(SelfApprovalError):
        await propose(plant, grant, "vendor")


async def test_a_proposal_gives_no_more_than_the_policy_at_most(plant: Plant) -> None:
    grant = await live(plant)
    plant.clock.advance(timedelta(minutes=1))
    async with plant.database.transaction() as tx:
        with pytest.raises(DeniedError):
            await plant.parts.extensions.propose(
                tx, plant.principal("operator"), session="ses_1", grant=grant, duration=timedelta(hours=3), reason="x"
            )


async def test_one_no_ends_it(plant: Plant) -> None:
    extension = await ask(plant, await live(plant))
    async with plant.database.transaction() as tx:
        denied = await plant.parts.extensions.deny(tx, plant.principal("officer"), extension.row.id, "go home")
    assert denied.state is RequestState.DENIED
    with pytest.raises(RequestClosedError):
        await approve(plant, extension, "operator")


async def test_no_more_lies_ahead_than_the_policy_gives_at_most(plant: Plant) -> None:
    grant = await live(plant)
    with pytest.raises(DeniedError):
        await ask(plant, grant, duration=timedelta(hours=3))


async def test_one_wish_at_a_time_per_session(plant: Plant) -> None:
    grant = await live(plant)
    await ask(plant, grant)
    with pytest.raises(ConflictError):
        await ask(plant, grant)
    plant.clock.advance(timedelta(hours=1))
    assert (await ask(plant, grant)).state is RequestState.PENDING


async def test_only_the_grants_user_may_ask(plant: Plant) -> None:
    with pytest.raises(NotFoundError):
        await ask(plant, await live(plant), "staff")


async def test_a_revoked_grant_is_not_extended(plant: Plant) -> None:
    grant = await live(plant)
    extension = await approve(plant, await ask(plant, grant), "operator")
    await plant.parts.grants.revoke(plant.principal("operator"), grant, "enough")
    with pytest.raises(GrantEndedError):
        await approve(plant, extension, "officer")


async def test_a_standing_access_is_extended_at_once(plant: Plant) -> None:
    await plant.apply(STANDING)
    admission = await admitted(plant, "staff")
    await activate(plant, admission)
    plant.clock.advance(timedelta(hours=1))
    extension = await ask(plant, admission.grant_id, "staff")
    assert extension.state is RequestState.APPROVED
    assert extension.new_not_after == plant.clock.now() + timedelta(minutes=90)


async def asked_by_the_broker(plant: Plant, grant: str) -> ExtensionRecord | None:
    """What happens when a session is held at its deadline."""
    async with plant.database.transaction() as tx:
        return await plant.parts.extensions.ask_the_plant(
            tx, session="ses_1", grant=grant, duration=timedelta(minutes=15)
        )


async def test_a_held_session_asks_the_same_people_by_itself(plant: Plant) -> None:
    grant = await live(plant)
    plant.clock.advance(timedelta(hours=2))
    asked = await asked_by_the_broker(plant, grant)
    assert asked is not None
    assert {need.group for need in asked.outstanding} == {"ot-operations", "it-security"}
    extension = await approve(plant, asked, "operator", "officer")
    assert extension.new_not_after == plant.clock.now() + timedelta(minutes=15)


async def test_the_user_cannot_answer_what_the_plant_is_asked(plant: Plant) -> None:
    asked = await asked_by_the_broker(plant, await live(plant))
    assert asked is not None
    plant.people.change("vendor", groups=frozenset({"acme", "ot-operations"}))
    with pytest.raises(SelfApprovalError):
        await approve(plant, asked, "vendor")
