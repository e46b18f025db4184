"""The life of the process: lock, migrate, bind, compose, serve, and stop so that nothing is lost."""

import asyncio
import fcntl
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import structlog

from broker import faults
from broker.app import Broker, compose
from broker.config import Settings
from broker.db import migrate
from broker.http.listener import Listener, ListenerLimits, bind
from broker.http.local import bind_loopback
from broker.http.metrics import MetricsListener

log = structlog.get_logger("broker")
Announce = Callable[[list[str]], None]


class StartError(Exception):
    """The broker cannot start; the text says why and what to do."""


async def serve(settings: Settings, *, announce: Announce) -> int:
    """Run until SIGTERM or SIGINT; return the process's exit code."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        with _only_one(settings.storage.data):
            await run(settings, stop, announce)
    except StartError as error:
        announce([f"The broker cannot start: {error}"])
        return 1
    return 0


async def run(settings: Settings, stop: asyncio.Event, announce: Announce) -> None:
    """Serve until ``stop`` is set; raise ``StartError`` if it cannot begin."""
    async with AsyncExitStack() as stack:
        with _starting():
            await _prepare_database(settings)
            listening = stack.enter_context(_bound(settings))
            host, port = listening.getsockname()[:2]
            broker = await stack.enter_async_context(compose(settings, port))
            listener = Listener(broker.application(), broker.tls, _limits(settings))
            local = Listener(broker.local_application(), None, _limits(settings))
            nearby = _bound_nearby(settings, stack)
            metrics = MetricsListener(broker.metrics)
            counts = (listener.connections, local.connections)
            broker.metrics.connections.set_function(lambda: sum(count.total for count in counts))
            broker.metrics.connections_refused.set_function(lambda: sum(count.refused for count in counts))
            await broker.start()
            if settings.metrics.port:
                await metrics.start(settings.metrics.host, settings.metrics.port)
            await listener.start(listening)
            await local.start(*nearby)
            announce(await _first_words(settings, broker, f"{host}:{port}", _port_of(nearby)))
        log.info("serving", host=host, port=port)
        await stop.wait()
        log.info("stopping")
        listener.stop_accepting()
        local.stop_accepting()
        await _bounded("stop", broker.stop(), settings.server.shutdown_seconds)
        await _bounded("listener", listener.stop(), settings.server.shutdown_seconds)
        await _bounded("local listener", local.stop(), settings.server.shutdown_seconds)
        await metrics.stop()


@contextmanager
def _starting() -> Iterator[None]:
    try:
        yield
    except faults.expected() as error:
        raise StartError(faults.explain(error)) from error


async def _bounded(what: str, work: Awaitable[None], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        log.error("not_stopped_in_time", what=what, seconds=seconds)


async def _prepare_database(settings: Settings) -> None:
    url = settings.database_url
    if settings.database.migrate_on_start:
        await migrate.upgrade(url)
    elif await migrate.current(url) != migrate.head():
        raise StartError("the database is not at this version's tables. Run 'wicket-broker migrate' first.")


def _bound(settings: Settings) -> socket.socket:
    try:
        return bind(settings.server.host, settings.server.port)
    except OSError as error:
        where = f"{settings.server.host}:{settings.server.port}"
        raise StartError(
            f"{where} cannot be listened on ({error.strerror}). Set server.host and server.port."
        ) from error


def _bound_nearby(settings: Settings, stack: AsyncExitStack) -> list[socket.socket]:
    port = settings.server.local_http_port
    if port is None:
        return []
    try:
        return [stack.enter_context(bound) for bound in bind_loopback(port)]
    except OSError as error:
        raise StartError(
            f"localhost:{port} cannot be listened on ({error.strerror}). Set server.local_http_port."
        ) from error


def _port_of(sockets: list[socket.socket]) -> int | None:
    return sockets[0].getsockname()[1] if sockets else None


def _limits(settings: Settings) -> ListenerLimits:
    limits = settings.limits
    return ListenerLimits(
        handshake_seconds=limits.handshake_seconds,
        head_seconds=limits.head_seconds,
        max_connections=limits.max_connections,
        max_connections_per_address=limits.max_connections_per_address,
    )


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the data folder's lock: two brokers on one SQLite file would each believe to be alone."""
    with _starting():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (folder / "broker.lock").open("w")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(
                f"another broker uses {folder.resolve()}. Stop it, or set storage.data to a folder of its own."
            ) from error
        yield


async def _first_words(settings: Settings, broker: Broker, place: str, local_port: int | None) -> list[str]:
    lines = [f"Wicketgate broker on https://{place}", f"CA fingerprint (SHA-256): {broker.trust.fingerprint}"]
    pages = broker.url
    if local_port is not None:
        pages = f"http://localhost:{local_port}"
        lines.append(f"In a browser on this machine: {pages}")
    token = await broker.identity.setup.issue_token()
    if token is not None:
        ca = settings.storage.data / "keys" / "ca.crt"
        lines += [
            "",
            "There is no admin yet. Within one hour, make the first one, either in a browser:",
            f"  {pages}/setup#{token}",
            "or on the command line:",
            f"  wicket setup --url {broker.url} --ca {ca} --token {token}",
        ]
    return lines
