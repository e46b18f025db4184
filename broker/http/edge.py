"""From a request to a call: request id, authentication, authorisation, validation, handler; errors become problems."""

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from json import JSONDecodeError
from typing import Protocol

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from broker.http.errors import (
    BadRequestError,
    BrokerError,
    ConflictError,
    ForbiddenError,
    IdempotencyMismatchError,
    InvalidInputError,
    MethodNotAllowedError,
    NotFoundError,
    TooLargeError,
    problem,
)
from broker.http.idempotency import IdempotencyStore
from broker.http.principal import AgentPrincipal, Principal
from broker.http.routes import AgentOnly, Call, Needs, Public, Route, SignedIn
from broker.http.text import is_storable

log = structlog.get_logger("broker.http")
BODY_SECONDS = 30
MAX_IDEMPOTENCY_KEY_LENGTH = 128
_LENGTHS = ("min_length", "max_length")
PATH_PARAMETER = re.compile(r"\{[^}]*\}")
REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)


class Authenticator(Protocol):
    """Proves who is asking; raises ``UnauthenticatedError`` when it cannot."""

    async def authenticate_user(self, request: web.Request) -> Principal:
        """Return the signed-in user of this request."""
        ...

    async def authenticate_agent(self, request: web.Request) -> AgentPrincipal:
        """Return the agent of this connection's verified client certificate."""
        ...


class Edge:
    """Wraps every route's handler with what no route may forget."""

    def __init__(self, authenticator: Authenticator, idempotency: IdempotencyStore) -> None:
        self._authenticator = authenticator
        self._idempotency = idempotency

    def register(self, app: web.Application, routes: Iterable[Route]) -> None:
        """Add the routes to the application; two routes with one method and path are a bug and refused."""
        taken: set[tuple[str, str]] = set()
        for route in routes:
            # aiohttp would take the second one and never call it.
            place = route.method, PATH_PARAMETER.sub("{}", route.path)
            if place in taken:
                raise ValueError(f"{route.method} {route.path} is declared twice")
            taken.add(place)
            app.router.add_route(route.method, route.path, self._endpoint(route))

    def _endpoint(self, route: Route) -> Handler:
        async def endpoint(request: web.Request) -> web.StreamResponse:
            return await self.call(route, request)

        return endpoint

    async def call(self, route: Route, request: web.Request) -> web.StreamResponse:
        """Run one request through authentication, authorisation, validation and its handler."""
        call = Call(request, request[REQUEST_ID], request.remote or "")
        await self._admit(route, call)
        _check_path(route, request)
        raw = await _read_body(route, request)
        call.query = _parse_query(route, request)
        call.body = _parse_body(route, raw)
        key = request.headers.get("Idempotency-Key", "") if route.idempotent_retry else ""
        if key:
            return await self._once(route, call, key, raw)
        return await _answer(route, call)

    async def _admit(self, route: Route, call: Call) -> None:
        match route.access:
            case Public():
                return
            case AgentOnly():
                call.agent = await self._authenticator.authenticate_agent(call.request)
            case SignedIn():
                call.user = await self._authenticator.authenticate_user(call.request)
            case Needs(any_of=permissions):
                call.user = await self._authenticator.authenticate_user(call.request)
                if not any(call.user.may(permission) for permission in permissions):
                    raise ForbiddenError(
                        f"This needs the permission {' or '.join(permissions)}, which your roles do not carry.",
                        hint="Ask an admin of the broker for a role that has it.",
                    )

    async def _once(self, route: Route, call: Call, key: str, raw: bytes) -> web.StreamResponse:
        if len(key) > MAX_IDEMPOTENCY_KEY_LENGTH:
            raise InvalidInputError("The idempotency key is longer than 128 characters.")
        caller = f"{call.principal.user_id} {route.method} {call.request.path}"
        digest = hashlib.sha256(raw).digest()
        stored = await self._idempotency.begin(caller, key, digest)
        if stored is not None:
            return _repeat(stored.body_digest, digest, stored.status, stored.body)
        try:
            response = await _answer(route, call)
        except BaseException:
            await self._idempotency.abandon(caller, key)
            raise
        body = response.body if isinstance(response, web.Response) and isinstance(response.body, bytes) else b""
        await self._idempotency.finish(caller, key, response.status, body)
        return response


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give every request an id, and turn every error into a problem with that id. Unknown errors tell nothing."""
    request_id = "req_" + secrets.token_hex(12)
    request[REQUEST_ID] = request_id
    try:
        response: web.StreamResponse = await handler(request)
    except BrokerError as error:
        response = problem(error, request_id)
    except web.HTTPException as error:
        response = problem(_translate(error), request_id)
    except Exception:
        log.exception("request_failed", request_id=request_id, method=request.method, path=request.path)
        response = problem(
            BrokerError("The broker met an error of its own.", hint="Report the request id."), request_id
        )
    if not response.prepared:
        response.headers["X-Request-Id"] = request_id
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _translate(error: web.HTTPException) -> BrokerError:
    match error.status:
        case 404:
            return NotFoundError("There is nothing at this address.")
        case 405:
            return MethodNotAllowedError("This address does not take this method.")
        case 413:
            return TooLargeError("The body is larger than this address takes.")
        case _:
            return BadRequestError(error.reason or "")


def _check_path(route: Route, request: web.Request) -> None:
    values = request.match_info.values()
    if any(len(value) > route.max_parameter_length or not is_storable(value) for value in values):
        raise NotFoundError


async def _read_body(route: Route, request: web.Request) -> bytes:
    if route.request is None or route.upgrade:
        return b""
    declared = request.content_length
    if declared is not None and declared > route.max_body_bytes:
        raise TooLargeError(f"The body has {declared} bytes; this address takes at most {route.max_body_bytes}.")
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_chunked(64 * 1024):
                raw += chunk
                if len(raw) > route.max_body_bytes:
                    raise TooLargeError(f"The body is larger than the {route.max_body_bytes} bytes taken here.")
    except TimeoutError as error:
        raise BadRequestError(f"The body did not arrive within {BODY_SECONDS} seconds.") from error
    return bytes(raw)


def _parse_body(route: Route, raw: bytes) -> BaseModel | None:
    if route.request is None or route.upgrade:
        return None
    try:
        # Duplicate keys and NaN are refused: two readers of the same body must never differ.
        value = json.loads(raw or b"{}", object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
        if not all(map(is_storable, _strings(value))):
            raise InvalidInputError("The body holds a NUL or half a character.")
        return route.request.model_validate(value)
    except ValidationError as error:
        raise _invalid(error, "body") from error
    except (JSONDecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise InvalidInputError("The body is not valid JSON.", hint="Send one JSON object in UTF-8.") from error


def _parse_query(route: Route, request: web.Request) -> BaseModel | None:
    if route.query is None:
        return None
    try:
        values: dict[str, object] = {}
        for name in request.query:
            found = request.query.getall(name)
            if not all(map(is_storable, found)):
                raise InvalidInputError(f"{name[:80]}: holds a NUL or half a character.")
            values[name] = found if len(found) > 1 else found[0]
        return route.query.model_validate(values)
    except ValidationError as error:
        raise _invalid(error, "query") from error


def _invalid(error: ValidationError, where: str) -> InvalidInputError:
    errors = [_fault(item, where) for item in error.errors(include_url=False, include_input=False)[:20]]
    first = errors[0]
    return InvalidInputError(
        f"{first['path'] or where}: {first['message']}",
        hint="See 'errors' for each field.",
        fields={"errors": errors},
    )


def _fault(item: ErrorDetails, where: str) -> dict[str, object]:
    said: dict[str, object] = {
        "in": where,
        "path": ".".join(str(part) for part in item["loc"]),
        "message": item["msg"].removeprefix("Value error, "),
        "rule": item["type"],
    }
    limit = next((limit for name, limit in item.get("ctx", {}).items() if name in _LENGTHS), None)
    return said if limit is None else {**said, "limit": limit}


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, item in value.items():
                yield key
                yield from _strings(item)
        case list():
            for item in value:
                yield from _strings(item)


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("duplicate key")
    return value


def _no_constants(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


async def _answer(route: Route, call: Call) -> web.StreamResponse:
    response = _render(route, await route.handler(call))
    if call.set_cookie is not None:
        response.headers.add("Set-Cookie", call.set_cookie)
    return response


def _render(route: Route, result: BaseModel | web.StreamResponse | None) -> web.StreamResponse:
    match result:
        case None:
            return web.Response(status=204)
        case web.StreamResponse():
            return result
        case BaseModel():
            return web.Response(
                body=result.model_dump_json().encode(), status=route.status, content_type="application/json"
            )


def _repeat(stored_digest: bytes, digest: bytes, status: int, body: bytes) -> web.Response:
    if stored_digest != digest:
        raise IdempotencyMismatchError(
            "This idempotency key came with another body before.", hint="Use a new key for a new request."
        )
    if status == 0:
        raise ConflictError("The first call with this idempotency key is still at work.", hint="Retry in a second.")
    return web.Response(
        body=body, status=status, content_type="application/json", headers={"Idempotent-Replay": "true"}
    )
