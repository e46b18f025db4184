"""The OpenAPI 3.1 document, made from the routes themselves, so that it cannot differ from them."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, Field, JsonValue
from pydantic.json_schema import models_json_schema

from broker.http.browser import COOKIE, CSRF_HEADER, SAFE_METHODS
from broker.http.errors import STATUS
from broker.http.routes import AgentOnly, Needs, Public, Route, SignedIn

REF = "#/components/schemas/{model}"
CODES: list[JsonValue] = [*sorted(STATUS)]
PATH_PARAMETER = re.compile(r"\{(\w+)[^}]*\}")


class Problem(BaseModel):
    """An error as RFC 9457 has it; ``code`` is stable, ``request_id`` finds the log line."""

    type: str
    title: str
    status: int
    code: str = Field(json_schema_extra={"enum": CODES})
    request_id: str
    detail: str = ""
    hint: str = ""


def openapi_document(routes: Iterable[Route], *, version: str) -> dict[str, Any]:
    """Describe the user API (not the agents') as OpenAPI 3.1."""
    described = [route for route in routes if is_described(route)]
    queries = _models(route.query for route in described)
    bodies = _models(route.request for route in described)
    answers = _models([*(route.response for route in described), Problem])
    inputs = [(model, "validation") for model in _models([*queries, *bodies])]
    outputs = [(model, "serialization") for model in answers]
    names, definitions = models_json_schema([*inputs, *outputs], ref_template=REF)  # type: ignore[list-item]
    references, schemas = dict(names), definitions.get("$defs", {})
    # A query is described parameter by parameter; only what its parameters refer to is a component.
    parameters: dict[type[BaseModel] | None, dict[str, Any]] = {
        model: schemas.pop(_name_in(references[(model, "validation")])) for model in queries
    }
    paths: dict[str, dict[str, Any]] = {}
    for route in described:
        path = PATH_PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, references, parameters)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wicketgate",
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
                "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
            },
        },
    }


def _name_in(reference: dict[str, Any]) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def is_described(route: Route) -> bool:
    """Tell whether a route is part of the user API: neither the agents' own nor a page."""
    return route.is_described and not isinstance(route.access, AgentOnly)


def _models(candidates: Iterable[type[BaseModel] | None]) -> Sequence[type[BaseModel]]:
    return list(dict.fromkeys(model for model in candidates if model is not None))


def _operation(
    route: Route, references: dict[Any, Any], parameters: dict[type[BaseModel] | None, dict[str, Any]]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "tags": [route.path.split("/")[3] if route.path.startswith("/api/v1/") else "system"],
        "parameters": [*_path_parameters(route), *_query_parameters(parameters.get(route.query, {}))],
        "responses": _responses(route, references),
        "security": _security(route),
        "x-access": _access(route),
    }
    if route.request is not None:
        schema = references[(route.request, "validation")]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if route.idempotent_retry:
        operation["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "maxLength": 128},
            }
        )
    if route.errors:
        operation["x-error-codes"] = list(route.errors)
    return operation


def _security(route: Route) -> list[dict[str, list[str]]]:
    """A program's token; or a browser's cookie, with proof that the page is ours where something changes."""
    if isinstance(route.access, Public):
        return []
    is_safe = route.method in SAFE_METHODS
    return [{"bearer": []}, {"cookie": []} if is_safe else {"cookie": [], "csrf": []}]


def _operation_id(route: Route) -> str:
    path = PATH_PARAMETER.sub(r"by_\1", route.path.removeprefix("/api/v1"))
    return f"{route.method.lower()}{re.sub(r'[^a-z0-9]+', '_', path.lower())}".rstrip("_")


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "maxLength": 64}}
        for name in PATH_PARAMETER.findall(route.path)
    ]


def _query_parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = set(schema.get("required", []))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": value}
        for name, value in schema.get("properties", {}).items()
    ]


def _responses(route: Route, references: dict[Any, Any]) -> dict[str, Any]:
    if route.upgrade:
        success: dict[str, Any] = {"101": {"description": "Switching protocols"}}
    elif route.response is not None:
        schema = references[(route.response, "serialization")]
        success = {str(route.status): {"description": "OK", "content": {"application/json": {"schema": schema}}}}
    elif route.media != "application/json":
        success = {str(route.status): {"description": "OK", "content": {route.media: {}}}}
    else:
        success = {"204": {"description": "Done"}}
    problem = {"application/problem+json": {"schema": references[(Problem, "serialization")]}}
    return {**success, "default": {"description": "A problem (RFC 9457)", "content": problem}}


def _access(route: Route) -> str:
    match route.access:
        case Public():
            return "public"
        case SignedIn():
            return "signed in"
        case Needs(any_of=permissions):
            return " or ".join(permissions)
        case AgentOnly():
            return "agent"
