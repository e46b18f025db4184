"""Proves who is asking, on every request.

A user by the access token or the cookie of a live login, an agent by its client certificate.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import web
from cryptography import x509

from broker.http import browser
from broker.http.errors import UnauthenticatedError
from broker.http.principal import AgentPrincipal, Principal
from broker.identity import opaque
from broker.identity.errors import TokenInvalidError
from broker.identity.principals import Principals
from broker.identity.tokens import TokenIssuer
from broker.pki.authority import AgentIdentity, PkiError, read_agent_identity
from tunnel.clock import Clock
from tunnel.tls import peer_certificate

AgentIsLive = Callable[[str, str], Awaitable[bool]]


class IdentityAuthenticator:
    """The edge's authenticator. ``agent_is_live(agent_id, serial)`` is inventory's word on a certificate."""

    def __init__(self, principals: Principals, tokens: TokenIssuer, clock: Clock, agent_is_live: AgentIsLive) -> None:
        self._principals = principals
        self._tokens = tokens
        self._clock = clock
        self._agent_is_live = agent_is_live

    async def authenticate_user(self, request: web.Request) -> Principal:
        """Return the signed-in user; ended logins and accounts count from the moment they ended.

        Raise ``CsrfFailedError`` where another page may have caused a request by cookie.
        """
        cookie = browser.login_cookie(request)
        principal = await (self._by_token(request) if cookie is None else self._by_cookie(request, cookie))
        return replace(principal, address=request.remote or "")

    async def _by_token(self, request: web.Request) -> Principal:
        try:
            claims = self._tokens.verify_access(_bearer(request))
        except TokenInvalidError as error:
            raise _unauthenticated() from error
        return _signed_in(await self._principals.of(claims.user_id, claims.login_id))

    async def _by_cookie(self, request: web.Request, cookie: str) -> Principal:
        browser.check_forgery(request, cookie)
        return _signed_in(await self._principals.of_cookie(opaque.token_hash(cookie)))

    async def authenticate_agent(self, request: web.Request) -> AgentPrincipal:
        """Return the agent of this connection's verified certificate; no header ever carries identity."""
        identity = _agent_identity(request)
        now = self._clock.now()
        timely = identity.not_before <= now < identity.not_after
        if not timely or not await self._agent_is_live(identity.agent_id, identity.serial):
            raise UnauthenticatedError("The agent's certificate is not valid any more.")
        address = request.remote or ""
        return AgentPrincipal(identity.agent_id, identity.site_id, identity.serial, address, identity.not_before)


def _bearer(request: web.Request) -> str:
    given = request.headers.getall("Authorization", [])
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.isascii() or not token:
        raise _unauthenticated()
    return token.strip()


def _signed_in(principal: Principal | None) -> Principal:
    if principal is None:
        raise _unauthenticated()
    return principal


def _unauthenticated() -> UnauthenticatedError:
    return UnauthenticatedError("This needs a valid login.", hint="Sign in, or refresh the login.")


def _agent_identity(request: web.Request) -> AgentIdentity:
    leaf = peer_certificate(request.transport) if request.transport is not None else None
    if leaf is None:
        raise UnauthenticatedError("This address is for agents, which show a client certificate.")
    try:
        return read_agent_identity(x509.load_der_x509_certificate(leaf))
    except (PkiError, ValueError) as error:
        raise UnauthenticatedError("The client certificate is not an agent's.") from error
