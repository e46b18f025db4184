"""Reads session grants: who may do what, where, until when, as the broker signed it for this site and nobody else."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import ValidationError

from agent.refusals import Refusal, RefusalCode
from agent.tokens import GrantKeys, TokenError, verify
from tunnel.messages import SessionGrant

MAX_SKEW = timedelta(seconds=60)
MAX_KNOWN_GRANTS = 4096
_ISSUED_LIMIT = 253_402_300_799  # the last second that a datetime can hold


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant that holds now; ``deadline_monotonic`` is this agent's own, counted from the first receipt."""

    claims: SessionGrant
    token_id: str
    subject: str
    issued_at: datetime
    deadline_monotonic: float


@dataclass(slots=True)
class _Known:
    grant: Grant
    streams: set[str] = field(default_factory=set)


class GrantDesk:
    """Takes tokens, gives grants or refusals, and remembers which streams each token has opened.

    A token may open several streams of its session until it expires, each stream once. Its lifetime counts from the
    first receipt, so that nobody can prolong a session by turning a clock.
    """

    def __init__(self, site: str, issuer: str, keys: GrantKeys) -> None:
        """Serve one site; ``issuer`` is the broker that the agent enrolled with."""
        self.keys = keys
        self._audience = f"wicket-agent:{site}"
        self._issuer = issuer
        self._known: dict[str, _Known] = {}

    def accept(
        self, token: str, *, stream: str | None, now: datetime, now_monotonic: float, broker_offset_seconds: float = 0.0
    ) -> Grant | Refusal:
        """Judge a token for a stream, or for an extension (``stream`` is ``None``).

        ``broker_offset_seconds`` is the broker's clock minus ours as the link measured it.
        """
        self._forget(now_monotonic)
        try:
            claims = verify(token, self.keys, audience=self._audience, issuer=self._issuer)
            fresh = _read(claims, now_monotonic)
        except TokenError as error:
            return _invalid(str(error))
        known = self._known.get(fresh.token_id)
        if known is None:
            late = _untimely(fresh, now, now_monotonic, broker_offset_seconds)
            return late or self._admit(fresh, stream)
        return _again(known, fresh, stream, now_monotonic)

    def _admit(self, grant: Grant, stream: str | None) -> Grant | Refusal:
        if len(self._known) >= MAX_KNOWN_GRANTS:
            return Refusal(RefusalCode.RATE_LIMITED, "The agent holds too many live grants; try again in a minute.")
        self._known[grant.token_id] = _Known(grant, {stream} if stream else set())
        return grant

    def _forget(self, now_monotonic: float) -> None:
        """Forget only what is past its deadline by the skew allowed, so that an old token cannot come back as new."""
        keep = 2 * MAX_SKEW.total_seconds()
        gone = [key for key, known in self._known.items() if known.grant.deadline_monotonic + keep < now_monotonic]
        for key in gone:
            del self._known[key]


def _again(known: _Known, fresh: Grant, stream: str | None, now_monotonic: float) -> Grant | Refusal:
    if (fresh.claims, fresh.subject, fresh.issued_at) != (
        known.grant.claims,
        known.grant.subject,
        known.grant.issued_at,
    ):
        return _invalid("the grant's id was used before by another grant")
    if now_monotonic >= known.grant.deadline_monotonic:
        return Refusal(RefusalCode.GRANT_EXPIRED, "The session's time is over; ask for a new session.")
    if stream in known.streams:
        return _invalid("this stream was opened with this grant before")
    if stream:
        known.streams.add(stream)
    return known.grant


def _read(claims: dict[str, object], now_monotonic: float) -> Grant:
    expires, issued = claims.pop("exp"), claims.pop("iat")
    token_id, subject = claims.pop("jti"), claims.pop("sub")
    claims.pop("aud")
    claims.pop("iss")
    if type(expires) is not int or type(issued) is not int or not 0 < issued < expires < _ISSUED_LIMIT:
        raise TokenError("the grant's iat and exp are not whole seconds, the earlier first")
    if not isinstance(token_id, str) or not 16 <= len(token_id) <= 128:
        raise TokenError("the grant's jti is not an id")
    try:
        body = SessionGrant.model_validate(claims)
    except ValidationError as error:
        raise TokenError(f"the grant's claims are not understood: {_first(error)}") from error
    if subject != body.user:
        raise TokenError("the grant's subject is not its user")
    issued_at = datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(seconds=issued)
    lifetime = min(body.lifetime_seconds, expires - issued)
    return Grant(body, token_id, body.user, issued_at, now_monotonic + lifetime)


def _untimely(grant: Grant, now: datetime, now_monotonic: float, broker_offset_seconds: float) -> Refusal | None:
    age = now - grant.issued_at
    lifetime = timedelta(seconds=grant.deadline_monotonic - now_monotonic)
    if abs(age) <= MAX_SKEW:
        return None if age < lifetime else _expired(grant, lifetime)
    if age >= lifetime and abs(broker_offset_seconds) <= MAX_SKEW.total_seconds():
        return _expired(grant, lifetime)
    way = "ahead" if age > timedelta() else "behind"
    return Refusal(
        RefusalCode.CLOCK_SKEW,
        f"The clock of the agent's machine is {abs(age).total_seconds():.0f} s {way} of the grant, at most "
        f"{MAX_SKEW.total_seconds():.0f} s are allowed; set the clock on site (chronyc tracking, timedatectl).",
    )


def _expired(grant: Grant, lifetime: timedelta) -> Refusal:
    ended = (grant.issued_at + lifetime).isoformat(timespec="seconds")
    return Refusal(RefusalCode.GRANT_EXPIRED, f"The grant ended at {ended}; ask for a new session.")


def _invalid(reason: str) -> Refusal:
    return Refusal(RefusalCode.GRANT_INVALID, f"The agent does not accept the session grant: {reason}.")


def _first(error: ValidationError) -> str:
    detail = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"
