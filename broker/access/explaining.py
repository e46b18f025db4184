"""Answers "who may reach what, and why not?" for those who write policies."""

from dataclasses import dataclass, replace
from datetime import datetime

from broker.access.documents import invalid, read_text
from broker.access.facts import FactGatherer, Question
from broker.access.ports import People
from broker.access.store import PolicyStore
from broker.db.engine import Database
from broker.http.errors import NotFoundError
from policies.explain import Explanation, explain
from policies.facts import Asked, Login, Purpose
from policies.loader import Faulty
from policies.operations import OperationQuestion
from policies.schema import PolicySet
from policies.testing import Outcome, run_tests
from tunnel.clock import Clock

ASSUMED_METHODS = frozenset({"password", "totp"})
"""How the person is taken to have signed in, a moment before."""


@dataclass(frozen=True, slots=True)
class Case:
    """Whose access to what is to be explained; ``at`` is now unless given, ``address`` where they would come from."""

    user: str
    asset: str
    service: str
    asked: Asked
    at: datetime | None = None
    address: str = ""
    operation: OperationQuestion | None = None


class PolicyExplainer:
    """Explains and tests policies; changes nothing."""

    def __init__(
        self, database: Database, clock: Clock, *, store: PolicyStore, gatherer: FactGatherer, people: People
    ) -> None:
        self._db = database
        self._clock = clock
        self._store = store
        self._gatherer = gatherer
        self._people = people

    async def explain(self, case: Case) -> Explanation:
        """Return each policy's part in the answer, with the locks of now; raise ``NotFoundError``."""
        at = case.at or self._clock.now()
        async with self._db.reading() as view:
            person = await self._people.find(view, case.user)
            if person is None:
                raise NotFoundError("There is no such user.")
            try:
                reached = await self._gatherer.reach(view, case.asset, case.service)
            except NotFoundError as error:
                raise NotFoundError("There is no such asset, or no such service of it.") from error
            login = Login(ASSUMED_METHODS, authenticated_at=at, mfa_at=at)
            question = Question(person.subject(), login, reached, case.address, case.asked)
            facts = await self._gatherer.gather(view, Purpose.ACTIVATE, question)
            return explain(await self._store.current(view), replace(facts, now=at), case.operation)

    async def test(self, text: str, policies: str | None = None) -> list[Outcome]:
        """Run policy tests against what holds, with the documents of ``policies`` laid over it."""
        async with self._db.reading() as view:
            policy_set = await self._store.current(view)
        if policies is not None:
            policy_set = policy_set.replacing(PolicySet.of(each.document for each in read_text(policies, policy_set)))
        match run_tests(policy_set, text):
            case Faulty(problems):
                raise invalid(problems)
            case outcomes:
                return outcomes
