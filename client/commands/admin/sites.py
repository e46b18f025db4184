"""``wicket admin sites``."""

import click

from client.app import App, Group, runs
from client.commands.assets import LIMIT
from client.output import Column, until_now
from client.parameters import given

COLUMNS: tuple[Column, ...] = (
    ("SITE", "name"),
    ("NAME", "display_name"),
    ("TIME ZONE", "timezone"),
    ("ONLINE", "online"),
    ("PLANT'S LOCK", lambda site: (site["lock"]["reason"] or "locked") if site["lock"] else ""),
)


@click.group(cls=Group)
def sites() -> None:
    """Plants, and the tokens that agents join them with."""


@sites.command("list")
@LIMIT
@runs
async def list_sites(app: App, limit: int) -> None:
    """List sites."""
    async with app.api() as api:
        found = await api.items("/sites", limit=limit)
    app.out.items(found, COLUMNS, empty="There are no sites.")


@sites.command()
@click.argument("site")
@runs
async def show(app: App, site: str) -> None:
    """Show a site."""
    from client.api import at

    async with app.api() as api:
        app.out.one(await api.get(at("sites", site)))


@sites.command()
@click.argument("site")
@click.option("--timezone", required=True, help="Such as Europe/Berlin.")
@click.option("--name", "display_name", default="", help="Name for people.")
@click.option("--banner", default="", help="Everybody must accept it before they work there.")
@runs
async def create(app: App, site: str, timezone: str, display_name: str, banner: str) -> None:
    """Add a site."""
    body = given(name=site, timezone=timezone, display_name=display_name, banner=banner)
    async with app.api() as api:
        made = await api.post("/sites", body, once=True)
    app.out.result(made, f"Site {made['name']} is added. Next: wicket admin sites join-token {made['name']}")


@sites.command()
@click.argument("site")
@click.option("--timezone", help="Such as Europe/Berlin.")
@click.option("--name", "display_name", help="Name for people.")
@click.option("--banner", help="Everybody must accept it before they work there; '' removes it.")
@runs
async def change(app: App, site: str, timezone: str | None, display_name: str | None, banner: str | None) -> None:
    """Change a site: only what is given."""
    from client.api import at

    body = given(timezone=timezone, display_name=display_name) | ({} if banner is None else {"banner": banner})
    async with app.api() as api:
        app.out.one(await api.patch(at("sites", site), body))


@sites.command("join-token")
@click.argument("site")
@runs
async def join_token(app: App, site: str) -> None:
    """Print a one-time token, good for 15 minutes, and the command that enrols an agent with it on site."""
    from client.api import at

    async with app.api() as api:
        made = await api.post(at("sites", site, "join-tokens"))
    app.out.result(made, made["command"])
    if not app.out.as_json:
        app.out.note(f"Run this on site; it works once, and ends {until_now(made['expires_at'])}.")


@sites.command()
@click.argument("site")
@click.option("--yes", is_flag=True, help="Do not ask.")
@runs
async def delete(app: App, site: str, yes: bool) -> None:
    """Remove a site that has no assets, agents or locks any more; its recordings stay."""
    from client.api import at
    from client.asking import confirm

    confirm(f"Remove the site {site}?", "Give --yes.", sure=yes)
    async with app.api() as api:
        await api.delete(at("sites", site))
    app.out.result({"deleted": site}, f"Site {site} is removed.")
