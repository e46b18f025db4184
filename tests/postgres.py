"""A real PostgreSQL for the tests: a cluster of its own in a temporary folder, on a Unix socket, stopped at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

STOP_SECONDS = 30


class PostgresUnavailableError(Exception):
    """There is no PostgreSQL here; the text says what to install."""


class PostgresCluster:
    """One cluster without TCP. PostgreSQL refuses to be root, so that root runs it as ``postgres``."""

    def __init__(self) -> None:
        self._programs = _programs()
        self._folder = Path(tempfile.mkdtemp(prefix="wg-pg-"))
        self._as_other = os.geteuid() == 0
        if self._as_other:
            account = pwd.getpwnam("postgres")
            os.chown(self._folder, account.pw_uid, account.pw_gid)

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of an empty database."""
        return f"postgresql+asyncpg://wicket@/postgres?host={self._folder}"

    def start(self) -> None:
        """Make the cluster and start it."""
        data = self._folder / "data"
        self._run("initdb", "-D", str(data), "-U", "wicket", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses= -c unix_socket_directories={self._folder} -c fsync=off -c max_connections=200"
        self._run("pg_ctl", "-D", str(data), "-l", str(self._folder / "log"), "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop it and remove its folder."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        command: Sequence[str] = [str(self._programs / program), *arguments]
        if self._as_other:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        done = subprocess.run(
            command,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        if check and done.returncode:
            raise PostgresUnavailableError(f"{program} failed:\n{done.stdout}{done.stderr}")


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise PostgresUnavailableError("PostgreSQL's programs are not here: apt-get install postgresql")
    return Path(on_path).parent
