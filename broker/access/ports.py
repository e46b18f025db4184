"""What access must know of people and devices, as it needs it: the composition root hands in who knows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, SQLColumnExpression
from sqlalchemy.ext.asyncio import AsyncSession

from broker.db.engine import Transaction
from broker.identity.directory import Person
from broker.inventory.facts import AssetFacts, BannerFacts, ServiceFacts, SiteFacts, SiteLockFacts
from policies.facts import Subject, Target


class People(Protocol):
    """Reads people as they are now; ``broker.identity.directory.Directory`` does."""

    async def subjects(self, view: AsyncSession, user_ids: Iterable[str], now: datetime) -> Mapping[str, Subject]:
        """Return these people by id with their groups of this moment, without the unknown, disabled or ended."""
        ...

    async def find(self, view: AsyncSession, reference: str) -> Person | None:
        """Return the person of this id or name, also if disabled; ``None`` if unknown."""
        ...

    async def members_of(self, view: AsyncSession, group: str) -> frozenset[str]:
        """Return the ids of the users in the group of this name, also of disabled ones."""
        ...

    async def names_of(self, view: AsyncSession, user_ids: frozenset[str]) -> Mapping[str, str]:
        """Return the names of these users by id; unknown ids are left out."""
        ...


@dataclass(frozen=True, slots=True)
class LiveUse:
    """Somebody who is at a device now."""

    session: str
    user_name: str
    service_name: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class PastUse:
    """How often somebody was let through before, and when last."""

    count: int
    last_at: datetime | None


class Usage(Protocol):
    """Reads what sessions there are and were; ``broker.sessions.usage.SessionUsage`` does."""

    async def live_on(self, view: AsyncSession, asset: str) -> Sequence[LiveUse]:
        """Return the sessions that live on this asset now, the oldest first."""
        ...

    async def count_through(self, view: AsyncSession, services: Collection[str]) -> int:
        """Count the sessions that live through these services (by id) now."""
        ...

    async def past_of(self, view: AsyncSession, user: str) -> PastUse:
        """Return what sessions this user had, of all kinds and ends."""
        ...


class Devices(Protocol):
    """Reads sites and assets as they are now; ``broker.inventory.reader.InventoryReader`` does."""

    async def asset_by_name_or_id(self, view: AsyncSession, name: str) -> AssetFacts | None:
        """Return the asset of this id or ``site/name``."""
        ...

    async def asset_and_service(
        self, view: AsyncSession, asset: str, service: str
    ) -> tuple[AssetFacts, ServiceFacts] | None:
        """Return the asset and its service, each by name or id; an empty ``service`` means the only one there is."""
        ...

    async def site_by_name_or_id(self, view: AsyncSession, name: str) -> SiteFacts | None:
        """Return the site of this id or name."""
        ...

    async def hold_site(self, tx: Transaction, site_id: str) -> bool:
        """Keep a site from being removed until the caller's transaction ends; ``False`` where it is gone already."""
        ...

    async def banner_to_accept(self, view: AsyncSession, site_id: str, user_id: str) -> BannerFacts | None:
        """Return the site's banner if there is one and this person did not accept just this text."""
        ...

    async def site_lock(self, view: AsyncSession, site_id: str) -> SiteLockFacts | None:
        """Return the plant's own lock if it holds now."""
        ...

    def is_there(self, service: SQLColumnExpression[str]) -> ColumnElement[bool]:
        """Return the condition that the service of this id is still there, reaching what it reached."""
        ...


@dataclass(frozen=True, slots=True)
class Reached:
    """One service of one asset: what a request, a grant or a session is about."""

    asset: AssetFacts
    service: ServiceFacts

    @property
    def target(self) -> Target:
        """The facts that policies judge."""
        return self.asset.target(self.service)
