"""Sheets as PDF for paper. Blocks; called in worker threads, and loaded there when the first is wanted."""

import io
import textwrap
from collections.abc import Callable, Iterator
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from broker.recordings.sheets import UNKNOWN, Sheet

_MAX_LINES = 5
_LETTERS_PER_MM = 0.72
_ALL = (0, 0), (-1, -1)
_STYLE = (
    ("FONTSIZE", *_ALL, 6.5),
    ("LEADING", *_ALL, 8),
    ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
    ("LINEBELOW", *_ALL, 0.25, colors.lightgrey),
    ("LEFTPADDING", *_ALL, 2),
    ("RIGHTPADDING", *_ALL, 2),
    ("TOPPADDING", *_ALL, 1),
    ("BOTTOMPADDING", *_ALL, 1),
    ("VALIGN", *_ALL, "TOP"),
)
_ROWS_PER_TABLE = 500


def as_pdf(sheet: Sheet) -> bytes:
    """Return it as PDF, A4 across; each page bears title, time and number."""
    paper = io.BytesIO()
    document = SimpleDocTemplate(
        paper, pagesize=landscape(A4), leftMargin=10 * mm, rightMargin=10 * mm, topMargin=14 * mm, bottomMargin=14 * mm,
        title=sheet.title, author="Wicketgate", invariant=1,
    )  # fmt: skip
    styles = getSampleStyleSheet()
    story: list[Any] = [Paragraph(escape(sheet.title), styles["Title"])]
    story += [Paragraph(escape(_plain(note)), styles["Normal"]) for note in (*sheet.notes, *sheet.missing)]
    story += [Spacer(1, 4 * mm), *_tables(sheet)]
    number = _numbering(sheet)
    document.build(story, onFirstPage=number, onLaterPages=number)
    return paper.getvalue()


def _tables(sheet: Sheet) -> Iterator[LongTable]:
    widths = sheet.widths_mm
    head = [_short(name.replace("_", " "), width) for name, width in zip(sheet.columns, widths, strict=True)]
    for at in range(0, max(1, len(sheet.rows)), _ROWS_PER_TABLE):
        rows = [
            [_short(value, width) for value, width in zip(row, widths, strict=True)]
            for row in sheet.rows[at : at + _ROWS_PER_TABLE]
        ]
        unknown = [(x, y) for y, row in enumerate(rows, 1) for x, cell in enumerate(row) if cell == UNKNOWN]
        style = [*_STYLE, *(("FONTNAME", cell, cell, "Helvetica-Bold") for cell in unknown)]
        columns = [width * mm for width in widths]
        yield LongTable([head, *rows], colWidths=columns, repeatRows=1, style=TableStyle(style))


def _numbering(sheet: Sheet) -> Callable[[Canvas, SimpleDocTemplate], None]:
    said = _plain(f"{sheet.title}  |  made {sheet.made_at.isoformat(timespec='seconds')}")

    def write(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont("Helvetica", 7)
        canvas.drawString(10 * mm, 7 * mm, said)
        canvas.drawRightString(landscape(A4)[0] - 10 * mm, 7 * mm, f"page {document.page}")
        canvas.restoreState()

    return write


def _short(value: object, width_mm: float) -> str:
    """Return a cell for paper, its lines broken where its column ends; of very long ones the beginning."""
    text = _plain("" if value is None else str(value))
    lines = textwrap.wrap(text, max(4, int(width_mm * _LETTERS_PER_MM)))
    return "\n".join(lines if len(lines) <= _MAX_LINES else [*lines[: _MAX_LINES - 1], "..."])


def _plain(text: str) -> str:
    """Return what the fonts of every PDF reader can show; other letters become question marks."""
    return "".join(each if each.isprintable() else " " for each in text).encode("cp1252", "replace").decode("cp1252")
