"""Whether enough distinct people have approved: one person counts once, for one group, and never for themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from policies.decision import MustMatch, Requirement
from policies.facts import Approval


@dataclass(frozen=True, slots=True)
class QuorumMet(MustMatch):
    """Every requirement is filled. ``seats`` pairs each approver with the group they count for."""

    seats: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class QuorumOpen(MustMatch):
    """Not yet: these are still missing, however the approvals so far are counted."""

    outstanding: tuple[Requirement, ...]


Quorum = QuorumMet | QuorumOpen


def quorum_met(requirements: Sequence[Requirement], approvals: Iterable[Approval], requester: str) -> Quorum:
    """Seat as many approvers as possible, exactly (augmenting paths), and tell what is left.

    A person who approved several times counts once, for groups that all of their approvals agree on. Seats are filled
    in the order of ``requirements``, so the answer does not depend on the order of approvals.
    """
    people = _people(approvals, requester)
    seats = [need.group for need in requirements for _ in range(need.count)]
    taken: dict[str, int] = {}
    for seat in range(len(seats)):
        _fill(seat, seats, people, taken, set())
    filled = {seat: person for person, seat in taken.items()}
    if len(filled) == len(seats):
        return QuorumMet(tuple((filled[seat], group) for seat, group in enumerate(seats)))
    return QuorumOpen(_outstanding(requirements, [group for seat, group in enumerate(seats) if seat not in filled]))


def _people(approvals: Iterable[Approval], requester: str) -> Mapping[str, frozenset[str]]:
    people: dict[str, frozenset[str]] = {}
    for approval in sorted(approvals, key=lambda approval: approval.approver):
        if approval.approver != requester:
            people[approval.approver] = people.get(approval.approver, approval.groups) & approval.groups
    return people


def _fill(
    seat: int, seats: Sequence[str], people: Mapping[str, frozenset[str]], taken: dict[str, int], tried: set[str]
) -> bool:
    """Give the seat to somebody of its group, moving people who already sit to other seats where that helps."""
    for person, groups in people.items():
        if seats[seat] not in groups or person in tried:
            continue
        tried.add(person)
        if person not in taken or _fill(taken[person], seats, people, taken, tried):
            taken[person] = seat
            return True
    return False


def _outstanding(requirements: Sequence[Requirement], missing: Sequence[str]) -> tuple[Requirement, ...]:
    groups = dict.fromkeys(need.group for need in requirements)
    counted = ((group, missing.count(group)) for group in groups)
    return tuple(Requirement(group, count) for group, count in counted if count)
