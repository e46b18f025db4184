"""Who is asking: what authentication proved, handed to every service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Permission(StrEnum):
    """What a role may do in the product; the table of roles is in ``broker/identity/roles.py``."""

    PEOPLE_READ = "people:read"
    PEOPLE_MANAGE = "people:manage"
    INVENTORY_READ = "inventory:read"
    INVENTORY_MANAGE = "inventory:manage"
    POLICIES_READ = "policies:read"
    POLICIES_MANAGE = "policies:manage"
    REQUESTS_CREATE = "requests:create"
    REQUESTS_READ_ALL = "requests:read_all"
    REQUESTS_DECIDE = "requests:decide"
    GRANTS_REVOKE = "grants:revoke"
    SESSIONS_OPEN = "sessions:open"
    SESSIONS_READ_ALL = "sessions:read_all"
    SESSIONS_CUT = "sessions:cut"
    LOCKS_MANAGE = "locks:manage"
    RECORDINGS_READ = "recordings:read"
    RECORDINGS_EXPORT = "recordings:export"
    AUDIT_READ = "audit:read"
    SYSTEM_MANAGE = "system:manage"


class Role(StrEnum):
    """What a user may do in the product; a user may hold several."""

    VENDOR = "vendor"
    OPERATOR = "operator"
    ADMIN = "admin"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user, as proved by this very request."""

    user_id: str
    name: str
    display_name: str
    organization_id: str
    login_id: str
    roles: frozenset[Role]
    permissions: frozenset[Permission]
    address: str
    methods: frozenset[str]
    """Login methods proved: ``password``, ``totp``, ``recovery_code``, ``passkey``."""
    authenticated_at: datetime
    mfa_at: datetime | None = None
    shown_at: Mapping[str, datetime] = field(default_factory=dict, hash=False)
    """When each second factor was last shown, by method."""

    def may(self, permission: Permission) -> bool:
        """Tell whether one of the user's roles carries the permission."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class AgentPrincipal:
    """An agent, as proved by the verified client certificate of this connection."""

    agent_id: str
    site_id: str
    serial: str
    address: str
    issued_at: datetime | None = field(default=None)
