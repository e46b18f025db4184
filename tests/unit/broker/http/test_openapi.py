"""The document says what the routes are, and nothing of the agents' own addresses."""

from typing import Any

import pytest

from broker.http.errors import STATUS
from broker.http.openapi import openapi_document
from broker.http.paging import Page, PageQuery
from broker.http.principal import Permission
from broker.http.routes import AgentOnly, Call, Needs, Public, Route, SignedIn
from tests.unit.broker.http.edges import Order, Receipt


class ReceiptPage(Page[Receipt]):
    """A page."""


async def handler(_call: Call) -> None:
    return None


READ, WHO = Needs(Permission.AUDIT_READ, Permission.PEOPLE_READ), SignedIn()
ROUTES = [
    Route("GET", "/api/v1/orders", handler, READ, "list", query=PageQuery, response=ReceiptPage),
    Route("POST", "/api/v1/orders", handler, WHO, "order", request=Order, response=Receipt, status=201,
          idempotent_retry=True, errors=("conflict",)),
    Route("DELETE", "/api/v1/orders/{order}", handler, WHO, "delete", status=204),
    Route("GET", r"/api/v1/files/{name:[a-z]+}", handler, WHO, "file", media="application/yaml"),
    Route("GET", "/api/v1/orders/{order}/watch", handler, WHO, "watch", upgrade=True),
    Route("GET", "/healthz", handler, Public("a test"), "alive"),
    Route("GET", "/agent/v1/control", handler, AgentOnly(), "control", upgrade=True),
    Route("GET", "/{page:.*}", handler, Public("a test"), "pages", media="text/html", is_described=False),
]  # fmt: skip


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document of the routes above."""
    return openapi_document(ROUTES, version="1.2.3")


def test_it_describes_every_route_but_the_agents_and_the_pages(document: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    expected = {(route.method, route.path) for route in ROUTES[:-2]}
    assert described == {(method, path.replace(":[a-z]+", "")) for method, path in expected}


def test_bodies_and_answers_are_references_to_named_models(document: dict[str, Any]) -> None:
    order = document["paths"]["/api/v1/orders"]["post"]
    assert order["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Order"}
    answer = order["responses"]["201"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/Receipt"}
    assert {"Order", "Receipt", "ReceiptPage", "Problem"} <= set(document["components"]["schemas"])


def test_parameters_come_from_path_query_and_retries(document: dict[str, Any]) -> None:
    def parameters(path: str, method: str) -> dict[str, tuple[str, bool]]:
        found = document["paths"][path][method]["parameters"]
        return {parameter["name"]: (parameter["in"], parameter["required"]) for parameter in found}

    assert parameters("/api/v1/orders", "get") == {"limit": ("query", False), "cursor": ("query", False)}
    assert parameters("/api/v1/orders/{order}", "delete") == {"order": ("path", True)}
    assert parameters("/api/v1/orders", "post") == {"Idempotency-Key": ("header", False)}


def test_a_problem_names_the_codes_that_there_are(document: dict[str, Any]) -> None:
    assert set(document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]) == set(STATUS)


def test_it_says_who_may_call(document: dict[str, Any]) -> None:
    paths = document["paths"]
    assert paths["/api/v1/orders"]["get"]["x-access"] == "audit:read or people:read"
    assert paths["/api/v1/orders"]["get"]["security"] == [{"bearer": []}, {"cookie": []}]
    assert paths["/api/v1/orders"]["post"]["security"] == [{"bearer": []}, {"cookie": [], "csrf": []}]
    assert (paths["/healthz"]["get"]["x-access"], paths["/healthz"]["get"]["security"]) == ("public", [])


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/api/v1/orders/{order}", "delete", "204"), ("/api/v1/orders/{order}/watch", "get", "101")],
)
def test_answers_without_json_have_their_own_status(
    document: dict[str, Any], path: str, method: str, status: str
) -> None:
    responses = document["paths"][path][method]["responses"]
    assert set(responses) == {status, "default"}
    assert "content" not in responses[status]
    assert set(responses["default"]["content"]) == {"application/problem+json"}


def test_other_media_are_named(document: dict[str, Any]) -> None:
    assert set(document["paths"]["/api/v1/files/{name}"]["get"]["responses"]["200"]["content"]) == {"application/yaml"}


def test_every_operation_has_an_id_of_its_own(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids)) == len(ROUTES) - 2
