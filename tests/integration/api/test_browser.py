"""A real Chromium with its own authenticator: first sign-in, passkeys, and what pages of other origins cannot do."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pyotp
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from tests.chromium import start_chromium
from tests.integration.api.installation import BANNER, PASSWORD, Installation

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
CALL = """
window.call = async (method, path, body, csrf) => {
  const headers = {'Content-Type': 'application/json', ...(csrf ? {'X-Wicket-CSRF': csrf} : {})};
  const answer = await fetch('/api/v1' + path, {method, headers, body: body && JSON.stringify(body)});
  return {status: answer.status, body: answer.status === 204 ? null : await answer.json()};
};
window.add = async (csrf) => {
  const {body} = await call('POST', '/auth/passkeys/registration', null, csrf);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(body.options);
  const credential = (await navigator.credentials.create({publicKey})).toJSON();
  return call('POST', '/auth/passkeys', {ceremony: body.ceremony, name: 'Chromium', credential}, csrf);
};
window.show = async (path, csrf, extra) => {
  const {body} = await call('POST', path + '/options', null, csrf);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(body.options);
  const credential = (await navigator.credentials.get({publicKey})).toJSON();
  return call('POST', path, {ceremony: body.ceremony, credential, ...extra}, csrf);
};
window.opens = (url) => new Promise((resolve) => {
  const socket = new WebSocket(url);
  socket.onopen = () => resolve(true);
  socket.onerror = () => resolve(false);
});
"""


@asynccontextmanager
async def on_localhost(app: web.Application) -> AsyncIterator[str]:
    """Serve on plain HTTP, which browsers trust on this very name."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://localhost:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(installation: Installation) -> AsyncIterator[str]:
    """What the broker serves to this machine alone."""
    async with on_localhost(installation.broker.local_application()) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def neighbour() -> AsyncIterator[str]:
    """Another program on the same host: the same site to a browser, another origin."""

    async def blank(_request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>neighbour</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", blank)
    async with on_localhost(app) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    async with async_playwright() as playwright:
        browser = await start_chromium(playwright)
        yield browser
        await browser.close()


@asynccontextmanager
async def tab(browser: Browser, url: str, **authenticator: Any) -> AsyncIterator[Page]:
    """A browser of its own with an authenticator, at an address of ours that has no content policy."""
    async with AsyncExitStack() as stack:
        context = await browser.new_context()
        stack.push_async_callback(context.close)
        await context.add_init_script(CALL)
        page = await context.new_page()
        devtools = await context.new_cdp_session(page)
        await devtools.send("WebAuthn.enable", {"enableUI": False})
        await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, **authenticator}})
        await page.goto(f"{url}/healthz")
        yield page


async def call(page: Page, method: str, path: str, body: object = None, csrf: str | None = None) -> tuple[int, Any]:
    """Call the API from within the page."""
    answer = await page.evaluate("given => call(...given)", [method, path, body, csrf])
    return answer["status"], answer["body"]


async def first_sign_in(installation: Installation, page: Page, name: str) -> str:
    """Make an account, go through its first sign-in on the page, and return the page's token."""
    new = {"username": name, "organization": "plant", "roles": ["operator"]}
    created = await installation.done("admin", "POST", "/api/v1/users", new)
    proof = {"username": name, "password": created["initial_password"], "browser": True}
    _, begun = await call(page, "POST", "/auth/login", proof)
    token = {"enrolment_token": begun["enrolment_token"]}
    _, proposed = await call(page, "POST", "/auth/enrol/totp", token)
    code = pyotp.TOTP(proposed["secret"]).now()
    status, enrolled = await call(page, "POST", "/auth/enrol/totp/confirm", {**token, "otp": code, "browser": True})
    assert (status, enrolled["tokens"]) == (200, None)
    return str(enrolled["csrf"])


async def test_a_passkey_is_made_and_signs_in_and_shows_itself_again(
    installation: Installation, browser: Browser, url: str
) -> None:
    async with tab(browser, url) as page:
        csrf = await first_sign_in(installation, page, "ada")
        added = await page.evaluate("csrf => add(csrf)", csrf)
        assert (added["status"], added["body"]["name"]) == (201, "Chromium")
        assert (await call(page, "POST", "/auth/logout", None, csrf))[0] == 204
        assert (await call(page, "GET", "/auth/whoami"))[0] == 401
        signed_in = await page.evaluate("show('/auth/passkeys/login', null, {browser: true})")
        assert (signed_in["status"], signed_in["body"]["tokens"]) == (200, None)
        _, me = await call(page, "GET", "/auth/whoami")
        assert (me["username"], me["methods"], me["passkeys"]) == ("ada", ["passkey"], 1)
        assert me["csrf"] == signed_in["body"]["csrf"] != csrf
        again = await page.evaluate("csrf => show('/auth/step-up/passkey', csrf)", me["csrf"])
        assert (again["status"], again["body"]["tokens"]) == (200, None)
        _, fresh = await call(page, "GET", "/auth/whoami")
        assert fresh["mfa_at"] > me["mfa_at"] == me["authenticated_at"]


async def test_no_script_can_read_the_login(installation: Installation, browser: Browser, url: str) -> None:
    async with tab(browser, url) as page:
        await first_sign_in(installation, page, "blaise")
        (cookie,) = await page.context.cookies(url)
        assert (cookie["name"], cookie["httpOnly"], cookie["secure"]) == ("__Host-wicket", True, True)
        assert (cookie["sameSite"], cookie["path"], cookie["expires"]) == ("Strict", "/", -1)
        assert await page.evaluate("document.cookie") == ""


async def test_logging_out_takes_the_cookie_from_the_browser(
    installation: Installation, browser: Browser, url: str
) -> None:
    async with tab(browser, url) as page:
        csrf = await first_sign_in(installation, page, "carl")
        await call(page, "POST", "/auth/logout", None, csrf)
        assert await page.context.cookies(url) == []


async def test_a_page_of_another_origin_changes_nothing_and_reads_nothing(
    installation: Installation, browser: Browser, url: str, neighbour: str
) -> None:
    """The neighbour is the same site, so that the browser sends the cookie along: only our own checks stand there."""
    async with tab(browser, url) as page:
        csrf, socket = await first_sign_in(installation, page, "dora"), f"{url.replace('http', 'ws')}/api/v1/events"
        assert await page.evaluate("url => opens(url)", socket) is True
        seen: list[tuple[str, int]] = []
        foreign = await page.context.new_page()
        foreign.on("response", lambda answer: seen.append((answer.request.method, answer.status)))
        await foreign.goto(neighbour)
        await foreign.evaluate(
            """url => fetch(url + '/api/v1/auth/logout', {method: 'POST', mode: 'no-cors', credentials: 'include'})""",
            url,
        )
        attempt = "([url, more]) => fetch(url, {credentials: 'include', ...more}).then(() => 'read', () => 'no')"
        with_token = {"method": "POST", "headers": {"X-Wicket-CSRF": csrf}}
        assert await foreign.evaluate(attempt, [f"{url}/api/v1/auth/whoami", {}]) == "no"
        assert await foreign.evaluate(attempt, [f"{url}/api/v1/auth/logout", with_token]) == "no"
        assert await foreign.evaluate("url => opens(url)", socket) is False
        assert ("POST", 403) in seen
        assert (await call(page, "GET", "/auth/whoami"))[0] == 200


async def test_a_page_of_another_origin_signs_nobody_in(
    installation: Installation, browser: Browser, url: str, neighbour: str
) -> None:
    """A form needs no permission to be sent, and a body of plain text may look like JSON."""
    async with tab(browser, url) as page:
        await page.goto(neighbour)
        await page.evaluate(
            """([url, password]) => {
              const form = Object.assign(document.createElement('form'), {
                action: url + '/api/v1/auth/login', method: 'POST', enctype: 'text/plain'});
              const field = Object.assign(document.createElement('input'), {
                name: `{"username": "admin", "password": "${password}", "browser": true, "recovery_code": "`,
                value: '"}'});
              form.append(field);
              document.body.append(form);
              form.submit();
            }""",
            [url, PASSWORD],
        )
        await page.wait_for_url(f"{url}/**")
        assert '"code": "csrf_failed"' in await page.content()
        assert await page.context.cookies(url) == []


async def test_an_authenticator_that_verifies_nobody_makes_no_passkey(
    installation: Installation, browser: Browser, url: str
) -> None:
    async with tab(browser, url, hasUserVerification=False, isUserVerified=False) as page:
        csrf = await first_sign_in(installation, page, "emmy")
        outcome = await page.evaluate("csrf => add(csrf).then(answer => answer.status, error => error.name)", csrf)
        assert outcome == "NotAllowedError"


async def test_an_address_instead_of_a_name_has_no_passkeys(installation: Installation, browser: Browser) -> None:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(on_localhost(installation.broker.application()))
        page = await stack.enter_async_context(tab(browser, url.replace("localhost", "127.0.0.1")))
        status, answer = await call(page, "POST", "/auth/passkeys/login/options")
        assert (status, answer["code"]) == (409, "passkeys_unavailable")


async def test_the_welcome_is_for_everybody(browser: Browser, url: str) -> None:
    async with tab(browser, url) as page:
        status, welcome = await call(page, "GET", "/welcome")
        assert (status, welcome["name"], welcome["setup_needed"]) == (200, "Wicketgate", False)
        assert welcome["banner"] == BANNER
