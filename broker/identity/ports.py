"""What identity needs of packages above it, as interfaces; the composition root brings the two together."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class GroupNeeds:
    """What needs a group: policies that hold and name it, and open decisions that its members make."""

    policies: tuple[str, ...] = ()
    requests: int = 0
    reviews: int = 0

    def __bool__(self) -> bool:
        return bool(self.policies or self.requests or self.reviews)

    def said(self) -> str:
        """Say it in a sentence, policies by name."""
        names = ", ".join(self.policies)
        if len(self.policies) > 1:
            return f"The policies {names} name this group."
        if self.policies:
            return f"The policy {names} names this group."
        return f"This group is still asked. Open requests: {self.requests}, open reviews: {self.reviews}."


class GroupUses(Protocol):
    """Says what needs a group; implemented by ``access``."""

    async def of(self, view: AsyncSession, group: str) -> GroupNeeds:
        """Return what needs the group of this name now."""
        ...
