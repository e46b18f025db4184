"""Where two voices meet: the broker orders dials, cuts, extensions; the plant locks, unlocks, edits its ceiling."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from pydantic import BaseModel

from agent.dialer import Dialer
from agent.errors import LocalError
from agent.lock import refusal_sentence
from agent.refusals import Refusal
from agent.state import StateDirectory
from agent.streams import Streams
from agent.tokens import TokenError, read_keys
from agent.version import software
from agent.warden import Warden
from tunnel.clock import Clock
from tunnel.messages import CutSession, Dial, Extend, Hello, LockChanged, Welcome

WATCH_SECONDS = 1.0


class Site:
    """Obeys the broker as far as the plant allows (see ``agent.link.Orders``), and the plant always."""

    def __init__(
        self,
        *,
        warden: Warden,
        streams: Streams,
        dialer: Dialer,
        state: StateDirectory,
        clock: Clock,
        send: Callable[[BaseModel], None],
        instance: str,
    ) -> None:
        """Start with the lock and ceiling as they are; ``send`` tells the broker and must not block."""
        self._warden = warden
        self._streams = streams
        self._dialer = dialer
        self._state = state
        self._clock = clock
        self._send = send
        self._instance = instance
        self._lock_shown = warden.lock.current
        self._log = structlog.get_logger("site")

    def hello(self) -> Hello:
        """Greet the broker with how things stand here."""
        return Hello(
            software=software(),
            clock=self._clock.now(),
            lock=self._warden.lock.current,
            ceiling_digest=self._warden.ceiling.digest,
            instance=self._instance,
            live_streams=[stream.id for stream in self._streams],
        )

    def welcomed(self, welcome: Welcome, offset_seconds: float) -> None:
        """Take over the broker's clock and its grant keys."""
        self._warden.broker_offset_seconds = offset_seconds
        if not welcome.grant_keys:
            return
        try:
            keys = read_keys(welcome.grant_keys)
        except TokenError as error:
            self._log.error("grant_keys_refused", detail=str(error))
            return
        if keys != self._warden.desk.keys:
            self._warden.desk.keys = keys
            self._state.save_grant_keys(welcome.grant_keys)

    def dial(self, order: Dial) -> None:
        """Open a stream, or report why not."""
        self._dialer.start(order)

    def cut(self, order: CutSession) -> None:
        """End streams."""
        self._dialer.cut(order)

    def extend(self, order: Extend) -> None:
        """Take a new grant for a session."""
        self._dialer.extend(order.grant)

    def live_streams(self) -> int:
        """Return how many streams are open."""
        return len(self._streams)

    def lock(self, lasts: timedelta | None, reason: str, by: str) -> None:
        """Lock at once: everything is cut. Raises LocalError if the lock cannot be kept beyond a restart."""
        try:
            self._warden.lock.lock(lasts, reason)
        except OSError as error:
            sentence = f"locked now, but not beyond a restart: the lock file cannot be written ({error.strerror})"
            raise LocalError(sentence) from error
        finally:
            self.notice_lock(by)

    def unlock(self, lasts: timedelta | None, reason: str, by: str) -> None:
        """Unlock, for a while or until locked; raises LocalError with what speaks against it."""
        try:
            fault = self._warden.lock.unlock(lasts, reason)
        except OSError as error:
            sentence = f"the site stays locked: the lock file cannot be written ({error.strerror})"
            raise LocalError(sentence) from error
        if fault:
            raise LocalError(fault)
        self.notice_lock(by)

    def notice_lock(self, by: str) -> None:
        """Act on the lock if it is not as it was: cut everything when locked, and tell the broker either way."""
        lock = self._warden.lock.current
        if lock == self._lock_shown:
            return
        self._lock_shown = lock
        if lock.locked:
            self._dialer.cut_all("locked", refusal_sentence(lock))
        self._log.warning("lock_changed", locked=lock.locked, until=lock.until, reason=lock.reason, by=by)
        self._send(LockChanged(lock=lock))

    def reload(self) -> None:
        """Read ceiling and lock again now (SIGHUP)."""
        self._warden.ceiling.refresh(force=True)
        self.notice_ceiling()
        self._warden.lock.refresh()
        self.notice_lock("reload")

    def notice_ceiling(self) -> None:
        """Say what the ceiling is now, and cut the streams that it no longer permits."""
        ceiling = self._warden.ceiling.current
        if isinstance(ceiling, Refusal):
            self._log.error("ceiling_invalid", detail=ceiling.detail)
            return
        self._log.info("ceiling_in_force", targets=len(ceiling.entries), digest=ceiling.digest[:16])
        cut = self._streams.recheck(ceiling.judge)
        if cut:
            self._log.warning("streams_cut_by_ceiling", streams=cut)

    async def watch(self) -> None:
        """Look at both files and at the lock's end, for what runs already; a dial looks by itself."""
        seen = None
        while True:
            self._warden.lock.refresh()
            self.notice_lock("time or file")
            self._warden.ceiling.refresh()
            if seen is not self._warden.ceiling.current:
                seen = self._warden.ceiling.current
                self.notice_ceiling()
            await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        until = self._warden.lock.current.until
        left = (until - self._clock.now()).total_seconds() if until else WATCH_SECONDS
        return min(WATCH_SECONDS, max(0.02, left))
