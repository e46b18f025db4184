"""What ``wicket connect`` shows: plain lines, a live line at a terminal, or one JSON object a line for scripts."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

from client.connecting.plan import HOST
from client.connecting.watching import Ended
from client.output import clean, shown, size, span
from client.transport import Json
from policies.protocols import is_datagrams

ERASE_LINE = "\r\x1b[K"
QUIET_ENDS = frozenset({"closed", "lost"})
TEXTS = frozenset(
    {
        *("warning", "grace", "held", "unreachable", "closing"),
        *("watched", "unwatched"),
        *("asked", "ask_approved", "ask_denied", "ask_expired", "ask_dropped"),
    }
)


class Countdown:
    """How long the session still lasts, by the broker's word and this machine's monotonic clock."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until: datetime | None = None
        self._ends_monotonic = 0.0

    @property
    def seconds_left(self) -> float | None:
        """Until the deadline; ``None`` before the broker told."""
        return None if self._until is None else self._ends_monotonic - self._monotonic()

    def set(self, until: datetime, seconds_left: float) -> None:
        """Take the broker's word: the deadline, and how far it was away when that was said."""
        self._until = until
        self._ends_monotonic = self._monotonic() + seconds_left

    def move(self, until: datetime) -> None:
        """Take a new deadline; the broker's clock is known from the first one."""
        if self._until is not None:
            self._ends_monotonic += (until - self._until).total_seconds()
            self._until = until


class Display:
    """Writes to ``stream``. ``live`` keeps one line that counts down; without it only what is new is said."""

    def __init__(self, stream: TextIO, *, as_json: bool, live: bool, countdown: Countdown | None = None) -> None:
        self._stream = stream
        self._as_json = as_json
        self._live = live and not as_json
        self._has_live_line = False
        self._last_end = ("", "")
        self.countdown = countdown or Countdown()

    def opened(self, session: Json, port: int) -> None:
        """Say who, what, until when, and where to connect to."""
        if self._as_json:
            self._event("listening", {"host": HOST, "port": port, "session": session})
            return
        what = f"{session['asset_name']}/{session['service_name']} ({session['protocol']})"
        tiers = ", ".join(session["tiers"]) or "uninspected"
        ticket = f", ticket {session['ticket']}" if session.get("ticket") else ""
        self.line(f"Session {session['id']}: {session['user_name']} on {what}, {tiers}{ticket}.")
        recorded = f" It is recorded as {session['recording']}." if session.get("recording") else ""
        self.line(f"It lasts until {shown(session['not_after'])}.{recorded}")
        over = " (UDP)" if is_datagrams(str(session["protocol"])) else ""
        self.line(f"Connect to {HOST}:{port}{over}")

    def event(self, event: Json) -> None:
        """Say what the broker told."""
        kind = str(event.get("kind", ""))
        self._count(event)
        if self._as_json:
            self._event(kind, {name: value for name, value in event.items() if name != "kind"})
        elif kind in TEXTS:
            self.line(str(event.get("text", "")))
        elif kind == "warned":
            self.line(f"The plant says: {event.get('text', '')}")
        elif kind == "extended":
            self.line(f"The session was extended until {shown(event.get('until'))}.")
        elif kind == "opened" and event.get("unwatched") is True:
            self.line("Input waits until somebody of the plant watches.")

    def refused(self, code: str, text: str) -> None:
        """Say that a tool's connection did not become a stream."""
        if self._as_json:
            self._event("refused", {"code": code, "text": text})
        else:
            self.line(f"A connection was refused: {text or code} [{code}]")

    def stream_ended(self, code: str, text: str) -> None:
        """Say why a stream ended, unless it simply was over; ten that end for one reason are told once."""
        if code not in QUIET_ENDS and (code, text) != self._last_end and not self._as_json:
            self._last_end = (code, text)
            self.line(f"A connection was ended: {text or code} [{code}]")

    def ended(self, ended: Ended) -> None:
        """Say why the session is over."""
        if self._as_json:
            self._event("ended", {"code": ended.code, "reason": ended.reason, "exit_code": int(ended.exit_code)})
        else:
            self.line(f"The session has ended: {ended.reason} [{ended.code}]")

    def tick(self, streams: int, carried: tuple[int, int]) -> None:
        """Draw the live line anew."""
        left = self.countdown.seconds_left
        if not self._live or left is None:
            return
        time_left = f"{span(left)} left" if left > 0 else "overtime"
        text = f"{time_left}  {streams} connections  {size(carried[0])} up  {size(carried[1])} down"
        self._stream.write(f"{ERASE_LINE}{text}")
        self._stream.flush()
        self._has_live_line = True

    def line(self, text: str) -> None:
        """Print one line."""
        self._stream.write(f"{self._erased()}{clean(text)}\n")
        self._stream.flush()

    def _event(self, kind: str, details: Json) -> None:
        self._stream.write(json.dumps({"event": kind, **details}) + "\n")
        self._stream.flush()

    def _erased(self) -> str:
        had, self._has_live_line = self._has_live_line, False
        return ERASE_LINE if had else ""

    def _count(self, event: Json) -> None:
        until = event.get("until")
        if not isinstance(until, str):
            return
        try:
            at = datetime.fromisoformat(until)
            left = event.get("seconds_left")
            if event.get("kind") == "opened" and isinstance(left, int | float):
                self.countdown.set(at, left)
            else:
                self.countdown.move(at)
        except (ValueError, TypeError):
            return
