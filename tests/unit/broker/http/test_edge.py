"""What no route can forget: who is asking, what may come in, and how an error goes out."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from broker.http import edge
from broker.http.errors import ConflictError
from broker.http.paging import PageQuery
from broker.http.principal import Permission
from broker.http.routes import AgentOnly, Call, Needs, Public, Route, SignedIn
from tests.unit.broker.http.edges import Client, Order, Receipt, serving

ANYBODY = Public("a test")
JSON = {"Content-Type": "application/json"}


async def take(call: Call) -> Receipt:
    return Receipt(number=call.body_as(Order).count)


async def nothing(_call: Call) -> None:
    return None


async def page(call: Call) -> Receipt:
    return Receipt(number=call.query_as(PageQuery).limit)


async def fail(_call: Call) -> None:
    raise RuntimeError("the password is hunter2")


async def refuse(_call: Call) -> None:
    raise ConflictError("It is locked.", hint="Unlock it first.", fields={"lock": "lck_1", "code": "not this"})


ROUTES = [
    Route("POST", "/orders", take, ANYBODY, "take", request=Order, response=Receipt, status=201, max_body_bytes=200),
    Route("GET", "/page", page, ANYBODY, "page", query=PageQuery, response=Receipt),
    Route("GET", "/mine", nothing, SignedIn(), "mine"),
    Route("GET", "/kept", nothing, Needs(Permission.AUDIT_READ, Permission.PEOPLE_READ), "kept"),
    Route("GET", "/agents-own", nothing, AgentOnly(), "agents"),
    Route("GET", "/things/{thing}", nothing, ANYBODY, "thing"),
    Route("GET", "/fail", fail, ANYBODY, "fail"),
    Route("GET", "/refuse", refuse, ANYBODY, "refuse"),
]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """The routes above."""
    async with serving(ROUTES) as client:
        yield client


async def problem_of(client: Client, method: str, path: str, **how: object) -> tuple[int, dict[str, object]]:
    async with client.request(method, path, **how) as answer:  # type: ignore[arg-type]
        assert answer.content_type == "application/problem+json"
        problem = await answer.json(content_type=None)
        assert problem["status"] == answer.status
        assert problem["request_id"] == answer.headers["X-Request-Id"]
        return answer.status, problem


async def test_a_good_body_is_answered_with_the_routes_own_status(client: Client) -> None:
    async with client.post("/orders", json={"name": "seal", "count": 3}) as answer:
        assert (answer.status, await answer.json()) == (201, {"number": 3})
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Request-Id"].startswith("req_")


async def test_a_handler_without_an_answer_is_204(client: Client) -> None:
    async with client.get("/things/one") as answer:
        assert (answer.status, await answer.read()) == (204, b"")


async def test_every_request_has_an_id_of_its_own_whatever_the_caller_sends(client: Client) -> None:
    ids = set()
    for _ in range(2):
        async with client.get("/things/one", headers={"X-Request-Id": "mine"}) as answer:
            ids.add(answer.headers["X-Request-Id"])
    assert len(ids) == 2
    assert "mine" not in ids


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b'"text"', b"null", b'{"name": 5}', b"\xff\xfe", b'{"name": "a", "name": "b"}',
        b'{"name": "a", "count": NaN}', b'{"name": "a", "count": Infinity}', b'{"name": "a\\u0000"}',
        b'{"name": "\\ud800"}', b'{"a\\u0000": 1}', b'{"name": "a", "more": 1}', b'{"name": "' + b"x" * 21 + b'"}',
        b"[" * 190, b"",
    ],
)  # fmt: skip
async def test_a_body_that_is_not_what_the_route_takes_is_invalid_input(client: Client, body: bytes) -> None:
    status, problem = await problem_of(client, "POST", "/orders", data=body, headers=JSON)
    assert (status, problem["code"]) == (422, "invalid_input")
    assert problem["detail"]


async def test_each_wrong_field_is_named(client: Client) -> None:
    _, problem = await problem_of(client, "POST", "/orders", json={"count": "many", "colour": "crimson"})
    errors = problem["errors"]
    assert isinstance(errors, list)
    assert {error["path"] for error in errors} == {"name", "count", "colour"}
    assert "crimson" not in str(problem), "what was sent is not sent back"


async def test_a_wrong_field_comes_with_the_rule_that_it_breaks(client: Client) -> None:
    _, problem = await problem_of(client, "POST", "/orders", json={"name": "x" * 21})
    assert isinstance(problem["errors"], list)
    assert [(error["rule"], error["limit"]) for error in problem["errors"]] == [("string_too_long", 20)]


async def test_a_body_over_the_limit_is_refused_by_its_declared_size(client: Client) -> None:
    status, problem = await problem_of(client, "POST", "/orders", data=b" " * 201, headers=JSON)
    assert (status, problem["code"]) == (413, "too_large")
    assert "200" in str(problem["detail"])


async def test_a_body_over_the_limit_is_refused_as_it_comes_in_pieces(client: Client) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b" " * 100

    status, problem = await problem_of(client, "POST", "/orders", data=pieces(), headers=JSON)
    assert (status, problem["code"]) == (413, "too_large")


async def test_a_body_that_does_not_come_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.05)
    address = client.server
    reader, writer = await asyncio.open_connection(str(address.host), address.port)
    writer.write(b"POST /orders HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n{")
    async with asyncio.timeout(20):
        head = await reader.readuntil(b"\r\n")
    writer.close()
    assert b" 400 " in head


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=many", "colour=red", "limit=1&limit=2", "cursor=%00"])
async def test_a_query_that_the_list_does_not_take_is_invalid_input(client: Client, query: str) -> None:
    status, problem = await problem_of(client, "GET", f"/page?{query}")
    assert (status, problem["code"]) == (422, "invalid_input")


async def test_an_id_that_none_could_have_is_not_found(client: Client) -> None:
    for strange in ("x" * 65, "a%00b"):
        status, problem = await problem_of(client, "GET", f"/things/{strange}")
        assert (status, problem["code"]) == (404, "not_found")


async def test_unknown_paths_and_methods_are_problems_too(client: Client) -> None:
    assert (await problem_of(client, "GET", "/nowhere"))[1]["code"] == "not_found"
    assert (await problem_of(client, "DELETE", "/orders"))[1]["code"] == "method_not_allowed"


async def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    async with client.get("/mine") as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("permissions", "status"), [("", 403), ("locks:manage", 403), ("people:read", 204), ("audit:read", 204)]
)
async def test_one_of_the_named_permissions_is_enough_and_none_is_not(
    client: Client, permissions: str, status: int
) -> None:
    async with client.get("/kept", headers={"X-Permissions": permissions}) as answer:
        assert answer.status == status


async def test_a_user_is_no_agent(client: Client) -> None:
    status, _ = await problem_of(client, "GET", "/agents-own", headers={"X-Permissions": "system:manage"})
    assert status == 401


async def test_who_may_not_call_is_told_so_before_the_body_is_looked_at() -> None:
    closed = Route("POST", "/orders", take, SignedIn(), "take", request=Order)
    async with serving([closed]) as client:
        assert (await problem_of(client, "POST", "/orders", data=b"{", headers=JSON))[0] == 401


async def test_an_error_of_our_own_tells_nothing_but_the_id_that_the_log_has_too(client: Client) -> None:
    with capture_logs() as logs:
        status, problem = await problem_of(client, "GET", "/fail")
    assert (status, problem["code"]) == (500, "internal")
    assert "hunter2" not in str(problem)
    assert [line["request_id"] for line in logs if line["event"] == "request_failed"] == [problem["request_id"]]


async def test_a_refusal_carries_its_reason_hint_and_fields_but_no_field_replaces_the_code(client: Client) -> None:
    status, problem = await problem_of(client, "GET", "/refuse")
    assert (status, problem["code"], problem["lock"]) == (409, "conflict", "lck_1")
    assert (problem["detail"], problem["hint"]) == ("It is locked.", "Unlock it first.")


def test_a_route_without_a_declared_access_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="GET /open declares no access"):
        Route("GET", "/open", nothing, None, "open")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Route("GET", "/open", nothing, SignedIn, "the class, not a value")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="permission"):
        Needs()


async def test_two_routes_of_one_method_and_path_are_refused() -> None:
    twice = Route("GET", "/things/{name}", nothing, ANYBODY, "again")
    with pytest.raises(ValueError, match="declared twice"):
        async with serving([*ROUTES, twice]):
            pass


def test_the_edge_passes_no_body_type_that_the_route_did_not_declare() -> None:
    call = Call(request=None, request_id="req_1", address="")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        call.body_as(Order)
    with pytest.raises(RuntimeError):
        _ = call.principal
    with pytest.raises(RuntimeError):
        _ = call.agent_principal


async def test_a_stream_response_is_passed_on_as_it_is() -> None:
    async def raw(_call: Call) -> web.Response:
        return web.Response(body=b"rows", headers={"Cache-Control": "max-age=5"}, content_type="application/jsonl")

    async with serving([Route("GET", "/raw", raw, ANYBODY, "raw")]) as client, client.get("/raw") as answer:
        assert (answer.content_type, await answer.read()) == ("application/jsonl", b"rows")
        assert answer.headers["Cache-Control"] == "max-age=5"
