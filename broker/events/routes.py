"""The route of live events."""

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from broker.events.frames import MAX_SEQ
from broker.events.hub import EventHub
from broker.http.errors import BadRequestError
from broker.http.routes import Call, Route, SignedIn


class EventsQuery(BaseModel):
    """Where an earlier socket had got to: the ``epoch`` of its hello, and the last ``seq`` that it was told."""

    model_config = ConfigDict(extra="forbid")

    epoch: Annotated[str, Field(max_length=64)] = ""
    after: Annotated[int, Field(ge=0, le=MAX_SEQ)] = 0


class EventRoutes:
    """Handlers of live events."""

    def __init__(self, hub: EventHub) -> None:
        self._hub = hub

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/api/v1/events", self.listen, SignedIn(), "Hear what changes, and watch sessions (WebSocket)",
                  query=EventsQuery, upgrade=True, errors=("limit_reached",)),
        ]  # fmt: skip

    async def listen(self, call: Call) -> web.StreamResponse:
        """Serve one socket."""
        if not web.WebSocketResponse().can_prepare(call.request).ok:
            raise BadRequestError("This address speaks WebSocket and nothing else.")
        query = call.query_as(EventsQuery)
        return await self._hub.serve(call.request, call.principal, query.epoch, query.after)
