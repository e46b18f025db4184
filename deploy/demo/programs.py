"""Real processes of the demo: started, waited for, stopped by their own process ids, their output kept."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.demo.ports import free_port

START_SECONDS = 60.0
STOP_SECONDS = 20.0
PORTS = 5
# What programs say when another has their port: most repeat the system, tinyproxy has words of its own.
TAKEN = ("Address already in use", "Could not create listening sockets")


class ProgramError(Exception):
    """A program did not start, or ended when it should not have; the text has its last lines."""


class PortTakenError(ProgramError):
    """A program found its port taken, and ended."""


class Program:
    """One process with its log file."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], log: Path, *, environment: Mapping[str, str] | None = None
    ) -> "Program":
        """Start a program with both outputs in ``log``."""
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    async def wait_for(self, text: str, *, occurrence: int = 1) -> str:
        """Return the line of the log that contains ``text`` (for the n-th time), waiting for it."""
        try:
            async with asyncio.timeout(START_SECONDS):
                while True:
                    lines = [line for line in self.lines() if text in line]
                    if len(lines) >= occurrence:
                        return lines[occurrence - 1]
                    if not self.is_running:
                        raise self._ended()
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise ProgramError(f"{self.name} did not say {text!r} in {START_SECONDS:g} s:\n{self.tail()}") from error

    def _ended(self) -> ProgramError:
        tail = self.tail()
        kind = PortTakenError if any(words in tail for words in TAKEN) else ProgramError
        return kind(f"{self.name} ended with {self._process.returncode}:\n{tail}")

    def lines(self) -> list[str]:
        """The log so far."""
        return self.log.read_text(errors="replace").splitlines()

    def tail(self) -> str:
        """The last lines of the log."""
        return "\n".join(self.lines()[-15:])

    async def wait(self) -> int:
        """Wait until it has ended by itself; return its exit code."""
        return await self._process.wait()

    async def kill(self) -> None:
        """End it without a word (SIGKILL)."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """Ask it to end, wait, and insist if it does not; return its exit code."""
        if self.is_running:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await self._process.wait()
            except TimeoutError:
                await self.kill()
        return self._process.returncode or 0


async def start_on_free_port(
    name: str, command_on: Callable[[int], Sequence[str]], log: Path, *, says: str, ports: int = PORTS
) -> tuple[Program, int]:
    """Start a program that cannot bind to port 0, and return it with its port once its log ``says`` that it listens.

    Between our look at a port and the program's bind another process may take it: then another port is tried, up to
    ``ports`` of them.
    """
    log.unlink(missing_ok=True)
    port = free_port()
    program = await Program.start(name, command_on(port), log)
    try:
        await program.wait_for(says)
    except PortTakenError:
        if ports > 1:
            return await start_on_free_port(name, command_on, log, says=says, ports=ports - 1)
        raise
    except BaseException:
        await program.stop()
        raise
    return program, port


def python_program(script: str) -> str:
    """The path of a console script beside the interpreter that runs this."""
    return str(Path(sys.executable).parent / script)


async def run_once(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, stdin: bytes = b"", seconds: float = 60.0
) -> tuple[int, str, str]:
    """Run a command to its end; return exit code, standard output and standard error."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    try:
        async with asyncio.timeout(seconds):
            output, errors = await process.communicate(stdin)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, output.decode(errors="replace"), errors.decode(errors="replace")
