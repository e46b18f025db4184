"""The stream handshake: HTTP/1.1 Upgrade, after which frames travel (RFC 9110, 7.8; docs/wire-protocol.md, 4).

This is the client's side; the server's is ``tunnel.taking``, so that who only opens streams loads no server.
"""

from collections.abc import Mapping

from tunnel.dial import Endpoint, connect
from tunnel.ends import FramedEnd
from tunnel.errors import UpgradeError, UpgradeFailedError, UpgradeRefusedError
from tunnel.exchange import Exchange, explained
from tunnel.heads import Answer, build_request, read_problem
from tunnel.messages import STREAM_PROTOCOL
from tunnel.proxy import Proxy

__all__ = [
    "Endpoint",
    "Proxy",
    "UpgradeError",
    "UpgradeFailedError",
    "UpgradeRefusedError",
    "open_stream",
]


async def open_stream(
    endpoint: Endpoint, path: str, headers: Mapping[str, str], end: FramedEnd, *, deadline_seconds: float = 15.0
) -> None:
    """Connect, ask for the upgrade, and hand the connection to ``end``.

    Raises ``UpgradeRefusedError`` (the broker, or the proxy with code ``proxy_*``, said no) or ``UpgradeFailedError``.
    """
    async with explained(endpoint.authority, deadline_seconds):
        transport, exchange = await connect(endpoint, Exchange)
        try:
            answer = await exchange.ask(_upgrade_request(endpoint, path, headers))
            _check_answer(answer)
        except BaseException:
            transport.abort()
            raise
    end.preload(answer.rest)
    transport.set_protocol(end)
    end.connection_made(transport)
    transport.resume_reading()


def _upgrade_request(endpoint: Endpoint, path: str, headers: Mapping[str, str]) -> bytes:
    fields = {"Host": endpoint.authority, "Connection": "Upgrade", "Upgrade": STREAM_PROTOCOL, **headers}
    return build_request("GET", path, fields)


def _check_answer(answer: Answer) -> None:
    if answer.status != 101:
        problem = read_problem(answer.body)
        code = problem["code"] or f"http_{answer.status}"
        raise UpgradeRefusedError(answer.status, code, problem["title"], problem["detail"])
    if answer.fields.get("upgrade", "").lower() != STREAM_PROTOCOL or not answer.has_token("connection", "upgrade"):
        raise UpgradeFailedError("malformed", "the server switched to another protocol than was asked for")
