"""Patterns for the names of objects (tags, nodes, files): exact text, or with ``*`` for any run of characters.

No regular expressions: matching looks for each piece between the stars once, from the left, and never goes back.
"""

from typing import TypeGuard

MAX_PATTERN_CHARACTERS = 256
MAX_STARS = 8
MAX_NAME_CHARACTERS = 4096

_LOWER = {ord(letter): ord(letter) + 32 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def is_pattern(text: object) -> TypeGuard[str]:
    """Tell whether ``text`` can be a pattern: 1 to 256 printable characters, at most 8 stars, no outer blanks."""
    if not isinstance(text, str) or not 0 < len(text) <= MAX_PATTERN_CHARACTERS:
        return False
    return text.isprintable() and text == text.strip() and text.count("*") <= MAX_STARS


def fold(text: str) -> str:
    """Return the text with the letters A to Z made small; others stay, whatever their language says of them."""
    return text.translate(_LOWER)


class NamePattern:
    """One pattern, cut at its stars. Every other character stands for itself; ``?`` and ``[`` are nothing special."""

    __slots__ = ("_first", "_last", "_middle", "_shortest")

    def __init__(self, pattern: str) -> None:
        """Compile; where a table's names know no case, the caller folds pattern and names alike."""
        self._first, *pieces = pattern.split("*")
        self._last = pieces.pop() if pieces else None
        self._middle = pieces
        self._shortest = len(pattern) - pattern.count("*")

    def matches(self, name: str) -> bool:
        """Tell whether the whole name is meant; a name of more than 4,096 characters never is."""
        if self._last is None:
            return name == self._first
        if not self._shortest <= len(name) <= MAX_NAME_CHARACTERS:
            return False
        if not (name.startswith(self._first) and name.endswith(self._last)):
            return False
        at, end = len(self._first), len(name) - len(self._last)
        for piece in self._middle:
            found = name.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True
