"""What may be written about an event. A field that nobody classified counts as secret and is redacted."""

from collections.abc import Mapping
from enum import Enum

REDACTED = "[redacted]"
MAX_TEXT_LENGTH = 2000


class Classification(Enum):
    """How a field may be shown."""

    PUBLIC = "public"
    PERSONAL = "personal"
    SECRET = "secret"  # noqa: S105 - the name of a class, not a secret


_PUBLIC = (
    "action",
    "address",
    "agent",
    "agents",
    "approvals",
    "approver",
    "asset",
    "assets",
    "at_expiry",
    "cause",
    "certificate_serial",
    "changes",
    "code",
    "count",
    "decision",
    "detail",
    "digest",
    "duration_seconds",
    "end_reason",
    "expires_at",
    "field",
    "fields",
    "fingerprint",
    "format",
    "from",
    "function",
    "grant",
    "group",
    "groups",
    "hash",
    "instance",
    "is_emergency",
    "kind",
    "lock",
    "mode",
    "name",
    "names",
    "network",
    "node",
    "not_after",
    "old_digest",
    "operation",
    "organization",
    "outcome",
    "path",
    "policies",
    "policy",
    "ports",
    "previous",
    "protocol",
    "quorum",
    "reason",
    "recording",
    "request",
    "role",
    "roles",
    "segments",
    "serial",
    "service",
    "services",
    "session",
    "sessions",
    "since",
    "site",
    "size",
    "software",
    "sponsor",
    "state",
    "status",
    "stream",
    "ticket",
    "tiers",
    "to",
    "until",
    "user",
    "users",
    "version",
    "zone",
    # inventory
    "acceptances",
    "added",
    "changed",
    "created",
    "criticality",
    "ended",
    "grants",
    "host",
    "join_tokens",
    "labels",
    "narrowed",
    "offset_seconds",
    "port",
    "removed",
    "requests",
    "timezone",
    "unchanged",
    "units",
    "uses",
    # access
    "comment",
    "extension",
    "review",
    "rules",
    "starts_at",
    "target",
    # sessions
    "swept",
    "text",
    # identity, and the audit log itself
    "backed_up",
    "checkpoints",
    "ends_at",
    "links",
    "methods",
    "passkey",
    "passkeys",
)
_PERSONAL = ("display_name", "email", "user_agent", "username")

CLASSIFICATION: dict[str, Classification] = {
    **dict.fromkeys(_PUBLIC, Classification.PUBLIC),
    **dict.fromkeys(_PERSONAL, Classification.PERSONAL),
}


def classify(details: Mapping[str, object]) -> dict[str, object]:
    """Return what may be kept: classified fields bounded in length, everything else redacted."""
    return {
        name: _bounded(value)
        if CLASSIFICATION.get(name, Classification.SECRET) is not Classification.SECRET
        else REDACTED
        for name, value in sorted(details.items())
    }


def _bounded(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return value[:MAX_TEXT_LENGTH]
        case list() | tuple() | set() | frozenset():
            items = sorted(value) if isinstance(value, set | frozenset) else value
            return [_bounded(item) for item in list(items)[:200]]
        case Mapping():
            return classify({str(key): item for key, item in value.items()})
        case _:
            return str(value)[:MAX_TEXT_LENGTH]
