"""What signed-in people do to their own account, each time with a fresh code; wrong codes end the login."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from broker.audit.log import Actor, AuditEvent, AuditLog, actor_of
from broker.db.engine import Database, Transaction
from broker.http.errors import UnauthenticatedError
from broker.http.principal import Principal
from broker.identity.directory import Directory, Person
from broker.identity.errors import OtpRejectedError
from broker.identity.logins import Logins, Tokens
from broker.identity.passwords import Passwords, check_strength
from broker.identity.second_factor import SecondFactor
from broker.identity.tables import LoginRow, PasskeyRow, RecoveryCodeRow, UserRow


@dataclass(frozen=True, slots=True)
class Myself:
    """The signed-in user, this login, and what they have left to prove themselves by."""

    person: Person
    login: LoginRow
    passkeys: int
    recovery_codes_left: int


class Account:
    """The signed-in user's own account."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        passwords: Passwords,
        second_factor: SecondFactor,
        logins: Logins,
        audit: AuditLog,
    ) -> None:
        self._database = database
        self._directory = directory
        self._passwords = passwords
        self._second_factor = second_factor
        self._logins = logins
        self._audit = audit

    async def who_am_i(self, principal: Principal) -> Myself:
        """Return the caller as the directory knows them, their login, and what they have to prove themselves by."""
        async with self._database.reading() as view:
            person = await self._directory.person(view, principal.user_id)
            login = await view.get(LoginRow, principal.login_id)
            passkeys = await _count(view, PasskeyRow.user_id, principal.user_id)
            codes = await _count(view, RecoveryCodeRow.user_id, principal.user_id)
        if person is None or login is None:
            raise UnauthenticatedError
        return Myself(person, login, passkeys, codes)

    async def step_up(self, principal: Principal, code: str) -> Tokens | None:
        """Show the second factor again: the login counts as freshly proved. A program gets new tokens."""
        async with self._database.transaction() as tx:
            user, login = await self._logins.own(tx, principal)
            actor = actor_of(principal)
            accepted = await self._accepts(tx, user, login, code, actor)
            tokens = await self._logins.freshen(tx, login, "totp", actor) if accepted else None
        if not accepted:
            raise OtpRejectedError
        return tokens

    async def change_password(self, principal: Principal, current: str, new: str, code: str) -> None:
        """Set a new password; all other logins of the user end."""
        check_strength(new, principal.name)
        async with self._database.reading() as view:
            stored = await view.scalar(select(UserRow.password_hash).where(UserRow.id == principal.user_id))
        matches = await self._passwords.verify(current, stored)
        fresh = await self._passwords.hash(new)
        async with self._database.transaction() as tx:
            user, login = await self._logins.own(tx, principal)
            right = matches and user.password_hash == stored
            actor = actor_of(principal)
            accepted = await self._accepts(tx, user, login, code if right else "", actor)
            if accepted:
                user.password_hash, user.password_expires_at = fresh, None
                await self._logins.end_all(tx, user.id, "password_changed", actor, but=login.id)
                await self._audit.append(tx, AuditEvent("user.password_changed", actor, user.id))
        if not accepted:
            raise OtpRejectedError

    async def renew_recovery_codes(self, principal: Principal, code: str) -> list[str]:
        """Make ten new recovery codes; the old ones are void."""
        codes: list[str] = []
        async with self._database.transaction() as tx:
            user, login = await self._logins.own(tx, principal)
            if await self._accepts(tx, user, login, code, actor_of(principal)):
                codes = await self._second_factor.renew_recovery_codes(tx, user.id)
                await self._audit.append(tx, AuditEvent("user.recovery_codes_renewed", actor_of(principal), user.id))
        if not codes:
            raise OtpRejectedError
        return codes

    async def _accepts(self, tx: Transaction, user: UserRow, login: LoginRow, code: str, actor: Actor) -> bool:
        if self._second_factor.accept_code(user, code):
            login.rejected_codes = 0
            return True
        await self._logins.reject(tx, login, "login.code_rejected", actor)
        return False


async def _count(view: AsyncSession, column: InstrumentedAttribute[str], user_id: str) -> int:
    return await view.scalar(select(func.count()).where(column == user_id)) or 0
