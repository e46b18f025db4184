"""Looks at a session's device before its first stream and after its last, through the session's own way.

The broker is then a user of the session itself: the agent's ceiling, lock and caps, both guards and the recording stand
in between as for any stream. A look that cannot be taken says why, and the session goes on without.
"""

import asyncio
from functools import partial

import structlog

from broker.gateways.carrying import Carrier
from broker.gateways.dials import Dials
from broker.gateways.inner import InnerEnd
from broker.http.errors import BrokerError
from broker.inventory.links import LinkRegistry
from broker.recordings.errors import RecordingsError
from broker.sessions.fingerprint import Fingerprint, Taken
from broker.sessions.gate import Gate
from broker.sessions.keeping import SessionKeeper
from broker.sessions.live import LiveSession
from guards.look import Look
from guards.looks import make_look, why_not
from guards.shortfalls import short
from tunnel.clock import Clock
from tunnel.ends import ReadBuffer
from tunnel.tasks import Supervisor

log = structlog.get_logger("broker.gateways")
LOOK_SECONDS = 10.0
ANSWER_SECONDS = 3.0
PARTING_SECONDS = 2.0
MAX_RATE = 8.0
"""Requests per second; slower where the session's rules say so. Below 10 with room for a site's own limit of 10."""


class Looker:
    """Takes the looks. Each is bounded: ``LOOK_SECONDS``, and ``ANSWER_SECONDS`` for each answer."""

    def __init__(
        self, gate: Gate, carrier: Carrier, dials: Dials, links: LinkRegistry, keeper: SessionKeeper,
        tasks: Supervisor, clock: Clock, buffer: ReadBuffer,
    ) -> None:  # fmt: skip
        self._gate = gate
        self._carrier = carrier
        self._dials = dials
        self._links = links
        self._keeper = keeper
        self._tasks = tasks
        self._clock = clock
        self._buffer = buffer
        self._looking: dict[str, asyncio.Task[None]] = {}

    async def look_first(self, session: LiveSession) -> bool:
        """Look at the device if that is wanted and was not done yet; tell whether there was anything to wait for.

        Who comes while somebody else's stream has the look taken waits for the same one.
        """
        looked, key = session.fingerprint, session.facts.id
        if looked is None or looked.before is not None:
            return False
        task = self._looking.get(key)
        if task is None:
            task = self._tasks.start(f"look {key}", partial(self._before, session, looked))
            self._looking[key] = task
            task.add_done_callback(lambda _: self._looking.pop(key, None))
        await asyncio.wait({task})
        return True

    async def _before(self, session: LiveSession, looked: Fingerprint) -> None:
        looked.before = taken = await self._take(session)
        self._note(session, "fingerprint_before", taken)
        if taken.is_whole:
            looked.look_again = partial(self._after, session, looked)

    async def _after(self, session: LiveSession, looked: Fingerprint) -> None:
        await self._part(session)
        looked.after = taken = await self._take(session)
        self._note(session, "fingerprint_after", taken)

    async def _take(self, session: LiveSession) -> Taken:
        """Take one look; whatever keeps it from being whole is in what is returned."""
        look = make_look(session.facts.target.protocol, session.terms.rules)
        if look is None:
            return Taken(self._clock.now(), problem=why_not(session.facts.target.protocol))
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._look(session, look)
        except TimeoutError:
            look.stop(short("not_in_time", seconds=f"{LOOK_SECONDS:g}"))
        except BrokerError as error:
            look.stop(str(error))
        finally:
            await self._part(session)
        seconds = round(self._clock.monotonic() - began, 3)
        log.info("device_looked_at", session=session.facts.id, facts=len(look.facts), seconds=seconds, why=look.problem)
        return Taken(self._clock.now(), look.facts, look.problem)

    async def _look(self, session: LiveSession, look: Look) -> None:
        self._gate.check_room(session)
        stream, agent_end = await self._carrier.reach(session, deadline_seconds=LOOK_SECONDS * 0.8, is_ours=True)
        inner = InnerEnd(self._buffer)
        relay = self._carrier.carry(session, stream, inner, agent_end)
        relay.start()
        try:
            await self._converse(look, inner, 1.0 / min(MAX_RATE, session.terms.rules.max_rate or MAX_RATE))
        finally:
            relay.cut("looked_at", "The look at the device is over.")

    async def _converse(self, look: Look, inner: InnerEnd, pause_seconds: float) -> None:
        request, said_monotonic = look.start(), self._clock.monotonic()
        while not look.is_over:
            if request:
                inner.say(request)
                said_monotonic = self._clock.monotonic()
            try:
                async with asyncio.timeout(said_monotonic + ANSWER_SECONDS - self._clock.monotonic()):
                    answer = await inner.hear()
            except TimeoutError:
                look.stop(short("no_answer", seconds=f"{ANSWER_SECONDS:g}"))
                return
            if not answer:
                fault = inner.fault
                look.stop(short("connection_ended", problem=fault) if fault else short("device_closed"))
                return
            request = look.receive(answer)
            if request:
                await asyncio.sleep(said_monotonic + pause_seconds - self._clock.monotonic())

    async def _part(self, session: LiveSession) -> None:
        """Wait until the site has let go of the session's streams: a device's only place must be free again."""
        for agent, stream in await self._dials.parted(session.facts.id, PARTING_SECONDS):
            self._links.forget_stream(agent, stream)

    def _note(self, session: LiveSession, kind: str, taken: Taken) -> None:
        session.tell("device_looked_at", problem=taken.shortcoming)
        recorder = self._keeper.recorder_of(session)
        try:
            if recorder is not None:
                recorder.event(kind, taken.as_json())
        except RecordingsError as error:
            log.warning("fingerprint_not_recorded", session=session.facts.id, cause=str(error))
