"""Keeps the live sessions of this node: begins them, and sees to all that their end needs."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from broker.audit.log import SYSTEM, Actor, AuditEvent, AuditLog
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database
from broker.http.metrics import Metrics
from broker.inventory.errors import InventoryError
from broker.inventory.links import LinkRegistry
from broker.recordings.errors import RecordingsError
from broker.sessions.ending import Ending, SessionArchivist
from broker.sessions.ledger import Ledger
from broker.sessions.live import LAST_LOOK_SECONDS, LiveSession
from broker.sessions.ports import Recorder, RecorderHooks
from broker.sessions.registry import LiveSessions
from broker.sessions.states import END_TEXT, EndCode
from broker.sessions.supervising import Supervision
from broker.sessions.terms import SessionFacts, SessionTerms
from policies.decision import RecordingDuty
from tunnel.clock import Clock
from tunnel.ids import AgentId
from tunnel.messages import CutSession
from tunnel.tasks import Backoff, Supervisor

log = structlog.get_logger("broker.sessions")

OpenRecorder = Callable[[SessionFacts, SessionTerms, RecorderHooks], Awaitable[Recorder]]
Settling = asyncio.Task[None] | None
"""What writes an end down."""
SETTLE_SECONDS = 5.0
RETRY_SECONDS = (0.5, 30.0)


class SessionKeeper:
    """Owns recorders and endings: ``cut`` ends a session now, ``finish`` one that may still be used, after a look."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, audit: AuditLog, live: LiveSessions,
        archivist: SessionArchivist, links: LinkRegistry, tasks: Supervisor, metrics: Metrics,
        *, open_recorder: OpenRecorder, linger_seconds: float,
    ) -> None:  # fmt: skip
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._live = live
        self._archivist = archivist
        self._links = links
        self._tasks = tasks
        self._metrics = metrics
        self._open_recorder = open_recorder
        self._linger_seconds = linger_seconds
        self._supervision = Supervision(database, audit, tasks, self.recorder_of)
        self._recorders: dict[str, Recorder] = {}
        self._hands: dict[str, Actor] = {}
        self._settling: dict[str, asyncio.Task[None]] = {}
        self._finishing: dict[str, asyncio.Task[None]] = {}

    async def record(self, facts: SessionFacts, terms: SessionTerms) -> Recorder | None:
        """Start the recording; where the policy only wishes for one, do without rather than refuse."""

        def failed(reason: str) -> None:
            self._recording_failed(facts.id, terms.obligations.recording, reason)

        def drained() -> None:
            session = self._live.get(facts.id)
            if session is not None:
                session.resume()

        try:
            return await self._open_recorder(facts, terms, RecorderHooks(failed, drained))
        except RecordingsError as error:
            if terms.obligations.recording is RecordingDuty.REQUIRED:
                raise
            log.warning("recording_not_started", session=facts.id, cause=str(error))
            return None

    def begin(self, facts: SessionFacts, terms: SessionTerms, recorder: Recorder | None) -> LiveSession:
        """Put a session that was just written down under its clocks."""
        if recorder is not None:
            self._recorders[facts.id] = recorder
        session = LiveSession(
            facts,
            terms,
            Ledger(self._clock),
            loop=asyncio.get_running_loop(),
            linger_seconds=self._linger_seconds,
            on_end=self._ended,
            on_hold=self._held,
            on_change=self._changed,
            on_finish=self._finish_by_itself,
            on_watched=self._supervision.changed,
        )
        self._supervision.begin(session)
        self._live.add(session)
        self._metrics.sessions.set(len(self._live))
        return session

    def recorder_of(self, session: LiveSession) -> Recorder | None:
        """The recorder of a live session; ``None`` where the policy lets it go without and it could not be made."""
        return self._recorders.get(session.facts.id)

    def cut(self, session: LiveSession, ending: Ending) -> Settling:
        """End a session: its streams are cut before this returns; the task given back writes it down."""
        self._hands.setdefault(session.facts.id, ending.actor)
        session.end(ending.code, ending.detail)
        return self._settling.get(session.facts.id)

    def finish(self, session: LiveSession, ending: Ending) -> Settling:
        """End a session whose grant still stands: where its device is to be looked at again, after that look.

        The user is out before this returns, either way.
        """
        looked = session.fingerprint
        look_again = None if looked is None else looked.look_again
        if look_again is None:
            return self.cut(session, ending)
        if not session.is_closing:
            session.close_to_user()
            job = partial(self._look_and_cut, session, look_again, ending)
            task = self._tasks.start(f"finish {session.facts.id}", job)
            self._finishing[session.facts.id] = task
            task.add_done_callback(lambda _: self._finishing.pop(session.facts.id, None))
        return self._finishing.get(session.facts.id)

    async def _look_and_cut(
        self, session: LiveSession, look_again: Callable[[], Awaitable[None]], ending: Ending
    ) -> None:
        try:
            await look_again()
        finally:
            settling = self.cut(session, ending)
        await self.settled(settling)

    def _finish_by_itself(self, session: LiveSession, code: EndCode) -> None:
        self.finish(session, Ending(code))

    async def settled(self, settling: Settling) -> None:
        """Wait until an end is written down, or for as long as a caller should wait."""
        if settling is not None:
            await asyncio.wait({settling}, timeout=SETTLE_SECONDS + LAST_LOOK_SECONDS)

    async def close(self) -> None:
        """End every session because the broker stops, and return when all of it is written."""
        for session in self._live:
            self.cut(session, Ending(EndCode.BROKER_STOPPED))
        if self._settling:
            await asyncio.wait(self._settling.values())

    def _ended(self, session: LiveSession, code: EndCode, detail: str) -> None:
        session_id = session.facts.id
        actor = self._hands.pop(session_id, SYSTEM)
        recorder = self._recorders.pop(session_id, None)
        self._conclude(session, recorder, detail or END_TEXT[code])
        self._live.remove(session)
        self._metrics.sessions.set(len(self._live))
        self._metrics.session_ends.labels(code.value).inc()
        log.info("session_ended", session=session_id, code=code.value, by=actor.name)
        self._tell_agents(session, code, detail)
        self._changed(session)
        ending = Ending(code, detail, actor)
        backoff = Backoff(*RETRY_SECONDS, random.random)
        task = self._tasks.start(
            f"finish {session_id}", lambda: self._archivist.finish(session, recorder, ending, backoff)
        )
        self._settling[session_id] = task
        task.add_done_callback(lambda _: self._settled(session))

    def _conclude(self, session: LiveSession, recorder: Recorder | None, why: str) -> None:
        """Put what the looks at the device say together on record, before the recording is closed."""
        looked = session.fingerprint
        if looked is None:
            return
        was_lacking = looked.after is None
        looked.conclude(self._clock.now(), why)
        if recorder is None:
            return
        try:
            if was_lacking and looked.after is not None:
                recorder.event("fingerprint_after", looked.after.as_json())
            said = looked.as_json()
            recorder.event("fingerprint_difference", {key: said[key] for key in ("outcome", "reason", "differences")})
        except RecordingsError as error:
            log.warning("fingerprint_not_recorded", session=session.facts.id, cause=str(error))

    def _settled(self, session: LiveSession) -> None:
        self._settling.pop(session.facts.id, None)
        self._live.forget(session)

    def _tell_agents(self, session: LiveSession, code: EndCode, detail: str) -> None:
        """The streams carry their own cut; the control link says it too, for an agent whose stream hangs."""
        message = CutSession(session=session.facts.id, code=code.value, reason=(detail or END_TEXT[code])[:500])
        for agent_id in {AgentId(stream.agent_id) for stream in session.streams.values()}:
            self._tasks.start(f"cut {session.facts.id}", partial(self._send, agent_id, message))

    async def _send(self, agent_id: AgentId, message: CutSession) -> None:
        try:
            await self._links.send(agent_id, message)
        except InventoryError as error:
            log.info("cut_not_sent", agent=agent_id, cause=error.code)

    def _held(self, session: LiveSession) -> None:
        self._bus.publish(Event("session.held", session.facts.ids))

    def _changed(self, session: LiveSession) -> None:
        self._bus.publish(Event("session.changed", session.facts.ids))

    def _recording_failed(self, session_id: str, duty: RecordingDuty, reason: str) -> None:
        session = self._live.get(session_id)
        log.error("recording_failed", session=session_id, reason=reason)
        # From here on nothing is offered to it; it ends by itself.
        self._recorders.pop(session_id, None)
        if session is None:
            return
        if duty is RecordingDuty.REQUIRED:
            self.cut(session, Ending(EndCode.RECORDING_FAILED, reason))
            return
        session.resume()
        session.tell("recording_stopped", reason=reason)
        self._tasks.start(f"note {session_id}", lambda: self._note_lost_recording(session, reason))

    async def _note_lost_recording(self, session: LiveSession, reason: str) -> None:
        async with self._db.transaction() as tx:
            await self._audit.append(tx, AuditEvent("recording.lost", SYSTEM, session.facts.id, {"reason": reason}))
