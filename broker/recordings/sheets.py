"""Change logs and undo sheets as tables, and as CSV for spreadsheets. Blocks; called in worker threads."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

UNKNOWN = "UNKNOWN"
# A spreadsheet takes a text that begins so for a formula (CWE-1236), some also where the sign is of double width;
# names and tickets come from strangers.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with what must be said about it.

    ``notes`` stand above the rows of a PDF, ``missing`` also in a CSV, as last lines: what is not there must not look
    as if it had not been.
    """

    title: str
    columns: tuple[str, ...]
    widths_mm: tuple[float, ...]
    rows: Sequence[Sequence[object]]
    notes: tuple[str, ...]
    missing: tuple[str, ...]
    made_at: datetime


def as_csv(sheet: Sheet) -> bytes:
    """Return it as CSV (RFC 4180) in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(sheet.columns)
    writer.writerows([_cell(value) for value in row] for row in sheet.rows)
    writer.writerows([note] for note in sheet.missing)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
