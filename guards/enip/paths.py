"""Padded EPATHs: what a request is about, and which way it is to take.

The CIP Networks Library, Volume 1, Common Industrial Protocol, appendix C-1.4 (segments); symbols as in Rockwell
Automation publication 1756-PM020, Logix 5000 Controllers Data Access.
"""

from typing import NamedTuple

_LOGICAL = ("class", "instance", "member", "connection_point", "attribute")
_SPECIAL, _SERVICE = 5, 6
_KEY_BYTES = {4: 10}
_PORT, _LOGICAL_SEGMENT, _NETWORK, _SYMBOL_SEGMENT = 0, 1, 2, 3
_ANSI_SYMBOL, _SIMPLE_DATA = 0x91, 0x80


class Path(NamedTuple):
    """What a path says. ``route`` are its port segments, as fences write them (``1/0``); ``symbol`` a tag's path."""

    class_id: int | None = None
    instance: int | None = None
    attribute: int | None = None
    symbol: str = ""
    route: tuple[str, ...] = ()
    points: tuple[int, ...] = ()


def parse(path: bytes) -> Path | str:
    """Read a whole path; return what is wrong with one that cannot be read."""
    found = _Found()
    at = 0
    while at < len(path):
        end = found.take(path, at)
        if isinstance(end, str):
            return end
        if not at < end <= len(path):
            return "a path is cut short"
        at = end
    return found.path


class _Found:
    """What the segments read so far say."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._points: list[int] = []
        self._symbol = ""
        self._route: list[str] = []

    @property
    def path(self) -> Path:
        numbers = self._numbers
        return Path(
            numbers.get("class"),
            numbers.get("instance"),
            numbers.get("attribute"),
            self._symbol,
            tuple(self._route),
            tuple(self._points),
        )

    def take(self, path: bytes, at: int) -> int | str:
        """Read the segment at ``at``; return where it ends (0: it does not), or why it cannot be read."""
        kind = path[at] >> 5
        if kind == _PORT:
            return self._way(_port(path, at))
        if kind == _LOGICAL_SEGMENT:
            return self._number(_logical(path, at))
        if kind == _SYMBOL_SEGMENT or path[at] == _ANSI_SYMBOL:
            return self._name(_named(path, at))
        following = path[at + 1] if at + 1 < len(path) else 0
        if kind == _NETWORK:
            return at + 2 + (2 * following if path[at] & 0x10 else 0)
        if path[at] == _SIMPLE_DATA:
            return at + 2 + 2 * following
        return f"segment {path[at]:#04x} of a path is not known"

    def _way(self, read: tuple[str, int] | None) -> int:
        if read is None:
            return 0
        self._route.append(read[0])
        return read[1]

    def _number(self, read: tuple[str, int, int] | None) -> int:
        if read is None:
            return 0
        name, number, end = read
        if name == "member" and self._symbol:
            self._symbol += f"[{number}]"
        elif name == "connection_point":
            self._points.append(number)
        elif name:
            self._numbers[name] = number
        return end

    def _name(self, read: tuple[str, int] | None) -> int:
        if read is None:
            return 0
        self._symbol += f".{read[0]}" if self._symbol else read[0]
        return read[1]


def _port(path: bytes, at: int) -> tuple[str, int] | None:
    """Read a port segment (C-1.4.1): port and link, an IP address in letters where it is extended."""
    first, at = path[at], at + 1
    size = 1
    if first & 0x10:
        if at >= len(path):
            return None
        size, at = path[at], at + 1
    port = first & 0x0F
    if port == 0x0F:
        port, at = int.from_bytes(path[at : at + 2], "little"), at + 2
    link = path[at : at + size]
    if len(link) < size:
        return None
    end = at + size
    if first & 0x10:
        return f"{port}/{link.decode('ascii', 'replace')}", end + end % 2
    return f"{port}/{link[0]}", end


def _logical(path: bytes, at: int) -> tuple[str, int, int] | None:
    """Read a logical segment (C-1.4.2): what its number is, and the number; keys and service ids name no object."""
    kind, form = path[at] >> 2 & 7, path[at] & 3
    if kind == _SPECIAL:
        size = _KEY_BYTES.get(path[at + 1], 0) if at + 1 < len(path) else 0
        return ("", 0, at + size) if size else None
    if kind == _SERVICE:
        return "", 0, at + 2
    if kind >= len(_LOGICAL) or form > 2:
        return None
    start, size = (at + 1, 1) if form == 0 else (at + 2, 2 * form)
    number = path[start : start + size]
    if len(number) < size:
        return None
    return _LOGICAL[kind], int.from_bytes(number, "little"), start + size


def _named(path: bytes, at: int) -> tuple[str, int] | None:
    """Read a symbolic segment (C-1.4.4, C-1.4.5): a name, padded to an even number of bytes."""
    if path[at] == _ANSI_SYMBOL:
        size, start = (path[at + 1], at + 2) if at + 1 < len(path) else (0, at)
    else:
        size, start = path[at] & 0x1F, at + 1
    name = path[start : start + size]
    if not size or len(name) < size:
        return None
    end = start + size
    return name.decode("latin-1"), end + (end - at) % 2
