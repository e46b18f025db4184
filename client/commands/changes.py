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
    ("TAGS", lambda row: _tags(row)),  # noqa: PLW0108 - it is defined below
    ("BEFORE", lambda row: _values(row["before"])),
    ("AFTER", lambda row: _values(row["after"] or None)),
    ("DEVICE", _outcome),
    ("TICKET", "ticket"),
    ("RECORDING", "recording"),
)
UNDO: tuple[Column, ...] = (
    ("ASSET", lambda row: f"{row['asset_name']}/{row['service_name']}"),
    ("UNIT", lambda row: row["route"] or row["unit"]),
    ("OBJECT", "object"),
    ("TAG", "tag"),
    ("RESTORE TO", lambda row: UNKNOWN if row["value"] is None else row["value"]),
    ("SOURCE", "source"),
    ("WRITTEN LAST", lambda row: UNKNOWN if row["last_value"] is None else row["last_value"]),
    ("AT", "last_at"),
    ("WRITES", "writes"),
    ("CONFIRMED", "confirmed"),
)
UNKNOWN = "UNKNOWN"
FIELDS = (
    "at", "user_name", "organization", "site", "asset_name", "service_name", "unit", "route", "tier", "function",
    "objects", "tags", "before", "is_before_read", "after", "outcome", "exception_code", "ticket", "recording",
    "number",
)  # fmt: skip
UNDO_FIELDS = (
    "asset_name", "service_name", "unit", "route", "object", "tag", "engineering_unit", "scale", "value", "source",
    "last_value", "last_at", "writes", "confirmed", "recording", "number",
)  # fmt: skip
# A spreadsheet takes a text that begins so for a formula (CWE-1236); some also where the sign is of double width.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
LIMIT = click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=1000, show_default=True, help="At most so many."
)
CSV = click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values, for a spreadsheet.")


@click.command(cls=Command)
@click.argument("asset", required=False)
@click.option("--recording", help="Of this recording.")
@click.option("--session", help="Of this session.")
@click.option("--user", help="By this user (id).")
@click.option("--asset", "asset_option", help="On this asset; the same as ASSET.")
@click.option("--site", help="At this site.")
@click.option("--since", type=Moment(past=True), help="Written after: a time, or 2h for two hours ago.")
@click.option("--until", type=Moment(past=True), help="Written before.")
@click.option("--undo", is_flag=True, help="The undo sheet: what stood in each object before. Nothing is written back.")
@click.option("--pdf", type=click.Path(dir_okay=False), help="Write a PDF to this file.")
@click.option("--force", is_flag=True, help="Replace the file.")
@CSV
@LIMIT
@runs
async def changes(
    app: App, asset: str | None, recording: str | None, session: str | None, user: str | None,
    asset_option: str | None, site: str | None, since: str | None, until: str | None, undo: bool, pdf: str | None,
    force: bool, as_csv: bool, limit: int,
) -> None:  # fmt: skip
    """List what was written on the devices: when, by whom, on which ticket, what stood there, what the device said."""
    query = given(
        recording=recording, session=session, user=user, asset=asset or asset_option, site=site, since=since,
        until=until,
    )  # fmt: skip
    if pdf is not None:
        await _save(app, query, "undo" if undo else "changes", pdf, force=force)
    elif undo:
        await _show_undo(app, query, as_csv=as_csv)
    else:
        await show_changes(app, query, as_csv=as_csv, limit=limit)


async def _save(app: App, query: Mapping[str, str], sheet: str, target: str, *, force: bool) -> None:
    """Fetch the PDF that the broker makes."""
    from client.downloading import Download

    wanted = {**query, "sheet": sheet, "format": "pdf"}
    async with app.api() as api:
        count = await Download(api, "/changes/export", target, wanted, force=force).run()
    app.out.result({"file": target, "bytes": count}, f"{target}: {count} bytes.")


async def _show_undo(app: App, query: Mapping[str, str], *, as_csv: bool) -> None:
    _only_one_form(app, as_csv=as_csv)
    async with app.api() as api:
        sheet = await api.get("/changes/undo", dict(query))
    if as_csv:
        click.echo(_csv(UNDO_FIELDS, sheet["items"]), nl=False)
    elif app.out.as_json:
        app.out.json(sheet)
    else:
        app.out.items(sheet["items"], UNDO, empty="Nothing was written.")
        app.out.note("A list for people: nothing writes it back by itself.")
    if sheet["is_cut"]:
        app.out.note("There were more writes than one sheet takes; narrow the period.")
    _fail_if_missing(sheet["unreadable"])


async def show_changes(app: App, query: Mapping[str, str], *, as_csv: bool, limit: int) -> None:
    """Print changes; recordings that could not be read are named beside them, and are a failure."""
    _only_one_form(app, as_csv=as_csv)
    items, unreadable = await _fetch(app, query, limit)
    if as_csv:
        click.echo(_csv(FIELDS, [{**item, "tags": _tags(item)} for item in items]), nl=False)
    elif app.out.as_json:
        app.out.json({"items": items, "unreadable": unreadable})
    else:
        app.out.items(items, COLUMNS, empty="Nothing was written.")
    _fail_if_missing(unreadable)


def _fail_if_missing(unreadable: list[dict[str, Any]]) -> None:
    from client.errors import NotVerifiedError

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


def _only_one_form(app: App, *, as_csv: bool) -> None:
    if as_csv and app.out.as_json:
        raise click.UsageError("Give --csv or --json.")


def _tags(change: Mapping[str, Any]) -> list[str]:
    return [each["tag"] for each in change.get("elements", []) if each["tag"]]


def _csv(fields: Sequence[str], items: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(fields)
    writer.writerows([_cell(field, item.get(field)) for field in fields] for item in items)
    return text.getvalue()


def _cell(field: str, value: object) -> object:
    # Nothing in such a cell would read as if nothing had been there.
    if field in {"value", "last_value"} and value is None:
        return UNKNOWN
    if field in {"before", "after"} and not value:
        return "unknown"
    if isinstance(value, list):
        text: object = " ".join("unknown" if each is None else str(each) for each in value)
    else:
        text = value
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA) else text


def _values(values: list[Any] | None) -> object:
    return "unknown" if values is None else ["unknown" if value is None else value for value in values]


COMMANDS = {"changes": changes}
