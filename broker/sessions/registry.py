"""The live sessions of this node, and how many there are of each kind."""

from collections.abc import Callable, Iterator

from broker.sessions.live import LiveSession
from tunnel.ids import SessionId


class LiveSessions:
    """All live sessions by id. Small enough to be walked: a node carries hundreds, not millions."""

    def __init__(self) -> None:
        self._sessions: dict[SessionId, LiveSession] = {}
        self._leaving: dict[SessionId, LiveSession] = {}
        self._blocks: set[tuple[str, str]] = set()

    def __iter__(self) -> Iterator[LiveSession]:
        return iter(list(self._sessions.values()))

    def __len__(self) -> int:
        return len(self._sessions)

    def get(self, session_id: str) -> LiveSession | None:
        """Return the live session of this id."""
        return self._sessions.get(SessionId(session_id))

    def add(self, session: LiveSession) -> None:
        """Take a session in."""
        self._sessions[session.facts.id] = session

    def remove(self, session: LiveSession) -> None:
        """Take a session that has ended out of the live ones; it is ``leaving`` until its end is written down."""
        self._sessions.pop(session.facts.id, None)
        self._leaving[session.facts.id] = session

    def leaving(self, session_id: str) -> LiveSession | None:
        """Return the session of this id if it has ended and its row does not say so yet."""
        return self._leaving.get(SessionId(session_id))

    def forget(self, session: LiveSession) -> None:
        """The row tells of the end from now on."""
        self._leaving.pop(session.facts.id, None)

    def where(self, condition: Callable[[LiveSession], bool]) -> list[LiveSession]:
        """Return the live sessions that fulfil the condition."""
        return [session for session in self if condition(session)]

    def streams_of_agent(self, agent_id: str) -> int:
        """Count the streams that an agent carries or was asked for."""
        return sum(stream.agent_id == agent_id for session in self for stream in session.streams.values())

    def streams_of_service(self, service_id: str) -> int:
        """Count the streams to one service."""
        return sum(len(session.streams) for session in self if session.facts.target.service == service_id)

    def block(self, user_id: str, asset_id: str) -> None:
        """Refuse this user on this asset from this moment, before the database knows."""
        self._blocks.add((user_id, asset_id))

    def unblock(self, user_id: str, asset_id: str) -> None:
        """The database knows now (or the block was lifted)."""
        self._blocks.discard((user_id, asset_id))

    def is_blocked(self, user_id: str, asset_id: str) -> bool:
        """Tell whether a block is just being written."""
        return (user_id, asset_id) in self._blocks
