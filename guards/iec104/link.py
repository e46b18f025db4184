"""Our end of the link to one side: both counters, the window, acknowledgements, and what waits for time.

IEC 60870-5-104:2006, 5.1 to 5.5, with the values that clause 9.6 proposes. Sequence numbers are counted on without
end here; on the wire they have fifteen bits. Nothing is ever sent twice.
"""

from collections import deque

from guards.iec104 import frames
from guards.iec104.frames import MODULUS, TESTFR_ACT, UNNUMBERED, Frame
from guards.malformations import flaw
from guards.reasons import UNSAID, Reason, why
from guards.splitting import FramingFault

WINDOW = 12
"""How many frames may be on their way to a side that has not acknowledged them (k)."""
ACKNOWLEDGE_AFTER = 8
"""After how many frames a side is told at the latest that they came (w)."""
CONFIRM_SECONDS = 15.0
"""How long a side may leave a frame unacknowledged, or a start, stop or test unconfirmed (t1)."""
ACKNOWLEDGE_SECONDS = 10.0
"""How long we may leave a frame unacknowledged (t2)."""
TEST_SECONDS = 20.0
"""How long a side may be silent before it is tested (t3)."""


class Link:
    """One of a guard's two links; it makes frames and judges counters, and keeps nothing of what frames carry."""

    __slots__ = ("_acknowledged", "_asked", "_due_since", "_heard_at", "_received", "_sent", "_sent_at", "backlog")

    def __init__(self) -> None:
        """Begin with both counters at 0. ``backlog`` is how many of the side's frames may not be acknowledged yet."""
        self.backlog = 0
        self._sent = self._received = self._acknowledged = 0
        self._sent_at: deque[float] = deque()
        self._asked: dict[int, float] = {}
        self._due_since: float | None = None
        self._heard_at: float | None = None

    @property
    def has_room(self) -> bool:
        """Whether the side's window is open for one more frame."""
        return len(self._sent_at) < WINDOW

    @property
    def owes(self) -> bool:
        """Whether frames of the side came that it was not told of."""
        return self._due_since is not None

    def heard(self, now_monotonic: float) -> None:
        """Note that the side is there; the time until it is tested begins anew (5.2)."""
        self._heard_at = now_monotonic

    def take(self, frame: Frame, now_monotonic: float) -> FramingFault | None:
        """Count an I- or S-frame; return the fault if its numbers are not those that must come (5.1, figure 9)."""
        newly = (frame.received - (self._sent - len(self._sent_at))) % MODULUS
        if newly > len(self._sent_at):
            return FramingFault(
                "iec104_acknowledgement", flaw("acknowledged_unsent", received=frame.received, sent=self._sent)
            )
        for _ in range(newly):
            self._sent_at.popleft()
        if frame.form == "s":
            return None
        if frame.sent != self._received % MODULUS:
            must = self._received % MODULUS
            return FramingFault("iec104_sequence", flaw("frame_number", number=frame.sent, must=must))
        self._received += 1
        if self._due_since is None:
            self._due_since = now_monotonic
        return None

    def carry(self, asdu: bytes, now_monotonic: float) -> bytes:
        """Return the next I-frame; the caller has looked at ``has_room``. It acknowledges what came."""
        frame = frames.numbered(asdu, self._sent, self._acknowledge(now_monotonic))
        self._sent += 1
        self._sent_at.append(now_monotonic)
        return frame

    def acknowledgement(self, now_monotonic: float, *, at_once: bool = False) -> bytes | None:
        """Return the S-frame that is due by number or time (5.3), or where anything is to be acknowledged at once."""
        if self._due_since is None:
            return None
        ready = self._ready - self._acknowledged
        if not ready:
            return None
        is_due = ready >= ACKNOWLEDGE_AFTER or now_monotonic >= self._due_since + ACKNOWLEDGE_SECONDS
        return frames.supervisory(self._acknowledge(now_monotonic)) if is_due or at_once else None

    def ask(self, control: int, now_monotonic: float) -> bytes:
        """Return the U-frame that asks the side to start, stop, or show that it is there."""
        self._asked[control] = now_monotonic
        return frames.unnumbered(control)

    def confirmed(self, control: int) -> bool:
        """Note that the side confirms what ``control`` asked; tell whether it was asked."""
        return self._asked.pop(control, None) is not None

    def is_silent(self, now_monotonic: float) -> Reason:
        """Return what the side has left unanswered for too long; empty if nothing."""
        for control, at in self._asked.items():
            if now_monotonic >= at + CONFIRM_SECONDS:
                return why("not_confirmed", function=UNNUMBERED[control], seconds=f"{CONFIRM_SECONDS:g}")
        if self._sent_at and now_monotonic >= self._sent_at[0] + CONFIRM_SECONDS:
            return why("not_acknowledged", seconds=f"{CONFIRM_SECONDS:g}")
        return UNSAID

    def test(self, now_monotonic: float) -> bytes | None:
        """Return the test of a side that has been silent, if it is due."""
        if self._heard_at is None or TESTFR_ACT in self._asked or now_monotonic < self._heard_at + TEST_SECONDS:
            return None
        return self.ask(TESTFR_ACT, now_monotonic)

    def next_tick_monotonic(self) -> float:
        """Return when time will ask something of this link; infinite if nothing is open."""
        times = [at + CONFIRM_SECONDS for at in self._asked.values()]
        if self._sent_at:
            times.append(self._sent_at[0] + CONFIRM_SECONDS)
        if self._due_since is not None and self._ready > self._acknowledged:
            times.append(self._due_since + ACKNOWLEDGE_SECONDS)
        if self._heard_at is not None and TESTFR_ACT not in self._asked:
            times.append(self._heard_at + TEST_SECONDS)
        return min(times, default=float("inf"))

    @property
    def _ready(self) -> int:
        ready = self._received - self.backlog
        return max(ready, self._acknowledged)

    def _acknowledge(self, now: float) -> int:
        ready = self._received - self.backlog
        if ready > self._acknowledged:
            self._acknowledged = ready
            self._due_since = None if ready == self._received else now
        return self._acknowledged
