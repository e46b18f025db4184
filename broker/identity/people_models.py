"""What the routes of users, groups and organizations take and give."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from broker.http.paging import Page, PageQuery
from broker.http.principal import Role
from broker.identity.auth_models import Body, Name
from policies.facts import OrganizationKind

DisplayName = Annotated[str, Field(max_length=200)]
Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$")]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role))]


class NewUserBody(Body):
    """An account; ``organization`` and ``sponsor`` are ids or names."""

    username: Name
    display_name: DisplayName = ""
    email: Email | None = None
    organization: Name
    roles: Roles
    sponsor: Name | None = None
    ends_at: AwareDatetime | None = None
    is_emergency: bool = False


class UserChangeBody(Body):
    """What to change: only fields that are given count."""

    display_name: DisplayName = ""
    email: Email | None = None
    roles: Roles = Field(default=[])
    sponsor: Name | None = None
    ends_at: AwareDatetime | None = None


class ReasonBody(Body):
    """Why."""

    reason: Reason


class EmptyBody(Body):
    """Nothing to say."""


class UsersQuery(PageQuery):
    """Which accounts: ``q`` is a part of a name."""

    organization: Name | None = None
    group: Name | None = None
    q: Name | None = None
    disabled: bool | None = None


class UserOut(BaseModel):
    """An account; ``organization``, ``groups`` and ``sponsor`` are names."""

    id: str
    username: str
    display_name: str
    email: str | None
    organization: str
    organization_kind: OrganizationKind
    roles: list[Role]
    groups: list[str]
    sponsor: str | None
    ends_at: datetime | None
    is_emergency: bool
    disabled: bool
    disabled_reason: str
    mfa_enrolled: bool
    last_signed_in_at: datetime | None
    created_at: datetime


class UserPage(Page[UserOut]):
    """Accounts by name."""


class CreatedUserOut(BaseModel):
    """The account, and the password to hand over, shown this once."""

    user: UserOut
    initial_password: str


class OneTimePasswordOut(BaseModel):
    """The password to hand over, shown this once."""

    password: str


class NewGroupBody(Body):
    """A group."""

    name: Name
    display_name: DisplayName = ""


class GroupChangeBody(Body):
    """What to change. The short name stays: policies speak of the group by it."""

    display_name: Annotated[str, Field(min_length=1, max_length=200)]


class GroupOut(BaseModel):
    """A group; ``members`` are user names."""

    id: str
    name: str
    display_name: str
    members: list[str]
    created_at: datetime


class GroupPage(Page[GroupOut]):
    """Groups by name."""


class NewOrganizationBody(Body):
    """An organization."""

    name: Name
    display_name: DisplayName = ""
    kind: OrganizationKind


class OrganizationChangeBody(Body):
    """What to change."""

    display_name: DisplayName | None = None
    disabled: bool | None = None


class OrganizationOut(BaseModel):
    """An organization."""

    id: str
    name: str
    display_name: str
    kind: OrganizationKind
    disabled: bool
    created_at: datetime


class OrganizationPage(Page[OrganizationOut]):
    """Organizations by name."""
