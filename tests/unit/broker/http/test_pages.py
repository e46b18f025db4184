"""The pages: what is served under which path, and the headers that keep a page to what was built."""

import re
from collections.abc import AsyncIterator, Mapping

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import make_mocked_request
from yarl import URL

from broker.http.built import BuiltFile, BuiltPages, Variant
from broker.http.pages import PageRoutes
from broker.http.routes import Call, Public, Route
from tests.unit.broker.http.edges import Client, serving

INDEX = '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>'
SCRIPT = BuiltFile(
    "text/javascript; charset=utf-8", True,
    {"identity": Variant("identity", b"plain", "t1"), "br": Variant("br", b"br", "t2"),
     "gzip": Variant("gzip", b"gz", "t3")},
)  # fmt: skip
ICON = BuiltFile("image/svg+xml", False, {"identity": Variant("identity", b"<svg/>", "t4")})
BUILT = BuiltPages(INDEX, {"assets/app-1.js": SCRIPT, "favicon.svg": ICON})
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def nothing(_call: Call) -> None:
    return None


API = [
    Route("GET", "/api/v1/things", nothing, Public("a test"), "things"),
    Route("POST", "/agent/v1/enrolment", nothing, Public("a test"), "enrol"),
    Route("GET", "/healthz", nothing, Public("a test"), "alive"),
]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """Pages beside an API."""
    async with serving([*API, *PageRoutes(BUILT).routes()], auto_decompress=False) as client:
        yield client


async def get(client: Client, path: str, **headers: str) -> ClientResponse:
    # Exactly this path is to be sent, nothing tidied.
    url = URL(f"http://{client.host}:{client.port}{path}", encoded=True)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.session.get(url, headers=named)


def nonce_of(response: ClientResponse) -> str:
    found = re.search(r"style-src 'self' 'nonce-([\w-]{20,})'", response.headers["Content-Security-Policy"])
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["/", "/index.html", "/setup", "/sessions/ses_1/live", "/a/" + "x" * 900])
async def test_a_browser_gets_the_page_under_every_path(client: Client, path: str) -> None:
    answer = await get(client, path, **BROWSER)
    assert (answer.status, answer.content_type) == (200, "text/html")
    assert "csp-nonce" in await answer.text()


async def test_each_answer_has_a_nonce_of_its_own_and_is_never_kept_or_compressed(client: Client) -> None:
    answers = [await get(client, "/", **BROWSER, Accept_Encoding="br, gzip") for _ in range(2)]
    nonces = [nonce_of(answer) for answer in answers]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        assert (await answer.text()).count(nonce) == 2
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Encoding" not in answer.headers
        assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/assets/app-1.js", "/favicon.svg"])
async def test_every_answer_is_guarded(client: Client, path: str) -> None:
    headers = (await get(client, path, **BROWSER)).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/setup", {"Accept": "*/*"}),
        ("/setup", {"Accept": "application/json"}),
        ("/logo.png", {"Accept": "image/avif,image/*"}),
        ("/assets/app-0.js", BROWSER),
        ("/assets/", BROWSER),
        ("/a/" + "x" * 1100, BROWSER),
    ],
)
async def test_nobody_gets_the_page_in_the_place_of_something_else(
    client: Client, path: str, headers: Mapping[str, str]
) -> None:
    answer = await get(client, path, **headers)
    assert (answer.status, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api", 404),
        ("GET", "/api/v1/thing", 404),
        ("GET", "/%61pi/v1/thing", 404),
        ("POST", "/api/v1/things", 405),
        ("GET", "/agent/v1/enrolment", 405),
        ("GET", "/agent/", 404),
        ("GET", "/healthz/x", 404),
        ("POST", "/", 405),
        ("DELETE", "/assets/app-1.js", 405),
    ],
)
async def test_what_is_no_page_never_becomes_one(client: Client, method: str, path: str, status: int) -> None:
    answer = await client.request(method, URL(path, encoded=True), headers=BROWSER)
    assert (answer.status, answer.content_type) == (status, "application/problem+json")


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml", "/assets/../../pyproject.toml", "/%2e%2e/pyproject.toml", "/assets/..%2f..%2fLICENSE",
        "/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/%2fetc%2fpasswd", "/assets/app-1.js%00.svg",
        "/assets\\..\\..\\LICENSE", "/assets/app-1.js/", "/assets/app-1.js.br",
    ],
)  # fmt: skip
async def test_no_path_leads_out_of_the_build(client: Client, path: str) -> None:
    answer = await get(client, path, Accept="*/*")
    assert answer.status in (400, 404)
    assert "pyproject" not in await answer.text()


async def test_head_says_the_same_without_a_body(client: Client) -> None:
    for path in ("/", "/assets/app-1.js"):
        answer = await client.head(path, headers={**BROWSER, "Accept-Encoding": "identity"})
        assert answer.status == 200
        assert int(answer.headers["Content-Length"]) > 0
        assert await answer.read() == b""


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("BR;Q=1.0", "br"),
        ("*", "br"),
        ("*;q=0", None),
        ("identity", None),
        ("zstd", None),
        ("br;q=much", None),
    ],
)
async def test_the_coding_is_one_that_the_browser_takes(client: Client, accepted: str, coding: str | None) -> None:
    answer = await client.head("/assets/app-1.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


async def test_what_was_not_compressed_is_sent_as_it_is(client: Client) -> None:
    answer = await get(client, "/favicon.svg", Accept_Encoding="br, gzip")
    assert "Content-Encoding" not in answer.headers
    assert await answer.read() == b"<svg/>"


async def test_hashed_files_are_kept_for_good_and_others_are_asked_for_again(client: Client) -> None:
    script, icon = await get(client, "/assets/app-1.js"), await get(client, "/favicon.svg")
    assert script.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert icon.headers["Cache-Control"] == "no-cache"


async def test_who_has_a_file_already_is_told_so(client: Client) -> None:
    known = await get(client, "/favicon.svg", If_None_Match='W/"t4", "other"')
    assert (known.status, await known.read(), known.headers["ETag"]) == (304, b"", '"t4"')
    assert (await get(client, "/favicon.svg", If_None_Match='"t1"')).status == 200
    # Another coding is another thing: its tag must not answer for this one.
    assert (await get(client, "/assets/app-1.js", Accept_Encoding="br", If_None_Match='"t3"')).status == 200


async def test_without_a_build_the_page_says_how_to_make_one() -> None:
    async with serving([*API, *PageRoutes(None).routes()]) as client:
        for path in ("/", "/setup"):
            answer = await get(client, path, **BROWSER)
            assert (answer.status, answer.content_type) == (503, "text/html")
            assert "make web" in await answer.text()
        assert (await get(client, "/assets/app-1.js", **BROWSER)).status == 404


@pytest.mark.parametrize(
    ("scheme", "host", "is_held"),
    [
        ("https", "gate.example.com", True),
        ("https", "gate.example.com:8443", True),
        ("https", "localhost:8443", False),
        ("https", "127.0.0.1:8443", False),
        ("https", "[::1]:8443", False),
        ("https", "", False),
        ("http", "gate.example.com", False),
    ],
)
async def test_browsers_are_held_to_https_under_names_of_ours_alone(scheme: str, host: str, is_held: bool) -> None:
    """They would hold ``localhost`` to it on every port, and so break whatever else runs there."""
    request = make_mocked_request("GET", "/", headers={"Host": host}, match_info={"page": ""}).clone(scheme=scheme)
    answer = await PageRoutes(BUILT).show(Call(request, "req_1", "192.0.2.1"))
    assert ("Strict-Transport-Security" in answer.headers) == is_held
