"""Arm-then-act: what a guard refused for now is asked of the plant, and after a person's yes it passes once.

A question begins in memory, for a guard waits for nobody, and is written down beside the relay. A yes is in the
database, and in the audit log, before it arms anything.
"""

import asyncio
import random
from datetime import timedelta
from functools import partial

import structlog

from broker.access.rights import ApproverRights
from broker.access.states import RequestState
from broker.audit.log import Actor, actor_of
from broker.db.engine import Database
from broker.http.principal import Principal
from broker.recordings.errors import RecordingsError
from broker.sessions.errors import SessionEndedError
from broker.sessions.keeping import RETRY_SECONDS, SessionKeeper
from broker.sessions.live import LiveSession
from broker.sessions.questions import QuestionBook
from broker.sessions.registry import LiveSessions
from broker.sessions.states import SessionState
from broker.sessions.tables import QuestionRow
from broker.sessions.wanted import Wanted, words_of
from guards.effects import Operation
from policies.rules import DEFAULT_ARM_SECONDS
from tunnel.clock import Clock
from tunnel.frames import Notice
from tunnel.ids import new_id
from tunnel.tasks import Backoff, Supervisor

log = structlog.get_logger("broker.sessions")
MAX_PENDING = 8
"""So many questions of one session wait at a time: who asks more would flood the people who answer."""
_NOBODY = "Nobody answered in time."
_OVER = "The session ended before anybody answered."


class Asking:
    """Asks for live sessions and carries the answers out. A question waits for ``patience_seconds``."""

    def __init__(
        self, book: QuestionBook, database: Database, clock: Clock, live: LiveSessions, keeper: SessionKeeper,
        tasks: Supervisor, rights: ApproverRights, *, patience_seconds: float,
    ) -> None:  # fmt: skip
        self._book = book
        self._db = database
        self._clock = clock
        self._live = live
        self._keeper = keeper
        self._tasks = tasks
        self._rights = rights
        self._patience = timedelta(seconds=patience_seconds)

    def ask(self, session: LiveSession, operation: Operation, fingerprint: bytes) -> None:
        """Ask the plant, unless exactly this is being asked. Stands in the relay's path: never waits, never raises."""
        pending = session.questions
        if session.state is SessionState.ENDED or fingerprint in pending:
            return
        if len(pending) >= MAX_PENDING:
            session.tell("ask_dropped", text=f"The plant was not asked: {MAX_PENDING} questions wait already.")
            return
        now = self._clock.now()
        wanted = pending[fingerprint] = Wanted(new_id("qst"), operation, fingerprint, now, now + self._patience)
        backoff = Backoff(*RETRY_SECONDS, random.random)
        self._tasks.keep(f"ask {wanted.id}", partial(self._see_through, session, wanted), backoff)

    async def answer(self, principal: Principal, question_id: str, *, yes: bool, reason: str) -> QuestionRow:
        """Say yes or no. After a yes the session may do exactly this once, within the time that its rules give.

        Raises what ``QuestionBook.waiting`` raises, ``SessionEndedError``, and for a yes what
        ``ApproverRights.prove_answerer`` raises.
        """
        async with self._db.transaction() as tx:
            row = await self._book.waiting(tx, principal, question_id)
            session = self._live.get(row.session_id)
            if session is None or session.state is SessionState.ENDED:
                raise SessionEndedError("The session has ended: there is nothing to answer any more.")
            if yes:
                policy = session.terms.obligations.policy
                await self._rights.prove_answerer(tx, principal, policy, self._clock.now())
            seconds = session.terms.rules.arm_seconds or DEFAULT_ARM_SECONDS
            until = self._clock.now() + timedelta(seconds=seconds) if yes else None
            state = RequestState.APPROVED if yes else RequestState.DENIED
            await self._book.settle(tx, row, state, actor_of(principal), reason, armed_until=until)
        wanted = session.questions.pop(row.fingerprint, None)
        if wanted is not None:
            wanted.settled.set()
        if yes:
            session.armed.arm(row.fingerprint, self._clock.monotonic() + seconds)
            text = f"Approved: repeat it within {seconds} s."
            session.tell("ask_approved", question=row.id, seconds_left=seconds, text=text)
        else:
            text = f"Denied: {reason}"
            session.tell("ask_denied", question=row.id, reason=reason, text=text)
        self._put_on_record(session, "question_answered", row.id, text)
        return row

    async def _see_through(self, session: LiveSession, wanted: Wanted) -> None:
        """Write a question down, say so, and wait until it is answered or has waited too long."""
        left = (wanted.expires_at - self._clock.now()).total_seconds()
        if not wanted.is_written and left > 0:
            async with self._db.transaction() as tx:
                await self._book.write(tx, _row(session, wanted), wanted.operation, _asker(session))
            wanted.is_written = True
        if wanted.is_written and not wanted.is_told:
            wanted.is_told = True
            text = f"Asked the plant: {words_of(wanted.operation)}. Waiting."
            session.tell("asked", question=wanted.id, seconds_left=round(left, 1), text=text)
            self._put_on_record(session, "question_asked", wanted.id, text)
        try:
            async with asyncio.timeout(max(0.0, left)):
                await wanted.settled.wait()
        except TimeoutError:
            await self._give_up(session, wanted, RequestState.EXPIRED, _NOBODY)
        if session.state is SessionState.ENDED:
            await self._give_up(session, wanted, RequestState.WITHDRAWN, _OVER)

    async def _give_up(self, session: LiveSession, wanted: Wanted, state: RequestState, why: str) -> None:
        if session.questions.get(wanted.fingerprint) is not wanted:
            return
        if wanted.is_written:
            await self._book.give_up(wanted.id, state, why)
        if session.questions.pop(wanted.fingerprint, None) is wanted and state is RequestState.EXPIRED:
            text = f"Not approved: {words_of(wanted.operation)}. {why}"
            session.tell("ask_expired", question=wanted.id, text=text)
            self._put_on_record(session, "question_expired", wanted.id, text)

    def _put_on_record(self, session: LiveSession, kind: str, question: str, text: str) -> None:
        """Tell the user's tool side, and the recording; the audit log has it already."""
        session.notify(Notice("question", text))
        recorder = self._keeper.recorder_of(session)
        try:
            if recorder is not None:
                recorder.event(kind, {"question": question, "text": text})
        except RecordingsError as error:
            log.warning("question_not_recorded", session=session.facts.id, cause=str(error))


def _asker(session: LiveSession) -> Actor:
    return Actor(session.facts.user_id, session.facts.user_name, session.facts.address)


def _row(session: LiveSession, wanted: Wanted) -> QuestionRow:
    facts, operation = session.facts, wanted.operation
    return QuestionRow(
        id=wanted.id, session_id=facts.id, user_id=facts.user_id, user_name=facts.user_name, site_id=facts.site_id,
        asset_id=facts.target.asset, asset_name=facts.target.asset_name, service_name=facts.target.service_name,
        ticket=facts.asked.ticket, protocol=operation.protocol, unit=operation.unit, route=operation.route,
        tier=operation.tier.value, function=operation.function, objects=wanted.objects, values=wanted.values,
        fingerprint=wanted.fingerprint, created_at=wanted.asked_at, expires_at=wanted.expires_at,
    )  # fmt: skip
