"""Asking for access."""

from datetime import timedelta

import pytest

from broker.access.errors import DeniedError, RequestClosedError
from broker.access.requests import RequestQuery
from broker.access.states import RequestState
from broker.http.errors import NotFoundError
from broker.http.paging import PageQuery
from policies.rules import Tier
from tests.unit.broker.access.plant import EMERGENCY, POLICY, STANDING, Plant


async def test_a_request_waits_for_each_named_group(plant: Plant) -> None:
    request = await plant.ask()
    assert request.state is RequestState.PENDING
    needs = [(need.group, need.count, need.met) for need in request.needs]
    assert needs == [("it-security", 1, 0), ("ot-operations", 1, 0)]
    assert request.grant_id is None


async def test_an_asset_that_no_policy_opens_looks_like_none_at_all(plant: Plant) -> None:
    with pytest.raises(NotFoundError) as hidden:
        await plant.ask(asset="north/drive-1")
    with pytest.raises(NotFoundError) as absent:
        await plant.ask(asset="north/no-such-plc")
    assert str(hidden.value) == str(absent.value)


async def test_a_stranger_cannot_ask_for_what_others_may_reach(plant: Plant) -> None:
    with pytest.raises(NotFoundError):
        await plant.ask("stranger")


async def test_a_refused_request_tells_every_reason(plant: Plant) -> None:
    with pytest.raises(DeniedError) as refused:
        await plant.ask(ticket="none", duration=timedelta(hours=9))
    assert [reason["code"] for reason in refused.value.fields["reasons"]] == ["duration_too_long", "ticket_invalid"]


async def test_a_request_without_a_duration_gets_the_longest_of_the_policy(plant: Plant) -> None:
    request = await plant.ask(duration=None)
    assert request.row.duration_seconds == 4 * 3600


async def test_a_standing_policy_approves_at_once(plant: Plant) -> None:
    await plant.apply(POLICY, STANDING)
    request = await plant.ask("staff", duration=timedelta(hours=1))
    assert request.state is RequestState.APPROVED
    assert request.grant_id is not None


async def test_an_emergency_is_granted_at_once_and_loudly(plant: Plant, actions, published) -> None:  # type: ignore[no-untyped-def]
    await plant.apply(EMERGENCY)
    request = await plant.ask(emergency=True, duration=None)
    assert request.grant_id is not None
    assert (await actions())[-3:] == ["request.created", "grant.created", "emergency.used"]
    assert published.of("emergency.used")[0]["user"] == "usr_vendor"


async def test_only_the_requester_can_withdraw(plant: Plant) -> None:
    request = await plant.ask()
    with pytest.raises(NotFoundError):
        await plant.parts.requests.withdraw(plant.principal("operator"), request.row.id)
    withdrawn = await plant.parts.requests.withdraw(plant.principal("vendor"), request.row.id)
    assert withdrawn.state is RequestState.WITHDRAWN


async def test_a_withdrawn_request_cannot_be_withdrawn_again(plant: Plant) -> None:
    request = await plant.ask()
    await plant.parts.requests.withdraw(plant.principal("vendor"), request.row.id)
    with pytest.raises(RequestClosedError):
        await plant.parts.requests.withdraw(plant.principal("vendor"), request.row.id)


async def test_an_unanswered_request_expires_by_itself(plant: Plant) -> None:
    request = await plant.ask()
    plant.clock.advance(timedelta(hours=24))
    seen = await plant.parts.requests.get(plant.principal("vendor"), request.row.id)
    assert seen.state is RequestState.EXPIRED


async def test_the_sweep_writes_expiry_down_once(plant: Plant, actions, published) -> None:  # type: ignore[no-untyped-def]
    await plant.ask()
    plant.clock.advance(timedelta(hours=24))
    assert await plant.parts.sweeper.sweep() == 1
    assert await plant.parts.sweeper.sweep() == 0
    assert (await actions()).count("request.expired") == 1
    assert published.topics("request.") == ["request.created", "request.decided"]


async def test_people_see_their_own_requests_and_operators_all(plant: Plant) -> None:
    request = await plant.ask()
    with pytest.raises(NotFoundError):
        await plant.parts.requests.get(plant.principal("stranger"), request.row.id)
    records, _ = await plant.parts.requests.page(plant.principal("stranger"), RequestQuery(), PageQuery())
    assert records == []
    records, _ = await plant.parts.requests.page(plant.principal("operator"), RequestQuery(), PageQuery())
    assert [record.row.id for record in records] == [request.row.id]


async def test_waiting_lists_what_waits_for_ones_own_word(plant: Plant) -> None:
    request = await plant.ask()
    waiting = RequestQuery(waiting=True)
    for name, expected in (("operator", 1), ("staff", 0), ("vendor", 0)):
        records, _ = await plant.parts.requests.page(plant.principal(name), waiting, PageQuery())
        assert len(records) == expected, name
    await plant.approve(request, "operator")
    records, _ = await plant.parts.requests.page(plant.principal("operator"), waiting, PageQuery())
    assert records == []


async def test_pages_hold_every_request_once(plant: Plant) -> None:
    asked = [(await plant.ask(reason=f"work {number}")).row.id for number in range(5)]
    seen: list[str] = []
    page = PageQuery(limit=2)
    while True:
        records, cursor = await plant.parts.requests.page(plant.principal("vendor"), RequestQuery(), page)
        seen += [record.row.id for record in records]
        if cursor is None:
            break
        page = PageQuery(limit=2, cursor=cursor)
    assert sorted(seen) == sorted(asked)
    assert len(seen) == 5


async def test_the_hash_covers_all_that_is_asked_for(plant: Plant) -> None:
    wishes: list[dict[str, object]] = [
        {}, {"tiers": frozenset({Tier.READ})}, {"reason": "other"}, {"ticket": "CHG-00043"},
        {"duration": timedelta(hours=1)}, {"starts_at": plant.clock.now() + timedelta(hours=1)},
    ]  # fmt: skip
    hashes = {(await plant.ask(**wish)).row.hash for wish in wishes}
    assert len(hashes) == len(wishes)
