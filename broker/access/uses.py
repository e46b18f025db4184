"""What rests on services and sites: told to who is about to change them."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.grants import usable
from broker.access.locks import LockKind, holding
from broker.access.ports import Usage
from broker.access.states import RequestState
from broker.access.tables import GrantRow, LockRow, RequestRow
from broker.inventory.facts import Uses
from tunnel.clock import Clock


class ServiceUses:
    """Counts sessions, grants and requests of services, and locks of sites."""

    def __init__(self, clock: Clock, usage: Usage) -> None:
        self._clock = clock
        self._usage = usage

    async def of(self, view: AsyncSession, *, ended: Collection[str], narrowed: Collection[str]) -> Uses:
        """Count what a change would end: of services (by id) that end, and of those that let less through."""
        now = self._clock.now()
        asked = GrantRow.request_id.is_not(None)
        waits = RequestRow.state == RequestState.PENDING.value, RequestRow.expires_at > now
        return Uses(
            sessions=await self._usage.count_through(view, {*ended, *narrowed}),
            grants=await _count(view, GrantRow, GrantRow.service_id.in_(ended), asked, *usable(now)),
            requests=await _count(view, RequestRow, RequestRow.service_id.in_(ended), *waits),
        )

    async def locks_on(self, view: AsyncSession, site_id: str) -> int:
        """Count the locks that hold on a site now, but for the plant's own."""
        on_site = LockRow.kind == LockKind.SITE, LockRow.target == site_id
        return await _count(view, LockRow, *on_site, *holding(self._clock.now()))


async def _count(
    view: AsyncSession, table: type[GrantRow] | type[LockRow] | type[RequestRow], *conditions: ColumnElement[bool]
) -> int:
    return await view.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
