"""``wicket grants``, ``revoke``, ``reviews``."""

import click

from client.app import App, Command, Group, runs
from client.commands.assets import LIMIT
from client.output import Column, span
from client.rules import what_passes

COLUMNS: tuple[Column, ...] = (
    ("GRANT", "id"),
    ("STATE", "state"),
    ("WHO", "user_name"),
    ("ASSET", lambda grant: f"{grant['asset_name']}/{grant['service_name']}"),
    ("TIERS", what_passes),
    ("FOR", lambda grant: span(grant["duration"])),
    ("USABLE UNTIL", "usable_until"),
    ("ENDS", "ends_at"),
    ("TICKET", "ticket"),
    ("POLICY", "policy"),
)
REVIEWS: tuple[Column, ...] = (
    ("REQUEST", "request"),
    ("STATE", "state"),
    ("WHO", "user_name"),
    ("ASSET", "asset_name"),
    ("REASON", "reason"),
    ("GROUP", "group"),
    ("AT", "created_at"),
    ("OUTCOME", "outcome"),
    ("COMMENT", "comment"),
)


@click.command(cls=Command)
@click.argument("grant", required=False)
@click.option("--mine", is_flag=True, help="Only your own.")
@click.option("--active", is_flag=True, help="Only those that may be used now or later.")
@LIMIT
@runs
async def grants(app: App, grant: str | None, mine: bool, active: bool, limit: int) -> None:
    """List grants, newest first; with GRANT, show that one in full."""
    from client.api import at

    async with app.api() as api:
        if grant:
            one = await api.get(at("grants", grant))
            words = {"tiers": what_passes(one), "rules": one["rules_text"], "duration": span(one["duration"])}
            shown = {name: value for name, value in one.items() if name != "rules_text"}
            app.out.one(one if app.out.as_json else {**shown, **words})
            return
        query = {name: "true" for name, on in (("mine", mine), ("active", active)) if on}
        found = await api.items("/grants", query, limit=limit)
    app.out.items(found, COLUMNS, empty="There are no such grants.")


@click.command(cls=Command)
@click.argument("grant")
@click.option("--reason", help="Why. Default: asked.")
@runs
async def revoke(app: App, grant: str, reason: str | None) -> None:
    """Revoke a grant, or give up your own; sessions on it are cut."""
    from client.api import at
    from client.asking import ask

    why = reason if reason is not None else ask("Why", "Give --reason TEXT.")
    async with app.api() as api:
        ended = await api.post(at("grants", grant, "revoke"), {"reason": why})
    app.out.result(ended, f"{grant} is {ended['state']}.")


@click.group(cls=Group)
def reviews() -> None:
    """The reviews of emergency accesses."""


@reviews.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that nobody has closed.")
@LIMIT
@runs
async def list_reviews(app: App, only_open: bool, limit: int) -> None:
    """List reviews, newest first."""
    async with app.api() as api:
        found = await api.items("/reviews", {"open": "true"} if only_open else None, limit=limit)
    app.out.items(found, REVIEWS, empty="There are no such reviews.")


@reviews.command("close")
@click.argument("request")
@click.option("--outcome", type=click.Choice(["justified", "unjustified"]), required=True, help="What you found.")
@click.option("--comment", required=True, help="Why.")
@runs
async def close_review(app: App, request: str, outcome: str, comment: str) -> None:
    """Close the review of the emergency access that REQUEST gave."""
    from client.api import at

    async with app.api() as api:
        closed = await api.post(at("requests", request, "review"), {"outcome": outcome, "comment": comment})
    app.out.result(closed, f"The review of {request} is closed: {outcome}.")


COMMANDS = {"grants": grants, "revoke": revoke, "reviews": reviews}
