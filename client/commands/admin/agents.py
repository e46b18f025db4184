"""``wicket admin agents``."""

import click

from client.app import App, Group, runs
from client.commands.assets import LIMIT
from client.output import Column

COLUMNS: tuple[Column, ...] = (
    ("AGENT", "id"),
    ("NAME", "name"),
    ("SITE", "site_name"),
    ("STATE", "state"),
    ("ONLINE", "online"),
    ("STREAMS", "streams"),
    ("FROM", "address"),
    ("LAST SEEN", "last_seen_at"),
    ("CERTIFICATE UNTIL", "certificate_expires_at"),
    ("LOCKED", "locked"),
    ("VERSION", "software"),
)


@click.group(cls=Group)
def agents() -> None:
    """Agents on site."""


@agents.command("list")
@click.option("--site", help="Only of this site.")
@LIMIT
@runs
async def list_agents(app: App, site: str | None, limit: int) -> None:
    """List agents."""
    async with app.api() as api:
        found = await api.items("/agents", {"site": site} if site else None, limit=limit)
    app.out.items(found, COLUMNS, empty="There are no agents.")


@agents.command()
@click.argument("agent")
@runs
async def show(app: App, agent: str) -> None:
    """Show an agent."""
    from client.api import at

    async with app.api() as api:
        app.out.one(await api.get(at("agents", agent)))


@agents.command()
@click.argument("agent")
@click.option("--reason", help="Why. Default: asked.")
@runs
async def revoke(app: App, agent: str, reason: str | None) -> None:
    """Revoke an agent for good: its link and streams are cut at once."""
    from client.api import at
    from client.asking import ask

    why = reason if reason is not None else ask("Why", "Give --reason TEXT.")
    async with app.api() as api:
        found = await api.post(at("agents", agent, "revoke"), {"reason": why})
    app.out.result(found, f"{found['name']} is {found['state']}.")


@agents.command()
@click.argument("agent")
@click.option("--reason", default="", help="For the record.")
@runs
async def release(app: App, agent: str, reason: str) -> None:
    """Lift an agent's quarantine."""
    from client.api import at

    async with app.api() as api:
        found = await api.post(at("agents", agent, "release"), {"reason": reason})
    app.out.result(found, f"{found['name']} is {found['state']}.")
