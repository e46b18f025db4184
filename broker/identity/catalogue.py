"""Accounts and groups as lists show them, a page with a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from broker.db.engine import Database
from broker.db.paging import in_order
from broker.http.errors import NotFoundError
from broker.http.paging import PageQuery
from broker.http.principal import Role
from broker.identity.names import canonical
from broker.identity.tables import GroupRow, MembershipRow, OrganizationRow, UserRoleRow, UserRow


@dataclass(frozen=True, slots=True)
class UserView:
    """An account with what belongs to it, by name."""

    row: UserRow
    organization: OrganizationRow
    sponsor: str | None
    roles: frozenset[Role]
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which accounts: of an organization, in a group (names), whose name holds ``text``, disabled or not."""

    organization: str | None = None
    group: str | None = None
    text: str | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group and the names of its members."""

    id: str
    name: str
    display_name: str
    members: list[str]
    created_at: datetime


class Catalogue:
    """Reads accounts and groups, in order of name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def user(self, reference: str) -> UserView:
        """Return the account of this id or name, or raise ``NotFoundError``."""
        condition = UserRow.id == reference if "_" in reference else UserRow.name == canonical(reference)
        async with self._database.reading() as view:
            rows = list(await view.scalars(select(UserRow).where(condition)))
            found = await _user_views(view, rows)
        if not found:
            raise NotFoundError
        return found[0]

    async def users(self, wanted: UserFilter, page: PageQuery) -> tuple[list[UserView], str | None]:
        """Return accounts, and the cursor of the next page."""
        async with self._database.reading() as view:
            rows, cursor = await in_order(view, _filtered(select(UserRow), wanted), UserRow.name, page)
            return await _user_views(view, rows), cursor

    async def groups(self, page: PageQuery) -> tuple[list[GroupView], str | None]:
        """Return groups with their members, and the cursor of the next page."""
        async with self._database.reading() as view:
            rows, cursor = await in_order(view, select(GroupRow), GroupRow.name, page)
            return await _group_views(view, rows), cursor

    async def group(self, reference: str) -> GroupView:
        """Return the group of this id or name, or raise ``NotFoundError``."""
        column = GroupRow.id if "_" in reference else GroupRow.name
        async with self._database.reading() as view:
            found = await _group_views(view, list(await view.scalars(select(GroupRow).where(column == reference))))
        if not found:
            raise NotFoundError
        return found[0]


async def _group_views(view: AsyncSession, rows: Sequence[GroupRow]) -> list[GroupView]:
    members = await _pairs(
        view,
        select(MembershipRow.group_id, UserRow.name)
        .join(UserRow, UserRow.id == MembershipRow.user_id)
        .where(MembershipRow.group_id.in_([row.id for row in rows])),
    )
    return [GroupView(row.id, row.name, row.display_name, sorted(members[row.id]), row.created_at) for row in rows]


def _filtered(query: Select[UserRow], wanted: UserFilter) -> Select[UserRow]:
    if wanted.organization is not None:
        owners = select(OrganizationRow.id).where(OrganizationRow.name == wanted.organization)
        query = query.where(UserRow.organization_id.in_(owners))
    if wanted.group is not None:
        members = select(MembershipRow.user_id).join(GroupRow, GroupRow.id == MembershipRow.group_id)
        query = query.where(UserRow.id.in_(members.where(GroupRow.name == wanted.group)))
    if wanted.text is not None:
        query = query.where(_holds(wanted.text))
    if wanted.disabled is not None:
        query = query.where(UserRow.disabled_at.is_not(None) if wanted.disabled else UserRow.disabled_at.is_(None))
    return query


def _holds(text: str) -> ColumnElement[bool]:
    return or_(UserRow.name.icontains(text, autoescape=True), UserRow.display_name.icontains(text, autoescape=True))


async def _user_views(view: AsyncSession, rows: Sequence[UserRow]) -> list[UserView]:
    ids = [row.id for row in rows]
    owners = select(OrganizationRow).where(OrganizationRow.id.in_({row.organization_id for row in rows}))
    organizations = {row.id: row for row in await view.scalars(owners)}
    sponsor_ids = {row.sponsor_id for row in rows if row.sponsor_id is not None}
    named = await view.execute(select(UserRow.id, UserRow.name).where(UserRow.id.in_(sponsor_ids)))
    sponsors = {row.id: row.name for row in named}
    roles = await _pairs(view, select(UserRoleRow.user_id, UserRoleRow.role).where(UserRoleRow.user_id.in_(ids)))
    joined = select(MembershipRow.user_id, GroupRow.name).join(GroupRow, GroupRow.id == MembershipRow.group_id)
    groups = await _pairs(view, joined.where(MembershipRow.user_id.in_(ids)))
    return [
        UserView(
            row,
            organizations[row.organization_id],
            sponsors.get(row.sponsor_id or ""),
            frozenset(Role(role) for role in roles[row.id]),
            frozenset(groups[row.id]),
        )
        for row in rows
    ]


async def _pairs(view: AsyncSession, query: Select[str, str]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, value in await view.execute(query):
        found[key].append(value)
    return found
