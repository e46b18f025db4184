"""Sites: made, changed, seen by whom."""

import pytest

from broker.http.errors import NameTakenError, NotFoundError
from broker.http.paging import PageQuery
from broker.inventory.errors import EditConflictError
from broker.inventory.models import NewSite, SiteChange
from tests.unit.broker.conftest import Published
from tests.unit.broker.inventory.conftest import Plant
from tests.unit.broker.inventory.fakes import ADMIN, VENDOR


async def test_a_site_is_made_once_and_audited(plant: Plant, published: Published) -> None:
    await plant.site()
    with pytest.raises(NameTakenError):
        await plant.site()
    assert [event.details["name"] for event in await plant.audited("site.created")] == ["north"]
    assert published.topics("site.") == ["site.changed"]


async def test_a_change_is_audited_with_what_changed(plant: Plant) -> None:
    await plant.site()
    changed = await plant.sites.change(ADMIN, "north", SiteChange(timezone="UTC"))
    assert (changed.facts.timezone, changed.version) == ("UTC", 2)
    [event] = await plant.audited("site.changed")
    assert event.details["changes"] == ["timezone: Europe/Berlin -> UTC"]


async def test_a_change_that_changes_nothing_leaves_no_trace(plant: Plant) -> None:
    await plant.site()
    changed = await plant.sites.change(ADMIN, "north", SiteChange(timezone="Europe/Berlin"))
    assert changed.version == 1
    assert await plant.audited("site.changed") == []


async def test_an_editor_who_read_an_older_version_overwrites_nothing(plant: Plant) -> None:
    await plant.site()
    await plant.sites.change(ADMIN, "north", SiteChange(banner="Hard hats.", version=1))
    with pytest.raises(EditConflictError) as caught:
        await plant.sites.change(ADMIN, "north", SiteChange(banner="", version=1))
    assert caught.value.fields["version"] == 2


async def test_a_vendor_knows_only_sites_where_a_policy_offers_an_asset(plant: Plant) -> None:
    for name in ("north", "south"):
        await plant.site(name)
        await plant.asset(site=name)
    plant.visibility.names = {"south/plc-1"}
    found, _ = await plant.sites.page(VENDOR, PageQuery(limit=10))
    assert [site.facts.name for site in found] == ["south"]


async def test_a_site_that_is_not_the_vendors_looks_like_one_that_is_not_there(plant: Plant) -> None:
    await plant.site()
    with pytest.raises(NotFoundError) as hidden:
        await plant.sites.get(VENDOR, "north")
    with pytest.raises(NotFoundError) as absent:
        await plant.sites.get(VENDOR, "nowhere")
    assert str(hidden.value) == str(absent.value)


async def test_sites_come_in_pages_without_gap_or_double(plant: Plant) -> None:
    names = [f"site-{letter}" for letter in "abcde"]
    for name in reversed(names):
        await plant.sites.create(ADMIN, NewSite(name=name, timezone="UTC"))
    first, cursor = await plant.sites.page(ADMIN, PageQuery(limit=3))
    second, end = await plant.sites.page(ADMIN, PageQuery(limit=3, cursor=cursor))
    assert [site.facts.name for site in [*first, *second]] == names
    assert end is None
