"""A route is a value: method, path, who may call it, what it takes and gives. No declared access, no start."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel

from broker.http.principal import AgentPrincipal, Permission, Principal

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Public:
    """Anybody may call this; ``why`` says why that is safe."""

    why: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Any signed-in user may call this; the service decides per object."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Only users with one of these permissions may call this."""

    any_of: tuple[Permission, ...]

    def __init__(self, *permissions: Permission) -> None:
        if not permissions:
            raise ValueError("Needs() without a permission would admit nobody or everybody; name one")
        object.__setattr__(self, "any_of", permissions)


@dataclass(frozen=True, slots=True)
class AgentOnly:
    """Only an agent with a verified client certificate may call this."""


Access = Public | SignedIn | Needs | AgentOnly


@dataclass(slots=True)
class Call:
    """One authenticated, authorised, validated call."""

    request: web.Request
    request_id: str
    address: str
    user: Principal | None = None
    agent: AgentPrincipal | None = None
    body: BaseModel | None = None
    query: BaseModel | None = None
    set_cookie: str | None = None
    """The ``Set-Cookie`` of the answer, if the handler wants one."""

    @property
    def principal(self) -> Principal:
        """The signed-in user. The route's access guarantees that there is one."""
        if self.user is None:
            raise RuntimeError("this route's access does not sign a user in")
        return self.user

    @property
    def agent_principal(self) -> AgentPrincipal:
        """The agent. The route's access guarantees that there is one."""
        if self.agent is None:
            raise RuntimeError("this route's access does not admit agents")
        return self.agent

    def body_as(self, model: type[Model]) -> Model:
        """The validated body, typed; ``model`` is the route's own ``request``."""
        if not isinstance(self.body, model):
            raise TypeError(f"the route does not declare {model.__name__} as its request")
        return self.body

    def query_as(self, model: type[Model]) -> Model:
        """The validated query parameters, typed; ``model`` is the route's own ``query``."""
        if not isinstance(self.query, model):
            raise TypeError(f"the route does not declare {model.__name__} as its query")
        return self.query

    def path(self, name: str) -> str:
        """A path parameter, within the route's length (longer is simply not found)."""
        return self.request.match_info[name]


Handler = Callable[[Call], Awaitable[BaseModel | web.StreamResponse | None]]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the API.

    ``request``, ``query`` and ``response`` are pydantic models; ``status`` is the success status. ``idempotent_retry``
    marks a POST that honours ``Idempotency-Key``. ``upgrade`` marks a WebSocket or stream, ``media`` a non-JSON answer.
    ``errors`` are the codes, beside the general ones, that a caller should expect. What is not ``is_described`` is no
    part of the API's description. Longer parameters in a path than ``max_parameter_length`` are not found.
    """

    method: str
    path: str
    handler: Handler
    access: Access
    summary: str
    request: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    response: type[BaseModel] | None = None
    status: int = 200
    idempotent_retry: bool = False
    upgrade: bool = False
    media: str = "application/json"
    max_body_bytes: int = 256 * 1024
    max_parameter_length: int = 64
    is_described: bool = True
    errors: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.access, Public | SignedIn | Needs | AgentOnly):
            raise TypeError(f"{self.method} {self.path} declares no access")
