"""Padded EPATHs: what a request is about, and which way it is to take.

The CIP Networks Library, Volume 1, Common Industrial Protocol, appendix C-1.4 (segments); symbols as in Rockwell
Automation publication 1756-PM020, Logix 5000 Controllers Data Access.
"""

from typing import NamedTuple

from guards.enip import segments
from guards.enip.services import SYMBOL
from guards.malformations import flaw
from guards.reasons import Reason
from policies.routes import DIRECT

_SIMPLE_DATA = 0x80
_PORT, _LOGICAL_SEGMENT, _NETWORK, _SYMBOL_SEGMENT = 0, 1, 2, 3
_MAX_CLASS = 0xFFFF
_RANKS = {"class": 1, "instance": 2, "attribute": 3}
"""The order in which what names an object comes (C-1.6); what is not here names a second one."""


class Path(NamedTuple):
    """What a path says. ``route`` are its port segments, as fences write them (``1/0``); ``symbol`` a tag's path.

    ``is_plain``: it names one object and nothing else, so that every device must read the same in it.
    """

    class_id: int | None = None
    instance: int | None = None
    attribute: int | None = None
    symbol: str = ""
    route: tuple[str, ...] = ()
    is_plain: bool = True

    def onward(self, route: str) -> str:
        """Return where the hops of this path lead from ``route`` on."""
        if not self.route:
            return route
        return "/".join(self.route if route == DIRECT else (route, *self.route))


def parse(path: bytes) -> Path | Reason:
    """Read a whole path; return what is wrong with one that cannot be read."""
    found = _Found()
    at = 0
    while at < len(path):
        end = found.take(path, at)
        if isinstance(end, str):
            return end
        if not at < end <= len(path):
            return flaw("path_cut_short")
        at = end
    return found.path


class _Found:
    """What the segments read so far say."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._rank = 0
        self._symbol = ""
        self._route: list[str] = []
        self._is_plain = True

    @property
    def path(self) -> Path:
        numbers, symbol = self._numbers, self._symbol
        class_id, instance = numbers.get("class"), numbers.get("instance")
        is_one = class_id == SYMBOL or (class_id is None and instance is None) if symbol else True
        is_plain = self._is_plain and is_one and (class_id is None or class_id <= _MAX_CLASS)
        return Path(class_id, instance, numbers.get("attribute"), symbol, tuple(self._route), is_plain)

    def take(self, path: bytes, at: int) -> int | Reason:
        """Read the segment at ``at``; return where it ends (0: it does not), or why it cannot be read."""
        kind = path[at] >> 5
        if kind == _PORT:
            return self._way(segments.port(path, at))
        if kind == _LOGICAL_SEGMENT:
            return self._number(segments.logical(path, at))
        if kind == _SYMBOL_SEGMENT or path[at] == segments.ANSI_SYMBOL:
            return self._name(segments.named(path, at))
        self._is_plain = False
        following = path[at + 1] if at + 1 < len(path) else 0
        if kind == _NETWORK:
            return at + 2 + (2 * following if path[at] & 0x10 else 0)
        if path[at] == _SIMPLE_DATA:
            return at + 2 + 2 * following
        return flaw("segment_unknown", segment=f"{path[at]:#04x}")

    def _way(self, read: tuple[str, int] | None) -> int:
        if read is None:
            return 0
        if self._numbers or self._symbol:
            self._is_plain = False
        self._route.append(read[0])
        return read[1]

    def _number(self, read: tuple[str, int, int] | None) -> int:
        if read is None:
            return 0
        name, number, end = read
        if name == "member":
            self._symbol += f"[{number}]" if self._symbol else ""
            self._rank = max(self._rank, _RANKS["instance"])
        elif name:
            rank = _RANKS.get(name, 0)
            self._is_plain = self._is_plain and rank > self._rank
            self._rank = max(self._rank, rank)
            self._numbers.setdefault(name, number)
        return end

    def _name(self, read: tuple[str, int] | None) -> int:
        if read is None:
            return 0
        # A device that ends names at a zero byte would touch another tag than the one that was judged.
        self._is_plain = self._is_plain and read[0].isprintable()
        self._symbol += f".{read[0]}" if self._symbol else read[0]
        return read[1]
