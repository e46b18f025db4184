"""Carries one look at a device: the plainest way there is."""

import asyncio

from guards.datagrams import HEAD_BYTES, framed
from guards.look import Look
from guards.looks import make_look
from policies.rules import Rules
from tests.unit.tunnel.udp import udp

PATIENCE_SECONDS = 20.0


async def looked(protocol: str, rules: Rules, port: int) -> Look:
    """Look at what listens on a loopback port."""
    look = make_look(protocol, rules)
    assert look is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            writer.write(look.start())
            while not look.is_over and (data := await reader.read(65536)):
                writer.write(look.receive(data))
        look.stop("the device closed the connection")
    finally:
        writer.close()
    return look


async def looked_in_datagrams(protocol: str, rules: Rules, port: int) -> Look:
    """Look at what answers datagrams on a loopback port."""
    look = make_look(protocol, rules)
    assert look is not None
    async with udp(to=("127.0.0.1", port)) as socket, asyncio.timeout(PATIENCE_SECONDS):
        request = look.start()
        while not look.is_over:
            if request:
                socket.say(request[HEAD_BYTES:])
            data, _ = await socket.inbox.get()
            request = look.receive(framed(data))
    return look
