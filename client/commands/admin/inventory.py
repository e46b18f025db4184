"""``wicket admin inventory``."""

from pathlib import Path

import click

from client.app import App, Group, runs
from client.commands.recordings import FORCE

MAX_INVENTORY_BYTES = 4 * 1024 * 1024


@click.group(cls=Group)
def inventory() -> None:
    """All sites and assets as one YAML text."""


@inventory.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@runs
async def take(app: App, file: Path, dry_run: bool) -> None:
    """Import sites and assets; with one fault in the text nothing at all is changed."""
    from client.errors import ClientError, placed
    from client.exit_codes import Exit
    from client.files import read_text

    text = read_text(file, MAX_INVENTORY_BYTES)
    async with app.api() as api:
        done = await api.post("/inventory/import", {"yaml": text, "dry_run": dry_run})
    if app.out.as_json:
        app.out.json(done)
    if done["problems"]:
        lines = [f"{file}: {placed(each)}" for each in done["problems"]]
        raise ClientError("Nothing was imported.", exit_code=Exit.FAULTY_TEXT, lines=lines)
    would = "would be " if dry_run else ""
    for path in done["created"]:
        app.out.line(f"{would}created: {path}")
    for change in done["changes"]:
        app.out.line(f"{would}changed: {change['path']}")
        for line in change["lines"]:
            app.out.line(f"  {line}")
    app.out.line(f"{len(done['unchanged'])} stay as they are.")
    if any("/" in change["path"] for change in done["changes"]):
        app.out.line(
            f"Sessions on changed assets {would or 'were '}judged anew: one that no policy allows any more ends."
        )
    if resting := ", ".join(f"{count} {what}" for what, count in done["uses"].items() if count):
        app.out.line(f"Of services that {would or 'were '}ended or narrowed: {resting}.")


@inventory.command("export")
@click.option(
    "-o", "--out", default="-", type=click.Path(dir_okay=False, allow_dash=True), help="File. Default: stdout."
)
@FORCE
@runs
async def give(app: App, out: str, force: bool) -> None:
    """Export sites and assets as YAML that can be imported again."""
    from client.downloading import Download

    async with app.api() as api:
        count = await Download(api, "/inventory/export", out, None, force).run()
    if out != "-":
        app.out.result({"file": out, "bytes": count}, f"{out}: {count} bytes")
