"""Proves who is asking, on every request: a user by access token and live login, an agent by its client certificate."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from cryptography import x509
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.db.engine import Database
from broker.http.errors import UnauthenticatedError
from broker.http.principal import AgentPrincipal, Principal
from broker.identity.directory import Directory, Person
from broker.identity.errors import TokenInvalidError
from broker.identity.roles import permissions_of
from broker.identity.tables import LoginRow
from broker.identity.tokens import AccessClaims, TokenIssuer
from broker.pki.authority import AgentIdentity, PkiError, read_agent_identity
from tunnel.clock import Clock
from tunnel.tls import peer_certificate

AgentIsLive = Callable[[str, str], Awaitable[bool]]


class IdentityAuthenticator:
    """The edge's authenticator. ``agent_is_live(agent_id, serial)`` is inventory's word on a certificate."""

    def __init__(
        self, database: Database, directory: Directory, tokens: TokenIssuer, clock: Clock, agent_is_live: AgentIsLive
    ) -> None:
        self._database = database
        self._directory = directory
        self._tokens = tokens
        self._clock = clock
        self._agent_is_live = agent_is_live

    async def authenticate_user(self, request: web.Request) -> Principal:
        """Return the signed-in user; ended logins and accounts count from the moment they ended."""
        try:
            claims = self._tokens.verify_access(_bearer(request))
        except TokenInvalidError as error:
            raise _unauthenticated() from error
        async with self._database.reading() as view:
            return await self._principal(view, claims, request.remote or "")

    async def authenticate_agent(self, request: web.Request) -> AgentPrincipal:
        """Return the agent of this connection's verified certificate; no header ever carries identity."""
        identity = _agent_identity(request)
        now = self._clock.now()
        timely = identity.not_before <= now < identity.not_after
        if not timely or not await self._agent_is_live(identity.agent_id, identity.serial):
            raise UnauthenticatedError("The agent's certificate is not valid any more.")
        address = request.remote or ""
        return AgentPrincipal(identity.agent_id, identity.site_id, identity.serial, address, identity.not_before)

    async def _principal(self, view: AsyncSession, claims: AccessClaims, address: str) -> Principal:
        now = self._clock.now()
        login = (await view.scalars(select(LoginRow).where(LoginRow.id == claims.login_id))).one_or_none()
        if login is None or login.user_id != claims.user_id or login.ended_at is not None or login.expires_at <= now:
            raise _unauthenticated()
        person = await self._directory.person(view, claims.user_id)
        if person is None or not person.is_active(now):
            raise _unauthenticated()
        return principal_of(person, login, address)


def principal_of(person: Person, login: LoginRow, address: str) -> Principal:
    """The principal that a live login of an active person is."""
    return Principal(
        user_id=person.id,
        name=person.name,
        display_name=person.display_name,
        organization_id=person.organization_id,
        login_id=login.id,
        roles=person.roles,
        permissions=permissions_of(person.roles),
        address=address,
        methods=frozenset(login.methods.split(",")),
        authenticated_at=login.authenticated_at,
        mfa_at=login.mfa_at,
    )


def _bearer(request: web.Request) -> str:
    given = request.headers.getall("Authorization", [])
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.isascii() or not token:
        raise _unauthenticated()
    return token.strip()


def _unauthenticated() -> UnauthenticatedError:
    return UnauthenticatedError("This needs a valid access token.", hint="Sign in, or refresh the login.")


def _agent_identity(request: web.Request) -> AgentIdentity:
    leaf = peer_certificate(request.transport) if request.transport is not None else None
    if leaf is None:
        raise UnauthenticatedError("This address is for agents, which show a client certificate.")
    try:
        return read_agent_identity(x509.load_der_x509_certificate(leaf))
    except (PkiError, ValueError) as error:
        raise UnauthenticatedError("The client certificate is not an agent's.") from error
