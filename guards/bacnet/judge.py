"""Read and judge a request once: tools poll the same few properties for hours, so what was decided is remembered."""

from functools import partial
from typing import NamedTuple

from guards.bacnet.apdu import Apdu
from guards.bacnet.limits import Limits
from guards.bacnet.npdu import Npdu, Station
from guards.bacnet.services import Said, confirmed, read, unread
from guards.bacnet.values import Values
from guards.reasons import why
from guards.refusal import Cause, Refusal, denied
from policies.rules import Tier

MAX_REMEMBERED = 128
MAX_REMEMBERED_BYTES = 256
_SEGMENTED = denied(Cause.FUNCTION, why("segmented"))


class Judged(NamedTuple):
    """A request with what the rules alone say of it: ``refusal`` is ``None`` where they let it pass."""

    said: Said
    refusal: Refusal | None


class Judge:
    """Reads requests and holds them against one stream's limits, which never change.

    The same content always gets the same answer and is remembered, but for writes where the rules bound the change:
    those are held against ``values``.
    """

    __slots__ = ("_limits", "_remembered", "_values")

    def __init__(self, limits: Limits, values: Values) -> None:
        """Begin without memory of requests."""
        self._limits = limits
        self._values = values
        self._remembered: dict[tuple[Station, Station, int, bool, bytes], Judged] = {}

    def request(self, message: Npdu, request: Apdu, now: float) -> Judged:
        """Return the meaning of a confirmed request, and the refusal that it earns, if any."""
        key = message.destination, message.source, request.service, request.is_segmented, request.data
        known = self._remembered.get(key)
        if known is not None:
            return known
        row = confirmed(request.service)
        said = unread(row) if request.is_segmented else read(row, request.data)
        refusal = self._limits.fence(message.destination, message.source)
        befores = partial(self._values.befores, message.destination, now=now)
        refusal = refusal or (_SEGMENTED if request.is_segmented else self._limits.judge(said, befores=befores))
        judged = Judged(said, refusal)
        is_lasting = said.tier is Tier.READ or not self._limits.needs_values
        if is_lasting and len(request.data) <= MAX_REMEMBERED_BYTES:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = judged
        return judged
