"""Whatever changes what a list shows is announced, so that nobody looks at a list of yesterday."""

from datetime import timedelta

from broker.access.reviews import ReviewOutcome
from policies.rules import Tier
from tests.unit.broker.access.plant import EMERGENCY, Plant
from tests.unit.broker.access.test_extensions import approve, ask
from tests.unit.broker.access.test_service import live
from tests.unit.broker.conftest import Published


async def test_each_step_of_a_request_is_announced(plant: Plant, published: Published) -> None:
    request = await plant.ask()
    narrowed = await plant.parts.approvals.narrow(
        plant.principal("operator"), request.row.id, tiers=frozenset({Tier.READ})
    )
    await plant.approve(narrowed, "operator", "officer")
    assert published.topics("request.") == ["request.created", "request.changed", "request.changed", "request.decided"]
    ids = {"request": request.row.id, "user": "usr_vendor", "asset": "ast_plc", "site": "sit_north"}
    assert published.of("request.changed") == [ids, ids]


async def test_each_step_of_a_grant_is_announced(plant: Plant, published: Published) -> None:
    grant = await live(plant)
    plant.clock.advance(timedelta(hours=1))
    await approve(plant, await ask(plant, grant), "operator", "officer")
    await plant.parts.grants.revoke(plant.principal("operator"), grant, "enough")
    assert published.topics("grant.") == ["grant.created", "grant.activated", "grant.extended", "grant.revoked"]
    assert published.topics("extension.") == ["extension.requested", "extension.changed", "extension.decided"]


async def test_a_wish_that_gives_way_to_a_new_one_is_announced_as_decided(plant: Plant, published: Published) -> None:
    grant = await live(plant)
    first = await ask(plant, grant)
    plant.clock.advance(timedelta(hours=1))
    await ask(plant, grant)
    assert [ids["extension"] for ids in published.of("extension.decided")] == [first.row.id]


async def test_a_review_is_announced_when_it_opens_and_when_it_closes(plant: Plant, published: Published) -> None:
    await plant.apply(EMERGENCY)
    request = (await plant.ask(emergency=True, duration=None)).row.id
    await plant.parts.reviews.close(plant.principal("officer"), request, ReviewOutcome.JUSTIFIED, "it burned")
    assert published.topics("review.") == ["review.opened", "review.closed"]
    assert [ids["request"] for ids in published.of("review.closed")] == [request]
