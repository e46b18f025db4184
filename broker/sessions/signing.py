"""The session grant: a session's terms as the agent gets them, signed."""

from broker.identity.tokens import TokenIssuer
from broker.sessions.live import LiveSession
from broker.sessions.opening import latest_end
from broker.sessions.terms import SessionTerms
from policies.identity import DeviceIdentity
from tunnel.clock import Clock
from tunnel.messages import SessionGrant

LEAST_SECONDS = 0.001  # a session at its very end is still signed: the agent refuses it, and says why


class GrantSigner:
    """Signs grants for agents; what is in one is decided by the gate, not here."""

    def __init__(self, tokens: TokenIssuer, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock

    def sign(self, session: LiveSession, identity: DeviceIdentity | None = None) -> str:
        """Return the session's present terms as a compact JWS for its site's agents.

        ``identity`` is for one stream's guard, and is no part of what an extension says anew.
        """
        facts, terms, now = session.facts, session.terms, self._clock.now()
        claims = SessionGrant(
            session=facts.id,
            user=facts.user_id,
            user_name=facts.user_name,
            organization=facts.organization_name,
            ticket=facts.asked.ticket,
            target=facts.target,
            rules=terms.rules,
            lifetime_seconds=max(LEAST_SECONDS, (latest_end(terms) - now).total_seconds()),
            max_streams=terms.max_streams,
            idle_seconds=_idle(terms),
            device_timeout_seconds=terms.device_timeout_seconds,
            identity=identity,
        )
        return self._tokens.sign_grant(claims, site_id=facts.site_id, issued_at=now)


def _idle(terms: SessionTerms) -> float | None:
    idle = terms.obligations.idle
    return idle.total_seconds() if idle is not None else None
