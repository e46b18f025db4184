"""Find where messages go on in a stream of which a part is missing: after a gap, or where a capture begins midway.

What a message looks like is all that there is to go by, so a place counts only if messages follow each other from there
on. What lies before it is passed over, so that no message is made out of the rest of another, as far as lengths tell.
"""

from collections.abc import Callable

from guards.splitting import INCOMPLETE, FramingFault, Measure

MAX_KEPT_BYTES = 4096
MAX_PLACES = 512
"""How many places are asked again when more has come: a capture that drips would else cost its square."""
_ENOUGH = 4


class Seeker:
    """Looks for a message in one direction's bytes; keeps at most 4 KiB in which one may have begun."""

    __slots__ = ("_is_likely", "_is_marked", "_kept", "_measure", "_places", "came")

    def __init__(self, measure: Measure, is_likely: Callable[[bytes], bool], *, is_marked: bool) -> None:
        """Begin with nothing seen.

        ``is_likely`` is asked about messages that may be cut short. ``is_marked``: their heads cannot be mistaken, so
        that one alone is enough, though the rest of its message has not come.
        """
        self._measure = measure
        self._is_likely = is_likely
        self._is_marked = is_marked
        self._kept = b""
        self._places: list[int] = []
        self.came = 0

    def feed(self, data: bytes) -> bytes | None:
        """Return the stream from the first message on, or ``None`` while there is none."""
        self.came += len(data)
        if self._fits(data):
            return data
        stream = self._kept + data
        undecided = []
        for at in (*self._places, *range(len(self._kept), len(stream))):
            found = self._begins(stream, at)
            if found:
                return stream[at:]
            if found is None:
                undecided.append(at)
        undecided = [at for at in undecided[-MAX_PLACES:] if at >= len(stream) - MAX_KEPT_BYTES]
        kept_from = undecided[0] if undecided else len(stream)
        self._places = [at - kept_from for at in undecided]
        self._kept = stream[kept_from:]
        return None

    def _fits(self, stream: bytes) -> bool:
        """Tell whether whole messages fill what came together: so most tools send. Without a mark they may be odd."""
        at, size = 0, len(stream)
        while at < size:
            following = self._measure(stream, at)
            if isinstance(following, FramingFault) or not at < following <= size:
                return False
            if self._is_marked and not self._is_likely(stream[at:following]):
                return False
            at = following
        return at > 0

    def _begins(self, stream: bytes, at: int) -> bool | None:
        """Tell whether likely messages follow each other from ``at`` on; ``None`` if too little has come to say."""
        size = len(stream)
        enough = 1 if self._is_marked else 2
        for whole in range(_ENOUGH):
            if at >= size:
                break
            following = self._measure(stream, at)
            if isinstance(following, FramingFault):
                return False
            if following == INCOMPLETE:
                return True if whole >= enough else None
            if not self._is_likely(stream[at:following]):
                return False
            if following > size:
                return True if whole >= enough or self._is_marked else None
            at = following
        return True
