"""The plant's banner stands before requests and sessions, and behind every other refusal."""

import pytest

from broker.access.admission import Admission
from broker.http.errors import NotFoundError
from broker.inventory.errors import BannerNotAcceptedError
from broker.inventory.facts import BannerFacts
from policies.decision import NeedsApproval
from tests.unit.broker.access.plant import SITE, STANDING, Plant
from tests.unit.broker.access.test_service import decide

TEXT = "Call the control room first."


@pytest.fixture
def strict(plant: Plant) -> Plant:
    """A plant with a banner that nobody accepted."""
    plant.devices.banner = TEXT
    return plant


def accept(plant: Plant, name: str, text: str = TEXT) -> None:
    plant.devices.accepted.add((f"usr_{name}", BannerFacts(SITE.id, SITE.name, text).digest))


async def test_nobody_asks_for_access_before_they_accepted_the_banner(strict: Plant) -> None:
    with pytest.raises(BannerNotAcceptedError) as refused:
        await strict.ask()
    assert refused.value.fields["banner"] == TEXT
    accept(strict, "vendor")
    assert (await strict.ask()).row.user_name == "vendor"


async def test_a_refused_request_leaves_nothing_behind(strict: Plant, actions) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BannerNotAcceptedError):
        await strict.ask()
    assert "request.created" not in await actions()


async def test_a_granted_session_opens_only_on_the_present_banner(plant: Plant) -> None:
    await plant.granted()
    plant.devices.banner = TEXT
    with pytest.raises(BannerNotAcceptedError):
        await decide(plant)
    accept(plant, "vendor", "an older text")
    with pytest.raises(BannerNotAcceptedError):
        await decide(plant)
    accept(plant, "vendor")
    assert isinstance(await decide(plant), Admission)


async def test_standing_access_wants_it_too(strict: Plant) -> None:
    await strict.apply(STANDING)
    with pytest.raises(BannerNotAcceptedError):
        await decide(strict, "staff")


async def test_who_would_get_nothing_is_not_shown_the_banner(strict: Plant) -> None:
    with pytest.raises(NotFoundError):
        await strict.ask("stranger")
    assert isinstance(await decide(strict), NeedsApproval)
