"""Distinct people of distinct groups, the requester never; exact, not greedy."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from policies.decision import Requirement
from policies.facts import Approval
from policies.quorum import QuorumMet, QuorumOpen, quorum_met

OPS, SEC = Requirement("ops"), Requirement("sec")
GROUPS = ("ops", "sec", "safety")
PEOPLE = ("a", "b", "c", "d", "me")


def yes(approver: str, *groups: str) -> Approval:
    return Approval(approver, frozenset(groups))


def test_no_requirement_is_met_by_nobody() -> None:
    assert quorum_met((), (), "me") == QuorumMet()


def test_two_people_of_two_groups_meet_it() -> None:
    assert quorum_met((OPS, SEC), (yes("a", "ops"), yes("b", "sec")), "me") == QuorumMet((("a", "ops"), ("b", "sec")))


def test_one_person_in_both_groups_is_still_one_person() -> None:
    assert quorum_met((OPS, SEC), (yes("a", "ops", "sec"),), "me") == QuorumOpen((SEC,))


def test_the_same_person_twice_is_still_one_person() -> None:
    assert quorum_met((Requirement("ops", 2),), (yes("a", "ops"), yes("a", "ops")), "me") == QuorumOpen((OPS,))


def test_the_requester_never_counts() -> None:
    assert quorum_met((OPS,), (yes("me", "ops"),), "me") == QuorumOpen((OPS,))


def test_a_person_of_both_groups_moves_to_where_nobody_else_can_sit() -> None:
    approvals = (yes("a", "ops", "sec"), yes("b", "ops"))
    assert quorum_met((OPS, SEC), approvals, "me") == QuorumMet((("b", "ops"), ("a", "sec")))


def test_contradicting_approvals_of_one_person_count_for_what_both_say() -> None:
    assert quorum_met((OPS,), (yes("a", "ops"), yes("a", "sec")), "me") == QuorumOpen((OPS,))


needs = st.lists(
    st.builds(Requirement, st.sampled_from(GROUPS), st.integers(1, 2)), max_size=3, unique_by=lambda n: n.group
)
approvals = st.lists(st.builds(Approval, st.sampled_from(PEOPLE), st.frozensets(st.sampled_from(GROUPS))), max_size=5)


@given(needs, approvals)
def test_it_is_met_exactly_when_some_seating_of_distinct_people_exists(
    required: list[Requirement], given_: list[Approval]
) -> None:
    seats = [need.group for need in required for _ in range(need.count)]
    people: dict[str, frozenset[str]] = {}
    for one in given_:
        people[one.approver] = people.get(one.approver, one.groups) & one.groups
    people.pop("me", None)
    exists = any(
        all(group in people[person] for group, person in zip(seats, seating, strict=True))
        for seating in permutations(people, len(seats))
    )
    assert isinstance(quorum_met(required, given_, "me"), QuorumMet) == exists


@given(needs, approvals, st.randoms())
def test_the_order_of_approvals_does_not_matter(
    required: list[Requirement], given_: list[Approval], random: object
) -> None:
    shuffled = given_.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert quorum_met(required, shuffled, "me") == quorum_met(required, given_, "me")
