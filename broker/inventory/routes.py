"""The inventory's routes for people: sites, agents, assets, import and export."""

from typing import Annotated

from aiohttp import web
from pydantic import Field, field_validator

from broker.http.paging import Page, PageQuery
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route, SignedIn
from broker.inventory.agents import Agents
from broker.inventory.assets import Assets
from broker.inventory.banners import Banners
from broker.inventory.enrolment import Enrolment
from broker.inventory.links import LinkRegistry
from broker.inventory.models import (
    AcceptanceIn,
    AcceptanceOut,
    AgentOut,
    AssetChange,
    AssetOut,
    ChangePreviewOut,
    ImportOut,
    ImportRequest,
    JoinTokenOut,
    NewAsset,
    NewSite,
    Note,
    SiteChange,
    SiteOut,
    Why,
)
from broker.inventory.previews import Previews
from broker.inventory.rendering import agent_out, asset_out, site_out, uses_out
from broker.inventory.searching import AssetSearch, SitesByReach
from broker.inventory.sites import Sites
from broker.inventory.transfer import Transfer, labels_of
from broker.inventory.words import Zone

READS = Needs(Permission.INVENTORY_READ)
MANAGES = Needs(Permission.INVENTORY_MANAGE)
MAX_IMPORT_BYTES = 8 * 1024 * 1024
ShortName = Annotated[str, Field(max_length=64)]


class SitePage(Page[SiteOut]):
    """A page of sites."""


class AgentPage(Page[AgentOut]):
    """A page of agents."""


class AssetPage(Page[AssetOut]):
    """A page of assets."""


class AgentQuery(PageQuery):
    """Which agents: all, or those of one site (name or id)."""

    site: ShortName | None = None


class AssetQuery(PageQuery):
    """Which assets: of one site, with labels (``type=plc``, repeatable), with a text in name, display name or zone.

    ``zone`` is a zone's whole name, and empty for assets in none; ``online`` tells whether their site has a live agent.
    """

    site: ShortName | None = None
    label: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=16)] = []  # noqa: RUF012 - pydantic copies
    zone: Zone | None = None
    online: bool | None = None
    q: Annotated[str, Field(max_length=100)] = ""

    @field_validator("label", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value


class SiteRoutes:
    """Sites and their join tokens."""

    def __init__(self, sites: Sites, enrolment: Enrolment, links: LinkRegistry) -> None:
        self._sites = sites
        self._enrolment = enrolment
        self._links = links

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/api/v1/sites", self.list, SignedIn(), "List the sites one may know of",
                  query=PageQuery, response=SitePage),
            Route("POST", "/api/v1/sites", self.create, MANAGES, "Add a site",
                  request=NewSite, response=SiteOut, status=201, idempotent_retry=True, errors=("name_taken",)),
            Route("GET", "/api/v1/sites/{site}", self.get, SignedIn(), "Show a site", response=SiteOut),
            Route("PATCH", "/api/v1/sites/{site}", self.change, MANAGES, "Change a site",
                  request=SiteChange, response=SiteOut, errors=("edit_conflict",)),
            Route("DELETE", "/api/v1/sites/{site}", self.delete, MANAGES,
                  "Remove a site that has no assets and no agents", status=204, errors=("conflict",)),
            # Not retried with a key: the answer holds a secret and would be kept with it.
            Route("POST", "/api/v1/sites/{site}/join-tokens", self.issue_join_token, MANAGES,
                  "Issue a one-time token that enrols one agent", response=JoinTokenOut, status=201),
        ]  # fmt: skip

    async def list(self, call: Call) -> SitePage:
        """List the sites."""
        found, cursor = await self._sites.page(call.principal, call.query_as(PageQuery))
        return SitePage(items=[site_out(site, self._links) for site in found], next_cursor=cursor)

    async def create(self, call: Call) -> SiteOut:
        """Add a site."""
        return site_out(await self._sites.create(call.principal, call.body_as(NewSite)), self._links)

    async def get(self, call: Call) -> SiteOut:
        """Show a site."""
        return site_out(await self._sites.get(call.principal, call.path("site")), self._links)

    async def change(self, call: Call) -> SiteOut:
        """Change a site."""
        site = await self._sites.change(call.principal, call.path("site"), call.body_as(SiteChange))
        return site_out(site, self._links)

    async def delete(self, call: Call) -> None:
        """Remove a site."""
        await self._sites.delete(call.principal, call.path("site"))

    async def issue_join_token(self, call: Call) -> JoinTokenOut:
        """Issue a join token."""
        token = await self._enrolment.issue_join_token(call.principal, call.path("site"))
        return JoinTokenOut(
            token=token.text, expires_at=token.expires_at, command=f"wicket-agent enroll --token {token.text}"
        )


class BannerRoutes:
    """What a plant wants accepted first."""

    def __init__(self, banners: Banners) -> None:
        self._banners = banners

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("POST", "/api/v1/sites/{site}/banner/acceptance", self.accept, SignedIn(),
                  "Accept the site's present banner", request=AcceptanceIn, response=AcceptanceOut,
                  errors=("banner_not_accepted", "conflict")),
        ]  # fmt: skip

    async def accept(self, call: Call) -> AcceptanceOut:
        """Accept a banner."""
        digest = call.body_as(AcceptanceIn).digest
        accepted = await self._banners.accept(call.principal, call.path("site"), digest)
        return AcceptanceOut(site=accepted.site_id, digest=accepted.digest, accepted_at=accepted.accepted_at)


class AgentRoutes:
    """Agents."""

    def __init__(self, agents: Agents, links: LinkRegistry) -> None:
        self._agents = agents
        self._links = links

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/api/v1/agents", self.list, READS, "List agents", query=AgentQuery, response=AgentPage),
            Route("GET", "/api/v1/agents/{agent}", self.get, READS, "Show an agent", response=AgentOut),
            Route("POST", "/api/v1/agents/{agent}/revoke", self.revoke, MANAGES,
                  "Revoke an agent: its link and streams are cut at once", request=Why, response=AgentOut),
            Route("POST", "/api/v1/agents/{agent}/release", self.release, MANAGES,
                  "Lift an agent's quarantine", request=Note, response=AgentOut),
        ]  # fmt: skip

    async def list(self, call: Call) -> AgentPage:
        """List agents."""
        query = call.query_as(AgentQuery)
        found, cursor = await self._agents.page(query, site=query.site)
        return AgentPage(items=[agent_out(agent, self._links) for agent in found], next_cursor=cursor)

    async def get(self, call: Call) -> AgentOut:
        """Show an agent."""
        return agent_out(await self._agents.get(call.path("agent")), self._links)

    async def revoke(self, call: Call) -> AgentOut:
        """Revoke an agent."""
        reason = call.body_as(Why).reason
        return agent_out(await self._agents.revoke(call.principal, call.path("agent"), reason), self._links)

    async def release(self, call: Call) -> AgentOut:
        """Lift a quarantine."""
        reason = call.body_as(Note).reason
        return agent_out(await self._agents.release(call.principal, call.path("agent"), reason), self._links)


class AssetRoutes:
    """Assets. In a path an asset is named by its id; ``site/asset`` goes into queries and bodies."""

    def __init__(self, assets: Assets, previews: Previews, links: LinkRegistry) -> None:
        self._assets = assets
        self._previews = previews
        self._links = links

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/api/v1/assets", self.list, SignedIn(), "List the assets one may know of",
                  query=AssetQuery, response=AssetPage),
            Route("POST", "/api/v1/assets", self.create, MANAGES, "Add an asset", request=NewAsset,
                  response=AssetOut, status=201, idempotent_retry=True, errors=("name_taken", "invalid_inventory")),
            Route("GET", "/api/v1/assets/{asset}", self.get, SignedIn(), "Show an asset", response=AssetOut),
            Route("PATCH", "/api/v1/assets/{asset}", self.change, MANAGES, "Change an asset", request=AssetChange,
                  response=AssetOut, errors=("edit_conflict", "name_taken", "invalid_inventory")),
            Route("POST", "/api/v1/assets/{asset}/preview", self.preview, MANAGES,
                  "Tell what a change of an asset would do, and change nothing", request=AssetChange,
                  response=ChangePreviewOut, errors=("invalid_inventory",)),
            Route("DELETE", "/api/v1/assets/{asset}", self.delete, MANAGES, "Remove an asset", status=204),
        ]  # fmt: skip

    async def list(self, call: Call) -> AssetPage:
        """List assets."""
        query = call.query_as(AssetQuery)
        reach = None if query.online is None else SitesByReach(self._links.online_sites(), query.online)
        wanted = AssetSearch(query.site, labels_of(query.label), query.zone, reach, query.q)
        found, cursor = await self._assets.page(call.principal, query, wanted)
        return AssetPage(items=[asset_out(asset) for asset in found], next_cursor=cursor)

    async def create(self, call: Call) -> AssetOut:
        """Add an asset."""
        return asset_out(await self._assets.create(call.principal, call.body_as(NewAsset)))

    async def get(self, call: Call) -> AssetOut:
        """Show an asset."""
        return asset_out(await self._assets.get(call.principal, call.path("asset")))

    async def change(self, call: Call) -> AssetOut:
        """Change an asset."""
        return asset_out(await self._assets.change(call.principal, call.path("asset"), call.body_as(AssetChange)))

    async def preview(self, call: Call) -> ChangePreviewOut:
        """Look ahead."""
        found = await self._previews.of(call.principal, call.path("asset"), call.body_as(AssetChange))
        return ChangePreviewOut(
            changes=found.changes, ended=found.ended, narrowed=found.narrowed, uses=uses_out(found.uses)
        )

    async def delete(self, call: Call) -> None:
        """Remove an asset."""
        await self._assets.delete(call.principal, call.path("asset"))


class TransferRoutes:
    """Import and export."""

    def __init__(self, transfer: Transfer) -> None:
        self._transfer = transfer

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("POST", "/api/v1/inventory/import", self.take, MANAGES, "Import sites and assets from YAML",
                  request=ImportRequest, response=ImportOut, max_body_bytes=MAX_IMPORT_BYTES),
            Route("GET", "/api/v1/inventory/export", self.give, READS, "Export sites and assets as YAML",
                  media="application/yaml"),
        ]  # fmt: skip

    async def take(self, call: Call) -> ImportOut:
        """Import an inventory."""
        asked = call.body_as(ImportRequest)
        result = await self._transfer.import_text(call.principal, asked.yaml, dry_run=asked.dry_run)
        return ImportOut(
            created=result.created, changed=result.changed, unchanged=result.unchanged,
            problems=result.problems, changes=result.changes, uses=uses_out(result.uses), dry_run=asked.dry_run,
        )  # fmt: skip

    async def give(self, _call: Call) -> web.Response:
        """Export the inventory."""
        text = await self._transfer.export_text()
        return web.Response(body=text.encode(), content_type="application/yaml", charset="utf-8")
