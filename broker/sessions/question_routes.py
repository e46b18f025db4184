"""The API of questions: what sessions ask of the plant, and its answers."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from broker.db.engine import Database
from broker.http.errors import NotFoundError
from broker.http.paging import Page, PageQuery
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route, SignedIn
from broker.inventory.reader import InventoryReader
from broker.sessions.asking import Asking
from broker.sessions.models import Reference
from broker.sessions.questions import QuestionBook, QuestionQuery
from broker.sessions.tables import QuestionRow


class QuestionFilter(PageQuery):
    """Filters of the list; ``pending``: only what waits for an answer now."""

    pending: bool = False
    session: Annotated[str, Field(max_length=64)] | None = None
    site: Reference | None = None


class AnswerBody(BaseModel):
    """Yes or no, and why; a no needs a reason, for the session's user is told it."""

    model_config = ConfigDict(extra="forbid")

    answer: Literal["yes", "no"]
    reason: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _a_no_has_a_reason(self) -> Self:
        if self.answer == "no" and not self.reason.strip():
            raise ValueError("a no needs a reason")
        return self


class QuestionOut(BaseModel):
    """An operation that was refused for now, and what the plant says to it.

    ``state`` is ``pending``, ``approved``, ``denied``, ``expired`` or ``withdrawn`` (the session ended first). After a
    yes the session may do exactly this once, until ``armed_until``. ``fingerprint`` (SHA-256, in hex) names it exactly:
    of very many objects and values only the first are shown.
    """

    id: str
    state: str
    session: str
    user: str
    user_name: str
    site: str
    asset: str
    asset_name: str
    service_name: str
    ticket: str
    protocol: str
    unit: int | None
    route: str
    tier: str
    function: str
    objects: list[str]
    values: list[int | float | str | bool]
    fingerprint: str
    created_at: AwareDatetime
    expires_at: AwareDatetime
    armed_until: AwareDatetime | None
    answered_at: AwareDatetime | None
    answered_by: str
    answered_by_name: str
    reason: str


class QuestionPage(Page[QuestionOut]):
    """One page of questions."""


class QuestionRoutes:
    """Handlers of the questions."""

    def __init__(self, asking: Asking, book: QuestionBook, database: Database, inventory: InventoryReader) -> None:
        self._asking = asking
        self._book = book
        self._db = database
        self._inventory = inventory

    async def list(self, call: Call) -> QuestionPage:
        """List questions."""
        wanted = call.query_as(QuestionFilter)
        site = None if wanted.site is None else await self._site(wanted.site)
        query = QuestionQuery(pending=wanted.pending, session=wanted.session, site=site)
        rows, cursor = await self._book.list(call.principal, query, wanted)
        return QuestionPage(items=[self._out(row) for row in rows], next_cursor=cursor)

    async def get(self, call: Call) -> QuestionOut:
        """Show one question."""
        return self._out(await self._book.get(call.principal, call.path("question")))

    async def answer(self, call: Call) -> QuestionOut:
        """Answer one."""
        body = call.body_as(AnswerBody)
        yes, reason = body.answer == "yes", body.reason.strip()
        return self._out(await self._asking.answer(call.principal, call.path("question"), yes=yes, reason=reason))

    async def _site(self, reference: str) -> str:
        async with self._db.reading() as view:
            site = await self._inventory.site_by_name_or_id(view, reference)
        if site is None:
            raise NotFoundError("There is no such site.")
        return site.id

    def _out(self, row: QuestionRow) -> QuestionOut:
        return QuestionOut(
            id=row.id, state=self._book.state_of(row).value, session=row.session_id, user=row.user_id,
            user_name=row.user_name, site=row.site_id, asset=row.asset_id, asset_name=row.asset_name,
            service_name=row.service_name, ticket=row.ticket, protocol=row.protocol, unit=row.unit, route=row.route,
            tier=row.tier, function=row.function, objects=row.objects, values=row.values,
            fingerprint=row.fingerprint.hex(), created_at=row.created_at, expires_at=row.expires_at,
            armed_until=row.armed_until, answered_at=row.answered_at, answered_by=row.answered_by,
            answered_by_name=row.answered_by_name, reason=row.answer_reason,
        )  # fmt: skip


def question_routes(handlers: QuestionRoutes) -> list[Route]:
    """The API of questions."""
    prefix = "/api/v1/questions"
    return [
        Route("GET", prefix, handlers.list, SignedIn(), "List what sessions ask of the plant, newest first",
              query=QuestionFilter, response=QuestionPage),
        Route("GET", f"{prefix}/{{question}}", handlers.get, SignedIn(), "Show a question", response=QuestionOut),
        Route(
            "POST", f"{prefix}/{{question}}/answer", handlers.answer, Needs(Permission.REQUESTS_DECIDE),
            "Let a session do exactly this once, or not", request=AnswerBody, response=QuestionOut,
            errors=("self_approval", "request_closed", "request_outdated", "session_ended", "mfa_required"),
        ),
    ]  # fmt: skip
