"""A POST that is sent twice is done once."""

import asyncio

import pytest

from broker.http.errors import ConflictError
from broker.http.routes import Call, Route, SignedIn
from tests.unit.broker.http.edges import Client, FakeIdempotencyStore, Order, Receipt, serving

ORDER = {"name": "seal", "count": 3}


class Desk:
    """Counts the orders that were really done; may fail, and may wait."""

    def __init__(self) -> None:
        self.done = 0
        self.fails = False
        self.at_work = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def take(self, _call: Call) -> Receipt:
        """Take an order."""
        self.at_work.set()
        await self.may_go_on.wait()
        if self.fails:
            raise ConflictError("Sold out.")
        self.done += 1
        return Receipt(number=self.done)

    def routes(self) -> list[Route]:
        """Orders, with and without retries."""
        return [
            Route("POST", "/orders", self.take, SignedIn(), "take", request=Order, status=201, idempotent_retry=True),
            Route("POST", "/others", self.take, SignedIn(), "take", request=Order, status=201, idempotent_retry=True),
            Route("POST", "/plain", self.take, SignedIn(), "take", request=Order, status=201),
        ]


async def send(
    client: Client, key: str | None, body: object = ORDER, *, path: str = "/orders", user: str = "usr_1"
) -> tuple[int, dict[str, object], bool]:
    headers = {"X-Permissions": "", "X-User": user} | ({"Idempotency-Key": key} if key is not None else {})
    async with client.post(path, json=body, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None), "Idempotent-Replay" in answer.headers


async def test_a_retry_gets_the_first_answer_and_nothing_is_done_again() -> None:
    desk = Desk()
    async with serving(desk.routes()) as client:
        first, again = await send(client, "key-1"), await send(client, "key-1")
    assert first == (201, {"number": 1}, False)
    assert again == (201, {"number": 1}, True)
    assert desk.done == 1


async def test_another_body_under_the_same_key_is_refused() -> None:
    desk = Desk()
    async with serving(desk.routes()) as client:
        await send(client, "key-1")
        status, problem, _ = await send(client, "key-1", {"name": "valve"})
    assert (status, problem["code"], desk.done) == (422, "idempotency_mismatch", 1)


async def test_keys_of_other_people_and_other_addresses_are_other_keys() -> None:
    desk = Desk()
    async with serving(desk.routes()) as client:
        await send(client, "key-1")
        await send(client, "key-1", user="usr_2")
        await send(client, "key-1", path="/others")
    assert desk.done == 3


async def test_without_a_key_and_where_no_retry_is_promised_each_call_counts() -> None:
    desk = Desk()
    async with serving(desk.routes()) as client:
        for key, path in ((None, "/orders"), (None, "/orders"), ("key-1", "/plain"), ("key-1", "/plain")):
            await send(client, key, path=path)
    assert desk.done == 4


async def test_a_call_that_failed_can_be_tried_again() -> None:
    desk = Desk()
    async with serving(desk.routes()) as client:
        desk.fails = True
        assert (await send(client, "key-1"))[0] == 409
        desk.fails = False
        assert await send(client, "key-1") == (201, {"number": 1}, False)


async def test_a_retry_while_the_first_is_at_work_is_told_to_wait() -> None:
    desk = Desk()
    desk.may_go_on.clear()
    async with serving(desk.routes()) as client:
        first = asyncio.create_task(send(client, "key-1"))
        await desk.at_work.wait()
        status, problem, _ = await send(client, "key-1")
        desk.may_go_on.set()
        assert (await first)[0] == 201
    assert (status, problem["code"], desk.done) == (409, "conflict", 1)


async def test_a_key_longer_than_any_client_needs_is_refused() -> None:
    async with serving(Desk().routes()) as client:
        assert (await send(client, "k" * 129))[0] == 422


async def test_a_caller_who_left_in_the_middle_may_try_again() -> None:
    desk, store = Desk(), FakeIdempotencyStore()
    desk.may_go_on.clear()

    async with serving(desk.routes(), store) as client:
        first = asyncio.create_task(send(client, "key-1"))
        await desk.at_work.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        desk.may_go_on.set()
        async with asyncio.timeout(20):
            await store.settled.wait()
        status, _, _ = await send(client, "key-1")
    assert status == 201
    assert desk.done == 1
