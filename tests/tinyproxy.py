"""A real HTTP CONNECT proxy (tinyproxy) that wants to know who comes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.demo.programs import start_on_free_port

USER, PASSWORD = "plant", "correct-horse"


@asynccontextmanager
async def tinyproxy(folder: Path) -> AsyncIterator[tuple[int, Path]]:
    """Run the proxy on a loopback port; yields the port and the log, which has each request of a client."""
    settings, log = folder / "tinyproxy.conf", folder / "tinyproxy.log"

    def command(port: int) -> Sequence[str]:
        settings.write_text(
            f"Port {port}\nListen 127.0.0.1\nTimeout 600\nMaxClients 20\nLogLevel Info\n"
            f"Allow 127.0.0.1\nBasicAuth {USER} {PASSWORD}\n"
        )
        return ["tinyproxy", "-d", "-c", str(settings)]

    program, port = await start_on_free_port("tinyproxy", command, log, says="Accepting connections")
    try:
        yield port, log
    finally:
        await program.stop()
