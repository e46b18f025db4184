"""Where tokens are kept between commands: the system's keyring where there is one, else a file of mode 0600.

A refresh token works once, so that two commands must never refresh at the same time: ``turn`` is one at a time.
"""

import asyncio
import fcntl
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from client.config import Profile
from client.errors import ClientError
from client.files import write_private

TOKEN_FILE = "tokens.json"  # noqa: S105 - a file's name
LOCK_FILE = "tokens.lock"
KEYRING_SERVICE = "wicketgate"
TURN_SECONDS = 60.0
TURN_PAUSE_SECONDS = 0.05
FAKE_BACKENDS = ("keyring.backends.fail", "keyring.backends.null")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gave; ``expires_at`` is of the access token, in seconds since 1970 by this machine's clock."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float

    @classmethod
    def of(cls, answer: dict[str, Any], now: float) -> "Tokens":
        """Read the broker's answer that came at ``now``."""
        return cls(str(answer["access_token"]), str(answer["refresh_token"]), now + float(answer["expires_in"]))


class TokenPlace(Protocol):
    """One place for one broker's tokens."""

    def load(self) -> str | None:
        """Return what is kept."""
        ...

    def save(self, text: str) -> None:
        """Keep it."""
        ...

    def clear(self) -> None:
        """Forget it."""
        ...


class FilePlace:
    """A file that only its owner can read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> str | None:
        """See ``TokenPlace``."""
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ClientError(f"{self._path}: {error.strerror}") from error

    def save(self, text: str) -> None:
        """See ``TokenPlace``."""
        write_private(self._path, text.encode())

    def clear(self) -> None:
        """See ``TokenPlace``."""
        self._path.unlink(missing_ok=True)


class KeyringPlace:
    """The desktop's own secret store."""

    def __init__(self, account: str) -> None:
        self._account = account

    def load(self) -> str | None:
        """See ``TokenPlace``."""
        import keyring
        import keyring.errors

        try:
            return keyring.get_password(KEYRING_SERVICE, self._account)
        except keyring.errors.KeyringError as error:
            raise ClientError(f"The system keyring refuses: {error}", hint="Unlock it, or sign in again.") from error

    def save(self, text: str) -> None:
        """See ``TokenPlace``."""
        import keyring
        import keyring.errors

        try:
            keyring.set_password(KEYRING_SERVICE, self._account, text)
        except keyring.errors.KeyringError as error:
            raise ClientError(f"The system keyring refuses: {error}", hint="Set WICKET_TOKENS=file.") from error

    def clear(self) -> None:
        """See ``TokenPlace``."""
        import keyring
        import keyring.errors

        try:
            keyring.delete_password(KEYRING_SERVICE, self._account)
        except keyring.errors.KeyringError:
            return


class TokenStore:
    """The tokens of one profile. ``home`` holds the lock file, and the tokens where there is no keyring.

    Tokens are kept with the address that they are for: what one broker gave is never shown to another.
    """

    def __init__(self, home: Path, url: str, place: TokenPlace) -> None:
        self._home = home
        self._url = url
        self._place = place

    def load(self) -> Tokens | None:
        """Return the tokens, or ``None`` when there are none for this broker that can be understood."""
        text = self._place.load()
        try:
            kept = json.loads(text or "{}")
            return Tokens(**kept["tokens"]) if kept["url"] == self._url else None
        except (ValueError, TypeError, KeyError):
            return None

    def save(self, tokens: Tokens) -> None:
        """Keep new tokens."""
        self._place.save(json.dumps({"url": self._url, "tokens": asdict(tokens)}))

    def clear(self) -> None:
        """Forget the tokens."""
        self._place.clear()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold the lock between ``wicket`` processes; whoever waited must load the tokens again."""
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._home / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            await _locked(descriptor)
            yield
        finally:
            os.close(descriptor)


async def _locked(descriptor: int) -> None:
    try:
        async with asyncio.timeout(TURN_SECONDS):
            while not _try_lock(descriptor):  # noqa: ASYNC110 - flock has no other way to wait without a thread
                await asyncio.sleep(TURN_PAUSE_SECONDS)
    except TimeoutError as error:
        raise ClientError("Another wicket command holds the tokens and does not let go.") from error


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def token_store(home: Path, profile: Profile) -> TokenStore:
    """Return the store that the profile names."""
    if profile.tokens == "keyring":
        return TokenStore(home, profile.url, KeyringPlace(f"{profile.url} {home.resolve()}"))
    return TokenStore(home, profile.url, FilePlace(home / TOKEN_FILE))


def best_place(wanted: str | None) -> str:
    """Return ``keyring`` where a real one is there and works, else ``file``; ``wanted`` may ask for the file."""
    if wanted == "file":
        return "file"
    import keyring
    import keyring.errors

    backend = keyring.get_keyring()
    if type(backend).__module__.startswith(FAKE_BACKENDS) or backend.priority < 1:
        return "file"
    try:
        keyring.get_password(KEYRING_SERVICE, "is there a keyring")
    except keyring.errors.KeyringError:
        return "file"
    return "keyring"
