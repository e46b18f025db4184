"""What any account must be like, whoever asks: pure rules on its values."""

from dataclasses import dataclass
from datetime import datetime

from broker.http.principal import Role
from broker.identity.errors import RuleError
from policies.facts import OrganizationKind


@dataclass(frozen=True, slots=True)
class AccountShape:
    """What the rules look at."""

    kind: OrganizationKind
    roles: frozenset[Role]
    has_sponsor: bool
    ends_at: datetime | None
    is_emergency: bool


def check_account(shape: AccountShape, now: datetime) -> None:
    """Raise ``RuleError`` for the first rule that the account would break."""
    is_vendor = shape.kind is OrganizationKind.VENDOR
    rules = {
        RuleError("An account needs at least one role."): bool(shape.roles),
        RuleError("People of a vendor hold the role vendor and no other."): not is_vendor
        or shape.roles <= {Role.VENDOR},
        RuleError("A vendor's account needs a sponsor among the plant's people."): not is_vendor or shape.has_sponsor,
        RuleError("A vendor's account needs an end date."): not is_vendor or shape.ends_at is not None,
        RuleError("The end date must lie in the future."): shape.ends_at is None or shape.ends_at > now,
        RuleError("An emergency account is an admin of the plant's own, without an end date."): not shape.is_emergency
        or (not is_vendor and Role.ADMIN in shape.roles and shape.ends_at is None),
    }
    for broken, holds in rules.items():
        if not holds:
            raise broken
