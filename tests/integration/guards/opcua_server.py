"""A real OPC UA server (asyncua) without security on loopback, as old devices are."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncua import Server, ua


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    """Serve; the server's own log is not for a test's reader."""
    log = logging.getLogger("asyncua")
    before = log.level
    log.setLevel(logging.CRITICAL)
    server = Server()
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0/")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace("urn:plant")
    try:
        async with server:
            yield server
    finally:
        log.setLevel(before)


def port_of(server: Server) -> int:
    """Where it listens."""
    assert server.bserver is not None
    assert server.bserver._server is not None
    return int(server.bserver._server.sockets[0].getsockname()[1])
