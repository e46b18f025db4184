"""The one gate: every byte path asks here, and nothing else decides who may pass."""

from collections.abc import Callable
from enum import StrEnum
from typing import NoReturn, assert_never

from broker.access.admission import Admission, Answer
from broker.access.answers import approval_required, denied, mfa_required
from broker.access.service import AccessService
from broker.db.engine import Database
from broker.http.errors import NotFoundError
from broker.http.principal import Permission, Principal
from broker.sessions.errors import SessionEndedError, SessionHeldError
from broker.sessions.limits import Load, check
from broker.sessions.live import CLOSING_TEXT, LiveSession
from broker.sessions.registry import LiveSessions
from broker.sessions.states import END_TEXT, EndCode, SessionState
from broker.sessions.tables import SessionRow
from policies.decision import Allow, Decision, Deny, NeedsApproval, NeedsMfa
from policies.rules import Tier


class Action(StrEnum):
    """What somebody wants of a session."""

    STREAM = "stream"
    """Pass bytes."""
    WATCH = "watch"
    """Learn what happens to it."""
    SUPERVISE = "supervise"
    """Be the one of the plant who watches it: somebody else's, and able to cut it."""
    END = "end"
    """End one's own."""
    EXTEND = "extend"
    """Ask for more time in one's own, or propose it for somebody else's."""


class Gate:
    """Says who may open a session, pass bytes through it, watch it, or look at its recording."""

    def __init__(self, access: AccessService, live: LiveSessions, database: Database) -> None:
        self._access = access
        self._live = live
        self._db = database

    async def admit(
        self, principal: Principal, *, asset: str, service: str, tiers: frozenset[Tier], grant: str | None
    ) -> Admission:
        """Let a session be opened, or raise what says why not."""
        answer = await self._access.decide_activation(principal, asset=asset, service=service, tiers=tiers, grant=grant)
        return _admitted(answer)

    async def enter(self, principal: Principal, session_id: str, action: Action) -> LiveSession:
        """Return the live session if the caller may do this with it; raise otherwise.

        A session of somebody else looks like none at all, except to those who may read all sessions.
        """
        session = self._live.get(session_id)
        if session is None or not self.allows(principal, session, action):
            await self._explain_absence(principal, session_id, action)
        assert session is not None
        if action is Action.STREAM:
            await self._check_stream(session)
        return session

    def allows(self, principal: Principal, session: LiveSession, action: Action) -> bool:
        """Tell whether the caller may do this with a live session."""
        return _ALLOWED[action](principal, session)

    async def still_right(self, session: LiveSession) -> Decision:
        """Ask anew whether a live session may go on."""
        facts = session.facts
        decision = await self._access.decide_continuation(
            grant_id=facts.grant_id, login_id=facts.login_id, address=facts.address
        )
        if isinstance(decision, Allow):
            session.found_right()
        return decision

    async def grants_approved_by(self, user_id: str) -> frozenset[str]:
        """Return the running grants that rest on this person's yes."""
        return await self._access.grants_approved_by(user_id)

    def evidence(self, principal: Principal, *, export: bool) -> None:
        """Let the caller look at (or export) recordings, or raise ``NotFoundError``."""
        if not principal.may(Permission.RECORDINGS_EXPORT if export else Permission.RECORDINGS_READ):
            raise NotFoundError

    def check_room(self, session: LiveSession) -> None:
        """Raise ``LimitReachedError`` if the session or its device has no room for one more stream.

        A stream of our own, through which the device is looked at, takes none of the user's: it ends before theirs.
        """
        ours = sum(stream.is_ours for stream in session.streams.values())
        at_device = self._live.streams_of_service(session.facts.target.service)
        check(
            [
                Load("streams of this session", len(session.streams) - ours, session.terms.max_streams),
                Load("streams to this device's service", at_device - ours, session.facts.device_streams),
            ]
        )

    async def _check_stream(self, session: LiveSession) -> None:
        if session.state is SessionState.HELD:
            raise SessionHeldError("The approved time is over; what is open may go on for now, nothing new opens.")
        if session.is_closing:
            raise SessionEndedError(CLOSING_TEXT)
        self.check_room(session)
        if session.was_just_judged:
            return
        match await self.still_right(session):
            case Allow():
                # It may have been cut while it was judged: then nobody dials for it any more.
                if session.state is SessionState.ENDED:
                    raise _ended(session)
            case Deny() | NeedsApproval() | NeedsMfa() as decision:
                refuse(decision)
            case other:
                assert_never(other)

    async def _explain_absence(self, principal: Principal, session_id: str, action: Action) -> NoReturn:
        reads_all = action is Action.WATCH and principal.may(Permission.SESSIONS_READ_ALL)
        leaving = self._live.leaving(session_id)
        if leaving is not None and (reads_all or leaving.facts.user_id == principal.user_id):
            raise _ended(leaving)
        async with self._db.reading() as view:
            row = await view.get(SessionRow, session_id)
        if row is None or row.end_code is None or not (reads_all or row.user_id == principal.user_id):
            raise NotFoundError
        code = EndCode(row.end_code)
        raise SessionEndedError(row.end_detail or END_TEXT[code], fields={"end_code": code.value})


def _ended(session: LiveSession) -> SessionEndedError:
    return SessionEndedError(session.end_detail, fields={"end_code": str(session.end_code)})


def _admitted(answer: Answer) -> Admission:
    match answer:
        case Admission():
            return answer
        case Deny() | NeedsApproval() | NeedsMfa():
            refuse(answer)
        case other:
            assert_never(other)


def refuse(decision: Deny | NeedsApproval | NeedsMfa) -> NoReturn:
    """Raise the error that tells the caller of a decision other than a yes."""
    match decision:
        case Deny():
            raise denied(decision)
        case NeedsApproval():
            raise approval_required(decision)
        case NeedsMfa():
            raise mfa_required(decision)


_ALLOWED: dict[Action, Callable[[Principal, LiveSession], bool]] = {
    Action.STREAM: lambda principal, session: (
        principal.user_id == session.facts.user_id and principal.may(Permission.SESSIONS_OPEN)
    ),
    Action.WATCH: lambda principal, session: (
        principal.user_id == session.facts.user_id or principal.may(Permission.SESSIONS_READ_ALL)
    ),
    Action.SUPERVISE: lambda principal, session: (
        principal.user_id != session.facts.user_id
        and principal.may(Permission.SESSIONS_READ_ALL)
        and principal.may(Permission.SESSIONS_CUT)
    ),
    Action.END: lambda principal, session: principal.user_id == session.facts.user_id,
    Action.EXTEND: lambda principal, session: (
        principal.user_id == session.facts.user_id
        or (principal.may(Permission.REQUESTS_DECIDE) and principal.may(Permission.SESSIONS_READ_ALL))
    ),
}
