"""Who a login stands for: asked at every request, so remembered for seconds, and forgotten at the first event."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from broker.cluster.bus import Bus, Event
from broker.db.engine import Database
from broker.http.principal import Principal, Role
from broker.identity.roles import permissions_of
from broker.identity.tables import LoginRow, OrganizationRow, UserRoleRow, UserRow
from tunnel.clock import Clock

MAX_REMEMBERED = 10_000
REMEMBER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Known:
    """A live login's principal, without an address; right until ``ends_at`` (the login's end, or the account's)."""

    principal: Principal
    ends_at: datetime
    forget_monotonic: float


class Principals:
    """Finds principals. What ends by itself ends on time; what is changed elsewhere counts after seconds at most."""

    def __init__(self, database: Database, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._changes = 0
        bus.call(self._forget, "login.", "user.", "organization.")

    async def of(self, user_id: str, login_id: str) -> Principal | None:
        """Return the principal of a live login of an account that may be used now; its address is empty."""
        known = self._known.get(login_id)
        if known is None or known.forget_monotonic <= self._clock.monotonic():
            known = await self._look_up(login_id)
        usable = known is not None and known.principal.user_id == user_id and self._clock.now() < known.ends_at
        return known.principal if known is not None and usable else None

    async def _look_up(self, login_id: str) -> _Known | None:
        changes = self._changes
        known = await self._read(login_id)
        # An event in between may be about what was just read: then it is used once and not kept.
        if known is not None and changes == self._changes:
            self._known[login_id] = known
            if len(self._known) > MAX_REMEMBERED:
                self._known.popitem(last=False)
        return known

    async def _read(self, login_id: str) -> _Known | None:
        query = (
            select(LoginRow, UserRow, UserRoleRow.role)
            .join(UserRow, UserRow.id == LoginRow.user_id)
            .join(OrganizationRow, OrganizationRow.id == UserRow.organization_id)
            .outerjoin(UserRoleRow, UserRoleRow.user_id == UserRow.id)
            .where(LoginRow.id == login_id, LoginRow.ended_at.is_(None))
            .where(UserRow.disabled_at.is_(None), OrganizationRow.disabled_at.is_(None))
        )
        async with self._database.reading() as view:
            rows = list(await view.execute(query))
        if not rows:
            return None
        login, user, _ = rows[0]
        roles = frozenset(Role(row.role) for row in rows if row.role)
        ends_at = min(login.expires_at, user.ends_at or login.expires_at)
        return _Known(principal_of(login, user, roles), ends_at, self._clock.monotonic() + REMEMBER_SECONDS)

    def _forget(self, event: Event) -> None:
        self._changes += 1
        user = event.ids.get("user")
        stale = [key for key, known in self._known.items() if user is None or known.principal.user_id == user]
        for key in stale:
            del self._known[key]


def principal_of(login: LoginRow, user: UserRow, roles: frozenset[Role]) -> Principal:
    """The principal that a live login of a user with these roles is, wherever it comes from."""
    return Principal(
        user_id=user.id,
        name=user.name,
        display_name=user.display_name,
        organization_id=user.organization_id,
        login_id=login.id,
        roles=roles,
        permissions=permissions_of(roles),
        address="",
        methods=frozenset(login.methods.split(",")),
        authenticated_at=login.authenticated_at,
        mfa_at=login.mfa_at,
    )
