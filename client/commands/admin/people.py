"""``wicket admin groups`` and ``wicket admin organizations``."""

import click

from client.app import App, Group, runs
from client.commands.assets import LIMIT
from client.output import Column
from client.parameters import given

GROUPS: tuple[Column, ...] = (("GROUP", "name"), ("NAME", "display_name"), ("MEMBERS", "members"))
ORGANIZATIONS: tuple[Column, ...] = (
    ("ORGANIZATION", "name"),
    ("NAME", "display_name"),
    ("KIND", "kind"),
    ("DISABLED", "disabled"),
)
NAME = click.option("--name", "display_name", default="", help="Name for people.")


@click.group(cls=Group)
def groups() -> None:
    """Groups, and who is in them."""


@groups.command("list")
@LIMIT
@runs
async def list_groups(app: App, limit: int) -> None:
    """List groups."""
    async with app.api() as api:
        found = await api.items("/groups", limit=limit)
    app.out.items(found, GROUPS, empty="There are no groups.")


@groups.command("create")
@click.argument("group")
@NAME
@runs
async def create_group(app: App, group: str, display_name: str) -> None:
    """Create a group."""
    async with app.api() as api:
        made = await api.post("/groups", given(name=group, display_name=display_name))
    app.out.result(made, f"Group {made['name']} is created.")


@groups.command("change")
@click.argument("group")
@click.option("--name", "display_name", required=True, help="Name for people.")
@runs
async def change_group(app: App, group: str, display_name: str) -> None:
    """Call a group something else; policies go on meaning it by its short name."""
    from client.api import at

    async with app.api() as api:
        app.out.one(await api.patch(at("groups", group), {"display_name": display_name}))


@groups.command("delete")
@click.argument("group")
@click.option("--yes", is_flag=True, help="Do not ask.")
@runs
async def delete_group(app: App, group: str, yes: bool) -> None:
    """Remove a group that no policy names and no open decision waits for."""
    from client.api import at
    from client.asking import confirm

    confirm(f"Remove the group {group}?", "Give --yes.", sure=yes)
    async with app.api() as api:
        await api.delete(at("groups", group))
    app.out.result({"deleted": group}, f"Group {group} is removed.")


@groups.command("add")
@click.argument("group")
@click.argument("users", nargs=-1, required=True)
@runs
async def add(app: App, group: str, users: tuple[str, ...]) -> None:
    """Put users into a group."""
    from client.api import at

    async with app.api() as api:
        for user in users:
            await api.put(at("groups", group, "members", user))
    app.out.result({"group": group, "added": list(users)}, f"In {group}: {', '.join(users)}.")


@groups.command("remove")
@click.argument("group")
@click.argument("users", nargs=-1, required=True)
@runs
async def remove(app: App, group: str, users: tuple[str, ...]) -> None:
    """Take users out of a group; sessions that rest on it are cut."""
    from client.api import at

    async with app.api() as api:
        for user in users:
            await api.delete(at("groups", group, "members", user))
    app.out.result({"group": group, "removed": list(users)}, f"No longer in {group}: {', '.join(users)}.")


@click.group(cls=Group)
def organizations() -> None:
    """The plant's own organization and its vendors."""


@organizations.command("list")
@runs
async def list_organizations(app: App) -> None:
    """List organizations."""
    async with app.api() as api:
        found = await api.get("/organizations")
    app.out.items(found["items"], ORGANIZATIONS)


@organizations.command("create")
@click.argument("organization")
@click.option("--kind", type=click.Choice(["internal", "vendor"]), required=True, help="The plant's own, or a vendor.")
@NAME
@runs
async def create_organization(app: App, organization: str, kind: str, display_name: str) -> None:
    """Create an organization."""
    async with app.api() as api:
        made = await api.post("/organizations", given(name=organization, kind=kind, display_name=display_name))
    app.out.result(made, f"Organization {made['name']} is created.")


@organizations.command("change")
@click.argument("organization")
@click.option("--name", "display_name", help="Name for people.")
@click.option("--disable/--enable", "disabled", default=None, help="Whether its people may sign in.")
@runs
async def change_organization(app: App, organization: str, display_name: str | None, disabled: bool | None) -> None:
    """Change an organization, or shut all of its people out at once."""
    from client.api import at

    body = given(display_name=display_name, disabled=disabled)
    async with app.api() as api:
        app.out.one(await api.patch(at("organizations", organization), body))
