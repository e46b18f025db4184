"""The broker's API as the demo and the tests use it: one signed-in user each."""

import asyncio
import ssl
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import pyotp

TOTP_SECONDS = 30


class ApiRefusedError(Exception):
    """The broker said no: HTTP status and the problem document."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status, self.problem = status, problem
        self.code = str(problem.get("code", ""))


class Authenticator:
    """A person's authenticator app: never gives one code twice, for the broker takes each only once."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._used = 0

    async def code(self) -> str:
        """Return a code that was not given before, waiting for the next one if need be."""
        # The broker takes the last, the present and the next step's code. The last only while there is time to use it.
        present, since = divmod(time.time(), TOTP_SECONDS)
        step = max(int(present) - (since < TOTP_SECONDS / 2), self._used + 1)
        await asyncio.sleep(max(0.0, (step - 1) * TOTP_SECONDS - time.time()))
        self._used = step
        return str(pyotp.TOTP(self.secret).at(step * TOTP_SECONDS))


class Api:
    """Calls the API; ``await login(...)`` first, or use it as a stranger."""

    def __init__(self, url: str, ca: Path) -> None:
        self.url = url
        self._tls = ssl.create_default_context(cafile=str(ca))
        self._session: aiohttp.ClientSession | None = None
        self.token = ""
        self.refresh_token = ""

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(self, method: str, path: str, body: object = None, **query: str) -> Any:
        """Call and return the JSON answer; raise ``ApiRefusedError`` for a problem."""
        status, answer = await self.raw(method, path, body, **query)
        if status >= 400:
            raise ApiRefusedError(status, answer if isinstance(answer, dict) else {"detail": str(answer)})
        return answer

    async def raw(self, method: str, path: str, body: object = None, **query: str) -> tuple[int, Any]:
        """Call and return status and answer, whatever they are."""
        assert self._session is not None
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        target = self.url + (path if path.startswith("/agent/") else f"/api/v1{path}")
        async with self._session.request(
            method, target, json=body, params=query, headers=headers, ssl=self._tls
        ) as response:
            if response.status == 204:
                return 204, None
            if response.content_type.endswith(("/json", "+json")):
                return response.status, await response.json(content_type=None)
            return response.status, await response.read()

    async def get(self, path: str, **query: str) -> Any:
        """GET."""
        return await self.call("GET", path, None, **query)

    async def post(self, path: str, **body: object) -> Any:
        """POST a JSON object."""
        return await self.call("POST", path, body)

    async def enrol(self, answer: dict[str, Any]) -> Authenticator:
        """Set up the second factor that a first login asked for, and be signed in."""
        token = answer["enrolment_token"]
        app = Authenticator((await self.post("/auth/enrol/totp", enrolment_token=token))["secret"])
        done = await self.post("/auth/enrol/totp/confirm", enrolment_token=token, otp=await app.code())
        self._take(done["tokens"])
        return app

    async def login(self, username: str, password: str, app: Authenticator) -> None:
        """Sign in with password and code."""
        answer = await self.post("/auth/login", username=username, password=password, otp=await app.code())
        self._take(answer["tokens"])

    def _take(self, tokens: dict[str, Any]) -> None:
        self.token, self.refresh_token = tokens["access_token"], tokens["refresh_token"]
