"""What signed-in people do to their own account, each time with a fresh code; wrong codes end the login."""

from sqlalchemy import select

from broker.audit.log import Actor, AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.http.errors import UnauthenticatedError
from broker.http.principal import Principal
from broker.identity.directory import Directory, Person
from broker.identity.errors import OtpRejectedError
from broker.identity.logins import Logins, Tokens
from broker.identity.passwords import Passwords, check_strength
from broker.identity.second_factor import SecondFactor
from broker.identity.tables import LoginRow, UserRow
from tunnel.clock import Clock

MAX_REJECTED_CODES = 5


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
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._database = database
        self._directory = directory
        self._passwords = passwords
        self._second_factor = second_factor
        self._logins = logins
        self._audit = audit
        self._bus = bus
        self._clock = clock

    async def who_am_i(self, principal: Principal) -> tuple[Person, LoginRow]:
        """Return the caller as the directory knows them, and their login."""
        async with self._database.reading() as view:
            person = await self._directory.person(view, principal.user_id)
            login = await view.get(LoginRow, principal.login_id)
        if person is None or login is None:
            raise UnauthenticatedError
        return person, login

    async def step_up(self, principal: Principal, code: str) -> Tokens:
        """Show the second factor again: the login counts as freshly proved."""
        tokens = None
        async with self._database.transaction() as tx:
            user, login = await self._locked(tx, principal)
            if await self._accepts(tx, user, login, code, actor_of(principal)):
                login.mfa_at = self._clock.now()
                tokens = await self._logins.renew(tx, login)
                await self._audit.append(tx, AuditEvent("login.stepped_up", actor_of(principal), login.id))
                event = Event("login.changed", {"login": login.id, "user": user.id})
                tx.on_commit(lambda: self._bus.publish(event))
        if tokens is None:
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
            user, login = await self._locked(tx, principal)
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
            user, login = await self._locked(tx, principal)
            if await self._accepts(tx, user, login, code, actor_of(principal)):
                codes = await self._second_factor.renew_recovery_codes(tx, user.id)
                await self._audit.append(tx, AuditEvent("user.recovery_codes_renewed", actor_of(principal), user.id))
        if not codes:
            raise OtpRejectedError
        return codes

    async def _locked(self, tx: Transaction, principal: Principal) -> tuple[UserRow, LoginRow]:
        user = await tx.get(UserRow, principal.user_id, with_for_update=True)
        login = await tx.get(LoginRow, principal.login_id, with_for_update=True)
        if user is None or login is None or login.ended_at is not None:
            raise UnauthenticatedError
        return user, login

    async def _accepts(self, tx: Transaction, user: UserRow, login: LoginRow, code: str, actor: Actor) -> bool:
        """Take the code, or count the failure; whoever only stole a token gets five guesses."""
        if self._second_factor.accept_code(user, code):
            login.rejected_codes = 0
            return True
        login.rejected_codes += 1
        await self._audit.append(
            tx, AuditEvent("login.code_rejected", actor, login.id, {"count": login.rejected_codes})
        )
        if login.rejected_codes >= MAX_REJECTED_CODES:
            await self._logins.end(tx, login, "too_many_wrong_codes", actor)
        return False
