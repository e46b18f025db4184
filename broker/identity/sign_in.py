"""Signing in: one path for every outcome; a stranger cannot tell an unknown name from a wrong code (promise 9)."""

from dataclasses import dataclass, field

from sqlalchemy import select

from broker.audit.log import Actor, AuditEvent, AuditLog
from broker.db.engine import Database, Transaction
from broker.identity.attempts import Attempts, Verdict
from broker.identity.directory import Directory
from broker.identity.enrolments import EnrolmentRequired, Enrolments
from broker.identity.errors import LoginFailedError
from broker.identity.logins import Device, Held, Logins
from broker.identity.names import canonical
from broker.identity.passwords import Passwords
from broker.identity.second_factor import SecondFactor
from broker.identity.tables import UserRow
from tunnel.clock import Clock


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody shows to sign in: a password, and a code of the app or a recovery code."""

    name: str
    password: str = field(repr=False)
    device: Device
    otp: str | None = field(default=None, repr=False)
    recovery_code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found out before the deciding transaction: the hash that the password matched, if any."""

    verdict: Verdict
    matched_hash: str | None
    fresh_hash: str | None = None


class SignIn:
    """Judges proofs. Every failure is the same ``LoginFailedError``; the audit log alone knows the cause."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        passwords: Passwords,
        second_factor: SecondFactor,
        attempts: Attempts,
        enrolments: Enrolments,
        logins: Logins,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._database = database
        self._directory = directory
        self._passwords = passwords
        self._second_factor = second_factor
        self._attempts = attempts
        self._enrolments = enrolments
        self._logins = logins
        self._audit = audit
        self._clock = clock

    async def sign_in(self, proof: Proof) -> Held | EnrolmentRequired:
        """Start a login, or an enrolment for somebody without a second factor.

        Raise ``LoginFailedError``, or ``TooManyRequestsError`` where the address is held.
        """
        name = canonical(proof.name)
        checked = await self._check(name, proof)
        async with self._database.transaction() as tx:
            outcome = await self._conclude(tx, name, checked, proof)
        if outcome is None:
            raise LoginFailedError
        return outcome

    async def _check(self, name: str, proof: Proof) -> _Checked:
        """Count the attempt and compare the password: the same work for every name, held or not."""
        async with self._database.reading() as view:
            known = await view.execute(select(UserRow.password_hash, UserRow.is_emergency).where(UserRow.name == name))
        found = known.one_or_none()
        stored, throttled = (found.password_hash, not found.is_emergency) if found else (None, True)
        verdict = await self._attempts.begin(proof.device.address, name if throttled else None)
        if not await self._passwords.verify(proof.password, stored):
            return _Checked(verdict, None)
        outdated = stored is not None and self._passwords.is_outdated(stored)
        return _Checked(verdict, stored, await self._passwords.hash(proof.password) if outdated else None)

    async def _conclude(
        self, tx: Transaction, name: str, checked: _Checked, proof: Proof
    ) -> Held | EnrolmentRequired | None:
        user = await tx.scalar(select(UserRow).where(UserRow.name == name).with_for_update())
        cause = await self._refusal(tx, user, checked)
        if user is None or cause:
            await self._fail(tx, user, cause, proof)
            return None
        if checked.fresh_hash is not None:
            user.password_hash = checked.fresh_hash
        if user.totp_sealed is None:
            await self._audit.append(tx, AuditEvent("login.enrolment_begun", _actor(user, proof), user.id))
            return await self._enrolments.begin(tx, user.id)
        method = await self._second_method(tx, user, proof)
        if method is None:
            await self._fail(tx, user, "wrong_code", proof)
            return None
        await self._attempts.succeeded(tx, proof.device.address, name)
        if method == "recovery_code":
            await self._audit.append(tx, AuditEvent("user.recovery_code_used", _actor(user, proof), user.id))
        return await self._logins.start(tx, user, ("password", method), proof.device)

    async def _refusal(self, tx: Transaction, user: UserRow | None, checked: _Checked) -> str:
        """Return why this user may not sign in whatever the code is, or an empty text."""
        person = await self._directory.person(tx, user.id if user else "")
        now = self._clock.now()
        if user is None or person is None:
            return "unknown_user"
        expired = user.password_expires_at is not None and user.password_expires_at <= now
        causes = {
            "held": checked.verdict is Verdict.HELD,
            # The password may have been changed while the old one was being compared.
            "wrong_password": checked.matched_hash != user.password_hash,
            "disabled": person.disabled,
            "account_ended": not person.is_active(now),
            "password_expired": expired,
        }
        return next((cause for cause, holds in causes.items() if holds), "")

    async def _second_method(self, tx: Transaction, user: UserRow, proof: Proof) -> str | None:
        """Take the second factor and return its name."""
        if proof.otp is not None:
            return "totp" if self._second_factor.accept_code(user, proof.otp) else None
        if proof.recovery_code is not None:
            used = await self._second_factor.use_recovery_code(tx, user.id, proof.recovery_code)
            return "recovery_code" if used else None
        return None

    async def _fail(self, tx: Transaction, user: UserRow | None, cause: str, proof: Proof) -> None:
        # The name as typed is not kept: people type passwords into it.
        actor = _actor(user, proof) if user else Actor("stranger", "", proof.device.address)
        await self._audit.append(tx, AuditEvent("login.failed", actor, user.id if user else "", {"cause": cause}))


def _actor(user: UserRow, proof: Proof) -> Actor:
    return Actor(user.id, user.name, proof.device.address)
