"""Ticket patterns: a small part of regular expressions, matched without backtracking.

A pattern comes from whoever writes policies, a ticket from whoever asks; no pair of them may stall the broker. So the
matcher moves a *set* of positions through the pattern, and each position is visited once per element: its time is
bounded by the lengths, whatever the pattern.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase, digits, punctuation

from policies.faults import fault

MAX_PATTERN_CHARACTERS = 128
MAX_TICKET_CHARACTERS = 64
MAX_REPEATS = 64
MAX_GROUP_DEPTH = 2
MAX_STEPS = 5000

_TOKEN = re.compile(
    r"(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<bar>\|)|(?P<repeat>[*+?]|\{\d{1,2}(?:,\d{0,2})?\})"
    r"|(?P<atom>\[\^?(?:\\[-\]\\^dw]|[^\]\[\\])+\]|\\[dw]|\\[^\w\s]|[^\\\[\]{}()|*+?^$])",
    re.ASCII,
)
_RESERVED = re.compile(r"--|&&|~~|\|\|")
"""Python reserves these inside classes for set operations."""
_SHORT_REPEATS = {"*": (0, MAX_REPEATS), "+": (1, MAX_REPEATS), "?": (0, 1)}

Positions = frozenset[int]


@dataclass(frozen=True, slots=True)
class _Atom:
    """One character of a class."""

    characters: re.Pattern[str]

    @property
    def steps(self) -> int:
        return 1

    def ends(self, text: str, starts: Positions) -> Positions:
        return frozenset(at + 1 for at in starts if at < len(text) and self.characters.fullmatch(text[at]))

    def example(self, at: int) -> str:
        """Return a character of the class; digits and letters count up along the ticket, as they do in examples."""
        turned = (signs[at % len(signs) :] + signs[: at % len(signs)] for signs in (digits[1:] + "0", ascii_uppercase))
        candidates = "".join((*turned, ascii_lowercase, punctuation, " ", self.characters.pattern))
        return next(filter(self.characters.fullmatch, candidates), "")


@dataclass(frozen=True, slots=True)
class _Repeat:
    """An element so many times."""

    element: "_Atom | _Choice"
    least: int
    most: int

    @property
    def steps(self) -> int:
        return self.most * self.element.steps

    def ends(self, text: str, starts: Positions) -> Positions:
        here, reached = starts, starts if self.least == 0 else frozenset()
        for count in range(1, self.most + 1):
            here = self.element.ends(text, here)
            if count > self.least:
                here -= reached
            if not here:
                break
            if count >= self.least:
                reached |= here
        return reached

    def example(self, at: int) -> str:
        """Return as few of the element as may stand there, but one."""
        text = ""
        for _ in range(max(1, self.least)):
            text += self.element.example(at + len(text))
        return text


@dataclass(frozen=True, slots=True)
class _Choice:
    """One of several sequences."""

    sequences: tuple[tuple["_Atom | _Repeat | _Choice", ...], ...]

    @property
    def steps(self) -> int:
        return sum(1 + sum(element.steps for element in sequence) for sequence in self.sequences)

    def ends(self, text: str, starts: Positions) -> Positions:
        reached: Positions = frozenset()
        for sequence in self.sequences:
            here = starts
            for element in sequence:
                here = element.ends(text, here)
            reached |= here
        return reached

    def example(self, at: int) -> str:
        """Return one of the first sequence."""
        text = ""
        for element in self.sequences[0]:
            text += element.example(at + len(text))
        return text


@dataclass(frozen=True, slots=True)
class TicketPattern:
    """A pattern that a whole ticket must match."""

    text: str
    _root: _Choice

    def matches(self, ticket: str) -> bool:
        """Tell whether all of ``ticket`` matches; longer than 64 characters never does."""
        if len(ticket) > MAX_TICKET_CHARACTERS:
            return False
        return len(ticket) in self._root.ends(ticket, frozenset({0}))

    def example(self) -> str:
        """Return a ticket that matches, to show the form: ``CHG-56789``; empty if none is found easily."""
        text = self._root.example(0)
        return text if self.matches(text) else ""


def parse_ticket_pattern(text: str) -> TicketPattern:
    """Return the pattern, or raise ``ValueError`` that says what is outside the allowed part of regular expressions."""
    if not 0 < len(text) <= MAX_PATTERN_CHARACTERS:
        raise ValueError(fault("ticket_length", most=MAX_PATTERN_CHARACTERS))
    root, closed = _choice(_tokens(text), depth=0)
    if closed:
        raise ValueError(fault("ticket_not_opened"))
    if root.steps > MAX_STEPS:
        raise ValueError(fault("ticket_too_many_repeats"))
    return TicketPattern(text, root)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        matched = _TOKEN.match(text, at)
        if matched is None or matched.lastgroup is None:
            raise ValueError(fault("ticket_cannot_hold", value=repr(text[at : at + 2]), number=at + 1))
        yield matched.lastgroup, matched[0]
        at = matched.end()


def _choice(tokens: Iterator[tuple[str, str]], depth: int) -> tuple[_Choice, bool]:
    """Read up to the closing parenthesis (then the flag is true) or the end."""
    if depth > MAX_GROUP_DEPTH:
        raise ValueError(fault("ticket_depth", most=MAX_GROUP_DEPTH))
    sequences: list[list[_Atom | _Repeat | _Choice]] = [[]]
    for kind, token in tokens:
        if kind == "close":
            return _finished(sequences), True
        if kind == "bar":
            sequences.append([])
        elif kind == "repeat":
            sequences[-1].append(_repeat(sequences[-1], token))
        else:
            sequences[-1].append(_group(tokens, depth) if kind == "open" else _Atom(_characters(token)))
    return _finished(sequences), False


def _group(tokens: Iterator[tuple[str, str]], depth: int) -> _Choice:
    group, closed = _choice(tokens, depth + 1)
    if not closed:
        raise ValueError(fault("ticket_not_closed"))
    return group


def _repeat(sequence: list["_Atom | _Repeat | _Choice"], token: str) -> _Repeat:
    element = sequence.pop() if sequence else None
    if element is None or isinstance(element, _Repeat):
        raise ValueError(fault("ticket_nothing_to_repeat", value=repr(token)))
    least, most = _SHORT_REPEATS.get(token) or _bounds(token)
    if not 0 <= least <= most <= MAX_REPEATS or most == 0:
        raise ValueError(fault("ticket_repeats", most=MAX_REPEATS, value=repr(token)))
    return _Repeat(element, least, most)


def _bounds(token: str) -> tuple[int, int]:
    least, comma, most = token[1:-1].partition(",")
    return int(least), (int(most) if most else MAX_REPEATS) if comma else int(least)


def _characters(token: str) -> re.Pattern[str]:
    if _RESERVED.search(token):
        raise ValueError(fault("ticket_doubled", value=repr(token)))
    try:
        return re.compile(token, re.ASCII | re.DOTALL)
    except re.error as error:
        raise ValueError(fault("ticket_class", value=repr(token), problem=error)) from error


def _finished(sequences: list[list["_Atom | _Repeat | _Choice"]]) -> _Choice:
    return _Choice(tuple(tuple(sequence) for sequence in sequences))
