"""Health, and the API's own description."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

from aiohttp import web
from pydantic import BaseModel

from broker.http.openapi import openapi_document
from broker.http.routes import Call, Public, Route

UNREADY: Mapping[str, str] = MappingProxyType({"database": "the database does not answer ({cause})"})
"""What keeps a broker from its work, for each part; the pages have the same keys in other languages."""

Check = Callable[[], Awaitable[str | None]]


class Readiness(BaseModel):
    """Whether the broker can do its work; ``problems`` names what it lacks."""

    ready: bool
    problems: dict[str, str]


class Liveness(BaseModel):
    """The process answers."""

    alive: bool = True


class SystemRoutes:
    """``/healthz``, ``/readyz`` and ``/api/v1/openapi.json``. ``checks`` return what is wrong, or ``None``."""

    def __init__(self, version: str, checks: Mapping[str, Check]) -> None:
        self._version = version
        self._checks = checks
        self._described: Sequence[Route] = ()

    def describe(self, routes: Sequence[Route]) -> None:
        """Say which routes the document describes."""
        self._described = routes

    async def alive(self, _call: Call) -> Liveness:
        """The process answers."""
        return Liveness()

    async def ready(self, _call: Call) -> web.Response:
        """Tell whether the broker can do its work; 503 if not."""
        found = {name: await check() for name, check in self._checks.items()}
        state = Readiness(ready=not any(found.values()), problems={name: text for name, text in found.items() if text})
        return web.Response(
            body=state.model_dump_json().encode(), status=200 if state.ready else 503, content_type="application/json"
        )

    async def openapi(self, _call: Call) -> web.Response:
        """Return the OpenAPI document."""
        return web.json_response(openapi_document(self._described, version=self._version))

    def routes(self) -> list[Route]:
        """The three routes."""
        return [
            Route("GET", "/healthz", self.alive, Public("says only that the process answers"), "Is the process alive?",
                  response=Liveness),
            Route("GET", "/readyz", self.ready, Public("names parts, no values"), "Can the broker do its work?",
                  response=Readiness),
            Route("GET", "/api/v1/openapi.json", self.openapi, Public("the API's description is no secret"),
                  "This document", media="application/json"),
        ]  # fmt: skip
