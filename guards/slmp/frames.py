"""The frames: 3E and 4E, binary and ASCII, requests and answers; and how a station says no.

Mitsubishi Electric, SLMP Reference Manual (SH(NA)-080956ENG), chapter 4; end codes also in MELSEC
Communication Protocol Reference Manual (SH(NA)-080008). A frame is the same over TCP and as a datagram of UDP.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from guards.malformations import flaw
from guards.splitting import INCOMPLETE, FramingFault

MAX_BODY_BYTES = 4096
"""Of a binary frame; an ASCII one has twice as many characters. No command has more than about 2,000 bytes."""
_DIGITS = re.compile(rb"[0-9A-F]+")
_MELSOFT = frozenset({0x57, 0xD7, 0x5A, 0xDA})
_OWN_CPU = (0x03FF, 0)


class Layout(NamedTuple):
    """Where things stand in one kind of frame, in bytes or characters.

    ``unit``: how many a byte has on the wire. ``route_at``: where network, station, module and multidrop station
    begin. ``head_bytes``: how long the head is, the length at its end included.
    """

    is_ascii: bool
    has_serial: bool
    is_answer: bool
    unit: int
    route_at: int
    head_bytes: int


def _layout(*, is_ascii: bool, has_serial: bool, is_answer: bool) -> Layout:
    unit, route = 2 if is_ascii else 1, 6 if has_serial else 2
    return Layout(is_ascii, has_serial, is_answer, unit, route * unit, (route + 7) * unit)


def _layouts() -> dict[bytes, Layout]:
    found: dict[bytes, Layout] = {}
    for text, has_serial, is_answer in (
        ("5000", False, False),
        ("5400", True, False),
        ("D000", False, True),
        ("D400", True, True),
    ):
        for subheader, is_ascii in ((bytes.fromhex(text), False), (text.encode(), True)):
            found[subheader] = _layout(is_ascii=is_ascii, has_serial=has_serial, is_answer=is_answer)
    return found


LAYOUTS = _layouts()


def layout_of(stream: bytes, at: int = 0) -> Layout | None:
    """Return what kind of frame begins here, ``None`` if none does, or too little has come to tell."""
    return LAYOUTS.get(stream[at : at + 2]) or LAYOUTS.get(stream[at : at + 4])


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Tell where the frame that begins at ``at`` ends; what cannot begin one is a fault at once."""
    layout = layout_of(stream, at)
    if layout is None:
        came = stream[at : at + 4]
        return INCOMPLETE if _may_become_subheader(came) else _wrong_beginning(came)
    begin = at + layout.head_bytes - 2 * layout.unit
    field = stream[begin : at + layout.head_bytes]
    if len(field) < 2 * layout.unit:
        return INCOMPLETE
    length = number(field, is_ascii=layout.is_ascii)
    if length is None or not 2 * layout.unit <= length <= MAX_BODY_BYTES * layout.unit:
        return FramingFault("slmp_length", flaw("slmp_length", field=field.hex()))
    return at + layout.head_bytes + length


def number(field: bytes, *, is_ascii: bool) -> int | None:
    """Read a number of the head; ``None`` if it is none."""
    if not is_ascii:
        return int.from_bytes(field, "little")
    return int(field, 16) if _DIGITS.fullmatch(field) else None


def field_of(value: int, size: int, *, is_ascii: bool) -> bytes:
    """Write a number of the head."""
    return f"{value:0{2 * size}X}".encode() if is_ascii else value.to_bytes(size, "little")


def route_of(frame: bytes, layout: Layout) -> str | None:
    """Return the route as fences write it; ``None`` if it is none."""
    at, unit = layout.route_at, layout.unit
    return _route(frame[at : at + 5 * unit], unit)


@lru_cache(maxsize=256)
def _route(field: bytes, unit: int) -> str | None:
    bounds = [step * unit for step in (0, 1, 2, 4, 5)]
    network, station, module, multidrop = (
        number(field[begin:end], is_ascii=unit == 2) for begin, end in pairwise(bounds)
    )
    if network is None or station is None or module is None or multidrop is None:
        return None
    short = f"{network}/{station}"
    return short if (module, multidrop) == _OWN_CPU else f"{short}/{module:04x}/{multidrop}"


def answer_to(frame: bytes, layout: Layout, end_code: int) -> bytes:
    """Return the answer with an end code, and what it is about: route and command (4.3, error information)."""
    unit, is_ascii = layout.unit, layout.is_ascii
    route = frame[layout.route_at : layout.route_at + 5 * unit]
    about = route + frame[layout.head_bytes + 2 * unit : layout.head_bytes + 6 * unit]
    body = field_of(end_code, 2, is_ascii=is_ascii) + about
    head = (b"D" if is_ascii else bytes([frame[0] | 0x80])) + frame[1 : layout.route_at] + route
    return head + field_of(len(body), 2, is_ascii=is_ascii) + body


def _wrong_beginning(came: bytes) -> FramingFault:
    if came[0] in _MELSOFT:
        return FramingFault(
            "slmp_melsoft",
            flaw("melsoft"),
        )
    at = next(at for at in range(len(came)) if not _may_become_subheader(came[: at + 1]))
    return FramingFault("slmp_subheader", flaw("subheader", byte=f"{came[at]:02x}"))


def _may_become_subheader(came: bytes) -> bool:
    return any(subheader.startswith(came) for subheader in LAYOUTS)
