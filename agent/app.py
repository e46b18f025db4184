"""The composition root: wires the agent together, runs it until it is told to end, and ends it cleanly."""

import asyncio
import random
import secrets
import signal
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

import structlog

from agent.ceiling_source import CeilingSource
from agent.config import Settings
from agent.dialer import Dialer
from agent.door import Door, proxy_of
from agent.errors import DismissedError, LocalError
from agent.grants import GrantDesk
from agent.link import Link
from agent.local import Answer, Ask, AskLock, AskStatus, AskUnlock, LocalServer
from agent.lock_file import LockFile
from agent.lock_keeper import LockKeeper
from agent.renewal import Renewer
from agent.sharing.pool import Shared
from agent.site import Site
from agent.state import Enrolment, StateDirectory
from agent.status import LinkStatus, SharedStatus, Status, StreamStatus, ceiling_status
from agent.streams import Stream, Streams
from agent.version import software
from agent.warden import Warden
from guards.registry import guarded_protocols
from tunnel.clock import Clock
from tunnel.tasks import Backoff, Job, Supervisor

LINK_BACKOFF_SECONDS = (0.5, 60.0)
RENEWAL_BACKOFF_SECONDS = (30.0, 3600.0)
RESTART_BACKOFF_SECONDS = (0.2, 30.0)
STOP_SECONDS = 5.0


class Agent:
    """One running agent; everything it depends on is made here and nowhere else."""

    def __init__(self, settings: Settings, state: StateDirectory, clock: Clock, supervisor: Supervisor) -> None:
        """Wire it; raises StateError or SettingsError. ``state`` is prepared and held by the caller."""
        self._state = state
        self._clock = clock
        self._supervisor = supervisor
        self._log = structlog.get_logger("agent")
        self._chance: Callable[[], float] = random.SystemRandom().random
        self._enrolment: Enrolment = state.load()
        record = self._enrolment.record
        door = Door(record.url, self._enrolment.ca, self._enrolment.identity, proxy_of(settings.proxy))
        self._warden = _warden(settings, self._enrolment, state, clock)
        self._streams = Streams()
        self._renewer = Renewer(state, record, door, clock, self._backoff(RENEWAL_BACKOFF_SECONDS), self._chance)
        self._link = Link(door, clock, self._backoff(LINK_BACKOFF_SECONDS))
        self._dialer = Dialer(
            warden=self._warden,
            streams=self._streams,
            door=door,
            supervisor=supervisor,
            report=self._link.send,
            clock=clock,
            devices=settings.device,
            max_streams=settings.max_streams,
        )
        self._site = Site(
            warden=self._warden,
            streams=self._streams,
            dialer=self._dialer,
            state=state,
            clock=clock,
            send=self._link.send,
            instance=secrets.token_hex(16),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set; raises DismissedError when the broker sends this agent away for good."""
        record = self._enrolment.record
        self._log.info("agent_started", agent=record.agent, site=record.site, broker=record.url, software=software())
        self._state.note_dismissal("")
        self._keep("local socket", LocalServer(self._state.socket, self._answer).run)
        self._keep("watch", self._site.watch)
        self._keep("renewal", self._renewer.run)
        link = asyncio.create_task(self._link.run(self._site), name="link")
        stopped = asyncio.create_task(stop.wait(), name="stop")
        try:
            await asyncio.wait((link, stopped), return_when=asyncio.FIRST_COMPLETED)
            await self._dialer.close()
            if link.done():
                link.result()
        except DismissedError as error:
            self._state.note_dismissal(str(error))
            raise
        finally:
            await _end(link, stopped)
            self._log.info("agent_stopped")

    def reload(self) -> None:
        """Read the ceiling and the lock again now."""
        self._site.reload()

    def status(self) -> Status:
        """Return how things stand."""
        record, link = self._enrolment.record, self._link.state
        return Status(
            running=True,
            software=software(),
            agent=f"{record.name} {record.agent}",
            site=f"{record.site_name} {record.site}",
            broker=record.url,
            certificate_not_after=self._renewer.certificate().not_after,
            link=LinkStatus.model_validate(link, from_attributes=True),
            ceiling=ceiling_status(self._warden.ceiling.current),
            lock=self._warden.lock.current,
            streams=tuple(_stream_status(stream, self._clock.monotonic()) for stream in self._streams),
            shared=tuple(_shared_status(shared) for shared in self._dialer.shared),
        )

    def _answer(self, ask: Ask, user: int) -> Answer:
        error = ""
        try:
            match ask:
                case AskStatus():
                    pass
                case AskLock():
                    self._site.lock(_lasting(ask.seconds), ask.reason, f"uid {user}")
                case AskUnlock():
                    self._site.unlock(_lasting(ask.seconds), ask.reason, f"uid {user}")
        except LocalError as failure:
            error = str(failure)
        return Answer(error=error, status=self.status().model_dump(mode="json"))

    def _keep(self, name: str, job: Job) -> None:
        self._supervisor.keep(name, job, self._backoff(RESTART_BACKOFF_SECONDS))

    def _backoff(self, limits: tuple[float, float]) -> Backoff:
        return Backoff(*limits, self._chance)


async def serve(settings: Settings, state: StateDirectory, clock: Clock) -> None:
    """Run an agent in this process until ``SIGTERM`` or ``SIGINT``; ``SIGHUP`` reloads."""
    log = structlog.get_logger("tasks")
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with Supervisor(lambda name, error: log.error("task_failed", task=name, exc_info=error)) as supervisor:
        agent = Agent(settings, state, clock, supervisor)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_signal_handler(signal.SIGHUP, agent.reload)
        await agent.run(stop)


def _warden(settings: Settings, enrolment: Enrolment, state: StateDirectory, clock: Clock) -> Warden:
    record = enrolment.record
    return Warden(
        GrantDesk(record.site, record.issuer, enrolment.grant_keys),
        LockKeeper(LockFile(state.lock, by_default=settings.lock_by_default), clock),
        CeilingSource(settings.ceiling_file, site=record.site, guarded_protocols=guarded_protocols()),
        clock,
    )


def _stream_status(stream: Stream, now_monotonic: float) -> StreamStatus:
    claims = stream.grant.claims
    return StreamStatus(
        stream=stream.id,
        session=claims.session,
        user=claims.user_name,
        ticket=claims.ticket,
        asset=claims.target.asset_name,
        device=str(stream.permit),
        seconds_open=int(now_monotonic - stream.opened_monotonic),
        seconds_left=int(stream.grant.deadline_monotonic - now_monotonic),
        bytes_to_asset=stream.relay.bytes_to_asset,
        bytes_to_user=stream.relay.bytes_to_user,
    )


def _shared_status(shared: Shared) -> SharedStatus:
    return SharedStatus(device=shared.name, streams=shared.streams, **asdict(shared.counts))


def _lasting(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


async def _end(*tasks: asyncio.Task[object]) -> None:
    unfinished = [task for task in tasks if not task.done()]
    for task in unfinished:
        task.cancel()
    if unfinished:
        await asyncio.wait(unfinished, timeout=STOP_SECONDS)
