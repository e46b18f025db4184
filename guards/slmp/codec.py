"""Reads and answers SLMP frames, message by message."""

from guards.malformations import flaw
from guards.reasons import Reason
from guards.refusal import Answer, Cause
from guards.registers.contents import Contents, Head, Heard
from guards.slmp.before import reading
from guards.slmp.commands import command_of
from guards.slmp.cursor import Ascii, Binary, Unreadable
from guards.slmp.devices import UNCERTAIN
from guards.slmp.frames import Layout, answer_to, field_of, layout_of, number, route_of
from policies.rules import Tier

_WITHOUT_SERIAL = -1
"""The key of every 3E request: nothing in the answer tells two of them apart."""

WRONG_COMMAND = 0xC059
_CODES = {
    Cause.FENCE: 0xCF70,
    Cause.MALFORMED: 0xC05C,
    Cause.FUNCTION: WRONG_COMMAND,
    Cause.OBJECT: 0xC05B,
    Cause.VALUE: 0xC060,
    Cause.ASK: WRONG_COMMAND,
    Cause.BUSY: 0xCEE0,
    Cause.GONE: 0xCF70,
    Cause.SILENT: 0xCF71,
}
"""Relay failure; request content; command not supported; device not accessible; data; busy; time-out."""


_NOT_TEXT = flaw("not_text")


class SlmpCodec:
    """Reads and answers SLMP frames of every kind."""

    protocol = "slmp"
    references = 0x10000

    def is_answer(self, message: bytes) -> bool:
        """See ``Codec``: by the subheader."""
        layout = layout_of(message)
        return layout is not None and layout.is_answer

    def head(self, message: bytes) -> Head | Reason:
        """See ``Codec``. Everything but the serial number counts as what a request says."""
        layout = layout_of(message)
        if layout is None or layout.is_answer:
            return flaw("answer_not_request")
        route = route_of(message, layout)
        serial = _serial(message, layout)
        if route is None or serial is None or len(message) < layout.head_bytes + 6 * layout.unit:
            return flaw("no_command")
        if not layout.has_serial:
            return Head(serial, message, route, None, has_reference=False)
        said = message[: 2 * layout.unit] + message[4 * layout.unit :]
        return Head(serial, said, route, serial)

    def contents(self, message: bytes) -> Contents:
        """See ``Codec``."""
        layout = layout_of(message)
        assert layout is not None
        at, unit, is_ascii = layout.head_bytes + 2 * layout.unit, layout.unit, layout.is_ascii
        code = number(message[at : at + 2 * unit], is_ascii=is_ascii)
        subcommand = number(message[at + 2 * unit : at + 4 * unit], is_ascii=is_ascii)
        if code is None or subcommand is None:
            return Contents(0, "command", Tier.FIRMWARE, fault=flaw("command_no_number"))
        row = command_of(code)
        data = message[at + 4 * unit :]
        if is_ascii and not (data.isascii() and data.decode().isprintable()):
            # A device that is set to binary would look for its next frame among them.
            return Contents(code, row.name, row.tier, is_upload=row.is_upload, fault=_NOT_TEXT)
        try:
            body = row.decode(Ascii(data) if is_ascii else Binary(data), subcommand)
        except Unreadable as unreadable:
            return Contents(code, row.name, row.tier, is_upload=row.is_upload, fault=unreadable.reason)
        touched = (access.touched.table for access in (*body.reads, *body.writes))
        return Contents(
            code,
            row.name,
            row.tier,
            body.reads,
            body.writes,
            body.read_answer,
            row.is_upload,
            row.is_status,
            is_certain=not is_ascii or UNCERTAIN.isdisjoint(touched),
        )

    def heard(self, message: bytes) -> Heard | Reason:
        """See ``Codec``. An answer does not say what it answers, but for the serial number of 4E."""
        layout = layout_of(message)
        if layout is None or not layout.is_answer:
            return flaw("request_not_answer")
        route, at = route_of(message, layout), layout.head_bytes
        end = number(message[at : at + 2 * layout.unit], is_ascii=layout.is_ascii)
        serial = _serial(message, layout)
        if route is None or end is None or serial is None or len(message) < at + 2 * layout.unit:
            return flaw("head_unreadable")
        transaction = serial if layout.has_serial else None
        return Heard(serial, None, route, transaction, end or None, message[at + 2 * layout.unit :])

    def named(self, command: int) -> tuple[str, Tier]:
        """See ``Codec``."""
        row = command_of(command)
        return row.name, row.tier

    def reading(self, message: bytes, reference: int) -> bytes | None:
        """See ``Codec``: with the same subcommand, along the same route."""
        layout = layout_of(message)
        assert layout is not None
        unit, is_ascii = layout.unit, layout.is_ascii
        at = layout.head_bytes + 2 * unit
        code = number(message[at : at + 2 * unit], is_ascii=is_ascii) or 0
        subcommand = message[at + 2 * unit : at + 4 * unit]
        data = message[at + 4 * unit :]
        cursor = Ascii(data) if is_ascii else Binary(data)
        found = reading(code, number(subcommand, is_ascii=is_ascii) or 0, cursor, data, is_ascii=is_ascii)
        if found is None:
            return None
        said = field_of(found[0], 2, is_ascii=is_ascii) + subcommand + found[1]
        head = message[: layout.head_bytes - 2 * unit]
        if layout.has_serial:
            head = head[: 2 * unit] + field_of(reference, 2, is_ascii=is_ascii) + head[4 * unit :]
        timer = message[layout.head_bytes : at]
        return head + field_of(len(timer + said), 2, is_ascii=is_ascii) + timer + said

    def refuse(self, message: bytes, contents: Contents, cause: Cause) -> Answer:  # noqa: ARG002 - see ``Codec``
        """See ``Codec``: route and serial number are the request's."""
        layout = layout_of(message)
        assert layout is not None
        return Answer(answer_to(message, layout, _CODES[cause]), _CODES[cause])


def _serial(message: bytes, layout: Layout) -> int | None:
    """Return what ties answers to requests: the serial number of 4E, ``None`` if it is no number; 3E has none."""
    if not layout.has_serial:
        return _WITHOUT_SERIAL
    return number(message[2 * layout.unit : 4 * layout.unit], is_ascii=layout.is_ascii)
