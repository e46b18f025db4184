"""The streams of a live session, and what it needs of their relays."""

from dataclasses import dataclass
from typing import Protocol

from tunnel.frames import Notice
from tunnel.ids import StreamId


class LiveRelay(Protocol):
    """What a session needs of a stream's relay."""

    @property
    def bytes_to_asset(self) -> int:
        """Payload sent towards the asset."""
        ...

    @property
    def bytes_to_user(self) -> int:
        """Payload sent towards the user."""
        ...

    def cut(self, code: str, reason: str = "") -> None:
        """End it now."""
        ...

    def extend(self, not_after_monotonic: float | None) -> None:
        """Move its deadline."""
        ...

    def notify(self, notice: Notice) -> None:
        """Tell the user."""
        ...

    def pause(self, token: object) -> None:
        """Read nothing more for now."""
        ...

    def resume(self, token: object) -> None:
        """Read on."""
        ...

    def hold_input(self) -> None:
        """Send the asset nothing of the user's from now on."""
        ...

    def release_input(self) -> None:
        """Send what was held, and what comes."""
        ...


@dataclass(slots=True)
class LiveStream:
    """One stream: its number in the recording, the agent that carries it, its relay once it flows.

    ``is_ours``: the broker itself looks at the device through it. ``is_guarded``: a guard refuses in it what may not
    pass; where there is none, its input is held.
    """

    id: StreamId
    number: int
    agent_id: str
    relay: LiveRelay | None = None
    is_ours: bool = False
    is_guarded: bool = False

    @property
    def is_held(self) -> bool:
        """Whether its input is held while nobody watches who must: no guard refuses it, and it is the user's."""
        return not self.is_guarded and not self.is_ours
