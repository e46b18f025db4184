"""What a page is told before anybody has signed in: no more than it must know."""

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from broker.db.idempotency import DatabaseIdempotencyStore
from broker.http.edge import Edge, problems
from broker.identity import welcome
from tests.unit.broker.identity.pages import nobody_is_live
from tests.unit.broker.identity.people import People


async def told(people: People, banner: str = "") -> object:
    app = web.Application(middlewares=[problems])
    edge = Edge(people.authenticator(nobody_is_live), DatabaseIdempotencyStore(people.database, people.clock))
    edge.register(app, welcome.routes(people.setup, version="1.2.3", banner=banner))
    async with TestClient(TestServer(app)) as client, client.get("/api/v1/welcome") as answer:
        return await answer.json()


async def test_the_set_up_is_needed_until_there_is_an_admin(people: People) -> None:
    assert await told(people) == {"name": "Wicketgate", "version": "1.2.3", "setup_needed": True, "banner": ""}
    await people.setup.issue_token()
    assert (await told(people))["setup_needed"]
    await people.admin()
    assert not (await told(people))["setup_needed"]


async def test_the_operators_banner_is_shown(people: People) -> None:
    assert (await told(people, "For staff of the plant only."))["banner"] == "For staff of the plant only."
