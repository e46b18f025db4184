"""``wicket sessions``, ``warn``, ``kill``, ``kill-all``, ``blocks``, ``unblock``, ``extend``, ``extensions``."""

from typing import Any

import click

from client.app import App, Command, Group, runs
from client.commands.assets import LIMIT
from client.output import Column, size, span
from client.parameters import Duration, given
from client.waiting import outstanding, still_needed

COLUMNS: tuple[Column, ...] = (
    ("SESSION", "id"),
    ("STATE", lambda session: session["end_code"] or session["state"]),
    ("WHO", "user_name"),
    ("ASSET", lambda session: f"{session['asset_name']}/{session['service_name']}"),
    ("TIERS", "tiers"),
    ("OPENED", "opened_at"),
    ("UNTIL", lambda session: session["ended_at"] or session["not_after"]),
    ("STREAMS", "streams"),
    ("UP", lambda session: size(session["bytes_to_asset"])),
    ("DOWN", lambda session: size(session["bytes_to_user"])),
    ("TICKET", "ticket"),
)
BLOCKS: tuple[Column, ...] = (
    ("BLOCK", "id"),
    ("USER", "user"),
    ("ASSET", "asset"),
    ("SESSION", "session"),
    ("REASON", "reason"),
    ("SINCE", "created_at"),
)
EXTENSIONS: tuple[Column, ...] = (
    ("EXTENSION", "id"),
    ("STATE", "state"),
    ("FOR", lambda extension: span(extension["duration"])),
    ("REASON", "reason"),
    ("STILL NEEDS", still_needed),
    ("ASKED AT", "created_at"),
)
CUT: tuple[Column, ...] = (
    ("SESSION", "session"),
    ("WHO", "user"),
    ("ASSET", "asset"),
    ("CUT AFTER MS", "cut_after_ms"),
)
REASON = click.option("--reason", help="Why; it is recorded. Default: asked.")
OTP = click.option("--otp", help="Code of the second factor, should the policy want a fresh one of its approvers.")


@click.command(cls=Command)
@click.argument("session", required=False)
@click.option("--active", is_flag=True, help="Only those that are open.")
@click.option("--mine", is_flag=True, help="Only your own.")
@click.option("--vendor", is_flag=True, help="Only of vendors.")
@click.option("--site", help="Only at this site.")
@click.option("--asset", help="Only on this asset (SITE/ASSET).")
@LIMIT
@runs
async def sessions(
    app: App, session: str | None, active: bool, mine: bool, vendor: bool, site: str | None, asset: str | None,
    limit: int,
) -> None:  # fmt: skip
    """List sessions, newest first; with SESSION, show that one in full."""
    from client.api import at

    async with app.api() as api:
        if session:
            app.out.one(await api.get(at("sessions", session)))
            return
        flags = (("active", active), ("mine", mine), ("vendor", vendor))
        query = given(site=site, asset=asset) | {name: "true" for name, on in flags if on}
        found = await api.items("/sessions", query, limit=limit)
    app.out.items(found, COLUMNS, empty="There are no such sessions.")


@click.command(cls=Command)
@click.argument("session")
@REASON
@runs
async def kill(app: App, session: str, reason: str | None) -> None:
    """Cut a session now, and block the user's way back to the asset until somebody lifts the block."""
    from client.api import at

    why = _why(reason)
    async with app.api() as api:
        block = await api.post(at("sessions", session, "kill"), {"reason": why})
    app.out.result(block, f"{session} is cut; the way back is blocked by {block['id']}.")


@click.command(cls=Command)
@click.argument("session")
@click.argument("text")
@runs
async def warn(app: App, session: str, text: str) -> None:
    """Tell the user of a session something: their wicket shows it at once. It is recorded."""
    from client.api import at

    async with app.api() as api:
        await api.post(at("sessions", session, "warn"), {"text": text})
    app.out.result({"warned": [session]}, f"{session} was told.")


@click.command("kill-all", cls=Command)
@click.option("--everyone", is_flag=True, help="Also sessions of the plant's own people, not only vendors'.")
@click.option("--site", help="Only at this site.")
@REASON
@click.option("--yes", is_flag=True, help="Do not ask.")
@runs
async def kill_all(app: App, everyone: bool, site: str | None, reason: str | None, yes: bool) -> None:
    """Press the red button: cut all vendors' sessions at once, and print how fast each was gone."""
    from client.asking import confirm

    whose = f"{'all' if everyone else 'all vendors'} sessions{f' at {site}' if site else ''}"
    confirm(f"Cut {whose} now?", "Give --yes.", sure=yes)
    body: dict[str, Any] = {"vendor_only": not everyone, "reason": _why(reason)} | given(site=site)
    async with app.api() as api:
        report = await api.post("/sessions/kill-all", body)
    if app.out.as_json:
        app.out.json(report)
        return
    app.out.line(
        f"{len(report['sessions'])} sessions cut in {report['duration_ms']:.1f} ms; drill report {report['id']}."
    )
    if report["sessions"]:
        app.out.items(report["sessions"], CUT)


@click.command(cls=Command)
@runs
async def blocks(app: App) -> None:
    """List who may not go back to which asset since their session was cut."""
    async with app.api() as api:
        found = await api.get("/blocks")
    app.out.items(found["items"], BLOCKS, empty="Nobody is blocked.")


@click.command(cls=Command)
@click.argument("block")
@runs
async def unblock(app: App, block: str) -> None:
    """Lift a block."""
    from client.api import at

    async with app.api() as api:
        await api.delete(at("blocks", block))
    app.out.result({"lifted": [block]}, f"{block} is lifted.")


@click.command(cls=Command)
@click.argument("session", required=False)
@click.option("--duration", type=Duration(), required=True, help="How much longer, such as 30m.")
@REASON
@runs
async def extend(app: App, session: str | None, duration: int, reason: str | None) -> None:
    """Ask for more time in your session; without SESSION, in the only one that is open."""
    from client.api import at

    why = _why(reason)
    async with app.api() as api:
        chosen = session or _only(await api.items("/sessions", {"mine": "true", "active": "true"}))
        made = await api.post(at("sessions", chosen, "extensions"), {"duration": duration, "reason": why})
    app.out.result(made, _sentence(made))


@click.group(cls=Group)
def extensions() -> None:
    """Wishes for more time in a session."""


@extensions.command("list")
@click.argument("session")
@runs
async def list_extensions(app: App, session: str) -> None:
    """List the extensions of a session."""
    from client.api import at

    async with app.api() as api:
        found = await api.get(at("sessions", session, "extensions"))
    app.out.items(found["items"], EXTENSIONS, empty="Nobody asked for more time.")


@extensions.command("approve")
@click.argument("extension")
@OTP
@runs
async def approve_extension(app: App, extension: str, otp: str | None) -> None:
    """Give a session more time."""
    from client.api import at
    from client.stepping_up import with_fresh_factor

    async with app.api() as api:
        approving = at("extensions", extension, "approve")
        decided = await with_fresh_factor(app, api, otp, lambda: api.post(approving))
    app.out.result(decided, _sentence(decided))


@extensions.command("deny")
@click.argument("extension")
@REASON
@runs
async def deny_extension(app: App, extension: str, reason: str | None) -> None:
    """Refuse a session more time."""
    from client.api import at

    why = _why(reason)
    async with app.api() as api:
        decided = await api.post(at("extensions", extension, "deny"), {"reason": why})
    app.out.result(decided, _sentence(decided))


def _why(reason: str | None) -> str:
    from client.asking import ask

    return reason if reason is not None else ask("Why", "Give --reason TEXT.")


def _only(found: list[dict[str, Any]]) -> str:
    from client.errors import ClientError
    from client.exit_codes import Exit

    if len(found) != 1:
        names = [f"{each['id']}  {each['asset_name']}/{each['service_name']}" for each in found]
        raise ClientError(f"You have {len(found) or 'no'} open sessions.", exit_code=Exit.USAGE, lines=names)
    return str(found[0]["id"])


def _sentence(extension: dict[str, Any]) -> str:
    from client.output import shown

    if extension["state"] == "pending":
        return f"{extension['id']} waits for {outstanding(extension)}."
    until = f"; the session now ends {shown(extension['not_after'])}" if extension.get("not_after") else ""
    return f"{extension['id']} is {extension['state']}{until}."


COMMANDS = {
    "sessions": sessions,
    "warn": warn,
    "kill": kill,
    "kill-all": kill_all,
    "blocks": blocks,
    "unblock": unblock,
    "extend": extend,
    "extensions": extensions,
}
