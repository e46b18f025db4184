"""Passwords: argon2id in a bounded thread pool, and what may be one. Every check costs the same, user known or not."""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from broker.http.errors import UnavailableError
from broker.identity.common_passwords import COMMON_PASSWORDS
from broker.identity.errors import WeakPasswordError
from broker.identity.names import canonical

MIN_LENGTH = 12
MAX_LENGTH = 256
MIN_DISTINCT = 5
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """The cost of one hash (RFC 9106, 4: the second recommended option)."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


class Passwords:
    """Hashes and checks. ``workers`` hashes run at once, ``max_waiting`` wait; more are refused as ``unavailable``."""

    def __init__(self, cost: Argon2Cost | None = None, *, workers: int = 2, max_waiting: int = 64) -> None:
        cost = cost or Argon2Cost()
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="passwords")
        self._max_waiting = max_waiting
        self._waiting = 0
        self._nobodys = self._hasher.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """Return the argon2id hash of a password, in its own encoded form with salt and cost."""
        return await self._run(lambda: self._hasher.hash(_prepared(password)))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Tell whether the password is the stored one; for ``None`` (nobody) do the same work and say no."""
        matches = await self._run(lambda: self._matches(stored or self._nobodys, _prepared(password)))
        return matches and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _matches(self, stored: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= self._max_waiting:
            raise UnavailableError(
                "Too many sign-ins at once.", hint="Retry in some seconds.", fields={"retry_after": 5}
            )
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1


def check_strength(password: str, user_name: str) -> None:
    """Refuse a password that is short, long, common or the user's own name; raise ``WeakPasswordError``."""
    folded = unicodedata.normalize("NFKC", password).lower()
    if len(folded) < MIN_LENGTH or len(password) > MAX_LENGTH:
        raise WeakPasswordError(f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.", hint="Use some words.")
    if folded in COMMON_PASSWORDS or len(set(folded)) < MIN_DISTINCT:
        raise WeakPasswordError("This password is among the first that anybody would try.", hint="Use some words.")
    if canonical(password).strip("0123456789!.-_ ") == canonical(user_name).strip("0123456789!.-_ "):
        raise WeakPasswordError("The password is the user name.", hint="Use some words.")


def one_time_password() -> str:
    """Make a password for somebody to use once: 100 random bits, without letters that look alike."""
    groups = ["".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(4)]
    return "-".join(groups)


def _prepared(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode()
