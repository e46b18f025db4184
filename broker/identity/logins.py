"""Logins: from a proof until log-out.

A program holds tokens that it refreshes, and whose reuse ends the whole login; a browser holds a cookie.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.audit.log import Actor, AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.http.errors import NotFoundError, UnauthenticatedError
from broker.http.principal import Permission, Principal
from broker.identity import opaque
from broker.identity.directory import Directory
from broker.identity.errors import RefreshFailedError
from broker.identity.tables import LoginRow, RefreshTokenRow, UserRow
from broker.identity.tokens import TokenIssuer
from tunnel.clock import Clock
from tunnel.ids import new_id

KEEP_ENDED = timedelta(days=30)
MAX_REJECTED_PROOFS = 5


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """How long a login lives at most, and how long it may lie unused: a program's, and a browser's."""

    lifetime: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=1)
    browser_idle: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a signed-in client holds; ``expires_in`` is the access token's, in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Cookie:
    """What a signed-in browser holds instead."""

    secret: str = field(repr=False)


Held = Tokens | Cookie


@dataclass(frozen=True, slots=True)
class Device:
    """Where a login comes from, and whether a browser's cookie is to hold it."""

    address: str
    user_agent: str = ""
    is_browser: bool = False


class Logins:
    """Starts, continues and ends logins. What ends is published as ``login.ended`` after the commit."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        tokens: TokenIssuer,
        audit: AuditLog,
        bus: Bus,
        clock: Clock,
        limits: LoginLimits | None = None,
    ) -> None:
        self._database = database
        self._directory = directory
        self._tokens = tokens
        self._audit = audit
        self._bus = bus
        self._clock = clock
        self._limits = limits or LoginLimits()

    async def start(
        self, tx: Transaction, user: UserRow, methods: tuple[str, ...], device: Device, *, passkey: str | None = None
    ) -> Held:
        """Begin a login of a user who just proved what is needed, the second factor last (``passkey``: which one)."""
        now = self._clock.now()
        cookie = Cookie(opaque.new_token(opaque.COOKIE)) if device.is_browser else None
        login = LoginRow(
            id=new_id("lgn"),
            user_id=user.id,
            methods=",".join(methods),
            address=device.address[:64],
            user_agent=device.user_agent[:200],
            authenticated_at=now,
            expires_at=now + self._limits.lifetime,
            cookie_hash=opaque.token_hash(cookie.secret) if cookie is not None else None,
            last_seen_at=now,
        )
        note_shown(login, methods[-1], now, passkey)
        user.last_signed_in_at = now
        tx.add(login)
        await tx.flush()
        held: Held = cookie if cookie is not None else await self._issue(tx, login)
        actor = Actor(user.id, user.name, device.address)
        details = {"user_agent": login.user_agent, "kind": kind_of(login), **_proofs(methods, passkey)}
        await self._audit.append(tx, AuditEvent("login.started", actor, login.id, details))
        tx.on_commit(lambda: self._bus.publish(Event("login.started", {"login": login.id, "user": user.id})))
        return held

    async def own(self, tx: Transaction, principal: Principal) -> tuple[UserRow, LoginRow]:
        """Return the caller's account and live login, locked, the account first."""
        user = await tx.get(UserRow, principal.user_id, with_for_update=True)
        login = await tx.get(LoginRow, principal.login_id, with_for_update=True)
        if user is None or login is None or login.ended_at is not None:
            raise UnauthenticatedError
        return user, login

    async def freshen(
        self, tx: Transaction, login: LoginRow, method: str, actor: Actor, *, passkey: str | None = None
    ) -> Tokens | None:
        """Take note of a fresh proof. A program gets new tokens, and its refresh token of before is void."""
        login.rejected_codes = 0
        note_shown(login, method, self._clock.now(), passkey)
        tokens = None if login.is_browser else await self._renew(tx, login)
        details = _proofs((method,), passkey)
        await self._audit.append(tx, AuditEvent("login.stepped_up", actor, login.id, details))
        event = Event("login.changed", {"login": login.id, "user": login.user_id})
        tx.on_commit(lambda: self._bus.publish(event))
        return tokens

    async def reject(
        self, tx: Transaction, login: LoginRow, action: str, actor: Actor, details: Mapping[str, object] | None = None
    ) -> None:
        """Count a proof that was wrong: whoever only stole the login gets five guesses."""
        login.rejected_codes += 1
        event = AuditEvent(action, actor, login.id, {"count": login.rejected_codes, **(details or {})})
        await self._audit.append(tx, event)
        if login.rejected_codes >= MAX_REJECTED_PROOFS:
            await self.end(tx, login, "too_many_wrong_codes", actor)

    async def refresh(self, refresh_token: str, address: str) -> Tokens:
        """Take a refresh token, once, for new tokens; a second use ends the login, for a copy is about."""
        async with self._database.transaction() as tx:
            tokens = await self._continue(tx, refresh_token, address)
        if tokens is None:
            raise RefreshFailedError
        return tokens

    async def end(self, tx: Transaction, login: LoginRow, reason: str, actor: Actor) -> None:
        """End a live login."""
        login.ended_at, login.end_reason = self._clock.now(), reason
        await tx.execute(delete(RefreshTokenRow).where(RefreshTokenRow.login_id == login.id))
        details = {"reason": reason, "user": login.user_id}
        await self._audit.append(tx, AuditEvent("login.ended", actor, login.id, details))
        event = Event("login.ended", {"login": login.id, "user": login.user_id})
        tx.on_commit(lambda: self._bus.publish(event))

    async def end_proved_by(self, tx: Transaction, user_id: str, passkey: str, actor: Actor) -> None:
        """End every live login whose passkey, the one shown last, is this one."""
        live = (LoginRow.user_id == user_id, LoginRow.ended_at.is_(None), LoginRow.passkey_id == passkey)
        for login in list(await tx.scalars(select(LoginRow).where(*live).order_by(LoginRow.id).with_for_update())):
            await self.end(tx, login, "passkey_deleted", actor)

    async def end_all(self, tx: Transaction, user_id: str, reason: str, actor: Actor, *, but: str = "") -> None:
        """End every live login of a user, except the one with the id ``but``."""
        mine = select(LoginRow).where(LoginRow.user_id == user_id, LoginRow.ended_at.is_(None), LoginRow.id != but)
        for login in list(await tx.scalars(mine.order_by(LoginRow.id).with_for_update())):
            await self.end(tx, login, reason, actor)

    async def log_out(self, principal: Principal) -> None:
        """End the login that asks for it."""
        await self.end_one(principal, principal.login_id, "logged_out")

    async def end_one(self, principal: Principal, login_id: str, reason: str = "ended_by_user") -> None:
        """End a login: one's own, or anybody's with the right to manage people."""
        async with self._database.transaction() as tx:
            login = await tx.get(LoginRow, login_id, with_for_update=True)
            if login is None or login.ended_at is not None or not _may_see(principal, login, Permission.PEOPLE_MANAGE):
                raise NotFoundError
            by_other = login.user_id != principal.user_id
            await self.end(tx, login, "ended_by_admin" if by_other else reason, actor_of(principal))

    async def live_logins(self, principal: Principal, user: str | None) -> list[LoginRow]:
        """Return the live logins of the caller, or of ``user`` (id or name), newest first."""
        async with self._database.reading() as view:
            user_id = await self._whose(view, principal, user)
            now = self._clock.now()
            unused = now - self._limits.browser_idle
            in_use = or_(LoginRow.cookie_hash.is_(None), LoginRow.last_seen_at > unused)
            live = (LoginRow.ended_at.is_(None), LoginRow.expires_at > now, in_use)
            found = select(LoginRow).where(LoginRow.user_id == user_id, *live)
            return list(await view.scalars(found.order_by(LoginRow.authenticated_at.desc(), LoginRow.id).limit(500)))

    async def purge(self) -> int:
        """Delete logins that ended or lapsed a month ago; return how many."""
        async with self._database.transaction() as tx:
            old = delete(LoginRow).where(LoginRow.expires_at < self._clock.now() - KEEP_ENDED)
            return len(list(await tx.scalars(old.returning(LoginRow.id))))

    async def _continue(self, tx: Transaction, refresh_token: str, address: str) -> Tokens | None:
        # Login before token, as everywhere: whoever ends this login at the same moment waits, and nobody for ever.
        hashed = opaque.token_hash(refresh_token)
        login_id = await tx.scalar(select(RefreshTokenRow.login_id).where(RefreshTokenRow.token_hash == hashed))
        login = await tx.get(LoginRow, login_id, with_for_update=True) if login_id else None
        token = await tx.get(RefreshTokenRow, hashed, with_for_update=True)
        if token is None or login is None:
            return None
        person = await self._directory.person(tx, login.user_id)
        now = self._clock.now()
        if person is None or login.ended_at is not None or not person.is_active(now) or login.expires_at <= now:
            return None
        actor = Actor(person.id, person.name, address)
        if token.used_at is not None:
            await self._audit.append(tx, AuditEvent("login.reuse_detected", actor, login.id))
            await self.end(tx, login, "refresh_token_reused", actor)
            return None
        if token.expires_at <= now:
            return None
        token.used_at = login.last_seen_at = now
        return await self._issue(tx, login)

    async def _renew(self, tx: Transaction, login: LoginRow) -> Tokens:
        unused = RefreshTokenRow.used_at.is_(None)
        await tx.execute(delete(RefreshTokenRow).where(RefreshTokenRow.login_id == login.id, unused))
        return await self._issue(tx, login)

    async def _issue(self, tx: Transaction, login: LoginRow) -> Tokens:
        refresh_token = opaque.new_token(opaque.REFRESH)
        expires_at = min(login.expires_at, self._clock.now() + self._limits.idle)
        hashed = opaque.token_hash(refresh_token)
        tx.add(RefreshTokenRow(token_hash=hashed, login_id=login.id, expires_at=expires_at))
        await tx.flush()
        access = self._tokens.issue_access(login.user_id, login.id)
        return Tokens(access, refresh_token, int(self._tokens.lifetime.total_seconds()))

    async def _whose(self, view: AsyncSession, principal: Principal, user: str | None) -> str:
        if user is None:
            return principal.user_id
        person = await self._directory.find(view, user)
        mine = person is not None and person.id == principal.user_id
        if person is None or not (mine or principal.may(Permission.PEOPLE_MANAGE)):
            raise NotFoundError
        return person.id


def kind_of(login: LoginRow) -> Literal["browser", "api"]:
    """Return what holds the login."""
    return "browser" if login.is_browser else "api"


def note_shown(login: LoginRow, method: str, at: datetime, passkey: str | None) -> None:
    """Write down on a login that a second factor was shown to it."""
    methods = login.methods.split(",")
    login.methods = ",".join(methods if method in methods else [*methods, method])
    login.mfa_at = at
    match method:
        case "totp":
            login.totp_at = at
        case "passkey":
            login.passkey_at, login.passkey_id = at, passkey


def _proofs(methods: tuple[str, ...], passkey: str | None) -> dict[str, object]:
    return {"methods": list(methods), **({"passkey": passkey} if passkey is not None else {})}


def _may_see(principal: Principal, login: LoginRow, permission: Permission) -> bool:
    return login.user_id == principal.user_id or principal.may(permission)
