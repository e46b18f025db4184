"""The route of the first page."""

from datetime import datetime

from pydantic import BaseModel

from broker.http.routes import Call, Route, SignedIn
from broker.overview.service import Overview, View


class AgentCountsOut(BaseModel):
    """Agents that were not revoked; ``locked`` ones are counted among the others too."""

    online: int
    offline: int
    quarantined: int
    locked: int


class ExpiringUserOut(BaseModel):
    """An account that ends within two weeks."""

    username: str
    ends_at: datetime


class ChainCheckOut(BaseModel):
    """What came out when the whole audit log was last verified."""

    at: datetime
    intact: bool


class AuditStateOut(BaseModel):
    """How long the audit log is, when it was last signed, and its last verification; ``null`` where there was none."""

    links: int
    last_checkpoint_at: datetime | None
    last_check: ChainCheckOut | None


class OverviewOut(BaseModel):
    """What the first page shows; ``null`` is what one's roles may not know.

    ``waiting`` are requests that wait for the caller's word, ``questions`` what sessions ask of the plant just now and
    the caller may answer, ``my_requests`` the caller's own that are not decided.
    """

    my_requests: int
    my_sessions: int
    waiting: int | None
    questions: int | None
    live_sessions: int | None
    vendor_sessions: int | None
    agents: AgentCountsOut | None
    expiring_users: list[ExpiringUserOut] | None
    open_reviews: int | None
    audit: AuditStateOut | None

    @classmethod
    def of(cls, seen: View) -> "OverviewOut":
        """Render it."""
        return cls.model_validate(seen, from_attributes=True)


class OverviewRoutes:
    """The handler."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview

    async def show(self, call: Call) -> OverviewOut:
        """Show it."""
        return OverviewOut.of(await self._overview.of(call.principal))

    def routes(self) -> list[Route]:
        """Return the route."""
        return [
            Route("GET", "/api/v1/overview", self.show, SignedIn(), "What waits, lives and ends soon",
                  response=OverviewOut),
        ]  # fmt: skip
