"""The tool that ``wicket connect ... -- COMMAND`` runs: started with host and port, ended with the session."""

import asyncio
import shutil
import signal
from asyncio.subprocess import Process

from client.config import child_environment
from client.errors import ClientError
from client.exit_codes import Exit

GRACE_SECONDS = 5.0


def check_command(command: tuple[str, ...]) -> None:
    """Raise ``ClientError`` for a command that is not there, before anything is opened for it."""
    if command and shutil.which(command[0]) is None:
        raise ClientError(f"There is no command {command[0]!r}.", exit_code=Exit.USAGE)


def filled_in(command: tuple[str, ...], host: str, port: int) -> list[str]:
    """Put host and port in the place of ``{host}`` and ``{port}``; other braces stay as they are."""
    return [word.replace("{host}", host).replace("{port}", str(port)) for word in command]


class Tool:
    """One run of a command, with our terminal, input and output."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, command: tuple[str, ...], host: str, port: int) -> "Tool":
        """Start it."""
        environment = child_environment(WICKET_HOST=host, WICKET_PORT=str(port))
        try:
            return cls(await asyncio.create_subprocess_exec(*filled_in(command, host, port), env=environment))
        except OSError as error:
            raise ClientError(f"{command[0]} cannot be run: {error.strerror}", exit_code=Exit.USAGE) from error

    async def wait(self) -> int:
        """Return its exit code; 128 + N if signal N ended it, as shells say."""
        code = await self._process.wait()
        return code if code >= 0 else 128 - code

    def pass_on(self, number: signal.Signals) -> None:
        """Send it a signal that only we got."""
        if self._process.returncode is None:
            self._process.send_signal(number)

    async def stop(self) -> None:
        """Let it notice that its connection is gone, then ask it to end, then end it."""
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            if number is not None:
                self.pass_on(number)
            try:
                async with asyncio.timeout(GRACE_SECONDS):
                    await self._process.wait()
                return
            except TimeoutError:
                continue
