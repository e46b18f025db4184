"""The exact terms that people say yes to, and the hash that binds their yes to nothing else."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from broker.access.tables import RequestRow
from broker.inventory.facts import ServiceFacts
from policies.canonical import digest
from policies.rules import Rules, Tier

REQUEST_DOMAIN = b"wicketgate-access-request-v1\n"
EXTENSION_DOMAIN = b"wicketgate-access-extension-v1\n"


@dataclass(frozen=True, slots=True)
class RequestTerms:
    """All that an approver of a request says yes to; ids, not names, so that nothing can be renamed underneath."""

    user: str
    asset: str
    service: str
    tiers: frozenset[Tier]
    rules_digest: str
    duration_seconds: int
    starts_at: datetime | None
    reason: str
    ticket: str
    emergency: bool
    policy: str
    policy_digest: str

    @property
    def hash(self) -> str:
        """SHA-256 (hex) over the domain and the canonical JSON of all fields."""
        starts_at = self.starts_at.astimezone(UTC).isoformat(timespec="microseconds") if self.starts_at else None
        return _hash(
            REQUEST_DOMAIN,
            {
                "user": self.user,
                "asset": self.asset,
                "service": self.service,
                "tiers": sorted(self.tiers),
                "rules": self.rules_digest,
                "duration": self.duration_seconds,
                "starts_at": starts_at,
                "reason": self.reason,
                "ticket": self.ticket,
                "emergency": self.emergency,
                "policy": self.policy,
                "policy_digest": self.policy_digest,
            },
        )


def terms_of(row: RequestRow) -> RequestTerms:
    """Return the terms that a stored request states; its ``hash`` must be theirs."""
    return RequestTerms(
        user=row.user_id,
        asset=row.asset_id,
        service=row.service_id,
        tiers=tiers_of(row.tiers),
        rules_digest=rules_digest(rules_of(row.rules)),
        duration_seconds=row.duration_seconds,
        starts_at=row.starts_at,
        reason=row.reason,
        ticket=row.ticket,
        emergency=row.emergency,
        policy=row.policy,
        policy_digest=row.policy_digest,
    )


def rules_of(stored: dict[str, object]) -> Rules:
    """Return stored rules."""
    return Rules.model_validate(stored)


def within(rules: Rules, approved: Rules) -> Rules:
    """Return what both let through; equal rules stay as they are written."""
    return rules if rules == approved else rules.intersection(approved)


def fenced(rules: Rules, service: ServiceFacts) -> Rules:
    """Return what the rules let through within the fence of asset and service, at the service's rate."""
    fence = {"units": service.units, "routes": service.routes, "max_rate": service.limits.max_rate}
    return rules.intersection(rules.model_copy(update=fence))


def extension_hash(*, session: str, grant: str, duration_seconds: int, reason: str, policy_digest: str) -> str:
    """SHA-256 (hex) of what an approver of an extension says yes to."""
    content = {
        "session": session,
        "grant": grant,
        "duration": duration_seconds,
        "reason": reason,
        "policy_digest": policy_digest,
    }
    return _hash(EXTENSION_DOMAIN, content)


def rules_digest(rules: Rules) -> str:
    """SHA-256 (hex) of the canonical form of the rules."""
    return digest(rules)


def tiers_of(names: Iterable[str]) -> frozenset[Tier]:
    """Return stored tier names as tiers."""
    return frozenset(Tier(name) for name in names)


def _hash(domain: bytes, content: dict[str, object]) -> str:
    body = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(domain + body.encode()).hexdigest()
