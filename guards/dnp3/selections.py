"""What became of the last select of each master at each outstation: an operate is worth what its select was."""

from typing import NamedTuple

SELECTED_SECONDS = 60.0
"""For so long the approval of a select is one of its operate; outstations forget a select sooner."""
MAX_PAIRS = 64

Pair = tuple[int, int]


class _Approved(NamedTuple):
    objects: bytes
    until_monotonic: float


class Selections:
    """The last selects of one stream, by outstation and master; of more than 64 pairs the oldest are forgotten."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        """Begin with none."""
        self._last: dict[Pair, _Approved | bool] = {}

    def passed(self, pair: Pair, objects: bytes, now_monotonic: float, *, is_approved: bool) -> None:
        """Note a select that goes on its way; ``is_approved``: because the operator said yes to it."""
        self._set(pair, _Approved(objects, now_monotonic + SELECTED_SECONDS) if is_approved else True)

    def refused(self, pair: Pair) -> None:
        """Note a select that was refused."""
        self._set(pair, False)

    def is_refused(self, pair: Pair) -> bool:
        """Tell whether the last select was refused."""
        return self._last.get(pair) is False

    def take(self, pair: Pair, objects: bytes, now_monotonic: float) -> bool:
        """Tell whether exactly these objects were selected by approval, and use that up."""
        last = self._last.get(pair)
        if not isinstance(last, _Approved) or last.objects != objects or now_monotonic >= last.until_monotonic:
            return False
        self._last[pair] = True
        return True

    def _set(self, pair: Pair, became: _Approved | bool) -> None:
        self._last.pop(pair, None)
        self._last[pair] = became
        if len(self._last) > MAX_PAIRS:
            del self._last[next(iter(self._last))]
