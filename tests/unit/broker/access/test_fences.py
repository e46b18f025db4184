"""Narrowing inside the protocol: only ever fewer sub-addresses and objects, and for good."""

from datetime import timedelta

import pytest

from broker.access.errors import NotNarrowerError, RequestChangedError
from broker.access.fences import Fence
from broker.access.records import RequestRecord
from broker.access.terms import rules_of
from policies.decision import Allow
from policies.rules import AddressRange, ObjectRule, Rules, Tier
from tests.unit.broker.access.plant import POLICY, Plant

FENCED = POLICY.replace(
    "allow: {tiers: [read, operate], ask: [program]}",
    "allow: {tiers: [read, operate], ask: [program], units: [1, 2], "
    'writes: [{table: holding, addresses: "100-119", min: 0, max: 1000}, {table: coils, addresses: "0-9"}]}',
)


def holding(first: int, last: int, **bounds: int) -> ObjectRule:
    return ObjectRule(table="holding", addresses=(AddressRange(first=first, last=last),), **bounds)


@pytest.fixture
async def request_(plant: Plant) -> RequestRecord:
    """A request for all that a policy with fences gives."""
    await plant.apply(FENCED)
    return await plant.ask()


async def narrow(plant: Plant, request: RequestRecord, fence: Fence, **more: object) -> RequestRecord:
    principal = plant.principal("operator")
    return await plant.parts.approvals.narrow(principal, request.row.id, fence=fence, **more)  # type: ignore[arg-type]


def rules(request: RequestRecord) -> Rules:
    return rules_of(request.row.rules)


def writable(rules: Rules, value: int = 1) -> set[int]:
    """The holding registers that may be given this value."""
    lists = rules.writes or ()
    return {
        address for address in range(300)
        if all(any(rule.means("holding", address) and rule.admits(value) for rule in each) for each in lists)
    }  # fmt: skip


async def test_what_both_name_is_left_and_the_hash_is_another(plant: Plant, request_: RequestRecord) -> None:
    before = request_.row.hash
    left = await narrow(plant, request_, Fence(frozenset({2, 3}), writes=(holding(110, 200, maximum=500),)))
    assert rules(left).units == {2}
    assert (writable(rules(left)), writable(rules(left), 600)) == (set(range(110, 120)), set())
    assert left.row.hash != before
    assert rules(left).tiers == {Tier.READ, Tier.OPERATE}, "nothing else changes"
    assert rules(left).ask == {Tier.PROGRAM}


async def test_approvals_of_the_wider_terms_are_void(plant: Plant, request_: RequestRecord) -> None:
    wider = await plant.approve(request_, "operator")
    left = await narrow(plant, request_, Fence(frozenset({1})))
    assert left.approvals == ()
    with pytest.raises(RequestChangedError):
        await plant.approve(wider, "officer")


async def test_what_was_taken_away_stays_away_when_something_else_is_narrowed(
    plant: Plant, request_: RequestRecord
) -> None:
    left = await narrow(plant, request_, Fence(writes=(holding(110, 112),)))
    left = await narrow(plant, left, Fence(), duration=timedelta(hours=1))
    assert writable(rules(left)) == {110, 111, 112}
    left = await narrow(plant, left, Fence(), tiers=frozenset({Tier.OPERATE}))
    assert writable(rules(left)) == {110, 111, 112}
    left = await narrow(plant, left, Fence(writes=(holding(0, 111),)))
    assert writable(rules(left)) == {110, 111}


async def test_a_session_gets_no_more_than_was_left(plant: Plant, request_: RequestRecord) -> None:
    left = await narrow(plant, request_, Fence(frozenset({1}), writes=(holding(110, 112),)))
    granted = await plant.approve(left, "operator", "officer")
    assert granted.grant_id is not None
    login = await plant.sign_in("vendor")
    decision = await plant.parts.service.decide_continuation(
        grant_id=granted.grant_id, login_id=login, address="203.0.113.9"
    )
    assert isinstance(decision, Allow)
    given = decision.obligations.rules
    assert (given.units, writable(given)) == (frozenset({1}), {110, 111, 112})


async def test_writes_can_be_taken_away_altogether(plant: Plant, request_: RequestRecord) -> None:
    left = await narrow(plant, request_, Fence(writes=()))
    assert writable(rules(left)) == set()


async def test_reads_that_were_not_fenced_can_be(plant: Plant, request_: RequestRecord) -> None:
    left = await narrow(plant, request_, Fence(reads=(holding(0, 9),)))
    assert rules(left).reads == ((holding(0, 9),),)


@pytest.mark.parametrize(
    "fence",
    [
        Fence(),
        Fence(frozenset({1, 2, 3})),
        Fence(frozenset({7})),
        Fence(writes=(holding(200, 300),)),
        Fence(writes=(holding(100, 119, minimum=2000),)),
        Fence(writes=(ObjectRule(table="db10"),)),
    ],
)
async def test_what_takes_nothing_away_or_leaves_nothing_that_was_named_is_refused(
    plant: Plant, request_: RequestRecord, fence: Fence
) -> None:
    with pytest.raises(NotNarrowerError):
        await narrow(plant, request_, fence)


async def test_nobody_widens_what_was_narrowed(plant: Plant, request_: RequestRecord) -> None:
    left = await narrow(plant, request_, Fence(writes=(holding(110, 112, maximum=50),)))
    with pytest.raises(NotNarrowerError):
        await narrow(plant, left, Fence(writes=(holding(100, 119),)))
    assert writable(rules(left)) == {110, 111, 112}


def test_routes_are_fenced_as_units_are() -> None:
    given = Rules(tiers=frozenset({Tier.READ}), routes=frozenset({"1/0", "1/1"}))
    assert Fence(routes=frozenset({"1/1", "1/2"})).around(given, "enip").routes == {"1/1"}
    with pytest.raises(NotNarrowerError):
        Fence(routes=frozenset({"1/2"})).around(given, "enip")


def test_what_nobody_understands_cannot_be_fenced() -> None:
    with pytest.raises(NotNarrowerError):
        Fence(frozenset({1})).around(Rules(tiers=frozenset({Tier.READ}), opaque=True), "ssh")
