"""The index in memory: where each segment lies, when it was, what it counts (docs/recording-format.md, 6).

It stays packed as it is stored: a session of eight hours has some sixty thousand segments.
"""

import sys
from array import array
from bisect import bisect_left
from itertools import accumulate
from typing import NamedTuple

from recording.errors import FormatError
from recording.layout import INDEX_ENTRY

_WORDS = INDEX_ENTRY.size // 4
_LAST_NS, _OPERATIONS, _WRITES, _DENIALS = 4, 6, 7, 8
"""Places in an entry of nine words of 32 bits; the times take two each."""


class Entry(NamedTuple):
    """One segment's line."""

    offset: int
    first_ns: int
    last_ns: int
    operations: int
    writes: int
    denials: int


class Index:
    """The entries of a recording's segments, in order; ``packed`` is what stands in the recording."""

    def __init__(self, packed: bytes = b"") -> None:
        if len(packed) % INDEX_ENTRY.size:
            raise FormatError("the index ends inside an entry")
        words = array("I", packed)
        if sys.byteorder == "little":
            words.byteswap()
        self.packed = packed
        self.writes = words[_WRITES::_WORDS]
        """Writes that passed, by segment."""
        self.denials = words[_DENIALS::_WORDS]
        """Refusals, by segment."""
        self._until = array("Q", accumulate(words[_OPERATIONS::_WORDS], initial=0))
        seconds = zip(words[_LAST_NS::_WORDS], words[_LAST_NS + 1 :: _WORDS], strict=True)
        self._last_ns = array("Q", (high << 32 | low for high, low in seconds))

    def __len__(self) -> int:
        return len(self.writes)

    def __getitem__(self, number: int) -> Entry:
        if not 0 <= number < len(self):
            raise IndexError(number)
        return Entry(*INDEX_ENTRY.unpack_from(self.packed, number * INDEX_ENTRY.size))

    def operations_before(self, number: int) -> int:
        """Return how many operations (not their answers) the segments before this one hold."""
        return self._until[number]

    def segment_at(self, since_ns: int) -> int:
        """Return the first segment that ends at or after this moment; the number of segments if there is none."""
        return bisect_left(self._last_ns, since_ns)
