"""Watching a session from the user's side: what the broker says about it, and whether it is still there."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from client.api import Api, at
from client.errors import ApiError, ClientError, UnreachableError
from client.exit_codes import Exit
from client.transport import Json

PAUSES_SECONDS = (0.3, 1.0, 2.0, 3.0, 4.0)
FRESH_AFTER_SECONDS = 30.0
OF_END_CODE: dict[str, Exit] = {
    "finished": Exit.OK,
    "broker_stopped": Exit.UNREACHABLE,
    "broker_crashed": Exit.UNREACHABLE,
    "agent_lost": Exit.UNREACHABLE,
    "network_lost": Exit.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class Ended:
    """Why the session is over."""

    code: str
    reason: str

    @property
    def exit_code(self) -> Exit:
        """What ``wicket connect`` exits with."""
        return OF_END_CODE.get(self.code, Exit.SESSION_ENDED)


class Watcher:
    """Follows one session; ``tell`` gets each event but the last."""

    def __init__(self, api: Api, session: str, tell: Callable[[Json], None]) -> None:
        self._api = api
        self._session = session
        self._tell = tell

    async def until_ended(self) -> Ended:
        """Return when the session has ended, or when the broker cannot be reached any more."""
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            began = loop.time()
            ended = await self._attempt(failures)
            if ended is not None:
                return ended
            failures = 0 if loop.time() - began > FRESH_AFTER_SECONDS else failures
            if failures == len(PAUSES_SECONDS):
                return Ended("network_lost", "The broker cannot be reached.")
            await asyncio.sleep(PAUSES_SECONDS[failures])
            failures += 1

    async def _attempt(self, failures: int) -> Ended | None:
        """Listen, and when that ends without a word, ask; ``None`` if nobody answered."""
        try:
            return await self._listen() or await self._look()
        except UnreachableError as error:
            if failures == 0:
                self._tell({"kind": "unreachable", "text": f"{error.message.rstrip('.')}. Trying again."})
            return None
        except ApiError as error:
            if error.code == "session_ended":
                return Ended(str(error.fields.get("end_code", error.code)), error.message)
            if error.status in (401, 403, 404):
                return await self._look() or Ended("not_yours", error.message)
            return None
        except ClientError as error:
            return Ended(error.code, error.message)

    async def _listen(self) -> Ended | None:
        async with await self._api.watch(self._session) as socket:
            async for message in socket:
                event = _event(message)
                if event.get("kind") == "ended":
                    return Ended(str(event.get("code", "")), str(event.get("reason", "")))
                self._tell(event)
        return None

    async def _look(self) -> Ended | None:
        return await how_it_ended(self._api, self._session)


async def how_it_ended(api: Api, session_id: str) -> Ended | None:
    """Ask how a session stands; ``None`` if it lives."""
    session = await api.get(at("sessions", session_id))
    if session["state"] != "ended":
        return None
    return Ended(str(session["end_code"]), str(session["end_detail"] or session["end_code"]))


def _event(message: aiohttp.WSMessage) -> Json:
    if message.type is not aiohttp.WSMsgType.TEXT:
        return {}
    try:
        value = json.loads(message.data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
