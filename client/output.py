"""What people and scripts see: tables on a terminal, JSON with ``--json``; text of others never moves the cursor."""

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

import click

# C0 and C1 controls move cursors and start escape sequences; the others reorder what is read (bidirectional overrides).
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
WIDE = 1000

Column = tuple[str, str | Callable[[Mapping[str, Any]], object]]
"""A heading, and the field's name or a function of the row."""


def clean(value: object) -> str:
    """Return text that a terminal shows and does not obey."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", str(value))


def shown(value: object) -> str:
    """Return a value of the API as people read it: local time, yes and no, lists with commas, ``-`` for nothing."""
    match value:
        case None | "":
            return "-"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(shown(item) for item in value) or "-"
        case Mapping():
            return ", ".join(f"{clean(key)}={shown(item)}" for key, item in value.items()) or "-"
        case str():
            return local_time(value) or clean(value)
        case _:
            return clean(value)


def local_time(text: str) -> str | None:
    """Return an aware ISO time in this machine's zone, or ``None`` if the text is none."""
    if len(text) < 19 or text[4:5] != "-" or text[10:11] not in ("T", " "):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if at.tzinfo else None


def until_now(text: str, now: datetime | None = None) -> str:
    """Return how long ago or how far ahead an ISO time is, such as ``in 2h05m``."""
    seconds = (datetime.fromisoformat(text) - (now or datetime.now(UTC))).total_seconds()
    return f"in {span(seconds)}" if seconds >= 0 else f"{span(-seconds)} ago"


def span(seconds: float) -> str:
    """Return a length of time: ``3d04h``, ``1h05m``, ``4m09s``, ``12s``."""
    whole = max(0, int(seconds))
    for unit, size, smaller, part in (("d", 86400, "h", 3600), ("h", 3600, "m", 60), ("m", 60, "s", 1)):
        if whole >= size:
            return f"{whole // size}{unit}{whole % size // part:02}{smaller}"
    return f"{whole}s"


def size(count: float) -> str:
    """Return a number of bytes: ``812 B``, ``1.4 kB``, ``20.1 MB``."""
    if count < 1000:
        return f"{int(count)} B"
    for unit in ("kB", "MB", "GB"):
        count /= 1000
        if count < 1000:
            return f"{count:.1f} {unit}"
    return f"{count / 1000:.1f} TB"


class Output:
    """Writes results to standard output, and everything else to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def json(self, value: object) -> None:
        """Print one JSON value; escapes keep it plain ASCII."""
        click.echo(json.dumps(value, indent=2))

    def line(self, text: str) -> None:
        """Print a sentence for people; nothing with ``--json``."""
        if not self.as_json:
            click.echo(clean(text))

    def result(self, value: Mapping[str, Any], sentence: str) -> None:
        """Print a thing as JSON, or a sentence about it."""
        if self.as_json:
            self.json(value)
        else:
            click.echo(clean(sentence))

    def note(self, text: str) -> None:
        """Say something beside the result, on standard error."""
        click.echo(clean(text), err=True)

    def items(self, items: Sequence[Mapping[str, Any]], columns: Sequence[Column], *, empty: str = "") -> None:
        """Print a list: a table, or ``{"items": [...]}``."""
        if self.as_json:
            self.json({"items": list(items)})
        elif not items:
            click.echo(empty or "Nothing.")
        else:
            _print_table(items, columns)

    def one(self, item: Mapping[str, Any], names: Sequence[str] = ()) -> None:
        """Print one thing: its fields one below the other, or as JSON."""
        if self.as_json:
            self.json(item)
            return
        fields = {name: item[name] for name in names or item if name in item}
        width = max((len(name) for name in fields), default=0)
        for name, value in fields.items():
            click.echo(f"{clean(name.replace('_', ' ')):<{width}}  {shown(value)}")


def _print_table(items: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # Pipes: no terminal, no colour, and nothing cut off.
    out: TextIO = sys.stdout
    terminal = out.isatty()
    console = Console(file=out, width=None if terminal else WIDE, highlight=False, markup=False, emoji=False)
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for heading, _ in columns:
        table.add_column(heading, overflow="fold", no_wrap=not terminal)
    for item in items:
        table.add_row(*(Text(shown(_value(item, take))) for _, take in columns))
    with console.capture() as printed:
        console.print(table)
    out.writelines(f"{line.rstrip()}\n" for line in printed.get().splitlines())


def _value(item: Mapping[str, Any], take: str | Callable[[Mapping[str, Any]], object]) -> object:
    return item.get(take) if isinstance(take, str) else take(item)


def is_terminal() -> bool:
    """Say whether somebody can be asked: both standard input and standard error are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()
