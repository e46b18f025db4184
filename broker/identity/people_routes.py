"""Routes of users, groups and organizations, for those who manage or read people."""

from broker.http.paging import PageQuery
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route
from broker.identity.catalogue import Catalogue, GroupView, UserFilter, UserView
from broker.identity.groups import Groups
from broker.identity.organizations import OrganizationChange, Organizations
from broker.identity.people_models import (
    CreatedUserOut,
    EmptyBody,
    GroupChangeBody,
    GroupOut,
    GroupPage,
    NewGroupBody,
    NewOrganizationBody,
    NewUserBody,
    OneTimePasswordOut,
    OrganizationChangeBody,
    OrganizationOut,
    OrganizationPage,
    ReasonBody,
    UserChangeBody,
    UserOut,
    UserPage,
    UsersQuery,
)
from broker.identity.ports import GroupUses
from broker.identity.tables import OrganizationRow
from broker.identity.users import NewUser, UserChange, Users
from policies.facts import OrganizationKind

USERS, GROUPS, ORGANIZATIONS = "/api/v1/users", "/api/v1/groups", "/api/v1/organizations"
READ, MANAGE = Needs(Permission.PEOPLE_READ), Needs(Permission.PEOPLE_MANAGE)


class UserRoutes:
    """Accounts."""

    def __init__(self, users: Users, catalogue: Catalogue) -> None:
        self._users = users
        self._catalogue = catalogue

    def routes(self) -> list[Route]:
        """Return the routes."""
        one = f"{USERS}/{{user}}"
        return [
            Route("GET", USERS, self.list_users, READ, "List users", query=UsersQuery, response=UserPage),
            Route("POST", USERS, self.create, MANAGE, "Create a user", NewUserBody, response=CreatedUserOut,
                  status=201, errors=("name_taken", "account_rule")),
            Route("GET", one, self.show, READ, "Show a user", response=UserOut),
            Route("PATCH", one, self.change, MANAGE, "Change a user", UserChangeBody, response=UserOut,
                  errors=("account_rule",)),
            Route("POST", f"{one}/disable", self.disable, MANAGE, "Disable a user and end their sessions",
                  ReasonBody, response=UserOut, errors=("account_rule",)),
            Route("POST", f"{one}/enable", self.enable, MANAGE, "Enable a user", EmptyBody, response=UserOut),
            Route("POST", f"{one}/reset-mfa", self.reset_mfa, MANAGE, "Forget a user's second factor",
                  EmptyBody, response=UserOut),
            Route("POST", f"{one}/reset-password", self.reset_password, MANAGE, "Give a user a one-time password",
                  EmptyBody, response=OneTimePasswordOut),
        ]  # fmt: skip

    async def list_users(self, call: Call) -> UserPage:
        """List users."""
        query = call.query_as(UsersQuery)
        wanted = UserFilter(query.organization, query.group, query.q, query.disabled)
        found, cursor = await self._catalogue.users(wanted, query)
        return UserPage(items=[_user_out(view) for view in found], next_cursor=cursor)

    async def create(self, call: Call) -> CreatedUserOut:
        """Create a user."""
        body = call.body_as(NewUserBody)
        new = NewUser(
            body.username,
            body.display_name,
            body.organization,
            frozenset(body.roles),
            body.email,
            body.sponsor,
            body.ends_at,
            body.is_emergency,
        )
        created = await self._users.create(call.principal, new)
        user = _user_out(await self._catalogue.user(created.user_id))
        return CreatedUserOut(user=user, initial_password=created.initial_password)

    async def show(self, call: Call) -> UserOut:
        """Show a user."""
        return _user_out(await self._catalogue.user(call.path("user")))

    async def change(self, call: Call) -> UserOut:
        """Change a user."""
        body = call.body_as(UserChangeBody)
        change = UserChange(
            frozenset(body.model_fields_set),
            body.display_name,
            body.email,
            frozenset(body.roles),
            body.sponsor,
            body.ends_at,
        )
        return await self._shown(await self._users.change(call.principal, call.path("user"), change))

    async def disable(self, call: Call) -> UserOut:
        """Disable a user."""
        reason = call.body_as(ReasonBody).reason
        return await self._shown(await self._users.disable(call.principal, call.path("user"), reason))

    async def enable(self, call: Call) -> UserOut:
        """Enable a user."""
        return await self._shown(await self._users.enable(call.principal, call.path("user")))

    async def reset_mfa(self, call: Call) -> UserOut:
        """Forget a user's second factor."""
        return await self._shown(await self._users.reset_mfa(call.principal, call.path("user")))

    async def reset_password(self, call: Call) -> OneTimePasswordOut:
        """Give a user a one-time password."""
        return OneTimePasswordOut(password=await self._users.reset_password(call.principal, call.path("user")))

    async def _shown(self, user_id: str) -> UserOut:
        return _user_out(await self._catalogue.user(user_id))


class GroupRoutes:
    """Groups and who is in them."""

    def __init__(self, groups: Groups, catalogue: Catalogue, uses: GroupUses) -> None:
        self._groups = groups
        self._catalogue = catalogue
        self._uses = uses

    def routes(self) -> list[Route]:
        """Return the routes."""
        one = f"{GROUPS}/{{group}}"
        member = f"{one}/members/{{user}}"
        return [
            Route("GET", GROUPS, self.list_groups, READ, "List groups", query=PageQuery, response=GroupPage),
            Route("POST", GROUPS, self.create, MANAGE, "Create a group", NewGroupBody, response=GroupOut,
                  status=201, errors=("name_taken",)),
            Route("PATCH", one, self.change, MANAGE, "Change the display name of a group", GroupChangeBody,
                  response=GroupOut),
            Route("DELETE", one, self.delete, MANAGE, "Remove a group that no policy and no open decision needs",
                  status=204, errors=("conflict",)),
            Route("PUT", member, self.add_member, MANAGE, "Put a user into a group", status=204),
            Route("DELETE", member, self.remove_member, MANAGE, "Take a user out of a group", status=204),
        ]  # fmt: skip

    async def list_groups(self, call: Call) -> GroupPage:
        """List groups."""
        found, cursor = await self._catalogue.groups(call.query_as(PageQuery))
        return GroupPage(items=[_group_out(view) for view in found], next_cursor=cursor)

    async def create(self, call: Call) -> GroupOut:
        """Create a group."""
        body = call.body_as(NewGroupBody)
        row = await self._groups.create(call.principal, body.name, body.display_name)
        return _group_out(GroupView(row.id, row.name, row.display_name, [], row.created_at))

    async def change(self, call: Call) -> GroupOut:
        """Change the display name of a group."""
        display_name = call.body_as(GroupChangeBody).display_name
        row = await self._groups.change(call.principal, call.path("group"), display_name)
        return _group_out(await self._catalogue.group(row.id))

    async def delete(self, call: Call) -> None:
        """Remove a group."""
        await self._groups.delete(call.principal, call.path("group"), self._uses)

    async def add_member(self, call: Call) -> None:
        """Put a user into a group."""
        await self._groups.add_member(call.principal, call.path("group"), call.path("user"))

    async def remove_member(self, call: Call) -> None:
        """Take a user out of a group."""
        await self._groups.remove_member(call.principal, call.path("group"), call.path("user"))


class OrganizationRoutes:
    """Organizations."""

    def __init__(self, organizations: Organizations) -> None:
        self._organizations = organizations

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", ORGANIZATIONS, self.list_all, READ, "List organizations", response=OrganizationPage),
            Route("POST", ORGANIZATIONS, self.create, MANAGE, "Create an organization", NewOrganizationBody,
                  response=OrganizationOut, status=201, errors=("name_taken",)),
            Route("PATCH", f"{ORGANIZATIONS}/{{organization}}", self.change, MANAGE,
                  "Change or disable an organization", OrganizationChangeBody, response=OrganizationOut,
                  errors=("account_rule",)),
        ]  # fmt: skip

    async def list_all(self, _call: Call) -> OrganizationPage:
        """List organizations."""
        return OrganizationPage(items=[_organization_out(row) for row in await self._organizations.every()])

    async def create(self, call: Call) -> OrganizationOut:
        """Create an organization."""
        body = call.body_as(NewOrganizationBody)
        row = await self._organizations.create(call.principal, body.name, body.display_name, body.kind)
        return _organization_out(row)

    async def change(self, call: Call) -> OrganizationOut:
        """Change or disable an organization."""
        body = call.body_as(OrganizationChangeBody)
        change = OrganizationChange(body.display_name, body.disabled)
        return _organization_out(await self._organizations.change(call.principal, call.path("organization"), change))


def _user_out(view: UserView) -> UserOut:
    row = view.row
    return UserOut(
        id=row.id,
        username=row.name,
        display_name=row.display_name,
        email=row.email,
        organization=view.organization.name,
        organization_kind=OrganizationKind(view.organization.kind),
        roles=sorted(view.roles),
        groups=sorted(view.groups),
        sponsor=view.sponsor,
        ends_at=row.ends_at,
        is_emergency=row.is_emergency,
        disabled=row.disabled_at is not None,
        disabled_reason=row.disabled_reason,
        mfa_enrolled=row.totp_sealed is not None,
        last_signed_in_at=row.last_signed_in_at,
        created_at=row.created_at,
    )


def _group_out(view: GroupView) -> GroupOut:
    return GroupOut(
        id=view.id, name=view.name, display_name=view.display_name, members=view.members, created_at=view.created_at
    )


def _organization_out(row: OrganizationRow) -> OrganizationOut:
    return OrganizationOut(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        kind=OrganizationKind(row.kind),
        disabled=row.disabled_at is not None,
        created_at=row.created_at,
    )
