"""``wicket changes``: what was written on the devices."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import click

from client.app import App, Command, runs
from client.output import Column
from client.parameters import Moment, given


def _outcome(row: Mapping[str, Any]) -> str:
    code = row["exception_code"]
    return row["outcome"] if code is None else f"{row['outcome']} (exception {code})"


COLUMNS: tuple[Column, ...] = (
    ("AT", "at"),
    ("WHO", "user_name"),
    ("ASSET", lambda row: f"{row['asset_name']}/{row['service_name']}"),
    ("UNIT", lambda row: row.get("route") or row["unit"]),
    ("TIER", "tier"),
    ("FUNCTION", "function"),
    ("OBJECTS", "objects"),
    ("BEFORE", lambda row: "unknown" if row["before"] is None else row["before"]),
    ("AFTER", "after"),
    ("DEVICE", _outcome),
    ("TICKET", "ticket"),
    ("RECORDING", "recording"),
)
FIELDS = (
    "at", "user_name", "organization", "site", "asset_name", "service_name", "unit", "route", "tier", "function",
    "objects", "before", "after", "outcome", "exception_code", "ticket", "recording", "number",
)  # fmt: skip
# A spreadsheet takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LIMIT = click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=1000, show_default=True, help="At most so many."
)
CSV = click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values, for a spreadsheet.")


@click.command(cls=Command)
@click.option("--recording", help="Of this recording.")
@click.option("--session", help="Of this session.")
@click.option("--user", help="By this user (id).")
@click.option("--asset", help="On this asset (id).")
@click.option("--site", help="At this site.")
@click.option("--since", type=Moment(past=True), help="Written after: a time, or 2h for two hours ago.")
@click.option("--until", type=Moment(past=True), help="Written before.")
@CSV
@LIMIT
@runs
async def changes(
    app: App, recording: str | None, session: str | None, user: str | None, asset: str | None, site: str | None,
    since: str | None, until: str | None, as_csv: bool, limit: int,
) -> None:  # fmt: skip
    """List what was written on the devices: when, by whom, on which ticket, and what the device said to it."""
    query = given(recording=recording, session=session, user=user, asset=asset, site=site, since=since, until=until)
    await show_changes(app, query, as_csv=as_csv, limit=limit)


async def show_changes(app: App, query: Mapping[str, str], *, as_csv: bool, limit: int) -> None:
    """Print changes; recordings that could not be read are named beside them, and are a failure."""
    from client.errors import NotVerifiedError

    if as_csv and app.out.as_json:
        raise click.UsageError("Give --csv or --json.")
    items, unreadable = await _fetch(app, query, limit)
    if as_csv:
        click.echo(_csv(items), nl=False)
    elif app.out.as_json:
        app.out.json({"items": items, "unreadable": unreadable})
    else:
        app.out.items(items, COLUMNS, empty="Nothing was written.")
    if unreadable:
        raise NotVerifiedError(
            f"{len(unreadable)} recordings could not be read: what was written in them is missing above.",
            lines=[f"{each['recording']}: {each['detail']}" for each in unreadable],
        )


async def _fetch(app: App, query: Mapping[str, str], limit: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    items: list[dict[str, Any]] = []
    unreadable: dict[str, dict[str, Any]] = {}
    cursor: str | None = None
    async with app.api() as api:
        while len(items) < limit:
            rest = {"limit": min(limit - len(items), 500)} | given(cursor=cursor)
            page = await api.get("/changes", {**query, **rest})
            items += page["items"]
            unreadable |= {each["recording"]: each for each in page["unreadable"]}
            cursor = page["next_cursor"]
            if cursor is None:
                break
    return items, list(unreadable.values())


def _csv(items: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(FIELDS)
    writer.writerows([_cell(item[field]) for field in FIELDS] for item in items)
    return text.getvalue()


def _cell(value: object) -> object:
    text = " ".join(map(str, value)) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA) else text


COMMANDS = {"changes": changes}
