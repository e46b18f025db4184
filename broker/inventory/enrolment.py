"""How an agent comes to be: a one-time join token, its first certificate, and every certificate after that."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from broker.audit.log import Actor, AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.http.errors import NameTakenError, NotFoundError, UnauthenticatedError
from broker.http.principal import AgentPrincipal, Principal
from broker.inventory.errors import (
    ClockSkewError,
    InventoryError,
    JoinTokenExpiredError,
    JoinTokenInvalidError,
    JoinTokenUsedError,
)
from broker.inventory.ports import GrantKeys
from broker.inventory.reader import named_site
from broker.inventory.tables import AgentCertificateRow, AgentRow, JoinTokenRow, SiteRow
from broker.inventory.words import AgentState
from broker.pki.authority import AgentIdentity, Authority
from broker.pki.trust import ServerTrust
from tunnel.clock import Clock
from tunnel.ids import new_id
from tunnel.messages import EnrolmentRequest, EnrolmentResponse, JoinToken, RenewalRequest

JOIN_TOKEN_LIFETIME = timedelta(minutes=15)
JOIN_TOKEN_KEPT = timedelta(days=30)
JOIN_TOKEN_PREFIX = "wgj1."  # noqa: S105 - a format's name
MAX_CLOCK_OFFSET = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """How agents reach this broker (``https://host:port``), trust it, and by which name it signs grants."""

    url: str
    issuer: str
    trust: ServerTrust


@dataclass(frozen=True, slots=True)
class IssuedJoinToken:
    """A join token's text, shown once."""

    text: str
    expires_at: datetime


class Enrolment:
    """Gives out join tokens and certificates."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, audit: AuditLog,
        authority: Authority, grant_keys: GrantKeys, address: BrokerAddress,
    ) -> None:  # fmt: skip
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._authority = authority
        self._grant_keys = grant_keys
        self._address = address

    async def issue_join_token(self, principal: Principal, site: str) -> IssuedJoinToken:
        """Give out a right to enrol one agent at a site, within 15 minutes; only its digest is kept."""
        secret = secrets.token_urlsafe(32)
        now = self._clock.now()
        async with self._db.transaction() as tx:
            row = (await tx.scalars(named_site(site).with_for_update(read=True, key_share=True))).one_or_none()
            if row is None:
                raise NotFoundError
            await tx.execute(delete(JoinTokenRow).where(JoinTokenRow.expires_at < now - JOIN_TOKEN_KEPT))
            token = JoinTokenRow(
                id=new_id("jtk"), site_id=row.id, secret_digest=_digest(secret), created_by=principal.user_id,
                created_at=now, expires_at=now + JOIN_TOKEN_LIFETIME,
            )  # fmt: skip
            tx.add(token)
            await tx.flush()
            details = {"site": row.id, "name": row.name, "expires_at": token.expires_at.isoformat()}
            await self._audit.append(tx, AuditEvent("join_token.issued", actor_of(principal), token.id, details))
        return IssuedJoinToken(self._text(row.id, secret), token.expires_at)

    async def enrol(self, asked: EnrolmentRequest, address: str) -> EnrolmentResponse:
        """Use up a join token and give the agent its identity. Whatever is refused leaves the token usable.

        Raises ``JoinTokenInvalidError``, ``JoinTokenExpiredError``, ``JoinTokenUsedError``, ``ClockSkewError``,
        ``NameTakenError`` or the CA's ``BadCsrError``.
        """
        try:
            async with self._db.transaction() as tx:
                return await self._enrol(tx, asked, address)
        except (JoinTokenUsedError, JoinTokenExpiredError) as error:
            await self._note_refusal(asked, address, error)
            raise

    async def renew(self, agent: AgentPrincipal, asked: RenewalRequest) -> EnrolmentResponse:
        """Give the agent its next certificate; the present one counts until the next one is first used."""
        now = self._clock.now()
        async with self._db.transaction() as tx:
            row = await tx.get_one(AgentRow, agent.agent_id, with_for_update=True)
            present = await tx.get(AgentCertificateRow, agent.serial)
            # Asked again here: a revocation may have come between authentication and this transaction.
            if row.state != AgentState.ACTIVE or present is None or present.retired_at is not None:
                raise UnauthenticatedError
            await self._retire(tx, row.id, keep=agent.serial, now=now)
            chain, identity = self._certify(tx, asked.csr, row, now)
            details = {
                "serial": identity.serial,
                "previous": agent.serial,
                "expires_at": identity.not_after.isoformat(),
            }
            await self._audit.append(tx, AuditEvent("agent.certificate_renewed", actor_of(agent), row.id, details))
            event = Event("agent.changed", {"agent": row.id, "site": row.site_id})
            tx.on_commit(lambda: self._bus.publish(event))
            site = await tx.get_one(SiteRow, row.site_id)
        return self._response(row, site, chain)

    async def _enrol(self, tx: Transaction, asked: EnrolmentRequest, address: str) -> EnrolmentResponse:
        now = self._clock.now()
        # The site before its token, as a site's removal locks them: else each could wait for the other.
        of_token = select(JoinTokenRow.site_id).where(JoinTokenRow.secret_digest == _digest(asked.secret))
        site = (await tx.scalars(select(SiteRow).where(SiteRow.id.in_(of_token)).with_for_update())).one_or_none()
        if site is None:
            raise _unknown_token()
        token = await self._token(tx, asked, now)
        _check_clock(asked.clock, now)
        await self._check_name(tx, site, asked.name)
        agent = AgentRow(
            id=new_id("agt"), site_id=site.id, name=asked.name, state=AgentState.ACTIVE, state_at=now,
            software=asked.software, enrolled_at=now, last_address=address,
        )  # fmt: skip
        tx.add(agent)
        await tx.flush()
        chain, identity = self._certify(tx, asked.csr, agent, now)
        token.used_at, token.agent_id = now, agent.id
        await tx.flush()
        details = {"name": agent.name, "site": site.id, "serial": identity.serial, "software": agent.software}
        await self._audit.append(
            tx, AuditEvent("agent.enrolled", Actor(agent.id, agent.name, address), agent.id, details)
        )
        tx.on_commit(lambda: self._bus.publish(Event("agent.enrolled", {"agent": agent.id, "site": site.id})))
        return self._response(agent, site, chain)

    async def _token(self, tx: Transaction, asked: EnrolmentRequest, now: datetime) -> JoinTokenRow:
        query = select(JoinTokenRow).where(JoinTokenRow.secret_digest == _digest(asked.secret)).with_for_update()
        token = (await tx.scalars(query)).one_or_none()
        if token is None:
            raise _unknown_token()
        hint = "Ask an admin for a new join token."
        if token.used_at is not None:
            raise JoinTokenUsedError(
                "This join token was used already. If that was not you, somebody else has enrolled with it.", hint=hint
            )
        if now >= token.expires_at:
            raise JoinTokenExpiredError(f"This join token ended at {token.expires_at:%Y-%m-%d %H:%M} UTC.", hint=hint)
        return token

    async def _check_name(self, tx: Transaction, site: SiteRow, name: str) -> None:
        query = select(AgentRow.id).filter_by(site_id=site.id, name=name).where(AgentRow.state != AgentState.REVOKED)
        if (await tx.scalars(query)).first() is not None:
            raise NameTakenError(
                f"The site {site.name!r} has an agent {name!r} already.",
                hint="Enrol under another name, or let an admin revoke the old agent first.",
            )

    async def _retire(self, tx: Transaction, agent_id: str, *, keep: str, now: datetime) -> None:
        others = update(AgentCertificateRow).where(
            AgentCertificateRow.agent_id == agent_id,
            AgentCertificateRow.serial != keep,
            AgentCertificateRow.retired_at.is_(None),
        )
        await tx.execute(others.values(retired_at=now))

    def _certify(self, tx: Transaction, csr: str, agent: AgentRow, now: datetime) -> tuple[str, AgentIdentity]:
        chain, identity = self._authority.issue_agent(csr, agent.id, agent.site_id, now)
        serial, expires_at = identity.serial, identity.not_after
        tx.add(AgentCertificateRow(serial=serial, agent_id=agent.id, issued_at=now, expires_at=expires_at))
        return chain, identity

    async def _note_refusal(self, asked: EnrolmentRequest, address: str, error: InventoryError) -> None:
        async with self._db.transaction() as tx:
            query = select(JoinTokenRow).where(JoinTokenRow.secret_digest == _digest(asked.secret))
            token = (await tx.scalars(query)).one()
            details = {"site": token.site_id, "code": error.code, "name": asked.name, "agent": token.agent_id}
            actor = Actor("stranger", asked.name, address)
            await self._audit.append(tx, AuditEvent("agent.enrolment_refused", actor, token.id, details))

    def _response(self, agent: AgentRow, site: SiteRow, chain: str) -> EnrolmentResponse:
        jwks: Mapping[str, object] = self._grant_keys.jwks()
        return EnrolmentResponse(
            agent=agent.id, site=site.id, site_name=site.name, certificate=chain,
            ca=self._address.trust.pem, grant_keys=dict(jwks), issuer=self._address.issuer,
        )  # fmt: skip

    def _text(self, site_id: str, secret: str) -> str:
        token = JoinToken(
            url=self._address.url, ca_fingerprint=self._address.trust.fingerprint, site=site_id, secret=secret
        )
        return JOIN_TOKEN_PREFIX + base64.urlsafe_b64encode(token.model_dump_json().encode()).decode().rstrip("=")


def _digest(secret: str) -> bytes:
    # A plain hash is enough: 256 random bits cannot be guessed.
    return hashlib.sha256(b"wicketgate-join-token\n" + secret.encode()).digest()


def _unknown_token() -> JoinTokenInvalidError:
    return JoinTokenInvalidError("This broker gave out no such join token.", hint="Copy the token whole.")


def _check_clock(theirs: datetime, ours: datetime) -> None:
    if theirs.tzinfo is None:
        raise ClockSkewError("The agent's time carries no offset from UTC.")
    offset = theirs - ours
    if abs(offset) > MAX_CLOCK_OFFSET:
        direction = "ahead of" if offset > timedelta(0) else "behind"
        raise ClockSkewError(
            f"The agent's clock is {abs(offset.total_seconds()):.0f} seconds {direction} the broker's.",
            hint="Set the clock on site (NTP), then enrol again: the join token is still good.",
            fields={"offset_seconds": round(offset.total_seconds(), 1)},
        )
