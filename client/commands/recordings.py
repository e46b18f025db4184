"""``wicket recordings``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from client.app import App, Group, runs
from client.commands.assets import LIMIT
from client.commands.changes import CSV, show_changes
from client.commands.changes import LIMIT as CHANGES
from client.files import is_file
from client.output import Column, size
from client.parameters import Moment, given

if TYPE_CHECKING:
    from client.api import Api

Json = dict[str, Any]
COLUMNS: tuple[Column, ...] = (
    ("RECORDING", "id"),
    ("STATE", "state"),
    ("WHO", "user_name"),
    ("ASSET", lambda row: f"{row['asset_name']}/{row['service_name']}"),
    ("STARTED", "started_at"),
    ("ENDED", "ended_at"),
    ("OPERATIONS", "operations"),
    ("WRITES", "writes"),
    ("DENIED", "denials"),
    ("SIZE", lambda row: size(row["size"])),
    ("TICKET", "ticket"),
)
OPERATIONS: tuple[Column, ...] = (
    ("AT", "at"),
    ("WHO", "user_name"),
    ("STREAM", "stream"),
    ("UNIT", "unit"),
    ("TIER", "tier"),
    ("FUNCTION", lambda row: f"{row.get('function', '')}{' (answer)' if row.get('is_response') else ''}"),
    ("OBJECTS", "objects"),
    ("VALUES", "values"),
    ("DECISION", "verdict"),
    ("REASON", "reason"),
)
OUT = click.option("-o", "--out", type=click.Path(dir_okay=False, allow_dash=True), help="File, or - for stdout.")
FORCE = click.option("--force", is_flag=True, help="Replace a file that is there already.")
KEYS = click.option(
    "--keys", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Public keys (see 'wicket recordings keys'). Default: asked of the broker.",
)  # fmt: skip


@click.group(cls=Group)
def recordings() -> None:
    """List, show, export, download and verify recordings."""


@recordings.command("list")
@click.option("--session", help="Of this session.")
@click.option("--user", help="Of this user (id).")
@click.option("--site", help="At this site.")
@click.option("--ticket", help="On this ticket.")
@click.option("--since", type=Moment(past=True), help="Started after: a time, or 2h for two hours ago.")
@click.option("--until", type=Moment(past=True), help="Started before.")
@click.option("--writes", is_flag=True, help="Only with writes that passed.")
@click.option("--denials", is_flag=True, help="Only with something refused.")
@LIMIT
@runs
async def list_recordings(
    app: App, session: str | None, user: str | None, site: str | None, ticket: str | None, since: str | None,
    until: str | None, writes: bool, denials: bool, limit: int,
) -> None:  # fmt: skip
    """List recordings, newest first."""
    query = given(session=session, user=user, site=site, ticket=ticket, since=since, until=until)
    query |= {name: "true" for name, on in (("writes", writes), ("denials", denials)) if on}
    async with app.api() as api:
        found = await api.items("/recordings", query, limit=limit)
    app.out.items(found, COLUMNS, empty="There are no such recordings.")


@recordings.command()
@click.argument("recording")
@click.option("--writes", "only", flag_value="writes", help="Only writes that passed.")
@click.option("--denials", "only", flag_value="denials", help="Only what was refused.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=1000, show_default=True, help="At most so many.")
@runs
async def show(app: App, recording: str, only: str | None, limit: int) -> None:
    """Show who did what: the recording, and its decoded operations with time, values and decision."""
    from client.api import at

    async with app.api() as api:
        facts = await api.get(at("recordings", recording))
        query = {"only": only or "all"}
        operations = await api.items(at("recordings", recording, "operations"), query, limit=limit)
        looked = await _fingerprint(api, str(facts["session"]))
    if app.out.as_json:
        app.out.json({"recording": facts, "operations": operations, "fingerprint": looked})
        return
    app.out.one(facts)
    for line in _before_and_after(looked):
        app.out.line(line)
    app.out.line("")
    who = {"user_name": facts["user_name"]}
    app.out.items([{**who, **each} for each in operations], OPERATIONS, empty="No operations.")


@recordings.command()
@click.argument("recording")
@click.option("--format", "form", type=click.Choice(["pcapng", "jsonl"]), default="pcapng", show_default=True)
@click.option("--leg", type=click.Choice(["user", "asset"]), default="user", show_default=True, help="Whose view.")
@OUT
@FORCE
@runs
async def export(app: App, recording: str, form: str, leg: str, out: str | None, force: bool) -> None:
    """Export a recording: pcapng opens in Wireshark, jsonl has one operation a line."""
    from client.api import at
    from client.downloading import Download

    async with app.api() as api:
        path = at("recordings", recording, "export")
        target = out or f"{_file_name(recording)}.{form}"
        count = await Download(api, path, target, {"format": form, "leg": leg}, force).run()
    _written(app, target, count)


@recordings.command()
@click.argument("recording")
@OUT
@FORCE
@runs
async def download(app: App, recording: str, out: str | None, force: bool) -> None:
    """Download the sealed recording, to prove it anywhere with 'wicket recordings verify FILE'."""
    from client.api import at
    from client.downloading import Download

    async with app.api() as api:
        target = out or f"{_file_name(recording)}.wgrec"
        count = await Download(api, at("recordings", recording, "content"), target, None, force).run(resumable=True)
    _written(app, target, count)


@recordings.command()
@OUT
@FORCE
@runs
async def keys(app: App, out: str | None, force: bool) -> None:
    """Print the public keys that prove recordings and audit logs; keep them where evidence cannot reach them."""
    from client.downloading import Download

    if out and out != "-":
        async with app.api() as api:
            count = await Download(api, "/evidence-keys", out, None, force).run()
        _written(app, out, count)
        return
    async with app.api() as api:
        app.out.json(await api.get("/evidence-keys"))


@recordings.command()
@click.argument("recording", metavar="RECORDING|FILE")
@KEYS
@click.option("--content", is_flag=True, help="At the broker: open the content too, and hold it against the headers.")
@click.option("--allow-open", is_flag=True, help="Of a file: it may lack its end (a session that runs or crashed).")
@runs
async def verify(app: App, recording: str, keys: Path | None, content: bool, allow_open: bool) -> None:
    """Prove that nothing was changed, dropped, reordered or cut off; otherwise name the first bad link.

    A FILE is proved here, without the broker if --keys is given. A RECORDING is proved by the broker.
    """
    if is_file(recording):
        proof = await _proof_of_file(app, Path(recording), keys, allow_open)
    else:
        proof = await _proof_of_broker(app, recording, content)
    _conclude(app, proof, recording)


@recordings.command()
@click.argument("recording")
@CSV
@CHANGES
@runs
async def changes(app: App, recording: str, as_csv: bool, limit: int) -> None:
    """List what was written in a recording, with what the device said to it."""
    await show_changes(app, {"recording": recording}, as_csv=as_csv, limit=limit)


async def _fingerprint(api: "Api", session: str) -> Json | None:
    """Return what the looks at the device say; nothing for who may not see the session."""
    from client.api import at
    from client.errors import ApiError

    try:
        looked: Json | None = (await api.get(at("sessions", session))).get("fingerprint")
    except ApiError as error:
        if error.status not in (403, 404):
            raise
        return None
    return looked


def _before_and_after(looked: Json | None) -> list[str]:
    if looked is None:
        return []
    said = {
        "unchanged": "Nothing changed: the device tells the same of itself as before the session.",
        "changed": "The device has changed:",
        "pending": "The device is looked at again when the session ends.",
    }
    lines = ["", said.get(looked["outcome"], f"Before and after not compared: {looked['reason']}")]
    told = [(each["fact"], each["before"] or "not told", each["after"] or "not told") for each in looked["differences"]]
    return lines + [f"  {fact.replace('_', ' ')}: {before} -> {after}" for fact, before, after in told]


async def _proof_of_file(app: App, path: Path, keys: Path | None, allow_open: bool) -> dict[str, Any]:
    from client.offline.keys import keys_of, read_keys
    from client.offline.recordings import as_json, verify_file

    if keys is not None:
        public = read_keys(keys)
    else:
        async with app.api() as api:
            public = keys_of(await api.get("/evidence-keys"))
    return as_json(verify_file(path, public, allow_open=allow_open))


async def _proof_of_broker(app: App, recording: str, content: bool) -> dict[str, Any]:
    from client.api import at

    async with app.api() as api:
        query = {"content": "true"} if content else None
        return await api.get(at("recordings", recording, "verification"), query)


def _conclude(app: App, proof: dict[str, Any], name: str) -> None:
    from client.errors import NotVerifiedError

    if app.out.as_json:
        app.out.json(proof)
    counts = f"{proof['segments']} segments, {proof['operations']} operations, {proof['writes']} writes"
    if proof["state"] == "broken":
        raise NotVerifiedError(f"{name} does not prove: {proof['detail']}", lines=[f"What holds: {counts}."])
    app.out.line(f"{name}: {proof['detail']} ({counts}; last link {proof['last_link']})")


def _file_name(recording: str) -> str:
    """Return the recording's id as a file name, whatever was typed."""
    return "".join(character for character in recording if character.isalnum() or character == "_") or "recording"


def _written(app: App, target: str, count: int) -> None:
    if target != "-":
        app.out.result({"file": target, "bytes": count}, f"{target}: {size(count)}")


COMMANDS = {"recordings": recordings}
