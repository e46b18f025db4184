"""``wicket audit``."""

from pathlib import Path
from typing import Any

import click

from client.app import App, Group, runs
from client.commands.assets import LIMIT
from client.commands.recordings import FORCE
from client.output import Column
from client.parameters import Moment, given

COLUMNS: tuple[Column, ...] = (
    ("NUMBER", "sequence"),
    ("AT", "at"),
    ("WHO", lambda event: event["actor_name"] or event["actor"]),
    ("FROM", "address"),
    ("ACTION", "action"),
    ("ON", "target"),
    ("DETAILS", "details"),
)


@click.group(cls=Group)
def audit() -> None:
    """List, export and verify the audit log."""


@audit.command("list")
@click.option("--action", help="Such as session.opened; 'session.' stands for all that begin so.")
@click.option("--actor", help="Who did it (id or name).")
@click.option("--target", help="On what (id).")
@click.option("--since", type=Moment(past=True), help="A time, or 2h for two hours ago.")
@click.option("--until", type=Moment(past=True), help="Before this time.")
@LIMIT
@runs
async def list_events(
    app: App, action: str | None, actor: str | None, target: str | None, since: str | None, until: str | None,
    limit: int,
) -> None:  # fmt: skip
    """List audit events, newest first."""
    query = given(action=action, actor=actor, target=target, since=since, until=until)
    async with app.api() as api:
        found = await api.items("/audit", query, limit=limit)
    app.out.items(found, COLUMNS, empty="There are no such events.")


@audit.command()
@click.option("-o", "--out", type=click.Path(dir_okay=False, allow_dash=True), required=True, help="File, or -.")
@FORCE
@runs
async def export(app: App, out: str, force: bool) -> None:
    """Export the whole log with its checkpoints and public keys, as JSON lines that verify anywhere."""
    from client.downloading import Download

    async with app.api() as api:
        count = await Download(api, "/audit/export", out, None, force).run()
    if out != "-":
        app.out.result({"file": out, "bytes": count}, f"{out}: {count} bytes")


@audit.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--keys", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Public keys (see 'wicket recordings keys'). Default: those inside the export, which proves less.",
)  # fmt: skip
@runs
async def verify(app: App, file: Path | None, keys: Path | None) -> None:
    """Prove the chain: at the broker, or with FILE (an export) here, without any broker."""
    if file is not None:
        proof = _proof_of_file(file, keys)
    else:
        async with app.api() as api:
            proof = await api.post("/audit/verify")
    _conclude(app, proof, str(file) if file else "The audit log")
    if file is not None and keys is None:
        app.out.note("Proved with the keys inside the export: whoever replaced the whole export is not found.")
        app.out.note("Give --keys FILE with keys that you got another way.")


def _proof_of_file(file: Path, keys: Path | None) -> dict[str, Any]:
    from dataclasses import asdict

    from client.offline.audit import MAX_LINE_BYTES, verify_export
    from client.offline.keys import read_keys

    public = read_keys(keys) if keys else None
    with file.open("rb") as lines:
        proof = verify_export(iter(lambda: lines.readline(MAX_LINE_BYTES + 1), b""), public)
    return {"intact": proof.intact, **asdict(proof)}


def _conclude(app: App, proof: dict[str, Any], name: str) -> None:
    from client.errors import NotVerifiedError

    if app.out.as_json:
        app.out.json(proof)
    if not proof["intact"]:
        raise NotVerifiedError(f"{name} does not prove: {proof['problem']}")
    app.out.line(
        f"{name} is intact: {proof['links']} links, {proof['checkpoints']} checkpoints, "
        f"{proof['uncovered']} links not covered by one yet."
    )


COMMANDS = {"audit": audit}
