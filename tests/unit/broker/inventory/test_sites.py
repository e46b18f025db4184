"""Sites: made, changed, seen by whom."""

import pytest
from sqlalchemy import literal, select

from broker.db.engine import Transaction
from broker.http.errors import ConflictError, NameTakenError, NotFoundError
from broker.http.paging import PageQuery
from broker.inventory import sites
from broker.inventory.errors import EditConflictError
from broker.inventory.models import NewSite, SiteChange
from broker.inventory.tables import BannerAcceptanceRow
from tests.unit.broker.conftest import Published
from tests.unit.broker.inventory.conftest import Plant, principal_of
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


async def test_an_empty_site_can_be_removed_with_its_revoked_agents(plant: Plant, published: Published) -> None:
    site = await plant.site()
    agent = principal_of(await plant.enrolled())
    with pytest.raises(ConflictError) as caught:
        await plant.sites.delete(ADMIN, site)
    assert (caught.value.fields["assets"], caught.value.fields["agents"]) == (0, 1)
    await plant.agents.revoke(ADMIN, agent.agent_id, "moved")
    await plant.sites.delete(ADMIN, site)
    with pytest.raises(NotFoundError):
        await plant.sites.get(ADMIN, site)
    assert not await plant.standing.agent_is_live(agent.agent_id, agent.serial)
    [event] = await plant.audited("site.deleted")
    assert (event.target, event.details["agents"]) == (site, [f"{agent.agent_id} agent-1"])
    assert published.of("site.changed")[-1] == {"site": site}
    assert await plant.site() != site


async def test_a_site_with_an_asset_stays(plant: Plant) -> None:
    site = await plant.site()
    asset = await plant.asset()
    with pytest.raises(ConflictError):
        await plant.sites.delete(ADMIN, site)
    assert (await plant.assets.get(ADMIN, asset.id)).site_id == site


async def test_what_ends_with_a_site_is_counted_in_the_audit_log(plant: Plant) -> None:
    site = await plant.site()
    await plant.join_secret()
    async with plant.database.transaction() as tx:
        tx.add(BannerAcceptanceRow(site_id=site, user_id="usr_1", digest="d", accepted_at=plant.clock.now()))
    await plant.sites.delete(ADMIN, site)
    [event] = await plant.audited("site.deleted")
    assert (event.details["agents"], event.details["join_tokens"], event.details["acceptances"]) == ([], 1, 1)


async def test_a_locked_site_stays_until_its_locks_are_lifted(plant: Plant) -> None:
    site = await plant.site()
    plant.usage.locks = 2
    with pytest.raises(ConflictError) as caught:
        await plant.sites.delete(ADMIN, site)
    assert caught.value.fields == {"locks": 2}
    plant.usage.locks = 0
    await plant.sites.delete(ADMIN, site)


async def test_what_is_added_while_a_site_is_removed_is_a_conflict(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_yet(tx: Transaction, site_id: str) -> None:
        await tx.execute(select(literal(site_id)))

    site = await plant.site()
    await plant.asset()
    monkeypatch.setattr(sites, "_must_be_empty", nothing_yet)
    with pytest.raises(ConflictError):
        await plant.sites.delete(ADMIN, site)
    assert (await plant.sites.get(ADMIN, site)).facts.id == site
