"""``wicket-broker``: serve, look after the database, back up, restore."""

import asyncio
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from broker.config import Settings

Result = TypeVar("Result")
EXIT_CONFIG = 78  # EX_CONFIG of sysexits.h
EXIT_FAILURE = 1


class Context:
    """What every command is given: where the settings come from."""

    def __init__(self, file: Path | None) -> None:
        self.file = file

    def settings(self) -> "Settings":
        """Load the settings, or end with the list of what is wrong with them."""
        from broker.config import ConfigError, load

        try:
            return load(self.file)
        except ConfigError as error:
            click.echo(str(error), err=True)
            raise SystemExit(EXIT_CONFIG) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config", "file", envvar="WICKET_BROKER_CONFIG", type=click.Path(path_type=Path, dir_okay=False),
    help="TOML file with settings. Also WICKET_BROKER_CONFIG. Every setting can be given in the environment too.",
)  # fmt: skip
@click.version_option(package_name="wicketgate", prog_name="wicket-broker")
@click.pass_context
def cli(context: click.Context, file: Path | None) -> None:
    """The central program of Wicketgate: authenticates, decides, relays, records.

    Without any configuration, 'wicket-broker serve' works on this machine alone and tells what to do next.
    """
    context.obj = Context(file)


@cli.command()
@click.pass_obj
def serve(context: Context) -> None:
    """Run the broker until SIGTERM or Ctrl-C; recordings are closed before it ends."""
    from broker import logs
    from broker.serving import serve as run

    settings = context.settings()
    logs.configure(settings.log)
    raise SystemExit(_run(run(settings, announce=_announce)))


@cli.command("check-config")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--names", is_flag=True, help="List every setting, its environment variable and meaning.")
@click.pass_obj
def check_config(context: Context, as_json: bool, names: bool) -> None:
    """Print every setting in force and where it comes from; secrets are masked."""
    from broker.config import effective, setting_names

    if names:
        for key, variable, description in setting_names():
            click.echo(f"{key:48} {variable:58} {description}".rstrip())
        return
    rows = effective(context.settings())
    if as_json:
        click.echo(json.dumps([{"key": row.key, "value": row.value, "origin": row.origin} for row in rows], indent=2))
        return
    width = max(len(row.value) for row in rows)
    for row in rows:
        click.echo(f"{row.key:48} {row.value:{min(width, 60)}}  {row.origin}")


@cli.command()
@click.option(
    "--down-to", metavar="REVISION", help="Go back to an older revision instead (loses what it did not know)."
)
@click.option("--check", is_flag=True, help="Only tell whether the database is up to date (exit code 1 if not).")
@click.pass_obj
def migrate(context: Context, down_to: str | None, check: bool) -> None:
    """Bring the database to this version's tables."""
    from broker.administration import database_state, move_database

    settings = context.settings()
    if check:
        current, head = _run(_explained(database_state(settings)))
        click.echo(f"database: {current or 'empty'}, this version: {head}")
        raise SystemExit(EXIT_FAILURE if current != head else 0)
    click.echo(f"The database is at {_run(_explained(move_database(settings, down_to))) or 'nothing'}.")


@cli.command("create-admin")
@click.argument("username")
@click.option("--emergency", is_flag=True, help="The plant's emergency admin: never locked out by failed attempts.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@click.option("--password", envvar="WICKET_PASSWORD", hidden=True)
@click.pass_obj
def create_admin(context: Context, username: str, emergency: bool, password_stdin: bool, password: str | None) -> None:
    """Make an admin account; its second factor is set up at the first login."""
    from broker.administration import create_admin as create

    chosen = _read_password(password_stdin, password)
    _run(_explained(create(context.settings(), username, chosen, is_emergency=emergency)))
    click.echo(f"Admin '{username}' exists. Sign in with: wicket login --user {username}")


@cli.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--recordings/--no-recordings", default=True, show_default=True, help="Include the recordings.")
@click.option(
    "--with-master-key", is_flag=True, help="Include the master key: who has the file can then read all secrets."
)
@click.pass_obj
def backup(context: Context, target: Path, recordings: bool, with_master_key: bool) -> None:
    """Write everything into one file (mode 0600). Works while the broker runs.

    The master key stays out unless asked for: keep it apart from the backup, a restore needs both.
    """
    from broker.administration import make_backup

    size = _run(
        _explained(make_backup(context.settings(), target, with_recordings=recordings, with_master_key=with_master_key))
    )
    click.echo(f"{target}: {size / 1e6:.1f} MB.")
    if not with_master_key:
        click.echo("The master key is not in it. Keep a copy of it elsewhere: without it the secrets stay sealed.")


@cli.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def restore(context: Context, source: Path) -> None:
    """Restore a backup into an empty data folder and an empty database (SQLite or PostgreSQL)."""
    from broker.administration import restore_backup

    rows = _run(_explained(restore_backup(context.settings(), source)))
    click.echo(f"{rows} rows restored. Start the broker with the master key of the old one.")


@cli.command()
@click.pass_obj
def rekey(context: Context) -> None:
    """Seal every secret anew under the present master key.

    Put the new key into WICKET_BROKER_MASTER_KEY and the old one into WICKET_BROKER_PREVIOUS_MASTER_KEY first. Can be
    interrupted and run again.
    """
    from broker.administration import rekey as run

    count = _run(_explained(run(context.settings())))
    click.echo(f"{count} secrets sealed anew. The previous master key can be removed from the settings.")


def _announce(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)
    sys.stdout.flush()


def _read_password(from_stdin: bool, given: str | None) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if given:
        return given
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


async def _explained(work: Coroutine[Any, Any, Result]) -> Result:
    from broker import faults

    try:
        return await work
    except faults.expected() as error:
        raise click.ClickException(faults.explain(error)) from error


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def main() -> None:
    """Entry point of the console script."""
    cli()
