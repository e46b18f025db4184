"""``wicket lock``, ``unlock``, ``locks``."""

import click

from client.app import App, Command, runs
from client.commands.assets import LIMIT
from client.output import Column
from client.parameters import Moment, given

KINDS = click.Choice(["site", "asset", "user"])
COLUMNS: tuple[Column, ...] = (
    ("LOCK", "id"),
    ("KIND", "kind"),
    ("TARGET", "target_name"),
    ("REASON", "reason"),
    ("SINCE", "created_at"),
    ("BY", "created_by"),
    ("UNTIL", "until"),
    ("LIFTED", "lifted_at"),
)


@click.command(cls=Command)
@click.argument("kind", type=KINDS)
@click.argument("target")
@click.option("--reason", help="Why; people who are refused read it. Default: asked.")
@click.option("--until", type=Moment(), help="A time, or a length of time such as 2h. Default: until it is lifted.")
@runs
async def lock(app: App, kind: str, target: str, reason: str | None, until: str | None) -> None:
    """Lock a site, an asset (SITE/ASSET) or a user: sessions are cut, and no grant opens it."""
    from client.asking import ask

    why = reason if reason is not None else ask("Why", "Give --reason TEXT.")
    async with app.api() as api:
        made = await api.post("/locks", given(kind=kind, target=target, reason=why, until=until))
    app.out.result(made, f"{made['id']}: {kind} {made['target_name']} is locked.")


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="LOCK | KIND TARGET")
@runs
async def unlock(app: App, words: tuple[str, ...]) -> None:
    """Lift a lock: by its id, or by kind (site, asset, user) and target."""
    from client.api import at
    from client.errors import ClientError
    from client.exit_codes import Exit

    if len(words) > 2:
        raise click.UsageError("Give the lock's id, or kind and target.")
    async with app.api() as api:
        found = [words[0]]
        if len(words) == 2:
            standing = await api.items("/locks", limit=10_000)
            names = ("target", "target_name")
            found = [
                each["id"] for each in standing
                if each["kind"] == words[0] and words[1] in [each[name] for name in names]
            ]  # fmt: skip
        if not found:
            raise ClientError(f"There is no lock on {' '.join(words)}.", exit_code=Exit.NOT_FOUND)
        for each in found:
            await api.delete(at("locks", each))
    app.out.result({"lifted": found}, f"Lifted: {', '.join(found)}")


@click.command(cls=Command)
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@LIMIT
@runs
async def locks(app: App, everything: bool, limit: int) -> None:
    """List locks, newest first."""
    async with app.api() as api:
        found = await api.items("/locks", {"active": "false"} if everything else None, limit=limit)
    app.out.items(found, COLUMNS, empty="Nothing is locked.")


COMMANDS = {"lock": lock, "unlock": unlock, "locks": locks}
