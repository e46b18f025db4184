"""The banner of a site: what the plant wants people to have read before they work there, and who accepted it."""

from dataclasses import dataclass
from datetime import datetime

from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.db.engine import Database, Transaction
from broker.http.errors import ConflictError, NotFoundError
from broker.http.principal import Principal
from broker.inventory.errors import BannerNotAcceptedError
from broker.inventory.facts import BannerFacts
from broker.inventory.reader import banner_of, named_site
from broker.inventory.sight import Sight
from broker.inventory.tables import BannerAcceptanceRow, SiteRow
from tunnel.clock import Clock


@dataclass(frozen=True, slots=True)
class Acceptance:
    """That somebody accepted the text with this digest."""

    site_id: str
    digest: str
    accepted_at: datetime


class Banners:
    """Takes acceptances. One row for each person and site: only the text that they accepted last counts."""

    def __init__(self, database: Database, clock: Clock, audit: AuditLog, sight: Sight) -> None:
        self._db = database
        self._clock = clock
        self._audit = audit
        self._sight = sight

    async def accept(self, principal: Principal, site: str, digest: str) -> Acceptance:
        """Note that the caller accepts the text with this digest; raise ``BannerNotAcceptedError`` if it is not it."""
        async with self._db.transaction() as tx:
            row = (await tx.scalars(named_site(site).with_for_update())).one_or_none()
            if row is None or not await self._sight.sees_site(tx, principal, row.id):
                raise NotFoundError
            banner = banner_of(row)
            if not banner.text:
                raise ConflictError("The site has no banner, so there is nothing to accept.")
            if digest != banner.digest:
                raise not_accepted(banner, "The banner changed since it was read.")
            return await self._keep(tx, principal, row, digest)

    async def _keep(self, tx: Transaction, principal: Principal, site: SiteRow, digest: str) -> Acceptance:
        kept = await tx.get(BannerAcceptanceRow, (site.id, principal.user_id))
        if kept is None:
            kept = BannerAcceptanceRow(site_id=site.id, user_id=principal.user_id, digest="")
            tx.add(kept)
        if kept.digest != digest:
            kept.digest, kept.accepted_at = digest, self._clock.now()
            await tx.flush()
            details = {"name": site.name, "digest": digest}
            await self._audit.append(tx, AuditEvent("banner.accepted", actor_of(principal), site.id, details))
        return Acceptance(site.id, digest, kept.accepted_at)


def not_accepted(banner: BannerFacts, why: str) -> BannerNotAcceptedError:
    """Return the refusal, with all that is needed to show the text and to accept it."""
    return BannerNotAcceptedError(
        why,
        hint=f"Show the text, and say yes to it: POST /api/v1/sites/{banner.site}/banner/acceptance",
        fields={"site": banner.site_id, "banner": banner.text, "digest": banner.digest},
    )
