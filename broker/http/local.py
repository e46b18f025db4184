"""The same pages and API on plain HTTP for this machine alone: loopback addresses, and the one name ``localhost``."""

import errno
import re
import socket
from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from broker.http.errors import BadRequestError
from broker.http.listener import bind
from broker.http.routes import AgentOnly, Route

ADDRESSES = ("127.0.0.1", "::1")
NAME = "localhost"
ATTEMPTS = 10
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::[0-9]{1,5})?")
_NO_SUCH_ADDRESS = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


def bind_loopback(port: int) -> list[socket.socket]:
    """Return sockets bound to one port on both loopback addresses (0 lets the system choose); raise ``OSError``.

    A machine without IPv6 has one of them. An address whose port somebody else holds is an error: a browser takes
    either, and would give its password to whoever listens there.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return _bind_both(port)
        except OSError:
            if port:
                raise
    return _bind_both(port)


def _bind_both(port: int) -> list[socket.socket]:
    first = bind(ADDRESSES[0], port)
    try:
        return [first, bind(ADDRESSES[1], first.getsockname()[1])]
    except OSError as error:
        if error.errno in _NO_SUCH_ADDRESS:
            return [first]
        first.close()
        raise


def host_name(request: web.Request) -> str:
    """Return the name or address that the caller means to have reached, without port; empty when it makes no sense."""
    found = _HOST.fullmatch(request.headers.get("Host", ""))
    return found[1].lower() if found else ""


@web.middleware
async def for_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what names another host: a page of a stranger's site whose name was made to lead here (DNS rebinding)."""
    if host_name(request) != NAME or len(request.headers.getall("Host")) > 1:
        raise BadRequestError("This port serves this machine only.", hint=f"Open it as http://{NAME}:PORT.")
    return await handler(request)


def without_agents(routes: Sequence[Route]) -> list[Route]:
    """Leave out what agents call: they come with a certificate, or to get one, and there are none without TLS."""
    return [
        route for route in routes if not isinstance(route.access, AgentOnly) and not route.path.startswith("/agent/")
    ]
