"""The web pages: the same bytes for everybody, under headers that let a page run nothing but what was built."""

import secrets
from ipaddress import ip_address

from aiohttp import ETag, web

from broker.http.built import CODINGS, BuiltFile, BuiltPages, Variant
from broker.http.errors import NotFoundError
from broker.http.local import NAME, host_name
from broker.http.routes import Call, Public, Route

# Whatever is no page stays what it is: an unknown path of the API is answered by the API.
PATH = "/{page:(?!(?:agent|api|healthz|readyz)(?:/|$)).*}"
MAX_PATH_LENGTH = 1000
PLACEHOLDER = "__CSP_NONCE__"
HSTS_SECONDS = 365 * 86_400
FEATURES = (
    "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Wicketgate</title>
<h1>The pages are not built</h1>
<p>The broker works, and so do its API and the command line. To see pages here, run <code>make web</code> in the
checkout that the broker runs from, and start the broker again.</p>
<p>The first admin can be made without them: run the line with <code>wicket setup</code> that the broker printed.</p>
</html>
"""


class PageRoutes:
    """Serves what was built: files by their names, and the one page for every path that a person may open."""

    def __init__(self, built: BuiltPages | None) -> None:
        self._built = built

    def routes(self) -> list[Route]:
        """Return the routes."""
        access = Public("the pages are the same for everybody; what they show comes from the API")
        return [
            Route(method, PATH, self.show, access, "The web pages", media="text/html",
                  max_parameter_length=MAX_PATH_LENGTH, is_described=False)
            for method in ("GET", "HEAD")
        ]  # fmt: skip

    async def show(self, call: Call) -> web.StreamResponse:
        """Answer with a file, the page, or how to build it."""
        path, request = call.path("page"), call.request
        if self._built is not None and (file := self._built.files.get(path)) is not None:
            response = _file(request, file)
        elif path and not _is_opened_by_a_person(request):
            raise NotFoundError("There is nothing at this address.")
        elif self._built is None:
            response = _page(NOT_BUILT, 503)
        else:
            response = _page(self._built.index, 200)
        return _guarded(request, response)


def _is_opened_by_a_person(request: web.Request) -> bool:
    """Tell a browser that opens a page from one that looks for a file, and from programs."""
    accepted = ",".join(request.headers.getall("Accept", []))
    kinds = {part.partition(";")[0].strip().lower() for part in accepted.split(",")}
    return "text/html" in kinds and not request.path.startswith("/assets/")


def _page(text: str, status: int) -> web.Response:
    # Never compressed and never kept: a nonce that is used twice, or that can be guessed by size, is none.
    nonce = secrets.token_urlsafe(16)
    headers = {"Content-Security-Policy": _policy(f"'self' 'nonce-{nonce}'"), "Cache-Control": "no-store"}
    return web.Response(
        text=text.replace(PLACEHOLDER, nonce), status=status, content_type="text/html", charset="utf-8", headers=headers
    )


def _policy(styles: str) -> str:
    return (
        f"default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _file(request: web.Request, file: BuiltFile) -> web.Response:
    variant = _best(file, ",".join(request.headers.getall("Accept-Encoding", [])))
    headers = {
        "ETag": f'"{variant.etag}"',
        "Cache-Control": "public, max-age=31536000, immutable" if file.is_hashed else "no-cache",
        "Content-Security-Policy": _policy("'self'"),
        "Vary": "Accept-Encoding",
    }
    if _is_known(request, variant):
        return web.Response(status=304, headers=headers)
    if variant.coding != "identity":
        headers["Content-Encoding"] = variant.coding
    return web.Response(body=variant.body, headers={**headers, "Content-Type": file.media})


def _is_known(request: web.Request, variant: Variant) -> bool:
    known: tuple[ETag, ...] = request.if_none_match or ()
    return any(tag.value in ("*", variant.etag) for tag in known)


def _best(file: BuiltFile, accepted: str) -> Variant:
    """Return the variant of the coding that we like best among those that are taken."""
    weights = dict(_weights(accepted))
    for coding in CODINGS:
        if coding in file.variants and weights.get(coding, weights.get("*", 0.0)) > 0:
            return file.variants[coding]
    return file.variants["identity"]


def _weights(accepted: str) -> list[tuple[str, float]]:
    found = []
    for part in accepted.split(","):
        coding, _, parameter = part.partition(";")
        name, _, value = parameter.partition("=")
        try:
            weight = float(value) if name.strip().lower() == "q" else 1.0
        except ValueError:
            weight = 0.0
        found.append((coding.strip().lower(), weight))
    return found


def _guarded(request: web.Request, response: web.Response) -> web.Response:
    response.headers.update(
        {
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
    )
    if request.secure and _is_name_of_ours(host_name(request)):
        response.headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}"
    return response


def _is_name_of_ours(name: str) -> bool:
    """Tell whether browsers may be held to HTTPS there: they would hold ``localhost`` to it on every port."""
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return name not in ("", NAME)
    return False
