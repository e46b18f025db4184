"""``wicket ls``."""

from typing import Any

import click

from client.app import App, Command, runs
from client.output import Column
from client.parameters import Label

LIMIT = click.option(
    "--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="At most so many."
)
COLUMNS: tuple[Column, ...] = (
    ("ASSET", "path"),
    ("SERVICES", lambda asset: [f"{service['name']} ({service['protocol']})" for service in asset["services"]]),
    ("STATE", "state"),
    ("ZONE", "zone"),
    ("LABELS", "labels"),
    ("NAME", "display_name"),
)


@click.command(cls=Command)
@click.argument("text", default="")
@click.option("--site", help="Only of this site.")
@click.option("--label", type=Label(), multiple=True, help="Only with this label, key=value; repeatable.")
@click.option("--zone", help="Only in this zone; '' for assets in none.")
@click.option("--online/--offline", default=None, help="Only where the site's agent is connected, or only where not.")
@LIMIT
@runs
async def ls(
    app: App, text: str, site: str | None, label: tuple[tuple[str, str], ...], zone: str | None, online: bool | None,
    limit: int,
) -> None:  # fmt: skip
    """List the assets that you may reach, and whether their site is online; TEXT filters by name and zone."""
    query: dict[str, Any] = {"q": text} if text else {}
    if site:
        query["site"] = site
    if zone is not None:
        query["zone"] = zone
    if online is not None:
        query["online"] = "true" if online else "false"
    if label:
        query["label"] = [f"{key}={value}" for key, value in label]
    async with app.api() as api:
        sites = {each["id"]: each for each in await api.items("/sites", limit=10_000)}
        assets = await api.items("/assets", query, limit=limit)
    rows = [{**asset, "state": _state(sites.get(asset["site"], {}))} for asset in assets]
    app.out.items(rows, COLUMNS, empty="There is no asset that you may reach.")


def _state(site: dict[str, Any]) -> str:
    if site.get("lock"):
        return "locked by the plant"
    return "online" if site.get("online") else "offline"


COMMANDS = {"ls": ls}
