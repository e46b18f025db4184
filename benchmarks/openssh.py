"""The yardstick: OpenSSH ``-L`` in the client's place, ``-R`` in the agent's, sshd in the broker's, on this machine."""

import asyncio
import socket
from pathlib import Path

from deploy.demo.ports import free_port
from deploy.demo.programs import Program
from deploy.demo.sshd import SshHost

SECONDS = 30.0


class OpenSshChain:
    """Local ports that lead through ``ssh -L``, sshd and ``ssh -R`` to the device's ports."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._programs: list[Program] = []

    async def start(self, *device_ports: int) -> list[int]:
        """Start the chain and return a local port for each of the device's."""
        host = await SshHost.start(self._folder / "openssh")
        self._programs.append(host.program)
        middle = [free_port() for _ in device_ports]
        local = [free_port() for _ in device_ports]
        ssh = ["ssh", "-N", *host.options(), "-o", "ExitOnForwardFailure=yes", "-p", str(host.port), "127.0.0.1"]
        await self._forward("agent", ssh, "-R", middle, list(device_ports))
        await self._forward("client", ssh, "-L", local, middle)
        return local

    async def stop(self) -> None:
        """Stop it."""
        for program in reversed(self._programs):
            await program.stop()

    async def _forward(self, name: str, ssh: list[str], flag: str, listening: list[int], targets: list[int]) -> None:
        command = list(ssh)
        for port, target in zip(listening, targets, strict=True):
            command += [flag, f"127.0.0.1:{port}:127.0.0.1:{target}"]
        self._programs.append(await Program.start(f"ssh-{name}", command, self._folder / f"ssh-{name}.log"))
        for port in listening:
            await _until_listening(port)


async def _until_listening(port: int) -> None:
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                await asyncio.sleep(0.05)
