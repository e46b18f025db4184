"""``wicket admin settings``."""

import click

from client.app import App, Command, runs
from client.output import Column

COLUMNS: tuple[Column, ...] = (
    ("SETTING", "name"),
    ("VALUE", "value"),
    ("FROM", "origin"),
    ("DEFAULT", lambda row: "" if row["value"] == row["default"] else row["default"]),
    ("MEANING", "meaning"),
)


@click.command(cls=Command)
@click.option("--changed", is_flag=True, help="Only those that are not at their default.")
@runs
async def settings(app: App, changed: bool) -> None:
    """List the broker's settings in force, with secrets masked."""
    async with app.api() as api:
        found = (await api.get("/settings"))["items"]
    rows = [row for row in found if row["origin"] != "default" or not changed]
    app.out.items(rows, COLUMNS, empty="Everything is at its default.")
