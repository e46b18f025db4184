"""A retried POST is answered with the first one's answer instead of being done twice."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered to the first call; ``status`` 0 while that call is still at work."""

    body_digest: bytes
    status: int
    body: bytes


class IdempotencyStore(Protocol):
    """Keeps answers per caller and key, for a day."""

    async def begin(self, caller: str, key: str, body_digest: bytes) -> StoredAnswer | None:
        """Claim the key; return what is stored under it if it was claimed before."""
        ...

    async def finish(self, caller: str, key: str, status: int, body: bytes) -> None:
        """Keep the answer of a call that began."""
        ...

    async def abandon(self, caller: str, key: str) -> None:
        """Forget a call that did not end in an answer worth repeating."""
        ...
