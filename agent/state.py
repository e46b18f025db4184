"""The state directory: who this agent is. Nobody but its own user may look inside; files are replaced as a whole."""

import fcntl
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.errors import NotEnrolledError, StateError
from agent.files import read_text, write_atomically
from agent.tokens import GrantKeys, TokenError, read_keys
from tunnel.messages import EnrolmentResponse, Identifier


class AgentRecord(BaseModel):
    """What enrolment told this agent about itself; not secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: Identifier
    site: Identifier
    site_name: str
    name: str
    url: str
    issuer: str
    ca_fingerprint: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An enrolled agent's identity; ``identity`` is the PEM file of key and certificate chain."""

    record: AgentRecord
    ca: str
    identity: Path
    grant_keys: GrantKeys


class StateDirectory:
    """Key and certificate lie in one file, so that a renewal replaces both or neither."""

    def __init__(self, path: Path) -> None:
        """Use the directory; nothing is read or made yet."""
        self.path = path
        self.identity = path / "identity.pem"
        self.lock = path / "lock.json"
        self.socket = path / "agent.sock"
        self._record = path / "agent.json"
        self._ca = path / "ca.pem"
        self._keys = path / "grant-keys.json"
        self._dismissal = path / "dismissed.txt"

    def prepare(self) -> None:
        """Make the directory if it is missing, and check who may look inside; raises StateError."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = self.path.stat()
        except OSError as error:
            raise StateError(f"{self.path}: {error.strerror}; make it with: install -d -m 0700 {self.path}") from error
        if not stat.S_ISDIR(found.st_mode):
            raise StateError(f"{self.path} is not a directory")
        if found.st_mode & 0o077:
            raise StateError(f"{self.path} is open to other users: run chmod 0700 {self.path}")
        if os.geteuid() not in (0, found.st_uid):
            raise StateError(f"{self.path} belongs to another user: run this command as that user, or as root")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only agent that uses this directory; raises StateError if another one does."""
        handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _take(handle, self.path)
            yield
        finally:
            os.close(handle)

    @property
    def enrolled(self) -> bool:
        """Whether an enrolment was completed here."""
        return self._record.exists()

    def load(self) -> Enrolment:
        """Read the identity; raises NotEnrolledError or StateError."""
        if not self.enrolled:
            raise NotEnrolledError(f"no identity in {self.path}: enrol first with wicket-agent enroll")
        self._check_secret(self.identity)
        try:
            record = AgentRecord.model_validate_json(read_text(self._record))
            keys = read_keys(json.loads(read_text(self._keys)))
            return Enrolment(record, read_text(self._ca), self.identity, keys)
        except (OSError, ValueError, ValidationError, TokenError) as error:
            raise StateError(f"the identity in {self.path} cannot be read ({error}): enrol again") from error

    def save_enrolment(self, response: EnrolmentResponse, key_pem: str, record: AgentRecord) -> None:
        """Keep a new identity; the record comes last, so that half an enrolment is none."""
        write_atomically(self._ca, response.ca)
        self.save_grant_keys(response.grant_keys)
        self.save_identity(key_pem, response.certificate)
        write_atomically(self._record, record.model_dump_json(indent=2) + "\n")

    def save_identity(self, key_pem: str, certificate_pem: str) -> None:
        """Replace key and certificate together."""
        write_atomically(self.identity, f"{key_pem.rstrip()}\n{certificate_pem.rstrip()}\n")

    def save_grant_keys(self, jwk_set: dict[str, object]) -> None:
        """Keep the keys that session grants are signed with."""
        write_atomically(self._keys, json.dumps(jwk_set, indent=2) + "\n")

    def note_dismissal(self, reason: str) -> None:
        """Keep why the broker sent this agent away, for ``status``; an empty reason forgets it."""
        if reason:
            write_atomically(self._dismissal, reason + "\n")
        else:
            self._dismissal.unlink(missing_ok=True)

    def dismissal(self) -> str:
        """Return why the broker sent this agent away, or an empty text."""
        try:
            return read_text(self._dismissal).strip()
        except (OSError, ValueError):
            return ""

    def _check_secret(self, path: Path) -> None:
        try:
            mode = path.stat().st_mode
        except OSError as error:
            raise StateError(f"{path}: {error.strerror}: enrol again") from error
        if mode & 0o077:
            raise StateError(f"{path} holds the private key and is open to other users: run chmod 0600 {path}")


def _take(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StateError(f"another wicket-agent is running on {path}") from error
