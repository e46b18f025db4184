"""Until when an access may last: the earliest of all ends, fixed by when it began and not moved by asking again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from policies.calendar import freezes_of, next_denial, window_of
from policies.decision import AtExpiry, Cut, DeadlineCause, Grace, Hold
from policies.facts import Facts, Purpose
from policies.matching import is_meant, is_target
from policies.schema import AllowPolicy, PolicySet

_NOTHING = timedelta(0)

Deadline = tuple[datetime, DeadlineCause]


def begins_at(facts: Facts) -> datetime | None:
    """Return the moment whose windows count; ``None`` for a request that wishes for no (future) start."""
    match facts.purpose:
        case Purpose.ACTIVATE:
            return facts.now
        case Purpose.CONTINUE:
            return facts.activated_at or facts.now
        case Purpose.REQUEST:
            starts_at = facts.asked.starts_at
            return starts_at if starts_at is not None and starts_at > facts.now else None


def deadline(policy: AllowPolicy, facts: Facts, policy_set: PolicySet) -> Deadline:
    """Return the earliest end and what sets it."""
    return min(_ends(policy, facts, policy_set), key=lambda end: end[0])


def overtime(at_expiry: AtExpiry) -> timedelta | None:
    """Return how long past its deadline a session may live; ``None`` means until somebody of the plant answers."""
    match at_expiry:
        case Cut():
            return _NOTHING
        case Grace(duration):
            return duration
        case Hold():
            return None


def _ends(policy: AllowPolicy, facts: Facts, policy_set: PolicySet) -> Iterator[Deadline]:
    begins, access = begins_at(facts), policy.spec.access
    asked = access.max_duration if facts.asked.duration is None else facts.asked.duration
    yield (begins or facts.now) + max(_NOTHING, min(asked, access.max_duration)), DeadlineCause.DURATION
    if access.valid_until is not None:
        yield access.valid_until, DeadlineCause.STANDING_END
    if facts.subject.account_ends_at is not None:
        yield facts.subject.account_ends_at, DeadlineCause.ACCOUNT_END
    if begins is not None:
        yield from _calendar_ends(policy, begins, policy_set)
    yield from _denials(facts, max(begins or facts.now, facts.now), policy_set)


def _calendar_ends(policy: AllowPolicy, begins: datetime, policy_set: PolicySet) -> Iterator[Deadline]:
    window = window_of(policy.spec.when)
    closes = window.end_of_open(begins) if window else None
    if closes is not None:
        yield closes, DeadlineCause.WINDOW
    for _, freeze in freezes_of(policy.spec.when, policy_set):
        if freeze is not None and freeze.spec.starts_at > begins:
            yield freeze.spec.starts_at, DeadlineCause.FREEZE


def _denials(facts: Facts, after: datetime, policy_set: PolicySet) -> Iterator[Deadline]:
    for policy in policy_set.denying:
        spec = policy.spec
        if is_meant(spec.who, facts.subject) and is_target(spec.what, facts.target):
            begins = next_denial(spec.when, policy_set, after)
            if begins is not None:
                yield begins, DeadlineCause.DENY_POLICY
