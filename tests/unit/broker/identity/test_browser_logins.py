"""Browsers sign in by cookie: no script gets a token, no other page gets a word in, and an unused page signs out."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import event, select

from broker.audit.tables import AuditLinkRow
from broker.http.browser import COOKIE, CSRF_HEADER, csrf_token
from broker.identity import opaque
from broker.identity.tables import LoginRow, RefreshTokenRow
from tests.unit.broker.identity.pages import Client, Page, Reply, serving
from tests.unit.broker.identity.people import PASSWORD, People, Somebody

Actions = Callable[[], Awaitable[list[str]]]


@pytest.fixture
async def client(people: People) -> AsyncIterator[Client]:
    async with serving(people) as client:
        yield client


@pytest.fixture
def page(client: Client) -> Page:
    return Page(client)


async def logins(people: People) -> list[LoginRow]:
    async with people.database.reading() as view:
        return list(await view.scalars(select(LoginRow).order_by(LoginRow.authenticated_at)))


async def test_a_browser_gets_a_cookie_that_no_script_can_read_and_no_token(people: People, page: Page) -> None:
    reply = await page.sign_in(people, await people.admin())
    name, _, attributes = reply.set_cookie[0].partition("=")
    assert name == "__Host-wicket"
    assert attributes.split("; ")[1:] == ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"]
    assert reply.document == {"status": "signed_in", "tokens": None, "csrf": csrf_token(str(page.cookie))}
    assert str(page.cookie) not in str(reply.document)


async def test_the_cookie_signs_in_and_whoami_gives_the_token(people: People, page: Page) -> None:
    admin = await people.admin()
    await page.sign_in(people, admin)
    me = (await page.ask("GET", "/auth/whoami")).document
    assert (me["id"], me["csrf"], me["methods"]) == (admin.id, page.csrf, ["password", "totp"])
    assert (me["login"], me["passkeys"], me["recovery_codes_left"]) == ((await logins(people))[-1].id, 0, 10)


async def test_a_program_gets_tokens_as_ever_and_no_cookie(people: People, page: Page) -> None:
    admin = await people.admin()
    reply = await page.ask("POST", "/auth/login", {**page.proof(people, admin), "browser": False}, Origin=None)
    assert (reply.status, reply.set_cookie, reply.document["csrf"]) == (200, [], None)
    page.more["Authorization"] = f"Bearer {reply.document['tokens']['access_token']}"
    assert (await page.ask("GET", "/auth/whoami")).document["csrf"] is None
    assert (await page.ask("POST", "/auth/logout")).set_cookie == []


async def test_the_first_sign_in_can_be_a_browsers(people: People, page: Page) -> None:
    await people.setup.create_admin("admin", PASSWORD)
    begun = await page.ask("POST", "/auth/login", {"username": "admin", "password": PASSWORD, "browser": True})
    assert (begun.document["status"], begun.set_cookie) == ("totp_enrolment_required", [])
    token = {"enrolment_token": begun.document["enrolment_token"]}
    proposed = await page.ask("POST", "/auth/enrol/totp", token)
    code = pyotp.TOTP(proposed.document["secret"]).at(people.clock.now())
    enrolled = page.keep(await page.ask("POST", "/auth/enrol/totp/confirm", {**token, "otp": code, "browser": True}))
    assert (enrolled.document["tokens"], len(enrolled.document["recovery_codes"])) == (None, 10)
    assert (await page.ask("GET", "/auth/whoami")).status == 200


async def test_the_database_could_not_give_the_cookie_away(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    login = (await logins(people))[-1]
    assert login.cookie_hash == opaque.token_hash(str(page.cookie))
    async with people.database.reading() as view:
        tokens = await view.scalars(select(RefreshTokenRow).where(RefreshTokenRow.login_id == login.id))
        assert list(tokens) == []


async def test_a_failed_sign_in_sets_no_cookie(people: People, page: Page) -> None:
    await people.admin()
    reply = await page.ask("POST", "/auth/login", {"username": "admin", "password": "wrong", "browser": True})
    assert (reply.status, reply.code, reply.set_cookie) == (401, "login_failed", [])


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "https://localhost:{port}", "http://localhost"]
)
async def test_no_other_page_signs_a_browser_in(people: People, page: Page, origin: str | None) -> None:
    """Whoever could, would have the user work in an account of the attacker's."""
    admin = await people.admin()
    foreign = origin.format(port=page.client.port) if origin else None
    reply = await page.ask("POST", "/auth/login", page.proof(people, admin), Origin=foreign)
    assert (reply.status, reply.code, reply.set_cookie) == (403, "csrf_failed", [])
    assert len(await logins(people)) == 1


@pytest.mark.parametrize("token", [None, "", "0" * 64, "\u00e9"])
async def test_by_cookie_nothing_changes_without_the_token(people: People, page: Page, token: str | None) -> None:
    await page.sign_in(people, await people.admin())
    for method, path in (("POST", "/auth/logout"), ("DELETE", "/auth/logins/lgn_x"), ("PATCH", "/users/admin")):
        reply = await page.ask(method, path, {}, **{CSRF_HEADER: token})
        assert (reply.status, reply.code) == (403, "csrf_failed"), (method, path)
    assert (await page.ask("GET", "/auth/whoami")).status == 200


async def test_another_logins_token_does_not_do(people: People, page: Page) -> None:
    admin = await people.admin()
    await page.sign_in(people, admin)
    other = Page(page.client)
    await other.sign_in(people, admin)
    page.csrf = other.csrf
    assert (await page.ask("POST", "/auth/logout")).code == "csrf_failed"


async def test_two_tokens_or_two_cookies_are_one_too_many(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    twice = [("Host", page.host), ("Cookie", f"{COOKIE}={page.cookie}"), *[(CSRF_HEADER, str(page.csrf))] * 2]
    async with page.client.post("/api/v1/auth/logout", headers=twice) as answer:
        assert answer.status == 403
    for cookies in (f"{COOKIE}={page.cookie}; {COOKIE}=wgc1.other", f"{COOKIE}=", f"{COOKIE}={page.cookie}\u00e9"):
        assert (await page.ask("GET", "/auth/whoami", Cookie=cookies)).status == 401
    assert (await page.ask("GET", "/auth/whoami", Cookie=f"a=b; {COOKIE}={page.cookie} ;c")).status == 200


async def test_a_token_of_a_program_makes_the_cookie_count_for_nothing(people: People, page: Page) -> None:
    admin = await people.admin()
    assert admin.tokens is not None
    operator = await people.operator(admin)
    await page.sign_in(people, operator)
    bearer = f"Bearer {admin.tokens.access_token}"
    assert (await page.ask("GET", "/auth/whoami", Authorization=bearer)).document["username"] == "admin"
    assert (await page.ask("GET", "/auth/whoami", Authorization="Bearer a.b.c")).status == 401
    assert (await page.ask("GET", "/auth/whoami", Authorization="")).status == 401
    # With the token, no page can have caused it: nothing else is asked for.
    reply = await page.ask("POST", "/auth/logout", Authorization=bearer, **{CSRF_HEADER: None}, Origin=None)
    assert (reply.status, reply.set_cookie) == (204, [])
    assert (await page.ask("GET", "/auth/whoami")).document["username"] == "operator"


async def test_a_cookie_is_nothing_to_routes_for_agents(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    for method in ("GET", "POST"):
        assert (await page.ask(method, "/agent/v1/thing")).status == 401


async def test_a_cookie_refreshes_nothing(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    reply = await page.ask("POST", "/auth/refresh", {"refresh_token": str(page.cookie)})
    assert (reply.status, reply.code) == (401, "refresh_failed")
    assert (await page.ask("GET", "/auth/whoami", Cookie=None, Authorization=f"Bearer {page.cookie}")).status == 401


async def test_a_refresh_token_is_no_cookie(people: People, page: Page) -> None:
    admin = await people.admin()
    assert admin.tokens is not None
    page.cookie = admin.tokens.refresh_token
    assert (await page.ask("GET", "/auth/whoami")).status == 401


async def upgrade(page: Page, origin: str | None) -> int:
    headers = {"Host": page.host, "Cookie": f"{COOKIE}={page.cookie}"} | ({"Origin": origin} if origin else {})
    wanted = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    async with page.client.get("/api/v1/socket", headers={**headers, **wanted, **key}) as answer:
        return answer.status


async def test_a_websocket_by_cookie_opens_from_our_own_pages_only(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    assert await upgrade(page, page.origin) == 101
    foreign = ["https://evil.example", "null", "http://localhost", f"http://localhost:{page.client.port}.evil.example"]
    assert {await upgrade(page, origin) for origin in (None, *foreign)} == {403}


async def test_logging_out_ends_the_login_at_once_and_takes_the_cookie_back(
    people: People, page: Page, published: Any
) -> None:
    await page.sign_in(people, await people.admin())
    assert (await page.ask("GET", "/auth/whoami")).status == 200
    reply = await page.ask("POST", "/auth/logout")
    assert reply.status == 204
    assert reply.set_cookie == [f"{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"]
    assert (await page.ask("GET", "/auth/whoami")).status == 401
    assert published.of("login.ended")


async def _disable(people: People, admin: Somebody) -> None:
    await people.users.disable(await people.principal(admin), "operator", "left")


async def _reset(people: People, admin: Somebody) -> None:
    await people.users.reset_mfa(await people.principal(admin), "operator")


async def _end(people: People, admin: Somebody) -> None:
    await people.logins.end_one(await people.principal(admin), (await logins(people))[-1].id)


@pytest.mark.parametrize("ending", [_disable, _reset, _end])
async def test_what_ends_a_programs_login_ends_a_browsers(people: People, page: Page, ending: Any) -> None:
    admin = await people.admin()
    await page.sign_in(people, await people.operator(admin))
    assert (await page.ask("GET", "/auth/whoami")).status == 200
    await ending(people, admin)
    assert (await page.ask("GET", "/auth/whoami")).status == 401


async def test_a_page_that_nobody_uses_signs_out(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    login = (await logins(people))[-1]
    for _ in range(3):
        people.clock.advance(timedelta(minutes=59))
        assert (await page.ask("GET", "/auth/whoami")).status == 200
    people.clock.advance(timedelta(minutes=60))
    assert (await page.ask("GET", "/auth/whoami")).status == 401
    assert await people.principals.of(login.user_id, login.id) is None


async def test_a_page_in_use_signs_out_at_the_logins_end(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    for _ in range(24):
        assert (await page.ask("GET", "/auth/whoami")).status == 200
        people.clock.advance(timedelta(minutes=30))
    assert (await page.ask("GET", "/auth/whoami")).status == 401


async def test_use_is_written_down_once_a_minute_at_most(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    written: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE logins"):
            written.append(statement)

    event.listen(people.database.engine.sync_engine, "before_cursor_execute", count)
    for pause, writes in ((59, 0), (1, 1), (0, 1), (59, 1), (1, 2), (0, 2)):
        people.clock.advance(pause)
        await page.ask("GET", "/auth/whoami")
        assert len(written) == writes
    assert people.clock.now() - (await logins(people))[-1].last_seen_at < timedelta(minutes=1)


async def test_a_forged_request_is_no_use(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    people.clock.advance(timedelta(minutes=30))
    await page.ask("POST", "/auth/logout", **{CSRF_HEADER: None})
    assert (await logins(people))[-1].last_seen_at == (await logins(people))[-1].authenticated_at


async def test_the_list_of_logins_tells_browsers_from_programs_and_leaves_out_what_lapsed(
    people: People, page: Page
) -> None:
    admin = await people.admin()
    await page.sign_in(people, admin)
    people.clock.advance(timedelta(minutes=5))
    items = (await page.ask("GET", "/auth/logins")).document["items"]
    assert [(item["kind"], item["current"]) for item in items] == [("browser", True), ("api", False)]
    assert items[0]["last_seen_at"] > items[0]["authenticated_at"]
    principal = await people.principal(admin)
    people.clock.advance(timedelta(minutes=60))
    assert [login.is_browser for login in await people.logins.live_logins(principal, None)] == [False]


async def test_a_refresh_is_a_use(people: People) -> None:
    admin = await people.admin()
    assert admin.tokens is not None
    people.clock.advance(timedelta(minutes=9))
    await people.logins.refresh(admin.tokens.refresh_token, "192.0.2.10")
    assert (await logins(people))[0].last_seen_at == people.clock.now()


async def test_a_step_up_freshens_a_browsers_login_and_gives_no_token(people: People, page: Page) -> None:
    admin = await people.admin()
    await page.sign_in(people, admin)
    reply = await page.ask("POST", "/auth/step-up", {"otp": people.next_code(admin)})
    assert (reply.status, reply.document, reply.set_cookie) == (200, {"status": "stepped_up", "tokens": None}, [])
    me = (await page.ask("GET", "/auth/whoami")).document
    assert me["mfa_at"] > me["authenticated_at"]


async def test_five_wrong_codes_end_a_browsers_login(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    replies: list[Reply] = [await page.ask("POST", "/auth/step-up", {"otp": "000000"}) for _ in range(6)]
    assert [reply.status for reply in replies] == [403] * 5 + [401]


async def test_a_code_after_a_recovery_code_counts_as_a_code(people: People) -> None:
    admin = await people.admin()
    tokens = await people.enter(admin, otp=None, recovery_code=admin.recovery_codes[0])
    principal = await people.principal(admin, tokens)
    assert principal.methods == {"password", "recovery_code"}
    people.clock.advance(60)
    fresh = await people.account.step_up(principal, people.next_code(admin))
    principal = await people.principal(admin, fresh)
    assert principal.methods == {"password", "recovery_code", "totp"}
    assert principal.shown_at == {"recovery_code": principal.authenticated_at, "totp": people.clock.now()}


async def test_a_browsers_login_is_in_the_audit_log_without_its_secret(
    people: People, page: Page, actions: Actions
) -> None:
    await page.sign_in(people, await people.admin())
    assert (await actions())[-1] == "login.started"
    async with people.database.reading() as view:
        last = (await view.scalars(select(AuditLinkRow).order_by(AuditLinkRow.sequence.desc()).limit(1))).one()
    assert (last.details["kind"], last.details["methods"]) == ("browser", ["password", "totp"])
    assert "[redacted]" not in str(last.details)
    assert str(page.cookie) not in str(last.details)
