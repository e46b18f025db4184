"""A real OpenSSH host on loopback for the demo and the tests: its own keys, one user, no root needed."""

import getpass
import os
from dataclasses import dataclass
from pathlib import Path

from deploy.demo.programs import Program, run_once, start_on_free_port

SSHD = "/usr/sbin/sshd"


@dataclass(frozen=True, slots=True)
class SshHost:
    """Where it listens and how to get in."""

    program: Program
    port: int
    user: str
    identity: Path
    known_hosts: Path

    @classmethod
    async def start(cls, folder: Path) -> "SshHost":
        """Make keys and start sshd in the foreground."""
        folder.mkdir(parents=True, exist_ok=True)
        host_key, identity = folder / "host", folder / "id"
        for key in (host_key, identity):
            await run_once(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)])
        authorized = folder / "authorized_keys"
        authorized.write_text(identity.with_suffix(".pub").read_text())
        config = folder / "sshd_config"
        config.write_text(
            f"ListenAddress 127.0.0.1\nHostKey {host_key}\nAuthorizedKeysFile {authorized}\n"
            f"PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
            f"PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\nMaxStartups 100\nMaxSessions 100\n"
        )
        if os.geteuid() == 0:
            # sshd, when it is root, wants its empty folder for privilege separation.
            Path("/run/sshd").mkdir(parents=True, exist_ok=True)
        command = [SSHD, "-D", "-e", "-f", str(config), "-p"]
        program, port = await start_on_free_port(
            "sshd", lambda port: [*command, str(port)], folder / "sshd.log", says="Server listening on 127.0.0.1"
        )
        known = folder / "known_hosts"
        known.write_text(f"* {host_key.with_suffix('.pub').read_text()}")
        return cls(program, port, getpass.getuser(), identity, known)

    def options(self) -> list[str]:
        """Options that make ssh, scp and sftp use these keys and nothing of the user's."""
        return [
            "-F", "none", "-i", str(self.identity), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
            "-o", f"UserKnownHostsFile={self.known_hosts}", "-o", "StrictHostKeyChecking=yes",
        ]  # fmt: skip
