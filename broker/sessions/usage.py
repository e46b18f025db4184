"""What other packages ask of sessions: who is at a device now, and what somebody did before."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.ports import LiveUse, PastUse
from broker.sessions.states import SessionState
from broker.sessions.tables import SessionRow


class SessionUsage:
    """Reads the rows of sessions, of every node."""

    async def live_on(self, view: AsyncSession, asset: str) -> Sequence[LiveUse]:
        """Return the sessions that live on this asset now, the oldest first."""
        live = select(SessionRow).where(SessionRow.asset_id == asset, SessionRow.state != SessionState.ENDED.value)
        rows = await view.scalars(live.order_by(SessionRow.opened_at, SessionRow.id))
        return [LiveUse(row.id, row.user_name, row.service_name, row.opened_at) for row in rows]

    async def count_through(self, view: AsyncSession, services: Collection[str]) -> int:
        """Count the sessions that live through these services (by id) now."""
        live = SessionRow.service_id.in_(services), SessionRow.state != SessionState.ENDED.value
        return await view.scalar(select(func.count()).select_from(SessionRow).where(*live)) or 0

    async def past_of(self, view: AsyncSession, user: str) -> PastUse:
        """Return what sessions this user had, of all kinds and ends."""
        counted = select(func.count(), func.max(SessionRow.opened_at)).where(SessionRow.user_id == user)
        count, last_at = (await view.execute(counted)).one()
        return PastUse(count, last_at)
