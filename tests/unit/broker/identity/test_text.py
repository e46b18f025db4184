"""Text that a database cannot keep is refused at the edge, before any service meets it."""

import json

import pytest

from tests.unit.broker.identity.people import People
from tests.unit.broker.identity.test_routes import Client, client

__all__ = ["client"]


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", {"deep": ["x\x00"]}])
async def test_a_body_with_a_nul_or_half_a_character_is_refused(client: Client, name: object) -> None:
    body = json.dumps({"username": name, "password": "x"})
    headers = {"Content-Type": "application/json"}
    async with client.post("/api/v1/auth/login", data=body.encode(), headers=headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (422, "invalid_input")


@pytest.mark.parametrize(("path", "status"), [("/users?q=a%00b", 422), ("/users/a%00b", 404)])
async def test_a_path_or_query_with_a_nul_is_refused(people: People, client: Client, path: str, status: int) -> None:
    admin = await people.admin()
    assert admin.tokens is not None
    headers = {"Authorization": f"Bearer {admin.tokens.access_token}"}
    async with client.get(f"/api/v1{path}", headers=headers) as answer:
        assert answer.status == status
