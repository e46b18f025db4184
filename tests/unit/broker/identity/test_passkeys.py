"""Passkeys: added with a fresh second factor, good for signing in and stepping up, gone when they or the factor are."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from broker.audit.tables import AuditLinkRow
from broker.identity import ceremonies
from broker.identity.attempts import PER_ADDRESS
from broker.identity.organizations import OrganizationChange
from broker.identity.tables import LoginRow, PasskeyRow, UserRow
from tests.unit.broker.identity.authenticators import FakeAuthenticator, Json, b64
from tests.unit.broker.identity.pages import Client, Page, Reply, serving
from tests.unit.broker.identity.people import People, Somebody

Actions = Callable[[], Awaitable[list[str]]]
PASSKEYS = "/auth/passkeys"


@pytest.fixture
async def client(people: People) -> AsyncIterator[Client]:
    async with serving(people) as client:
        yield client


@pytest.fixture
def page(client: Client) -> Page:
    return Page(client)


async def begun(page: Page, path: str) -> tuple[str, Json]:
    reply = await page.ask("POST", path)
    assert reply.status == 200, reply
    return reply.document["ceremony"], reply.document["options"]


async def add(page: Page, device: FakeAuthenticator, **says: Any) -> Reply:
    ceremony, options = await begun(page, f"{PASSKEYS}/registration")
    credential = device.create(options, says.pop("origin", page.origin), **says)
    return await page.ask("POST", PASSKEYS, {"ceremony": ceremony, "name": "Laptop", "credential": credential})


async def shown(page: Page, device: FakeAuthenticator, path: str = f"{PASSKEYS}/login", **says: Any) -> Json:
    ceremony, options = await begun(page, f"{path}/options")
    return {"ceremony": ceremony, "credential": device.get(options, says.pop("origin", page.origin), **says)}


async def log_in(page: Page, device: FakeAuthenticator, **says: Any) -> Reply:
    body = await shown(page, device, **says)
    return await page.ask("POST", f"{PASSKEYS}/login", {**body, "browser": True})


async def step_up(page: Page, device: FakeAuthenticator, **says: Any) -> Reply:
    return await page.ask("POST", "/auth/step-up/passkey", await shown(page, device, "/auth/step-up/passkey", **says))


async def owner(people: People, page: Page, device: FakeAuthenticator) -> Somebody:
    """Somebody with this passkey, signed in on the page by password and code."""
    who = await people.admin()
    await page.sign_in(people, who)
    assert (await add(page, device)).status == 201
    return who


async def last_event(people: People, action: str) -> AuditLinkRow:
    newest = select(AuditLinkRow).where(AuditLinkRow.action == action).order_by(AuditLinkRow.sequence.desc())
    async with people.database.reading() as view:
        return (await view.scalars(newest.limit(1))).one()


async def test_a_passkey_is_added_and_listed(people: People, page: Page, published: Any) -> None:
    who = await owner(people, page, FakeAuthenticator())
    (item,) = (await page.ask("GET", PASSKEYS)).document["items"]
    assert (item["name"], item["last_used_at"], item["backed_up"]) == ("Laptop", None, False)
    assert (await page.ask("GET", "/auth/whoami")).document["passkeys"] == 1
    event = await last_event(people, "user.passkey_added")
    assert event.details == {"passkey": item["id"], "name": "Laptop", "host": "localhost", "backed_up": False}
    assert {"user": who.id} in published.of("user.changed")


async def test_a_passkey_alone_signs_in_and_counts_as_the_second_factor(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    who = await owner(people, page, device)
    other = Page(page.client)
    people.clock.advance(60)
    other.keep(await log_in(other, device))
    me = (await other.ask("GET", "/auth/whoami")).document
    assert (me["id"], me["methods"]) == (who.id, ["passkey"])
    assert me["mfa_at"] == me["authenticated_at"]
    (item,) = (await other.ask("GET", PASSKEYS)).document["items"]
    assert item["last_used_at"] is not None
    event = await last_event(people, "login.started")
    assert (event.details["methods"], event.details["passkey"]) == (["passkey"], item["id"])


async def test_a_program_may_sign_in_so_too(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    reply = await page.ask("POST", f"{PASSKEYS}/login", await shown(page, device), Origin=None, Cookie=None)
    assert (reply.status, reply.set_cookie, reply.document["csrf"]) == (200, [], None)
    claims = people.tokens.verify_access(reply.document["tokens"]["access_token"])
    principal = await people.principals.of(claims.user_id, claims.login_id)
    assert principal is not None
    assert principal.shown_at == {"passkey": people.clock.now()}


async def test_a_passkey_is_a_fresh_proof(people: People, page: Page, published: Any) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    people.clock.advance(timedelta(minutes=30))
    reply = await step_up(page, device)
    assert (reply.status, reply.document) == (200, {"status": "stepped_up", "tokens": None})
    me = (await page.ask("GET", "/auth/whoami")).document
    assert me["methods"] == ["password", "totp", "passkey"]
    assert me["mfa_at"] > me["authenticated_at"]
    assert (await last_event(people, "login.stepped_up")).details["methods"] == ["passkey"]
    assert published.of("login.changed")


async def test_each_factor_keeps_its_own_time(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    who = await owner(people, page, device)
    first = people.clock.now()
    await step_up(page, device)
    people.clock.advance(timedelta(minutes=30))
    await page.ask("POST", "/auth/step-up", {"otp": people.next_code(who)})
    login = (await page.ask("GET", "/auth/whoami")).document["login"]
    principal = await people.principals.of(who.id, login)
    assert principal is not None
    assert principal.shown_at == {"passkey": first, "totp": people.clock.now()}


async def test_a_passkey_is_added_only_with_a_fresh_second_factor(people: People, page: Page) -> None:
    who = await people.admin()
    await page.sign_in(people, who)
    people.clock.advance(timedelta(minutes=10, seconds=1))
    reply = await page.ask("POST", f"{PASSKEYS}/registration")
    assert (reply.status, reply.code) == (403, "mfa_required")
    assert (reply.document["methods"], reply.document["max_age"]) == (["passkey", "totp"], 600)
    await page.ask("POST", "/auth/step-up", {"otp": people.next_code(who)})
    assert (await add(page, FakeAuthenticator())).status == 201


@pytest.mark.parametrize("origin", ["http://127.0.0.1", "https://evil.example"])
async def test_a_passkey_made_on_another_page_is_not_added(people: People, page: Page, origin: str) -> None:
    await page.sign_in(people, await people.admin())
    reply = await add(page, FakeAuthenticator(), origin=origin)
    assert (reply.status, reply.code) == (403, "passkey_rejected")
    assert (await page.ask("GET", PASSKEYS)).document["items"] == []


async def test_a_ceremony_of_another_login_adds_nothing(people: People, page: Page) -> None:
    who = await people.admin()
    await page.sign_in(people, who)
    other = Page(page.client)
    await other.sign_in(people, who)
    ceremony, options = await begun(other, f"{PASSKEYS}/registration")
    credential = FakeAuthenticator().create(options, page.origin)
    body = {"ceremony": ceremony, "name": "x", "credential": credential}
    assert (await page.ask("POST", PASSKEYS, body)).code == "passkey_rejected"
    assert (await other.ask("POST", PASSKEYS, body)).status == 201


async def test_a_ceremony_adds_one_passkey_and_a_failure_uses_it_up(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    ceremony, options = await begun(page, f"{PASSKEYS}/registration")
    wrong, right = FakeAuthenticator().create(options, "https://evil.example"), FakeAuthenticator()
    for credential in (wrong, right.create(options, page.origin)):
        body = {"ceremony": ceremony, "name": "x", "credential": credential}
        assert (await page.ask("POST", PASSKEYS, body)).code == "passkey_rejected"


async def test_one_credential_belongs_to_one_user(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    who = await owner(people, page, device)
    operator = Page(page.client)
    await operator.sign_in(people, await people.operator(who))
    replies = [await add(each, device) for each in (operator, page)]
    assert [reply.code for reply in replies] == ["passkey_rejected"] * 2


async def test_nobody_hoards_passkeys(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    for _ in range(20):
        assert (await add(page, FakeAuthenticator())).status == 201
    reply = await page.ask("POST", f"{PASSKEYS}/registration")
    assert (reply.status, reply.code) == (409, "conflict")


async def _disabled(people: People, page: Page, who: Somebody) -> None:
    other = await people.admin("other")
    await people.users.disable(await people.principal(other), who.name, "left")


async def _account_ended(people: People, page: Page, who: Somebody) -> None:
    async with people.database.transaction() as tx:
        await tx.execute(update(UserRow).where(UserRow.id == who.id).values(ends_at=people.clock.now()))


async def _not_enrolled(people: People, page: Page, who: Somebody) -> None:
    async with people.database.transaction() as tx:
        await tx.execute(update(UserRow).where(UserRow.id == who.id).values(totp_sealed=None))


async def _nothing(people: People, page: Page, who: Somebody) -> None:
    """Leave the account as it is."""


FAILURES: list[tuple[str, Any, Json]] = [
    ("not_verified", _nothing, {"origin": "https://evil.example"}),
    ("not_verified", _nothing, {"rp_id": "evil.example"}),
    ("not_verified", _nothing, {"flags": 1}),
    ("not_verified", _nothing, {"forged": True}),
    ("not_verified", _nothing, {"type": "webauthn.create"}),
    ("not_verified", _nothing, {"crossOrigin": True}),
    ("other_user", _nothing, {"user_handle": b64(b"usr_other")}),
    ("other_user", _nothing, {"user_handle": None}),
    ("not_verified", _nothing, {"user_handle": "A"}),
    ("disabled", _disabled, {}),
    ("account_ended", _account_ended, {}),
    ("not_enrolled", _not_enrolled, {}),
]


@pytest.mark.parametrize(("cause", "beforehand", "says"), FAILURES, ids=[str((c, s)) for c, _, s in FAILURES])
async def test_every_failed_sign_in_by_passkey_looks_the_same(
    people: People, page: Page, cause: str, beforehand: Any, says: Json
) -> None:
    device = FakeAuthenticator()
    who = await owner(people, page, device)
    await beforehand(people, page, who)
    reply = await log_in(page, device, **says)
    assert reply.shape == (await log_in(page, FakeAuthenticator(user_handle=b64(who.id.encode())))).shape
    assert (reply.status, reply.code, reply.set_cookie) == (401, "login_failed", [])
    causes = await failures(people)
    assert causes == [cause, "unknown_passkey"]


async def failures(people: People) -> list[str]:
    failed = select(AuditLinkRow).where(AuditLinkRow.action == "login.failed").order_by(AuditLinkRow.sequence)
    async with people.database.reading() as view:
        return [str(link.details["cause"]) for link in await view.scalars(failed)]


async def test_an_answer_is_taken_once(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    body = {**await shown(page, device), "browser": True}
    assert (await page.ask("POST", f"{PASSKEYS}/login", body)).status == 200
    reply = await page.ask("POST", f"{PASSKEYS}/login", body)
    assert (reply.status, reply.code) == (401, "login_failed")
    assert await failures(people) == ["unknown_challenge"]


async def test_an_answer_that_is_late_or_for_something_else_signs_nobody_in(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    late = await shown(page, device)
    people.clock.advance(timedelta(minutes=5))
    fresh_proof = await shown(page, device, "/auth/step-up/passkey")
    for body in (late, fresh_proof, {**late, "ceremony": "cer_unknown"}):
        assert (await page.ask("POST", f"{PASSKEYS}/login", body)).code == "login_failed"


async def test_an_answer_for_signing_in_freshens_nobody(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    reply = await page.ask("POST", "/auth/step-up/passkey", await shown(page, device))
    assert (reply.status, reply.code) == (403, "passkey_rejected")


async def test_no_other_page_signs_a_browser_in_by_passkey(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    body = {**await shown(page, device), "browser": True}
    reply = await page.ask("POST", f"{PASSKEYS}/login", body, Origin="https://evil.example")
    assert (reply.status, reply.code, reply.set_cookie) == (403, "csrf_failed", [])


async def test_another_users_passkey_freshens_nobody(people: People, page: Page) -> None:
    mine, theirs = FakeAuthenticator(), FakeAuthenticator()
    who = await owner(people, page, mine)
    operator = Page(page.client)
    await operator.sign_in(people, await people.operator(who))
    assert (await add(operator, theirs)).status == 201
    reply = await step_up(page, theirs)
    assert (reply.status, reply.code) == (403, "passkey_rejected")
    assert (await last_event(people, "login.passkey_rejected")).details == {"cause": "unknown_passkey", "count": 1}
    assert (await step_up(page, mine)).status == 200


async def test_five_refused_passkeys_end_the_login(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    for _ in range(5):
        assert (await step_up(page, device, origin="https://evil.example")).status == 403
    assert (await page.ask("GET", "/auth/whoami")).status == 401


async def test_without_a_passkey_there_is_none_to_show(people: People, page: Page) -> None:
    await page.sign_in(people, await people.admin())
    reply = await page.ask("POST", "/auth/step-up/passkey/options")
    assert (reply.status, reply.code) == (409, "conflict")


async def test_one_is_asked_for_ones_own_passkeys(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    _, options = await begun(page, "/auth/step-up/passkey/options")
    assert [each["id"] for each in options["allowCredentials"]] == [b64(device.id)]
    _, options = await begun(page, f"{PASSKEYS}/registration")
    assert [each["id"] for each in options["excludeCredentials"]] == [b64(device.id)]


async def test_a_count_that_goes_back_is_a_copy_and_refused(people: People, page: Page) -> None:
    device = FakeAuthenticator(count=10)
    await owner(people, page, device)
    for count in (3, 10):
        device.count = count
        assert (await log_in(page, device)).code == "login_failed"
        event = await last_event(people, "login.failed")
        assert event.details["cause"] == "sign_count_went_back"
        assert event.details["passkey"].startswith("pky_")
    device.count = 5
    assert (await step_up(page, device)).code == "passkey_rejected"
    assert (await last_event(people, "login.passkey_rejected")).details["cause"] == "sign_count_went_back"
    device.count = 11
    page.keep(await log_in(page, device))
    assert await counts(people) == [11]


async def counts(people: People) -> list[int]:
    async with people.database.reading() as view:
        return list(await view.scalars(select(PasskeyRow.sign_count)))


async def test_a_passkey_that_does_not_count_is_good_every_time(people: People, page: Page) -> None:
    device = FakeAuthenticator(count=0)
    await owner(people, page, device)
    for _ in range(3):
        page.keep(await log_in(page, device))


async def test_a_deleted_passkey_signs_nobody_in_and_ends_the_logins_it_was_shown_to(
    people: People, page: Page, published: Any
) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    thief = Page(page.client)
    thief.keep(await log_in(thief, device))
    (item,) = (await page.ask("GET", PASSKEYS)).document["items"]
    assert (await page.ask("DELETE", f"{PASSKEYS}/{item['id']}")).status == 204
    assert (await thief.ask("GET", "/auth/whoami")).status == 401
    assert (await page.ask("GET", "/auth/whoami")).document["passkeys"] == 0
    assert (await log_in(thief, device)).code == "login_failed"
    assert len(published.of("login.ended")) == 1
    assert (await last_event(people, "user.passkey_deleted")).details == {"name": "Laptop", "passkey": item["id"]}


async def test_another_users_passkey_looks_like_none(people: People, page: Page) -> None:
    who = await owner(people, page, FakeAuthenticator())
    (item,) = (await page.ask("GET", PASSKEYS)).document["items"]
    operator = Page(page.client)
    await operator.sign_in(people, await people.operator(who))
    assert (await operator.ask("GET", PASSKEYS)).document["items"] == []
    theirs = await operator.ask("DELETE", f"{PASSKEYS}/{item['id']}")
    assert theirs.status == 404
    assert theirs.shape == (await operator.ask("DELETE", f"{PASSKEYS}/pky_none")).shape


async def test_a_reset_second_factor_takes_the_passkeys_along(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    who = await owner(people, page, device)
    other = await people.admin("other")
    await people.users.reset_mfa(await people.principal(other), who.name)
    assert (await log_in(page, device)).code == "login_failed"
    assert await counts(people) == []
    (removed,) = (await last_event(people, "user.mfa_reset")).details["passkeys"]
    assert removed.startswith("pky_")


async def test_a_disabled_organization_ends_logins_by_passkey(people: People, page: Page) -> None:
    admin = await people.admin()
    vendor = await people.vendor(admin)
    await page.sign_in(people, vendor)
    device = FakeAuthenticator()
    await add(page, device)
    page.keep(await log_in(page, device))
    await people.organizations.change(await people.principal(admin), "acme", OrganizationChange(disabled=True))
    assert (await page.ask("GET", "/auth/whoami")).status == 401
    assert (await log_in(page, device)).code == "login_failed"


async def test_an_address_that_guesses_is_held_here_too(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    good = await shown(page, device)
    body = {"ceremony": "cer_x", "credential": good["credential"]}
    replies = [await page.ask("POST", f"{PASSKEYS}/login", body) for _ in range(PER_ADDRESS.free)]
    assert {reply.code for reply in replies} == {"login_failed"}
    held = await page.ask("POST", f"{PASSKEYS}/login", good)
    assert (held.status, held.code) == (429, "too_many_requests")
    assert (await page.ask("POST", f"{PASSKEYS}/login/options")).status == 429
    assert (await page.ask("POST", "/auth/login", {"username": "admin", "password": "x"})).status == 429


async def test_an_address_that_begins_much_and_finishes_nothing_waits(
    people: People, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ceremonies, "MAX_PER_NETWORK", 2)
    replies = [await page.ask("POST", f"{PASSKEYS}/login/options") for _ in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]


async def test_a_success_is_no_attempt_and_asking_is_none(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    for _ in range(PER_ADDRESS.free + 2):
        page.keep(await log_in(page, device))


@pytest.mark.parametrize(
    "host", ["127.0.0.1:{port}", "[::1]:{port}", "gate.example.com:{port}", "localhost:1", "localhost", "", "a b"]
)
async def test_passkeys_belong_to_the_brokers_own_names_and_port(people: People, page: Page, host: str) -> None:
    other = Page(page.client, host=host.format(port=page.client.port) or "-")
    reply = await other.ask("POST", f"{PASSKEYS}/login/options")
    assert (reply.status, reply.code) == (409, "passkeys_unavailable")


@pytest.mark.parametrize(
    "spoilt",
    [{"id": ""}, {"id": "*"}, {"type": "password"}, {"response": {}}, {"response": None}, {"rawId": "x" * 1400}],
)
async def test_what_is_no_credential_is_not_understood(people: People, page: Page, spoilt: Json) -> None:
    body = await shown(page, FakeAuthenticator(user_handle="dXNy"))
    reply = await page.ask("POST", f"{PASSKEYS}/login", {**body, "credential": {**body["credential"], **spoilt}})
    assert (reply.status, reply.code) == (422, "invalid_input")


async def test_the_login_keeps_which_passkey_it_was(people: People, page: Page) -> None:
    device = FakeAuthenticator()
    await owner(people, page, device)
    await log_in(page, device)
    async with people.database.reading() as view:
        login = (await view.scalars(select(LoginRow).where(LoginRow.methods == "passkey"))).one()
        passkey = (await view.scalars(select(PasskeyRow))).one()
    assert (login.passkey_id, login.passkey_at, login.totp_at) == (passkey.id, people.clock.now(), None)
