"""The first sign-in: the password was right, and the second factor is set up before anything else is possible."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from broker.audit.log import Actor, AuditEvent, AuditLog
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.identity import opaque, totp
from broker.identity.attempts import Attempts
from broker.identity.directory import Directory
from broker.identity.errors import EnrolmentFailedError
from broker.identity.logins import Device, Held, Logins
from broker.identity.second_factor import SecondFactor
from broker.identity.tables import EnrolmentRow, UserRow
from tunnel.clock import Clock
from tunnel.ids import new_id

LIFETIME = timedelta(minutes=15)
MAX_REJECTED_CODES = 5


@dataclass(frozen=True, slots=True)
class EnrolmentRequired:
    """What a first sign-in gives instead of a login."""

    enrolment_token: str


@dataclass(frozen=True, slots=True)
class ProposedSecret:
    """A TOTP secret for the user's app, as text and as the URI of its QR code."""

    secret: str
    otpauth_uri: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The first login, and the recovery codes that are shown this once."""

    held: Held
    recovery_codes: list[str]


class Enrolments:
    """Sets up the second factor of users who have none. ``issuer`` is the name that their app shows."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        second_factor: SecondFactor,
        logins: Logins,
        attempts: Attempts,
        audit: AuditLog,
        bus: Bus,
        clock: Clock,
        *,
        issuer: str = "Wicketgate",
    ) -> None:
        self._database = database
        self._directory = directory
        self._second_factor = second_factor
        self._logins = logins
        self._attempts = attempts
        self._audit = audit
        self._bus = bus
        self._clock = clock
        self._issuer = issuer

    async def begin(self, tx: Transaction, user_id: str) -> EnrolmentRequired:
        """Start an enrolment of a user whose password was right; any earlier one is void."""
        await tx.execute(delete(EnrolmentRow).where(EnrolmentRow.user_id == user_id))
        token = opaque.new_token(opaque.ENROLMENT)
        expires_at = self._clock.now() + LIFETIME
        hashed = opaque.token_hash(token)
        tx.add(EnrolmentRow(id=new_id("enr"), token_hash=hashed, user_id=user_id, expires_at=expires_at))
        await tx.flush()
        return EnrolmentRequired(token)

    async def propose(self, token: str) -> ProposedSecret:
        """Make a secret for the user's app; asked again, make another."""
        async with self._database.transaction() as tx:
            enrolment, user = await self._locked(tx, token)
            secret = self._second_factor.propose(enrolment)
            return ProposedSecret(secret, totp.provisioning_uri(secret, user.name, self._issuer))

    async def confirm(self, token: str, code: str, device: Device) -> Enrolled:
        """Take the app's first code: the secret becomes the user's, and the first login starts."""
        async with self._database.transaction() as tx:
            enrolment, user = await self._locked(tx, token)
            enrolled = await self._finish(tx, enrolment, user, code, device)
        if enrolled is None:
            raise EnrolmentFailedError
        return enrolled

    async def _finish(
        self, tx: Transaction, enrolment: EnrolmentRow, user: UserRow, code: str, device: Device
    ) -> Enrolled | None:
        if not self._second_factor.enrol(user, enrolment, code):
            enrolment.rejected_codes += 1
            if enrolment.rejected_codes >= MAX_REJECTED_CODES:
                await tx.delete(enrolment)
            return None
        await tx.delete(enrolment)
        await self._attempts.succeeded(tx, device.address, user.name)
        codes = await self._second_factor.renew_recovery_codes(tx, user.id)
        actor = Actor(user.id, user.name, device.address)
        await self._audit.append(tx, AuditEvent("user.mfa_enrolled", actor, user.id, {"methods": ["totp"]}))
        tx.on_commit(lambda: self._bus.publish(Event("user.changed", {"user": user.id})))
        return Enrolled(await self._logins.start(tx, user, ("password", "totp"), device), codes)

    async def _locked(self, tx: Transaction, token: str) -> tuple[EnrolmentRow, UserRow]:
        """Return the enrolment and its user, user first locked, or raise ``EnrolmentFailedError``."""
        mine = EnrolmentRow.token_hash == opaque.token_hash(token)
        user_id = await tx.scalar(select(EnrolmentRow.user_id).where(mine))
        user = await tx.get(UserRow, user_id, with_for_update=True) if user_id else None
        enrolment = await tx.scalar(select(EnrolmentRow).where(mine).with_for_update())
        person = await self._directory.person(tx, user_id) if user_id else None
        now = self._clock.now()
        if user is None or person is None or enrolment is None or enrolment.expires_at <= now:
            raise EnrolmentFailedError
        if user.totp_sealed is not None or not person.is_active(now):
            raise EnrolmentFailedError
        return enrolment, user
