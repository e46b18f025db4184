"""Banners: accepted by their digest, by who may know of the site, anew for each text."""

import hashlib

import pytest

from broker.audit.log import AuditLog
from broker.http.errors import ConflictError, NotFoundError
from broker.inventory.banners import Banners
from broker.inventory.errors import BannerNotAcceptedError
from broker.inventory.models import SiteChange
from broker.inventory.sight import Sight
from tests.unit.broker.inventory.conftest import Plant
from tests.unit.broker.inventory.fakes import ADMIN, VENDOR

TEXT = "Call the control room first.\nHälfte der Belegschaft trägt Helm."


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
async def banners(plant: Plant, audit: AuditLog) -> Banners:
    """The banners of a plant with one asset that the vendor may know of."""
    await plant.site()
    await plant.asset()
    plant.visibility.names.add("north/plc-1")
    return Banners(plant.database, plant.clock, audit, Sight(plant.reader, plant.visibility))


async def say(plant: Plant, text: str) -> None:
    """Let the site have this banner."""
    await plant.sites.change(ADMIN, "north", SiteChange(banner=text))


async def is_asked(plant: Plant, user: str = VENDOR.user_id) -> bool:
    """Whether the plant still wants this person's yes."""
    async with plant.database.reading() as view:
        site = await plant.reader.site_by_name_or_id(view, "north")
        assert site is not None
        return await plant.reader.banner_to_accept(view, site.id, user) is not None


async def test_a_site_without_a_banner_asks_nobody(plant: Plant, banners: Banners) -> None:
    assert not await is_asked(plant)
    with pytest.raises(ConflictError):
        await banners.accept(VENDOR, "north", digest(""))


async def test_who_accepted_the_present_text_is_asked_no_more_and_others_are(plant: Plant, banners: Banners) -> None:
    await say(plant, TEXT)
    assert await is_asked(plant)
    await banners.accept(VENDOR, "north", digest(TEXT))
    assert not await is_asked(plant)
    assert await is_asked(plant, "usr_other")


async def test_another_text_asks_anew_also_when_the_old_one_comes_back(plant: Plant, banners: Banners) -> None:
    await say(plant, TEXT)
    await banners.accept(VENDOR, "north", digest(TEXT))
    await say(plant, "Today: crane at work.")
    assert await is_asked(plant)
    await banners.accept(VENDOR, "north", digest("Today: crane at work."))
    await say(plant, TEXT)
    assert await is_asked(plant)


async def test_an_acceptance_is_audited_once_with_what_was_accepted(plant: Plant, banners: Banners) -> None:
    await say(plant, TEXT)
    first = await banners.accept(VENDOR, "north", digest(TEXT))
    plant.clock.advance(60)
    assert await banners.accept(VENDOR, "north", digest(TEXT)) == first
    [event] = await plant.audited("banner.accepted")
    assert (event.actor, event.details) == (VENDOR.user_id, {"name": "north", "digest": digest(TEXT)})


async def test_a_yes_to_another_text_is_answered_with_the_present_one(plant: Plant, banners: Banners) -> None:
    await say(plant, TEXT)
    with pytest.raises(BannerNotAcceptedError) as refused:
        await banners.accept(VENDOR, "north", digest("an older text"))
    assert (refused.value.fields["banner"], refused.value.fields["digest"]) == (TEXT, digest(TEXT))
    assert await is_asked(plant)


async def test_a_site_that_one_may_not_know_of_has_no_banner_to_accept(plant: Plant, banners: Banners) -> None:
    await say(plant, TEXT)
    plant.visibility.names.clear()
    for site in ("north", "nowhere"):
        with pytest.raises(NotFoundError):
            await banners.accept(VENDOR, site, digest(TEXT))
