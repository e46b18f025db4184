"""Every route with every caller: what is expected comes from the route's own declared access, and from nothing else."""

import re

import pytest
from aiohttp import web

from broker.http.browser import CSRF_HEADER, SAFE_METHODS
from broker.http.principal import Role
from broker.http.routes import AgentOnly, Needs, Public, Route, SignedIn
from broker.identity.roles import permissions_of
from tests.integration.api.installation import AGENT, EXPIRED, NOBODY, PAGE, UPGRADES, Answer, Installation
from tunnel.ids import new_id

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

PARAMETER = re.compile(r"\{(\w+)[^}]*\}")
ROLES = {role.value: permissions_of([role]) for role in Role} | {PAGE: permissions_of([Role.OPERATOR])}
CALLERS = [NOBODY, EXPIRED, AGENT, *ROLES]
LOGOUT = ("POST", "/api/v1/auth/logout")
# What gets past the validation of a body, for routes that then look for the thing of the path.
BODIES: dict[tuple[str, str], object] = {
    ("POST", "/api/v1/grants/{grant}/revoke"): {"reason": "not mine"},
    ("POST", "/api/v1/sessions/{session}/extensions"): {"duration": 60, "reason": "not mine"},
}


def nowhere(route: Route) -> str:
    """The route's path with ids of things that do not exist."""
    return PARAMETER.sub(lambda found: new_id(found[1][:3]), route.path)


def verdict(route: Route, caller: str) -> str:
    """What the declared access says of a caller: ``in``, ``unauthenticated`` or ``forbidden``."""
    match route.access:
        case Public():
            return "in"
        case AgentOnly():
            return "in" if caller == AGENT else "unauthenticated"
        case SignedIn():
            return "in" if caller in ROLES else "unauthenticated"
        case Needs(any_of=permissions):
            if caller not in ROLES:
                return "unauthenticated"
            return "in" if ROLES[caller] & set(permissions) else "forbidden"


def seen(route: Route, answer: Answer) -> str:
    """The verdict that an answer shows; one to HEAD has no body, and shows it by its status alone."""
    code = {401: "unauthenticated", 403: "forbidden"}.get(answer.status, "in")
    return code if code == "in" or route.method == "HEAD" or answer.code == code else "in"


def must_be_told(route: Route) -> bool:
    """Tell whether the route refuses whoever does not say what is wanted."""
    return route.query is not None and any(field.is_required() for field in route.query.model_fields.values())


def is_wrong(route: Route, caller: str, answer: Answer) -> bool:
    """Tell whether an answer is another than the route's access and its own promises allow."""
    if seen(route, answer) != verdict(route, caller) or answer.status >= 500:
        return True
    # A list that needs no parameter has nothing to refuse for.
    is_plain_list = route.method == "GET" and "{" not in route.path and not route.upgrade and not must_be_told(route)
    return is_plain_list and verdict(route, caller) == "in" and answer.status != route.status


@pytest.mark.parametrize("caller", CALLERS)
async def test_every_route_admits_whom_it_declares_and_nobody_else(installation: Installation, caller: str) -> None:
    routes = [route for route in installation.broker.routes if (route.method, route.path) != LOGOUT]
    wrong = []
    for route in routes:
        body = {} if route.request is not None else None
        headers = UPGRADES if route.upgrade else {}
        answer = await installation.call(caller, route.method, nowhere(route), body, **headers)
        if is_wrong(route, caller, answer):
            wrong.append((route.method, route.path, verdict(route, caller), answer.status, answer.document))
    assert len(routes) > 80
    assert wrong == []


@pytest.mark.parametrize("caller", [NOBODY, EXPIRED, AGENT])
async def test_only_who_is_signed_in_can_sign_out(installation: Installation, caller: str) -> None:
    assert (await installation.call(caller, *LOGOUT)).status == 401


async def test_by_cookie_every_route_that_changes_something_wants_the_token(installation: Installation) -> None:
    wrong = []
    for route in installation.broker.routes:
        if isinstance(route.access, Public | AgentOnly) or route.method in SAFE_METHODS:
            continue
        answer = await installation.call(PAGE, route.method, nowhere(route), {}, **{CSRF_HEADER: "0" * 64})
        if (answer.status, answer.code) != (403, "csrf_failed"):
            wrong.append((route.method, route.path, answer.status, answer.document))
    assert wrong == []


async def test_by_cookie_every_upgrade_wants_the_origin_of_our_pages(installation: Installation) -> None:
    routes = installation.broker.routes
    upgrades = [route for route in routes if route.upgrade and not isinstance(route.access, AgentOnly)]
    assert len(upgrades) >= 2
    for route in upgrades:
        for origin in ("https://evil.example", f"https://127.0.0.1:{installation.port}"):
            answer = await installation.call(PAGE, route.method, nowhere(route), None, **UPGRADES, Origin=origin)
            assert (answer.status, answer.code) == (403, "csrf_failed"), route.path


async def test_nothing_is_served_that_is_not_a_declared_route(installation: Installation) -> None:
    app = installation.broker.application()
    served = {(found.method, found.resource.canonical) for found in app.router.routes() if found.resource is not None}
    declared = {(route.method, PARAMETER.sub(r"{\1}", route.path)) for route in installation.broker.routes}
    assert served == declared
    assert all(isinstance(found.resource, web.Resource) for found in app.router.routes()), "no folder is served"


async def test_a_header_never_carries_identity(installation: Installation) -> None:
    claims = {
        "X-Forwarded-User": "admin", "X-Remote-User": "admin", "Remote-User": "admin", "X-Client-Cert": "agent",
        "X-Forwarded-Client-Cert": "Subject=agent", "X-SSL-Client-Verify": "SUCCESS", "Cookie": "session=admin",
    }  # fmt: skip
    for path in ("/api/v1/users", "/agent/v1/control"):
        assert (await installation.call(NOBODY, "GET", path, **claims)).status == 401


async def test_an_agents_certificate_adds_nothing_to_a_user(installation: Installation) -> None:
    installation.tokens[AGENT] = installation.tokens["vendor"]
    try:
        assert (await installation.call(AGENT, "GET", "/api/v1/users")).status == 403
    finally:
        installation.tokens[AGENT] = ""


async def test_other_peoples_things_look_as_if_they_did_not_exist(installation: Installation) -> None:
    """The stranger is a vendor of another organization: whatever they may not see, they cannot tell from nothing."""
    different, tried = [], 0
    for route in installation.broker.routes:
        names = PARAMETER.findall(route.path)
        if not names or isinstance(route.access, Public | AgentOnly) or (route.method, route.path) == LOGOUT:
            continue
        own = {**installation.ids, "user": installation.ids["vendor"], "group": "acme", "organization": "acme"}
        if any(name not in own for name in names):
            continue
        body = BODIES.get((route.method, route.path), {} if route.request is not None else None)
        headers = UPGRADES if route.upgrade else {}
        theirs = PARAMETER.sub(lambda found, own=own: own[found[1]], route.path)
        there = await installation.call("stranger", route.method, theirs, body, **headers)
        nothing = await installation.call("stranger", route.method, nowhere(route), body, **headers)
        tried += 1
        if there.shape != nothing.shape or there.status < 400:
            different.append((route.method, route.path, there.shape, nothing.shape))
    assert tried > 30
    assert different == []


async def test_lists_show_a_stranger_nothing_of_others(installation: Installation) -> None:
    for path in ("requests", "grants", "sessions", "assets", "sites"):
        listed = await installation.done("stranger", "GET", f"/api/v1/{path}")
        assert listed["items"] == [], path
        assert (await installation.done("vendor", "GET", f"/api/v1/{path}"))["items"]
    logins = await installation.done("stranger", "GET", "/api/v1/auth/logins")
    assert {login["user"] for login in logins["items"]} <= {installation.ids["stranger"]}


async def test_sessions_of_a_grant_are_listed_to_its_own_vendor_only(installation: Installation) -> None:
    ids, path = installation.ids, f"/api/v1/sessions?grant={installation.ids['grant']}"
    own = await installation.done("vendor", "GET", path)
    assert own["items"]
    assert {item["grant"] for item in own["items"]} == {ids["grant"]}
    for more in ("", f"&user={ids['vendor']}", f"&site={ids['site']}", "&mine=true"):
        assert (await installation.done("stranger", "GET", path + more))["items"] == []


async def test_asking_for_another_persons_asset_looks_like_asking_for_none(installation: Installation) -> None:
    wish = {"service": "modbus", "reason": "curious", "duration": 600}
    for path in ("/api/v1/requests", "/api/v1/sessions"):
        extra = wish if path.endswith("requests") else {"service": "modbus"}
        there = await installation.call("stranger", "POST", path, {"asset": "north/plc", **extra})
        nothing = await installation.call("stranger", "POST", path, {"asset": "north/nil", **extra})
        assert there.status == nothing.status == 404, path
        assert there.shape == nothing.shape, path
