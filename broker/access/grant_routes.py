"""The routes of grants and locks."""

from broker.access.grants import GrantQuery, GrantService
from broker.access.locks import LockService
from broker.access.models import (
    GrantListQuery,
    GrantOut,
    GrantPage,
    LockIn,
    LockListQuery,
    LockOut,
    LockPage,
    ReasonIn,
)
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route, SignedIn
from tunnel.clock import Clock

LOCKS = Needs(Permission.LOCKS_MANAGE)


class GrantRoutes:
    """Handlers of grants and locks."""

    def __init__(self, grants: GrantService, locks: LockService, clock: Clock) -> None:
        self._grants = grants
        self._locks = locks
        self._clock = clock

    async def list(self, call: Call) -> GrantPage:
        """One page of grants."""
        query = call.query_as(GrantListQuery)
        wanted = GrantQuery(user=call.principal.user_id if query.mine else None, active=query.active)
        rows, cursor = await self._grants.page(call.principal, wanted, query)
        return GrantPage(items=[GrantOut.of(row, self._clock.now()) for row in rows], next_cursor=cursor)

    async def get(self, call: Call) -> GrantOut:
        """One grant."""
        return GrantOut.of(await self._grants.get(call.principal, call.path("grant")), self._clock.now())

    async def revoke(self, call: Call) -> GrantOut:
        """End a grant."""
        row = await self._grants.revoke(call.principal, call.path("grant"), call.body_as(ReasonIn).reason)
        return GrantOut.of(row, self._clock.now())

    async def locks(self, call: Call) -> LockPage:
        """One page of locks."""
        query = call.query_as(LockListQuery)
        rows, cursor = await self._locks.page(query, active=query.active)
        return LockPage(items=[LockOut.of(row) for row in rows], next_cursor=cursor)

    async def lock(self, call: Call) -> LockOut:
        """Set a lock."""
        body = call.body_as(LockIn)
        row = await self._locks.set(
            call.principal, kind=body.kind, target=body.target, reason=body.reason, until=body.until
        )
        return LockOut.of(row)

    async def lift(self, call: Call) -> None:
        """Lift a lock."""
        await self._locks.lift(call.principal, call.path("lock"))


def grant_routes(grants: GrantService, locks: LockService, clock: Clock) -> list[Route]:
    """Return the routes of grants and locks."""
    on = GrantRoutes(grants, locks, clock)
    return [
        Route(
            "GET", "/api/v1/grants", on.list, SignedIn(), "List grants: one's own, or all for who may read all",
            query=GrantListQuery, response=GrantPage,
        ),
        Route("GET", "/api/v1/grants/{grant}", on.get, SignedIn(), "Show a grant", response=GrantOut),
        Route(
            "POST", "/api/v1/grants/{grant}/revoke", on.revoke, SignedIn(), "Revoke a grant, or give up one's own",
            request=ReasonIn, response=GrantOut, errors=("grant_ended",),
        ),
        Route(
            "GET", "/api/v1/locks", on.locks, Needs(Permission.LOCKS_MANAGE, Permission.SESSIONS_READ_ALL),
            "List locks", query=LockListQuery, response=LockPage,
        ),
        Route(
            "POST", "/api/v1/locks", on.lock, LOCKS, "Lock a site, an asset or a user",
            request=LockIn, response=LockOut, status=201,
        ),
        Route("DELETE", "/api/v1/locks/{lock}", on.lift, LOCKS, "Lift a lock", status=204),
    ]  # fmt: skip
