"""Which role carries which permissions: the whole of it, as one table."""

from collections.abc import Iterable

from broker.http.principal import Permission, Role

_VENDOR = frozenset({Permission.REQUESTS_CREATE, Permission.SESSIONS_OPEN})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VENDOR: _VENDOR,
    Role.OPERATOR: _VENDOR
    | {
        Permission.REQUESTS_READ_ALL,
        Permission.REQUESTS_DECIDE,
        Permission.GRANTS_REVOKE,
        Permission.SESSIONS_READ_ALL,
        Permission.SESSIONS_CUT,
        Permission.LOCKS_MANAGE,
        Permission.INVENTORY_READ,
        Permission.PEOPLE_READ,
        Permission.POLICIES_READ,
        Permission.RECORDINGS_READ,
    },
    Role.ADMIN: frozenset(
        {
            Permission.PEOPLE_READ,
            Permission.PEOPLE_MANAGE,
            Permission.INVENTORY_READ,
            Permission.INVENTORY_MANAGE,
            Permission.POLICIES_READ,
            Permission.POLICIES_MANAGE,
            Permission.LOCKS_MANAGE,
            Permission.GRANTS_REVOKE,
            Permission.SESSIONS_READ_ALL,
            Permission.SESSIONS_CUT,
            Permission.REQUESTS_READ_ALL,
            Permission.REQUESTS_DECIDE,
            Permission.SYSTEM_MANAGE,
            Permission.AUDIT_READ,
            Permission.REQUESTS_CREATE,
            Permission.SESSIONS_OPEN,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.PEOPLE_READ,
            Permission.INVENTORY_READ,
            Permission.POLICIES_READ,
            Permission.REQUESTS_READ_ALL,
            Permission.SESSIONS_READ_ALL,
            Permission.RECORDINGS_READ,
            Permission.RECORDINGS_EXPORT,
            Permission.AUDIT_READ,
        }
    ),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return what any of the roles carries."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
