"""``wicket policy templates`` and ``wicket policy template``."""

from pathlib import Path

import click

from client.app import App, Command, runs
from client.output import Column

COLUMNS: tuple[Column, ...] = (
    ("NAME", "name"),
    ("SERVICES", lambda row: ", ".join(row["services"]) or "any"),
    ("DESCRIPTION", "description"),
)


class Label(click.ParamType[tuple[str, str]]):
    """``KEY=VALUE``."""

    name = "key=value"

    def convert(
        self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Split it."""
        if isinstance(value, tuple):
            return value
        key, equals, text = value.partition("=")
        if not key or not equals:
            self.fail(f"{value!r} is not KEY=VALUE.", param, ctx)
        return key, text


@click.command(cls=Command)
@runs
async def templates(app: App) -> None:
    """List the ready policies that come with wicket. Works without a broker."""
    from client.policy_templates import templates as library

    rows = [{"name": one.name, "services": one.services, "description": one.description} for one in library().values()]
    app.out.items(rows, COLUMNS)


@click.command(cls=Command)
@click.argument("name")
@click.option("--as", "own_name", default="", metavar="NAME", help="The policy's name. Default: the template's.")
@click.option("--group", "groups", multiple=True, help="Who may use it; repeatable.")
@click.option("--site", "sites", multiple=True, help="At which sites; repeatable.")
@click.option("--asset", "assets", multiple=True, help="Which assets, by name; repeatable.")
@click.option("--label", "labels", multiple=True, type=Label(), help="Which assets, by label; repeatable.")
@click.option("--service", "services", multiple=True, help="Which services; repeatable.")
@click.option("--approval", "approvals", multiple=True, metavar="GROUP", help="Whose yes it needs; repeatable.")
@click.option("--timezone", default="", help="Whose clock its hours follow: Europe/Berlin.")
@click.option("--apply", "is_applied", is_flag=True, help="Put it in force. Default: print it, to read and adapt.")
@click.option("--comment", default="", help="With --apply: why, for the history.")
@click.option("--dry-run", is_flag=True, help="With --apply: only tell what would change.")
@runs
async def template(
    app: App, name: str, own_name: str, groups: tuple[str, ...], sites: tuple[str, ...], assets: tuple[str, ...],
    labels: tuple[tuple[str, str], ...], services: tuple[str, ...], approvals: tuple[str, ...], timezone: str,
    is_applied: bool, comment: str, dry_run: bool,
) -> None:  # fmt: skip
    """Print the template NAME with your own groups, sites and assets in it, or put it in force."""
    from client.commands.policy import put_in_force
    from client.policy_templates import Adaptation, adapted
    from client.policy_templates import template as found
    from client.policy_texts import PolicyText, PolicyTexts

    if (comment or dry_run) and not is_applied:
        raise click.UsageError("--comment and --dry-run go with --apply.")
    wanted = Adaptation(own_name, groups, sites, assets, labels, services, approvals, timezone)
    text = adapted(found(name), wanted)
    if app.out.as_json and not is_applied:
        app.out.json({"name": own_name or name, "text": text})
        return
    if not is_applied:
        for line in text.splitlines():
            app.out.line(line)
        return
    texts = PolicyTexts([PolicyText(Path(f"{own_name or name}.yaml"), text)])
    await put_in_force(app, texts, comment or f"from the template {name}", dry_run)
