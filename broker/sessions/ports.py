"""What sessions need of a recorder, as they need it; the composition root brings the two together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from broker.sessions.inspector import StreamRecorder


class Recorder(StreamRecorder, Protocol):
    """The recording of one session, in the making."""

    @property
    def recording_id(self) -> str:
        """Its id."""
        ...

    def event(self, kind: str, details: dict[str, object], stream: int = 0) -> bool:
        """Take something that happened to a stream, or (0) to the session."""
        ...

    async def close(self, reason: str, detail: str = "") -> None:
        """Seal what is left, sign the manifest, and end; never raises for a failed store."""
        ...


@dataclass(frozen=True, slots=True)
class RecorderHooks:
    """What a recorder tells its session: it failed (why), it has room again."""

    failed: Callable[[str], None]
    drained: Callable[[], None]
