"""``wicket asks`` and ``wicket answer``: what sessions ask of the plant, and its answers."""

from collections.abc import Mapping
from typing import Any

import click

from client.app import App, Command, runs
from client.commands.assets import LIMIT
from client.output import Column
from client.parameters import given

COLUMNS: tuple[Column, ...] = (
    ("ASK", "id"),
    ("STATE", "state"),
    ("WHO", "user_name"),
    ("ASSET", lambda ask: f"{ask['asset_name']}/{ask['service_name']}"),
    ("UNIT", lambda ask: ask["route"] or ask["unit"]),
    ("TIER", "tier"),
    ("FUNCTION", "function"),
    ("OBJECTS", "objects"),
    ("VALUES", "values"),
    ("TICKET", "ticket"),
    ("SESSION", "session"),
    ("UNTIL", "expires_at"),
)


@click.command(cls=Command)
@click.argument("ask", required=False)
@click.option("--all", "everything", is_flag=True, help="Also those that were answered, or have expired.")
@click.option("--session", help="Only of this session.")
@click.option("--site", help="Only at this site.")
@LIMIT
@runs
async def asks(app: App, ask: str | None, everything: bool, session: str | None, site: str | None, limit: int) -> None:
    """List what sessions ask of the plant just now, newest first; with ASK, show that one in full."""
    from client.api import at

    async with app.api() as api:
        if ask:
            app.out.one(await api.get(at("questions", ask)))
            return
        query = given(session=session, site=site) | ({} if everything else {"pending": "true"})
        found = await api.items("/questions", query, limit=limit)
    app.out.items(found, COLUMNS, empty="Nothing is asked." if everything else "Nothing waits for an answer.")


@click.command(cls=Command)
@click.argument("ask")
@click.argument("answer", type=click.Choice(["yes", "no"]))
@click.option("--reason", help="Why; it is recorded, and with a no its user reads it. Default for a no: asked.")
@click.option("--otp", help="Code of the second factor, should the policy want a fresh one of its approvers.")
@runs
async def answer(app: App, ask: str, answer: str, reason: str | None, otp: str | None) -> None:
    """Let a session do exactly what it asks, once, or not."""
    from client.api import at
    from client.asking import ask as prompt
    from client.stepping_up import with_fresh_factor

    why = prompt("Why not", "Give --reason TEXT.") if reason is None and answer == "no" else reason
    async with app.api() as api:
        body = {"answer": answer} | given(reason=why)
        done = await with_fresh_factor(app, api, otp, lambda: api.post(at("questions", ask, "answer"), body))
    app.out.result(done, _sentence(done))


def _sentence(ask: Mapping[str, Any]) -> str:
    from client.output import shown

    what = f"{ask['id']}: {ask['function']} {', '.join(ask['objects'])}".rstrip()
    if ask["state"] == "approved":
        return f"{what} is approved; {ask['user_name']} may repeat it once until {shown(ask['armed_until'])}."
    return f"{what} is {ask['state']}."


COMMANDS = {"asks": asks, "answer": answer}
