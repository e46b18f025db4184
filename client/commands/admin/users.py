"""``wicket admin users``."""

from typing import TYPE_CHECKING

import click

from client.app import App, Group, runs
from client.commands.assets import LIMIT
from client.errors import ClientError
from client.exit_codes import Exit
from client.output import Column
from client.parameters import Moment, given

if TYPE_CHECKING:
    from client.api import Api

MAX_GROUPS = 10_000
ROLES = click.Choice(["vendor", "operator", "admin", "auditor"])
COLUMNS: tuple[Column, ...] = (
    ("USER", "username"),
    ("NAME", "display_name"),
    ("ORGANIZATION", "organization"),
    ("ROLES", "roles"),
    ("GROUPS", "groups"),
    ("SPONSOR", "sponsor"),
    ("ENDS", "ends_at"),
    ("2ND FACTOR", "mfa_enrolled"),
    ("DISABLED", "disabled"),
    ("LAST SIGN-IN", "last_signed_in_at"),
)
ROLE = click.option("--role", "roles", type=ROLES, multiple=True, help="Repeatable.")
SPONSOR = click.option("--sponsor", help="Who answers for a vendor's account: an internal user.")
ENDS = click.option("--ends-at", type=Moment(), help="When a vendor's account ends: a time, or 90d.")


@click.group(cls=Group)
def users() -> None:
    """Accounts."""


@users.command("list")
@click.argument("text", default="")
@click.option("--organization", help="Only of this organization.")
@click.option("--group", help="Only of this group.")
@click.option("--disabled/--enabled", default=None, help="Only these.")
@LIMIT
@runs
async def list_users(
    app: App, text: str, organization: str | None, group: str | None, disabled: bool | None, limit: int
) -> None:
    """List users; TEXT is a part of a name."""
    query = given(q=text, organization=organization, group=group)
    if disabled is not None:
        query["disabled"] = "true" if disabled else "false"
    async with app.api() as api:
        found = await api.items("/users", query, limit=limit)
    app.out.items(found, COLUMNS, empty="There are no such users.")


@users.command()
@click.argument("user")
@runs
async def show(app: App, user: str) -> None:
    """Show a user."""
    from client.api import at

    async with app.api() as api:
        app.out.one(await api.get(at("users", user)))


@users.command()
@click.argument("username")
@click.option("--organization", required=True, help="The organization's name.")
@ROLE
@click.option("--name", "display_name", default="", help="The person's or function's name.")
@click.option("--email", help="Mail address.")
@SPONSOR
@ENDS
@click.option("--group", "groups", multiple=True, help="Put into this group at once; repeatable.")
@click.option("--emergency", is_flag=True, help="The plant's emergency admin: never locked out by failed attempts.")
@runs
async def create(
    app: App, username: str, organization: str, roles: tuple[str, ...], display_name: str, email: str | None,
    sponsor: str | None, ends_at: str | None, groups: tuple[str, ...], emergency: bool,
) -> None:  # fmt: skip
    """Create a user; the initial password is printed this once, to hand over."""
    from client.api import at

    if not roles:
        raise click.UsageError("Give at least one --role.")
    body = given(
        username=username, organization=organization, roles=list(roles), display_name=display_name, email=email,
        sponsor=sponsor, ends_at=ends_at,
    )  # fmt: skip
    async with app.api() as api:
        await _check_groups(api, groups)
        made = await api.post("/users", body | ({"is_emergency": True} if emergency else {}))
        for group in groups:
            await api.put(at("groups", group, "members", made["user"]["id"]))
    app.out.result(made, f"{made['user']['username']} is created. Initial password: {made['initial_password']}")


@users.command()
@click.argument("user")
@ROLE
@click.option("--name", "display_name", help="The person's or function's name.")
@click.option("--email", help="Mail address.")
@SPONSOR
@ENDS
@runs
async def change(
    app: App, user: str, roles: tuple[str, ...], display_name: str | None, email: str | None, sponsor: str | None,
    ends_at: str | None,
) -> None:  # fmt: skip
    """Change a user: only what is given."""
    from client.api import at

    body = given(roles=list(roles), display_name=display_name, email=email, sponsor=sponsor, ends_at=ends_at)
    async with app.api() as api:
        app.out.one(await api.patch(at("users", user), body))


@users.command()
@click.argument("user")
@click.option("--reason", help="Why. Default: asked.")
@runs
async def disable(app: App, user: str, reason: str | None) -> None:
    """Disable a user: logins and sessions end at once."""
    from client.asking import ask

    why = reason if reason is not None else ask("Why", "Give --reason TEXT.")
    await _do(app, user, "disable", "disabled", {"reason": why})


@users.command()
@click.argument("user")
@runs
async def enable(app: App, user: str) -> None:
    """Enable a user again."""
    await _do(app, user, "enable", "enabled", {})


@users.command("reset-mfa")
@click.argument("user")
@runs
async def reset_mfa(app: App, user: str) -> None:
    """Forget a user's second factor; the next sign-in enrols a new one."""
    await _do(app, user, "reset-mfa", "without second factor until the next sign-in", {})


@users.command("reset-password")
@click.argument("user")
@runs
async def reset_password(app: App, user: str) -> None:
    """Give a user a one-time password, printed this once."""
    from client.api import at

    async with app.api() as api:
        made = await api.post(at("users", user, "reset-password"))
    app.out.result(made, f"One-time password of {user}: {made['password']}")


async def _do(app: App, user: str, action: str, done: str, body: dict[str, str]) -> None:
    from client.api import at

    async with app.api() as api:
        found = await api.post(at("users", user, action), body)
    app.out.result(found, f"{found['username']} is {done}.")


async def _check_groups(api: "Api", groups: tuple[str, ...]) -> None:
    """Raise before anything is made: an account whose initial password was never printed helps nobody."""
    if not groups:
        return
    found = await api.items("/groups", limit=MAX_GROUPS)
    known = {str(word).casefold() for group in found for word in (group["id"], group["name"])}
    missing = [group for group in groups if group.casefold() not in known]
    if missing:
        raise ClientError(
            f"There is no group {', '.join(missing)}; nobody was created.",
            hint=f"Make it first: wicket admin groups create {missing[0]}",
            exit_code=Exit.NOT_FOUND,
        )
