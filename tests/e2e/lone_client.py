"""A client in a process of its own, to be killed: ``python -m tests.e2e.lone_client < JSON`` opens a stream and stays.

Prints ``ready`` when the device's first echo came back, and ``ended CODE`` or ``refused CODE`` when the stream is over.
"""

import asyncio
import json
import sys

from tests.e2e.tunnel import Tunnel

WORD = b"first words"


async def run(broker_port: int, ca: str, path: str, token: str) -> None:
    """Talk to an echoing device once, then wait for the end."""
    async with Tunnel(broker_port, ca, path, token, {}) as tunnel:
        reader, writer = await tunnel.connect()
        writer.write(WORD)
        try:
            await reader.readexactly(len(WORD))
        except (asyncio.IncompleteReadError, ConnectionError):
            print(f"refused {(await tunnel.refusal()).code}", flush=True)
            return
        print("ready", flush=True)
        print(f"ended {(await tunnel.end(600)).code}", flush=True)


if __name__ == "__main__":
    asyncio.run(run(**json.load(sys.stdin)))
