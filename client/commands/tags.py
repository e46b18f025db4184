"""``wicket tags``: what an asset's objects are called."""

from pathlib import Path

import click

from client.app import App, Group, runs
from client.commands.assets import LIMIT
from client.output import Column

COLUMNS: tuple[Column, ...] = (
    ("PROTOCOL", "protocol"),
    ("TABLE", "table"),
    ("ADDRESS", "address"),
    ("UNIT", "unit"),
    ("NAME", "name"),
    ("ENGINEERING UNIT", "engineering_unit"),
    ("SCALE", "scale"),
)
MAX_BYTES = 4 * 1024 * 1024


@click.group(cls=Group)
def tags() -> None:
    """Tag lists: what an asset's objects are called in the change log."""


@tags.command("list")
@click.argument("asset")
@LIMIT
@runs
async def list_tags(app: App, asset: str, limit: int) -> None:
    """List what an asset's objects are called."""
    from client.api import at
    from client.reaching import find_asset

    async with app.api() as api:
        found = await find_asset(api, asset)
        items = await api.items(at("assets", found["id"], "tags"), limit=limit)
    app.out.items(items, COLUMNS, empty="The asset has no tag list.")


@tags.command("import")
@click.argument("asset")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@runs
async def import_tags(app: App, asset: str, file: Path) -> None:
    """Put a tag list in the place of the asset's present one.

    \b
    FILE is CSV. Its first line names the columns:
    protocol,table,address,unit,name,engineering_unit,scale
    """
    from client.api import at
    from client.files import read_text
    from client.reaching import find_asset

    text = read_text(file, MAX_BYTES).removeprefix("\ufeff")
    async with app.api() as api:
        found = await find_asset(api, asset)
        done = await api.post(at("assets", found["id"], "tags", "import"), {"csv": text})
    app.out.result(done, f"{found['path']} has {done['count']} tags.")


COMMANDS = {"tags": tags}
