"""Learn the least that a policy must give, and prove it: what it was learned from must pass the guards' own judges.

Where a judge refuses what was learned, as little more as helps is given, and the text says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from client.errors import ClientError
from client.traffic import Source, decoded_as, said_in
from guards.decoding import EVERYTHING
from guards.effects import Operation, Verdict
from guards.learning.proposal import Concessions, Proposal, Wishes, propose
from guards.learning.seen import Seen
from guards.learning.text import Frame, policy_text
from policies.loader import Faulty, load
from policies.protocols import PROTOCOLS
from policies.rules import Rules
from policies.schema import AllowPolicy

MAX_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Material:
    """What is learned from, and what the outcome is proven on: for captures the same, for decoded lines nothing."""

    told: Source
    proof: Source | None


@dataclass(slots=True)
class Learnt:
    """One protocol: the proposal and its text. ``unproven`` sources had no bytes that a judge could be shown.

    ``refused`` is how many of the requests learned from a judge would still refuse.
    """

    proposal: Proposal
    text: str
    refused: int = 0
    unproven: list[str] = field(default_factory=list)


def learn(material: Sequence[Material], wishes: Wishes, frame: Frame) -> list[Learnt]:
    """Return a proposal for each protocol that was spoken, in alphabetical order."""
    seen: dict[str, Seen] = {}
    services: dict[str, set[str]] = {}
    for each in material:
        for said in said_in(each.told):
            protocol = decoded_as(said.protocol)
            if protocol is not None and protocol in PROTOCOLS:
                seen.setdefault(protocol, Seen(protocol)).take(said.operation)
                services.setdefault(protocol, set()).add(each.told.service or protocol)
    frames = {protocol: _framed(frame, protocol, services[protocol], alone=len(seen) == 1) for protocol in seen}
    proof = [each.proof for each in material if each.proof is not None]
    unproven = [each.told.label for each in material if each.proof is None]
    return [_learnt(seen[protocol], wishes, frames[protocol], proof, unproven) for protocol in sorted(seen)]


def _framed(frame: Frame, protocol: str, services: set[str], *, alone: bool) -> Frame:
    service = min(services) if len(services) == 1 else protocol
    return replace(frame, name=frame.name if alone else f"{frame.name}-{protocol}", service=service)


def _learnt(seen: Seen, wishes: Wishes, frame: Frame, proof: Sequence[Source], unproven: list[str]) -> Learnt:
    concessions = _fenced(seen, wishes, proof)
    for _ in range(MAX_ROUNDS):
        proposal = propose(seen, wishes, concessions)
        text = policy_text(proposal, frame)
        if not proposal.gives_anything:
            return Learnt(proposal, text)
        rules = _rules(text)
        # Without its fences, lest objects be given wholesale for a sub-address that is unknown.
        narrowed = rules.model_copy(update={"units": None, "routes": None})
        given = concessions.joined(
            concessions.after(seen, operation) for operation in _refused(seen, wishes, proof, narrowed)
        )
        if given == concessions:
            break
        concessions = given
    return Learnt(proposal, text, sum(1 for _ in _refused(seen, wishes, proof, rules)), unproven)


def _fenced(seen: Seen, wishes: Wishes, proof: Sequence[Source]) -> Concessions:
    """Give what a fence needs beyond the routes named: messages without one, or no fence where no route is known."""

    def stopped(concessions: Concessions) -> int:
        proposal = propose(seen, wishes, concessions)
        fences = {"units": frozenset(proposal.units) or None, "routes": frozenset(proposal.routes) or None}
        return sum(1 for _ in _refused(seen, wishes, proof, EVERYTHING.model_copy(update=fences)))

    narrow = Concessions()
    if not (misses := stopped(narrow)):
        return narrow
    direct = Concessions(direct=True)
    if (fewer := stopped(direct)) < misses:
        narrow, misses = direct, fewer
    return narrow if not misses or propose(seen, wishes, narrow).names_routes else Concessions(unfenced=True)


def _refused(seen: Seen, wishes: Wishes, proof: Iterable[Source], rules: Rules) -> Iterable[Operation]:
    """Yield the requests learned from that a judge refuses by these rules."""
    for source in proof:
        for said in said_in(source, {seen.protocol: rules}):
            operation = said.operation
            if (
                said.protocol == seen.protocol
                and operation.verdict is Verdict.DENIED
                and not operation.is_response
                and seen.knows(operation)
                and wishes.is_wanted(seen.shape_of(operation))
            ):
                yield operation


def _rules(text: str) -> Rules:
    """Return the rules of the policy as it was written; a text that does not check is a fault of ours."""
    loaded = load(text)
    if isinstance(loaded, Faulty):
        raise ClientError("What was learned makes no policy.", lines=[str(each) for each in loaded.problems])
    (policy,) = loaded.policies.policies
    if not isinstance(policy, AllowPolicy):
        raise ClientError("What was learned makes no policy.")
    return policy.spec.allow.as_rules()
