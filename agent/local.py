"""The agent's only door from inside: a Unix socket in its state directory, one JSON line asked, one answered.

Who may open the state directory (the agent's user, root) may use it; there is no other authentication.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agent.errors import LocalError, NotRunningError

MAX_LINE_BYTES = 64 * 1024
MAX_REPLY_BYTES = 4 * 1024 * 1024
DEADLINE_SECONDS = 10.0
MAX_SECONDS = timedelta(days=3650).total_seconds()


class AskStatus(BaseModel):
    """Tell how things stand."""

    model_config = ConfigDict(extra="forbid")

    do: Literal["status"] = "status"


class AskLock(BaseModel):
    """Lock the site, for a while or until unlocked."""

    model_config = ConfigDict(extra="forbid")

    do: Literal["lock"] = "lock"
    seconds: Annotated[float, Field(gt=0, le=MAX_SECONDS)] | None = None
    reason: Annotated[str, Field(max_length=300)] = ""


class AskUnlock(BaseModel):
    """Unlock the site, for a while or until locked."""

    model_config = ConfigDict(extra="forbid")

    do: Literal["unlock"] = "unlock"
    seconds: Annotated[float, Field(gt=0, le=MAX_SECONDS)] | None = None
    reason: Annotated[str, Field(max_length=300)] = ""


Ask = Annotated[AskStatus | AskLock | AskUnlock, Field(discriminator="do")]
_ASK: TypeAdapter[Ask] = TypeAdapter(Ask)


class Answer(BaseModel):
    """What came of it; ``error`` is a sentence for the person who asked."""

    error: str = ""
    status: dict[str, object] = {}


class LocalServer:
    """Serves the socket while the agent runs."""

    def __init__(self, path: Path, handle: Callable[[Ask, int], Answer]) -> None:
        """Answer with what ``handle`` returns; it is given the user id of who asks."""
        self._path = path
        self._handle = handle

    async def run(self) -> None:
        """Serve until cancelled. The caller holds the state directory, so that a left-over socket is nobody's."""
        self._path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._serve, self._path, limit=MAX_LINE_BYTES, backlog=8)
        self._path.chmod(0o600)
        try:
            async with server:
                await server.serve_forever()
        finally:
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, ValueError):
            async with asyncio.timeout(DEADLINE_SECONDS):
                line = await reader.readline()
                answer = self._answer(line, _user_of(writer))
                writer.write(answer.model_dump_json().encode() + b"\n")
                await writer.drain()
        writer.close()

    def _answer(self, line: bytes, user: int) -> Answer:
        try:
            ask = _ASK.validate_json(line)
        except ValidationError:
            return Answer(error="not understood; is the running agent of another version than this command?")
        return self._handle(ask, user)


def _user_of(writer: asyncio.StreamWriter) -> int:
    peer = writer.get_extra_info("socket")
    raw = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", raw)[1])


def ask_agent(path: Path, ask: Ask) -> Answer:
    """Ask the running agent; raises NotRunningError if none answers, LocalError with the agent's sentence."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(DEADLINE_SECONDS)
            connection.connect(str(path))
            connection.sendall(ask.model_dump_json().encode() + b"\n")
            with connection.makefile("rb") as file:
                answer = Answer.model_validate(json.loads(file.readline(MAX_REPLY_BYTES)))
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise NotRunningError(f"no agent is running here (nobody answers on {path})") from error
    except (OSError, ValueError) as error:
        raise LocalError(f"the agent did not answer on {path}: {error}") from error
    if answer.error:
        raise LocalError(answer.error)
    return answer
