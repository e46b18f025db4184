"""The API of identity, over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pyotp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from broker.db.engine import Database
from broker.db.idempotency import DatabaseIdempotencyStore
from broker.http.edge import Edge, problems
from broker.http.errors import UnauthenticatedError
from broker.http.principal import Role
from broker.http.routes import Needs
from broker.identity.ports import GroupNeeds
from broker.identity.roles import PERMISSIONS
from broker.identity.routes import routes
from tests.unit.broker.fakes import FakeClock
from tests.unit.broker.identity.people import PASSWORD, People, Somebody

Client = TestClient[web.Request, web.Application]


async def nobody_is_live(_agent: str, _serial: str) -> bool:
    return False


@pytest.fixture
async def client(people: People, database: Database, clock: FakeClock) -> AsyncIterator[Client]:
    app = web.Application(middlewares=[problems])
    edge = Edge(people.authenticator(nobody_is_live), DatabaseIdempotencyStore(database, clock))
    edge.register(app, routes(people, people.group_uses))
    async with TestClient(TestServer(app)) as client:
        yield client


async def ask(
    client: Client, method: str, path: str, who: Somebody | str | None = None, **body: Any
) -> tuple[int, Any]:
    token = who.tokens.access_token if isinstance(who, Somebody) and who.tokens else who
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with client.request(method, f"/api/v1{path}", headers=headers, json=body or None) as answer:
        return answer.status, await answer.json() if answer.status != 204 else None


async def test_the_first_admin_comes_in_by_the_set_up_token(people: People, client: Client) -> None:
    token = await people.setup.issue_token()
    status, begun = await ask(client, "POST", "/setup", token=token, username="Admin", password=PASSWORD)
    assert (status, begun["status"]) == (200, "totp_enrolment_required")
    enrolment = {"enrolment_token": begun["enrolment_token"]}
    _, proposed = await ask(client, "POST", "/auth/enrol/totp", **enrolment)
    assert proposed["otpauth_uri"].startswith("otpauth://totp/Wicketgate:admin?secret=")
    code = pyotp.TOTP(proposed["secret"]).at(people.clock.now())
    status, enrolled = await ask(client, "POST", "/auth/enrol/totp/confirm", otp=code, **enrolment)
    assert (status, len(enrolled["recovery_codes"])) == (200, 10)
    status, me = await ask(client, "GET", "/auth/whoami", enrolled["tokens"]["access_token"])
    assert (me["username"], me["organization"], me["organization_kind"], me["roles"]) == (
        "admin", "plant", "internal", ["admin"],
    )  # fmt: skip


async def test_a_sign_in_gives_bearer_tokens(people: People, client: Client) -> None:
    admin = await people.admin()
    body = {"username": "admin", "password": PASSWORD, "otp": people.next_code(admin)}
    status, answer = await ask(client, "POST", "/auth/login", **body)
    assert (status, answer["status"]) == (200, "signed_in")
    assert set(answer["tokens"]) == {"access_token", "expires_in", "refresh_token", "token_type"}


@pytest.mark.parametrize(
    "body",
    [
        {"username": "nobody", "password": PASSWORD, "otp": "000000"},
        {"username": "admin", "password": "wrong", "otp": "000000"},
        {"username": "admin", "password": PASSWORD, "otp": "000000"},
        {"username": "admin", "password": PASSWORD},
        {"username": "admin", "password": PASSWORD, "recovery_code": "aaaa-bbbb-cccc-dddd"},
    ],
)
async def test_every_failed_sign_in_has_the_same_body(people: People, client: Client, body: dict[str, str]) -> None:
    await people.admin()
    status, answer = await ask(client, "POST", "/auth/login", **body)
    answer.pop("request_id")
    assert status == 401
    assert answer == {
        "type": "urn:wicketgate:problem:login_failed",
        "title": "Sign-in failed",
        "status": 401,
        "code": "login_failed",
        "detail": "The user name, password or code is wrong, or the account cannot be used now.",
        "hint": "Check all of them, with a fresh code. After several failures wait some minutes, or ask an admin.",
    }


async def test_an_error_in_the_body_repeats_no_password(people: People, client: Client) -> None:
    status, answer = await ask(client, "POST", "/auth/login", username="admin", password=PASSWORD, pin="1234")
    assert status == 422
    assert PASSWORD not in str(answer)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer \u00e9", "Token x", "bearer  "]
)
async def test_without_a_valid_token_nobody_is_signed_in(client: Client, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    async with client.get("/api/v1/auth/whoami", headers=headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (401, "unauthenticated")


async def test_two_authorization_headers_are_one_too_many(people: People, client: Client) -> None:
    admin = await people.admin()
    assert admin.tokens is not None
    headers = [("Authorization", f"Bearer {admin.tokens.access_token}")] * 2
    async with client.get("/api/v1/auth/whoami", headers=headers) as answer:
        assert answer.status == 401


async def test_a_token_ends_with_its_login(people: People, client: Client) -> None:
    admin = await people.admin()
    assert (await ask(client, "POST", "/auth/logout", admin))[0] == 204
    assert (await ask(client, "GET", "/auth/whoami", admin))[0] == 401


async def test_a_token_ends_when_its_user_is_disabled(people: People, client: Client) -> None:
    admin = await people.admin()
    vendor = await people.vendor(admin)
    status, user = await ask(client, "POST", "/users/vendor/disable", admin, reason="left the company")
    assert (status, user["disabled"]) == (200, True)
    assert (await ask(client, "GET", "/auth/whoami", vendor))[0] == 401


async def test_a_token_ends_with_the_account(people: People, client: Client) -> None:
    vendor = await people.vendor(await people.admin(), days=1)
    people.clock.advance(24 * 3600 - 300)
    vendor.tokens = await people.enter(vendor)
    people.clock.advance(200)
    assert (await ask(client, "GET", "/auth/whoami", vendor))[0] == 200
    people.clock.advance(70)
    assert (await ask(client, "GET", "/auth/whoami", vendor))[0] == 401


async def test_roles_count_from_the_next_request_on(people: People, client: Client) -> None:
    admin = await people.admin()
    operator = await people.operator(admin)
    assert (await ask(client, "GET", "/users", operator))[0] == 200
    await ask(client, "PATCH", "/users/operator", admin, roles=["vendor"])
    assert (await ask(client, "GET", "/users", operator))[0] == 403


async def test_a_created_user_comes_with_a_one_time_password(people: People, client: Client) -> None:
    admin = await people.admin()
    body = {"username": "Operator-1", "organization": "plant", "roles": ["operator"]}
    status, answer = await ask(client, "POST", "/users", admin, **body)
    assert (status, answer["user"]["username"], answer["user"]["mfa_enrolled"]) == (201, "operator-1", False)
    login = {"username": "operator-1", "password": answer["initial_password"]}
    assert (await ask(client, "POST", "/auth/login", **login))[1]["status"] == "totp_enrolment_required"


async def test_users_are_listed_a_page_at_a_time(people: People, client: Client) -> None:
    admin = await people.admin()
    for name in ("carol", "bob", "dave"):
        await ask(client, "POST", "/users", admin, username=name, organization="plant", roles=["operator"])
    seen, cursor = [], ""
    while cursor is not None:
        _, page = await ask(client, "GET", f"/users?limit=2{cursor and '&cursor=' + cursor}", admin)
        seen += [user["username"] for user in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["admin", "bob", "carol", "dave"]


async def test_users_are_found_by_organization_group_and_part_of_a_name(people: People, client: Client) -> None:
    admin = await people.admin()
    vendor = await people.vendor(admin)
    await ask(client, "POST", "/groups", admin, name="acme-engineers")
    assert (await ask(client, "PUT", f"/groups/acme-engineers/members/{vendor.id}", admin))[0] == 204
    for query in ("organization=acme", "group=acme-engineers", "q=VEND"):
        _, page = await ask(client, "GET", f"/users?{query}", admin)
        assert [user["username"] for user in page["items"]] == ["vendor"], query
    _, page = await ask(client, "GET", "/users?q=%25", admin)
    assert page["items"] == []


async def test_groups_show_their_members(people: People, client: Client) -> None:
    admin = await people.admin()
    await ask(client, "POST", "/groups", admin, name="ot-operations", display_name="OT operations")
    await ask(client, "PUT", "/groups/ot-operations/members/admin", admin)
    _, page = await ask(client, "GET", "/groups", admin)
    assert [(group["name"], group["members"]) for group in page["items"]] == [("ot-operations", ["admin"])]
    assert (await ask(client, "DELETE", "/groups/ot-operations/members/admin", admin))[0] == 204
    assert (await ask(client, "DELETE", "/groups/ot-operations/members/admin", admin))[0] == 404


async def test_organizations_are_created_listed_and_disabled(people: People, client: Client) -> None:
    admin = await people.admin()
    status, made = await ask(client, "POST", "/organizations", admin, name="acme", kind="vendor")
    assert (status, made["kind"]) == (201, "vendor")
    assert (await ask(client, "POST", "/organizations", admin, name="ACME", kind="internal"))[0] == 409
    _, changed = await ask(client, "PATCH", "/organizations/acme", admin, disabled=True)
    _, page = await ask(client, "GET", "/organizations", admin)
    assert changed["disabled"]
    assert [row["name"] for row in page["items"]] == ["acme", "plant"]


async def test_logins_are_listed_and_ended_one_by_one(people: People, client: Client) -> None:
    admin = await people.admin()
    other = await people.enter(admin)
    _, page = await ask(client, "GET", "/auth/logins", admin)
    assert [item["current"] for item in page["items"]] == [False, True]
    assert (await ask(client, "DELETE", f"/auth/logins/{page['items'][0]['id']}", admin))[0] == 204
    assert (await ask(client, "GET", "/auth/whoami", other.access_token))[0] == 401


async def test_another_ones_login_looks_like_none(people: People, client: Client) -> None:
    admin = await people.admin()
    operator = await people.operator(admin)
    theirs = (await people.principal(admin)).login_id
    answers = [await ask(client, "DELETE", f"/auth/logins/{login}", operator) for login in (theirs, "lgn_none")]
    for _, answer in answers:
        answer.pop("request_id")
    assert answers[0] == answers[1]
    assert (await ask(client, "GET", "/auth/logins?user=admin", operator))[0] == 404
    assert (await ask(client, "GET", "/auth/logins?user=operator", admin))[0] == 200


async def test_refresh_and_step_up_give_new_tokens(people: People, client: Client) -> None:
    admin = await people.admin()
    assert admin.tokens is not None
    status, tokens = await ask(client, "POST", "/auth/refresh", refresh_token=admin.tokens.refresh_token)
    assert status == 200
    people.clock.advance(120)
    status, tokens = await ask(client, "POST", "/auth/step-up", tokens["access_token"], otp=people.code(admin))
    _, me = await ask(client, "GET", "/auth/whoami", tokens["access_token"])
    assert me["mfa_at"] > me["authenticated_at"]


async def test_password_and_recovery_codes_are_changed_with_a_code(people: People, client: Client) -> None:
    admin = await people.admin()
    body = {"current_password": PASSWORD, "new_password": "quiet harbour 81 maps"}
    assert (await ask(client, "POST", "/auth/password", admin, otp=people.next_code(admin), **body))[0] == 204
    status, answer = await ask(client, "POST", "/auth/recovery-codes", admin, otp=people.next_code(admin))
    assert (status, len(answer["recovery_codes"])) == (200, 10)


@pytest.mark.parametrize("role", Role)
async def test_each_role_reaches_what_its_permissions_say(people: People, client: Client, role: Role) -> None:
    admin = await people.admin()
    somebody = admin if role is Role.ADMIN else await people.operator(admin)
    if role is not Role.ADMIN:
        await ask(client, "PATCH", "/users/operator", admin, roles=[role])
    for route in routes(people, people.group_uses):
        if isinstance(route.access, Needs):
            path = route.path.removeprefix("/api/v1").format(user="usr_none", group="grp_none", organization="org_none")
            status, _ = await ask(client, route.method, path, somebody)
            allowed = not PERMISSIONS[role].isdisjoint(route.access.any_of)
            assert (status != 403) is allowed, (role, route.method, path, status)


async def test_a_client_certificate_is_what_makes_an_agent(people: People, client: Client) -> None:
    """Over a connection without one, no header helps."""
    authenticator, seen = people.authenticator(nobody_is_live), []

    async def handler(request: web.Request) -> web.Response:
        with pytest.raises(UnauthenticatedError):
            await authenticator.authenticate_agent(request)
        seen.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_get("/agent", handler)
    async with TestClient(TestServer(app)) as other:
        headers = {"X-Client-Cert": "x", "X-SSL-Client-Verify": "SUCCESS", "X-Forwarded-Client-Cert": "Hash=1"}
        await other.get("/agent", headers=headers)
    assert seen == ["/agent"]


async def test_a_group_is_renamed_kept_while_a_policy_names_it_and_then_removed(people: People, client: Client) -> None:
    admin = await people.admin()
    operator = await people.operator(admin)
    await ask(client, "POST", "/groups", admin, name="crane-drivers")
    status, group = await ask(client, "PATCH", "/groups/crane-drivers", admin, display_name="Crane drivers")
    assert (status, group["name"], group["display_name"]) == (200, "crane-drivers", "Crane drivers")
    assert (await ask(client, "PATCH", "/groups/crane-drivers", admin, display_name=""))[0] == 422
    assert (await ask(client, "PATCH", "/groups/crane-drivers", operator, display_name="Mine"))[0] == 403
    assert (await ask(client, "DELETE", "/groups/crane-drivers", operator))[0] == 403
    people.group_uses.needs["crane-drivers"] = GroupNeeds(("cranes",))
    status, problem = await ask(client, "DELETE", "/groups/crane-drivers", admin)
    assert (status, problem["code"], problem["policies"]) == (409, "conflict", ["cranes"])
    people.group_uses.needs.clear()
    assert (await ask(client, "DELETE", f"/groups/{group['id']}", admin))[0] == 204
    assert (await ask(client, "DELETE", "/groups/crane-drivers", admin))[0] == 404
