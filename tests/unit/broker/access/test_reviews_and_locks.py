"""Reviews of emergency accesses, and locks."""

from datetime import timedelta

import pytest

from broker.access.errors import NotAnApproverError, RequestClosedError, SelfApprovalError
from broker.access.locks import LockKind
from broker.access.reviews import ReviewOutcome
from broker.http.errors import InvalidInputError, NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Role
from policies.decision import Mode
from tests.unit.broker.access.plant import EMERGENCY, PLC, Plant


async def emergency(plant: Plant) -> str:
    """Use an emergency access; return its request."""
    await plant.apply(EMERGENCY)
    return (await plant.ask(emergency=True, duration=None)).row.id


async def test_an_emergency_opens_a_review_for_its_group(plant: Plant, actions) -> None:  # type: ignore[no-untyped-def]
    request = await emergency(plant)
    officer = plant.principal("officer")
    (record,), _ = await plant.parts.reviews.page(officer, PageQuery(), only_open=True)
    assert (record.request.id, record.review.group_name) == (request, "it-security")
    assert record.request.mode == Mode.EMERGENCY
    await plant.parts.reviews.close(officer, request, ReviewOutcome.JUSTIFIED, "it burned")
    assert await plant.parts.reviews.page(officer, PageQuery(), only_open=True) == ([], None)
    assert (await actions())[-1] == "review.closed"


async def test_the_user_of_an_emergency_does_not_review_it(plant: Plant) -> None:
    plant.people.change("vendor", groups=frozenset({"acme", "it-security"}))
    request = await emergency(plant)
    with pytest.raises(SelfApprovalError):
        await plant.parts.reviews.close(plant.principal("vendor"), request, ReviewOutcome.JUSTIFIED, "trust me")


async def test_others_than_the_review_group_do_not_review(plant: Plant) -> None:
    request = await emergency(plant)
    with pytest.raises(NotAnApproverError):
        await plant.parts.reviews.close(plant.principal("operator"), request, ReviewOutcome.JUSTIFIED, "fine")


async def test_a_review_is_closed_once(plant: Plant) -> None:
    request = await emergency(plant)
    await plant.parts.reviews.close(plant.principal("officer"), request, ReviewOutcome.UNJUSTIFIED, "no fire")
    with pytest.raises(RequestClosedError):
        await plant.parts.reviews.close(plant.principal("both"), request, ReviewOutcome.JUSTIFIED, "a small one")


async def test_a_review_tells_each_person_whether_they_may_close_it(plant: Plant) -> None:
    plant.people.change("vendor", groups=frozenset({"acme", "it-security"}))
    request = await emergency(plant)
    shown = {
        name: (await plant.parts.reviews.get(plant.principal(name), request)).may_close
        for name in ("officer", "both", "operator", "vendor")
    }
    assert shown == {"officer": True, "both": True, "operator": False, "vendor": False}


async def test_a_closed_review_names_who_closed_it_and_nobody_may_close_it(plant: Plant) -> None:
    request = await emergency(plant)
    officer = plant.principal("officer")
    closed = await plant.parts.reviews.close(officer, request, ReviewOutcome.UNJUSTIFIED, "no fire")
    assert (closed.review.closed_by, closed.closed_by_name) == (officer.user_id, "officer")
    assert not closed.may_close
    assert not (await plant.parts.reviews.get(plant.principal("both"), request)).may_close


async def test_who_may_decide_nothing_may_close_no_review(plant: Plant) -> None:
    plant.people.add("auditor", ["it-security"], [Role.AUDITOR])
    request = await emergency(plant)
    assert not (await plant.parts.reviews.get(plant.principal("auditor"), request)).may_close


async def test_an_ordinary_request_has_no_review(plant: Plant) -> None:
    request = await plant.ask()
    with pytest.raises(NotFoundError):
        await plant.parts.reviews.close(plant.principal("officer"), request.row.id, ReviewOutcome.JUSTIFIED, "fine")


async def test_a_lock_is_audited_and_announced_at_both_ends(plant: Plant, actions, published) -> None:  # type: ignore[no-untyped-def]
    lock = await plant.parts.locks.set(
        plant.principal("operator"), kind=LockKind.ASSET, target="north/plc-1", reason="leak", until=None
    )
    await plant.parts.locks.lift(plant.principal("operator"), lock.id)
    assert (await actions())[-2:] == ["lock.set", "lock.lifted"]
    assert published.of("lock.set") == published.of("lock.lifted") == [{"lock": lock.id, "asset": PLC.id}]


async def test_a_lock_ends_by_itself(plant: Plant) -> None:
    until = plant.clock.now() + timedelta(hours=1)
    lock = await plant.parts.locks.set(
        plant.principal("operator"), kind=LockKind.SITE, target="north", reason="crane", until=until
    )
    plant.clock.advance(timedelta(hours=1))
    assert await plant.parts.locks.page(PageQuery(), active=True) == ([], None)
    with pytest.raises(NotFoundError):
        await plant.parts.locks.lift(plant.principal("operator"), lock.id)


async def test_a_lock_that_is_over_before_it_begins_is_refused(plant: Plant) -> None:
    with pytest.raises(InvalidInputError):
        await plant.parts.locks.set(
            plant.principal("operator"), kind=LockKind.SITE, target="north", reason="x", until=plant.clock.now()
        )


@pytest.mark.parametrize("kind", list(LockKind))
async def test_what_is_not_there_cannot_be_locked(plant: Plant, kind: LockKind) -> None:
    with pytest.raises(NotFoundError):
        await plant.parts.locks.set(plant.principal("operator"), kind=kind, target="nothing", reason="x", until=None)


async def test_a_site_that_was_removed_since_it_was_read_is_not_locked(plant: Plant) -> None:
    plant.devices.is_site_gone = True
    with pytest.raises(NotFoundError):
        await plant.parts.locks.set(
            plant.principal("operator"), kind=LockKind.SITE, target="north", reason="x", until=None
        )
    assert await plant.parts.locks.page(PageQuery(), active=True) == ([], None)
