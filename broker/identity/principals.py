"""Who a login stands for: asked at every request, so remembered for seconds, and forgotten at the first event."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from broker.cluster.bus import Bus, Event
from broker.db.engine import Database
from broker.http.principal import Principal, Role
from broker.identity.roles import permissions_of
from broker.identity.tables import LoginRow, OrganizationRow, UserRoleRow, UserRow
from tunnel.clock import Clock

MAX_REMEMBERED = 10_000
REMEMBER_SECONDS = 5.0
SEEN_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Known:
    """A live login's principal, without an address; right until ``ends_at`` (the login's end, or the account's).

    ``seen_at`` is when a browser's login was last used, give or take a minute; ``None`` for a program's.
    """

    principal: Principal
    ends_at: datetime
    forget_monotonic: float
    seen_at: datetime | None


class Principals:
    """Finds principals. What ends by itself ends on time; what is changed elsewhere counts after seconds at most.

    A browser's login that nobody used for ``browser_idle`` stands for nobody.
    """

    def __init__(self, database: Database, bus: Bus, clock: Clock, browser_idle: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._browser_idle = browser_idle
        self._known: OrderedDict[str | bytes, _Known] = OrderedDict()
        self._changes = 0
        bus.call(self._forget, "login.", "user.", "organization.")

    async def of(self, user_id: str, login_id: str) -> Principal | None:
        """Return the principal of a live login of an account that may be used now; its address is empty."""
        known = await self._find(login_id, LoginRow.id == login_id)
        return known.principal if known is not None and known.principal.user_id == user_id else None

    async def of_cookie(self, cookie_hash: bytes) -> Principal | None:
        """Return the principal of a browser's live login, which counts as used."""
        known = await self._find(cookie_hash, LoginRow.cookie_hash == cookie_hash)
        if known is None or known.seen_at is None:
            return None
        now = self._clock.now()
        if now - known.seen_at >= SEEN_STEP:
            # Remembered first: of many requests at the same moment one writes.
            self._replace(cookie_hash, known, replace(known, seen_at=now))
            await self._write_seen(known.principal.login_id, now)
        return known.principal

    async def _find(self, key: str | bytes, condition: ColumnElement[bool]) -> _Known | None:
        known = self._known.get(key)
        if known is None or known.forget_monotonic <= self._clock.monotonic():
            known = await self._look_up(key, condition)
        if known is None or known.ends_at <= self._clock.now():
            return None
        lapsed = known.seen_at is not None and self._clock.now() - known.seen_at >= self._browser_idle
        return None if lapsed else known

    async def _look_up(self, key: str | bytes, condition: ColumnElement[bool]) -> _Known | None:
        changes = self._changes
        known = await self._read(condition)
        # An event in between may be about what was just read: then it is used once and not kept.
        if known is not None and changes == self._changes:
            self._known[key] = known
            if len(self._known) > MAX_REMEMBERED:
                self._known.popitem(last=False)
        return known

    async def _read(self, condition: ColumnElement[bool]) -> _Known | None:
        query = (
            select(LoginRow, UserRow, UserRoleRow.role)
            .join(UserRow, UserRow.id == LoginRow.user_id)
            .join(OrganizationRow, OrganizationRow.id == UserRow.organization_id)
            .outerjoin(UserRoleRow, UserRoleRow.user_id == UserRow.id)
            .where(condition, LoginRow.ended_at.is_(None))
            .where(UserRow.disabled_at.is_(None), OrganizationRow.disabled_at.is_(None))
        )
        async with self._database.reading() as view:
            rows = list(await view.execute(query))
        if not rows:
            return None
        login, user, _ = rows[0]
        roles = frozenset(Role(row.role) for row in rows if row.role)
        ends_at = min(login.expires_at, user.ends_at or login.expires_at)
        seen_at = login.last_seen_at if login.is_browser else None
        return _Known(principal_of(login, user, roles), ends_at, self._clock.monotonic() + REMEMBER_SECONDS, seen_at)

    def _replace(self, key: bytes, old: _Known, new: _Known) -> None:
        if self._known.get(key) is old:
            self._known[key] = new

    async def _write_seen(self, login_id: str, now: datetime) -> None:
        older = (LoginRow.id == login_id, LoginRow.last_seen_at < now)
        async with self._database.transaction() as tx:
            await tx.execute(update(LoginRow).where(*older).values(last_seen_at=now))

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
        shown_at=shown_at(login),
    )


def shown_at(login: LoginRow) -> dict[str, datetime]:
    """Return when each second factor was last shown to a login; a recovery code only ever begins one."""
    times = {"totp": login.totp_at, "passkey": login.passkey_at}
    if "recovery_code" in login.methods.split(","):
        times["recovery_code"] = login.authenticated_at
    return {method: at for method, at in times.items() if at is not None}
