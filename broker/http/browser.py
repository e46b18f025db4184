"""What a browser shows of its login: a cookie that no script can read, and that the page which asks is our own.

A cookie comes along with whatever the browser sends, whoever made it send that. So what changes something also needs a
token that only our pages can know, and a WebSocket, which cannot carry one, the ``Origin`` of our pages.
"""

import hashlib
import hmac

from aiohttp import web

from broker.http.errors import BrokerError

# __Host- makes browsers refuse the cookie unless it is Secure, for this very host and for every path.
COOKIE = "__Host-wicket"
CSRF_HEADER = "X-Wicket-CSRF"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict"
_DOMAIN = b"wicketgate-csrf-v1\n"


class CsrfFailedError(BrokerError):
    """The request does not prove that one of our own pages made it."""

    code = "csrf_failed"
    title = "Not from the broker's own page"


def kept(secret: str) -> str:
    """Return the ``Set-Cookie`` that gives a browser its login; the cookie goes when the browser is closed."""
    return f"{COOKIE}={secret}; {_ATTRIBUTES}"


def cleared() -> str:
    """Return the ``Set-Cookie`` that takes it back."""
    return f"{COOKIE}=; {_ATTRIBUTES}; Max-Age=0"


def login_cookie(request: web.Request) -> str | None:
    """Return the secret of the request's cookie, if it counts: beside an ``Authorization`` header none does."""
    if "Authorization" in request.headers:
        return None
    pairs = [pair.partition("=") for line in request.headers.getall("Cookie", []) for pair in line.split(";")]
    found = [value.strip() for name, _, value in pairs if name.strip() == COOKIE]
    return found[0] if len(found) == 1 and found[0] and found[0].isascii() else None


def csrf_token(secret: str) -> str:
    """Return what a page must know to change something; the cookie's secret cannot be told from it."""
    return hmac.new(secret.encode(), _DOMAIN, hashlib.sha256).hexdigest()


def own_origin(request: web.Request) -> str:
    """Return the origin of the pages that this request's address serves, as browsers write it."""
    return f"{request.scheme}://{request.headers.get('Host', '')}".lower()


def check_own_page(request: web.Request) -> None:
    """Refuse what no page of ours sent: every browser names the page's origin when it posts or opens a WebSocket."""
    if request.headers.getall("Origin", []) != [own_origin(request)]:
        raise CsrfFailedError(
            "The Origin header does not name the broker's own address.",
            hint="Browsers send it by themselves. A program signs in without 'browser', and shows its access token.",
        )


def check_forgery(request: web.Request, secret: str) -> None:
    """Refuse a request that the cookie alone authenticates and that another page may have caused."""
    if "Upgrade" in request.headers:
        check_own_page(request)
    if request.method in SAFE_METHODS:
        return
    given = request.headers.getall(CSRF_HEADER, [])
    right = csrf_token(secret)
    if len(given) != 1 or not given[0].isascii() or not hmac.compare_digest(given[0], right):
        raise CsrfFailedError(
            f"The header {CSRF_HEADER} is missing or is not this login's.",
            hint="GET /api/v1/auth/whoami gives the value as 'csrf'.",
        )
