"""The read side of people, for the other packages: facts as of now, inside the caller's view or transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.http.principal import Role
from broker.identity.names import canonical
from broker.identity.tables import GroupRow, MembershipRow, OrganizationRow, UserRoleRow, UserRow
from policies.facts import OrganizationKind, Subject


@dataclass(frozen=True, slots=True)
class Person:
    """A user as of now. ``groups`` are names; ``organization`` is the organization's name.

    ``disabled`` is also true when the whole organization is disabled; ``ends_at`` is when the account ends.
    """

    id: str
    name: str
    display_name: str
    email: str | None
    organization_id: str
    organization: str
    organization_kind: OrganizationKind
    roles: frozenset[Role]
    groups: frozenset[str]
    ends_at: datetime | None
    disabled: bool
    is_emergency: bool
    sponsor_id: str | None = None

    def is_active(self, now: datetime) -> bool:
        """Tell whether the account may be used at ``now``."""
        return not self.disabled and (self.ends_at is None or now < self.ends_at)

    def subject(self) -> Subject:
        """The person as the policy engine wants it."""
        return Subject(
            user=self.id,
            name=self.name,
            groups=self.groups,
            organization=self.organization,
            organization_kind=self.organization_kind,
            account_ends_at=self.ends_at,
        )


_SUBJECTS = (
    select(
        UserRow.id,
        UserRow.name,
        UserRow.ends_at,
        OrganizationRow.name.label("organization"),
        OrganizationRow.kind,
        GroupRow.name.label("group"),
    )
    .join(OrganizationRow, OrganizationRow.id == UserRow.organization_id)
    .outerjoin(MembershipRow, MembershipRow.user_id == UserRow.id)
    .outerjoin(GroupRow, GroupRow.id == MembershipRow.group_id)
    .where(UserRow.disabled_at.is_(None), OrganizationRow.disabled_at.is_(None))
)


class Directory:
    """Looks people up. ``view`` is a reading view or the caller's transaction."""

    async def person(self, view: AsyncSession, user_id: str) -> Person | None:
        """Return the user with this id."""
        return await self._one(view, UserRow.id == user_id)

    async def user_by_name(self, view: AsyncSession, name: str) -> Person | None:
        """Return the user of this name, in any spelling of it."""
        return await self._one(view, UserRow.name == canonical(name))

    async def find(self, view: AsyncSession, reference: str) -> Person | None:
        """Return the user of this id or name; the two never look alike."""
        return await (self.person(view, reference) if "_" in reference else self.user_by_name(view, reference))

    async def subject(self, view: AsyncSession, user_id: str, now: datetime) -> Subject | None:
        """Return the policy's subject, or ``None`` for an account that is unknown, disabled or ended at ``now``."""
        return (await self.subjects(view, [user_id], now)).get(user_id)

    async def subjects(self, view: AsyncSession, user_ids: Iterable[str], now: datetime) -> dict[str, Subject]:
        """Return the policy's subjects by id, without those that are unknown, disabled or ended at ``now``.

        One query for all of them: this stands in the way of every stream that opens.
        """
        rows = list(await view.execute(_SUBJECTS.where(UserRow.id.in_(list(user_ids)))))
        groups: dict[str, set[str]] = {row.id: set() for row in rows}
        for row in rows:
            groups[row.id] |= {row.group} if row.group is not None else set()
        return {
            row.id: Subject(
                user=row.id,
                name=row.name,
                groups=frozenset(groups[row.id]),
                organization=row.organization,
                organization_kind=OrganizationKind(row.kind),
                account_ends_at=row.ends_at,
            )
            for row in rows
            if row.ends_at is None or now < row.ends_at
        }

    async def groups_of(self, view: AsyncSession, user_id: str) -> frozenset[str]:
        """Return the names of the groups that the user is in."""
        names = select(GroupRow.name).join(MembershipRow, MembershipRow.group_id == GroupRow.id)
        return frozenset(await view.scalars(names.where(MembershipRow.user_id == user_id)))

    async def members_of(self, view: AsyncSession, group: str) -> frozenset[str]:
        """Return the ids of the users in the group of this name; none for an unknown group."""
        users = select(MembershipRow.user_id).join(GroupRow, GroupRow.id == MembershipRow.group_id)
        return frozenset(await view.scalars(users.where(GroupRow.name == group)))

    async def roles_of(self, view: AsyncSession, user_id: str) -> frozenset[Role]:
        """Return the user's roles."""
        found = await view.scalars(select(UserRoleRow.role).where(UserRoleRow.user_id == user_id))
        return frozenset(Role(role) for role in found)

    async def names_of(self, view: AsyncSession, user_ids: frozenset[str]) -> dict[str, str]:
        """Return the names of these users by id; unknown ids are left out."""
        rows = await view.execute(select(UserRow.id, UserRow.name).where(UserRow.id.in_(user_ids)))
        return {row.id: row.name for row in rows}

    async def _one(self, view: AsyncSession, condition: ColumnElement[bool]) -> Person | None:
        joined = select(UserRow, OrganizationRow).join(OrganizationRow, OrganizationRow.id == UserRow.organization_id)
        found = (await view.execute(joined.where(condition))).one_or_none()
        if found is None:
            return None
        user, organization = found
        return Person(
            id=user.id,
            name=user.name,
            display_name=user.display_name,
            email=user.email,
            organization_id=organization.id,
            organization=organization.name,
            organization_kind=OrganizationKind(organization.kind),
            roles=await self.roles_of(view, user.id),
            groups=await self.groups_of(view, user.id),
            ends_at=user.ends_at,
            disabled=user.disabled_at is not None or organization.disabled_at is not None,
            is_emergency=user.is_emergency,
            sponsor_id=user.sponsor_id,
        )
