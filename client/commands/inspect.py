"""``wicket inspect``: what is said in a packet capture, by the eyes of the guards."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from client.app import App, Command, runs
from client.output import Column

if TYPE_CHECKING:
    from client.captures.flow import Row

TIERS = ("read", "operate", "program", "firmware")
REFUSALS = ("denied", "asked", "malformed", "closed")
_LINES_AT_ONCE = 256
_ENCODER = json.JSONEncoder(allow_nan=False, check_circular=False)


@dataclass(slots=True)
class _Counted:
    """What one flow says in all."""

    flow: str
    protocol: str
    requests: int = 0
    responses: int = 0
    malformed: int = 0
    closed_by: str = ""
    tiers: Counter[str] = field(default_factory=Counter)
    functions: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def _tier(name: str) -> Column:
    return (name.upper(), lambda row: row["tiers"].get(name, 0))


FLOWS: tuple[Column, ...] = (
    ("FLOW", "flow"),
    ("PROTOCOL", "protocol"),
    ("REQUESTS", "requests"),
    *(_tier(name) for name in TIERS),
    ("RESPONSES", "responses"),
    ("MALFORMED", "malformed"),
    ("CLOSED BY", "closed_by"),
)
FUNCTIONS: tuple[Column, ...] = (
    ("PROTOCOL", "protocol"),
    ("TIER", "tier"),
    ("FUNCTION", "function"),
    ("TIMES", "times"),
)
DECIDED: tuple[Column, ...] = (*FUNCTIONS[:3], ("DECISION", "decision"), ("TIMES", "times"))


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--protocol", "spoken", multiple=True, metavar="PROTOCOL:PORT",
    help="What is spoken on a port, such as modbus:1502 or s7:10102. May be given several times.",
)  # fmt: skip
@click.option(
    "--policy", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Judge by this policy file."
)
@click.option("--policy-name", help="Of the policies in the file, this one.")
@runs
async def inspect(app: App, file: Path, spoken: tuple[str, ...], policy: Path | None, policy_name: str | None) -> None:
    """Print operations, tiers and objects in a capture FILE (pcap or pcapng, also gzipped). Works without a broker.

    With --json a line for each PDU: flow, index, time, direction (request or response), protocol, function_code,
    function, tier, objects, and with --policy the decision. Broken PDUs are lines with "malformed": true, the first
    behind what was not captured has "after_gap": true. One with "closes" would end the stream, and names the code;
    what is said in the flow after it has "closed": true. A file that breaks off gives what it has, and exit code 2.
    """
    from client.traffic import judge_by, ports_of, rows_of

    rules = None if policy is None else judge_by(policy, policy_name)
    counted: dict[int, _Counted] = {}
    shows_progress = not (app.out.as_json and sys.stdout.isatty())
    read = rows_of(
        file,
        ports_of(spoken),
        rules,
        shows_progress=shows_progress,
        remark=lambda text: app.out.note(f"wicket: {text}"),
    )
    if app.out.as_json:
        _write(read, is_judged=rules is not None)
        return
    for row in read:
        _count(counted, row)
    _print(app, list(counted.values()), is_judged=rules is not None)


def _write(rows: "Iterator[Row]", *, is_judged: bool) -> None:
    """Print a line for each row, many at once: to flush after every line takes longer than to read it."""
    lines: list[str] = []
    try:
        for row in rows:
            lines.append(_encoded(_as_json(row, is_judged=is_judged)))
            if len(lines) >= _LINES_AT_ONCE:
                click.echo("\n".join(lines))
                lines.clear()
    finally:
        if lines:
            click.echo("\n".join(lines))


def _encoded(line: dict[str, Any]) -> str:
    """Return a line as JSON, which has no word for infinity and for what is no number."""
    from client.traffic import plain_value

    try:
        return _ENCODER.encode(line)
    except ValueError:
        return _ENCODER.encode({**line, "values": [plain_value(value) for value in line["values"]]})


def _as_json(row: "Row", *, is_judged: bool) -> dict[str, Any]:
    from client.traffic import moment

    operation = row.operation
    line: dict[str, Any] = {
        "flow": row.flow.name,
        "index": row.number,
        "time": moment(row.time),
        "direction": "response" if operation.is_response else "request",
        "protocol": row.flow.protocol,
        "function_code": operation.function_code,
        "function": operation.function,
        "tier": operation.tier.value,
        "objects": operation.objects,
        "values": operation.values,
        "transaction": operation.transaction,
        "unit": operation.unit,
        "route": operation.route or None,
        "exception_code": operation.exception_code if operation.is_response else None,
        "upload": operation.is_upload,
        "malformed": operation.verdict == "malformed",
    }
    if operation.parts:
        line["parts"] = [{**part._asdict(), "tier": part.tier.value} for part in operation.parts]
    if row.after_gap:
        line["after_gap"] = True
    if row.closes:
        line["closes"] = row.closes
    if row.is_closed:
        line["closed"] = True
    if operation.reason:
        line["reason"] = operation.reason
    if is_judged:
        line["decision"] = None if operation.is_response else _decision(row)
    return line


def _decision(row: "Row") -> str:
    """Return what becomes of a request: nothing comes to the asset any more once its stream was closed."""
    return "closed" if row.is_closed else row.operation.verdict.value


def _count(counted: dict[int, _Counted], row: "Row") -> None:
    operation = row.operation
    flow = counted.get(row.flow.serial)  # and not by the flow: what its decoder keeps would be kept for all of them
    if flow is None:
        flow = counted[row.flow.serial] = _Counted(row.flow.name, row.flow.protocol or "")
    if operation.verdict == "malformed":
        flow.malformed += 1
    flow.closed_by = flow.closed_by or row.closes
    if operation.is_response:
        flow.responses += 1
        return
    flow.requests += 1
    flow.tiers[operation.tier.value] += 1
    flow.functions[(operation.tier.value, operation.function, _decision(row))] += 1


def _print(app: App, flows: list[_Counted], *, is_judged: bool) -> None:
    rows = [
        {"flow": one.flow, "protocol": one.protocol, "requests": one.requests, "responses": one.responses,
         "malformed": one.malformed, "closed_by": one.closed_by, "tiers": one.tiers}
        for one in flows
    ]  # fmt: skip
    app.out.items(rows, FLOWS, empty="No flow of a protocol that is known. Say what is spoken with --protocol.")
    times: Counter[tuple[str, ...]] = Counter()
    for one in flows:
        for (tier, function, verdict), count in one.functions.items():
            times[(one.protocol, tier, function, verdict if is_judged else "")] += count
    if not times:
        return
    ranked = sorted(times, key=lambda key: (key[0], -TIERS.index(key[1]), -times[key]))
    app.out.line("")
    app.out.items(
        [dict(zip(("protocol", "tier", "function", "decision"), key, strict=True), times=times[key]) for key in ranked],
        DECIDED if is_judged else FUNCTIONS,
    )
    if is_judged:
        refused = sum(count for key, count in times.items() if key[3] in REFUSALS)
        app.out.line("")
        app.out.line(f"The policy would have refused {refused:,} of {sum(times.values()):,} requests.")


COMMANDS = {"inspect": inspect}
