"""The least that a policy must give: no object, value, unit or tier that was not seen, and the dangerous ones named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.effects import Direction, Operation, Value, Verdict
from guards.learning.lines import MAX_LINES
from guards.learning.proposal import Concessions, Proposal, Wishes, propose
from guards.learning.seen import MAX_SHAPES, Seen
from guards.learning.text import Frame, policy_text, warnings
from policies.loader import Loaded, load
from policies.rules import Rules, Tier
from policies.schema import AllowPolicy


def said(tier: Tier, *objects: str, values: tuple[Value, ...] = (), protocol: str = "modbus", **more: Any) -> Operation:
    given = {"function": tier.value, "verdict": Verdict.ALLOWED, "unit": 1, **more}
    return Operation(Direction.TO_ASSET, protocol, 0, tier=tier, objects=objects, values=values, **given)


def read(*objects: str, **more: Any) -> Operation:
    return said(Tier.READ, *objects, **more)


def write(text: str, *values: Value, **more: Any) -> Operation:
    return said(Tier.OPERATE, text, values=values, **more)


def proposed(*operations: Operation, wishes: Wishes | None = None, concessions: Concessions | None = None) -> Proposal:
    seen = Seen(operations[0].protocol)
    for operation in operations:
        seen.take(operation)
    return propose(seen, wishes or Wishes(), concessions or Concessions())


def rules_of(proposal: Proposal) -> Rules:
    loaded = load(policy_text(proposal, Frame()))
    assert isinstance(loaded, Loaded), loaded
    (policy,) = loaded.policies.policies
    assert isinstance(policy, AllowPolicy)
    return policy.spec.allow.as_rules()


def written(proposal: Proposal) -> list[str]:
    """The entries of reads and writes as they stand in the text."""
    return [line.strip()[2:] for line in policy_text(proposal, Frame()).splitlines() if line.strip().startswith("- ")]


def test_ranges_that_adjoin_or_overlap_are_one_and_say_how_many_requests_they_rest_on() -> None:
    proposal = proposed(
        read("holding 0-9"), read("holding 5-14"), read("holding 15"), read("holding 15"), read("input 3")
    )
    assert written(proposal) == [
        '{table: holding, addresses: "0-15"}  # 4 requests',
        '{table: input, addresses: "3"}  # 1 request',
    ]
    assert rules_of(proposal).tiers == {Tier.READ}


def test_each_address_is_bounded_by_the_values_that_it_was_given() -> None:
    proposal = proposed(write("holding 5-6", 10, 700), write("holding 5-6", 30, 700), write("holding 7", 700))
    assert written(proposal) == [
        '{table: holding, addresses: "5", min: 10, max: 30}  # 2 requests',
        '{table: holding, addresses: "6-7", min: 700, max: 700}  # 3 requests',
    ]


def test_slack_widens_bounds_but_never_beyond_what_the_protocol_has() -> None:
    proposal = proposed(
        write("holding 5", 100), write("holding 5", 200), write("holding 9", 65530), wishes=Wishes(None, 10)
    )
    assert written(proposal) == [
        '{table: holding, addresses: "5", min: 90, max: 210}  # 2 requests',
        '{table: holding, addresses: "9", min: 58977, max: 65535}  # 1 request',
    ]


def test_joining_takes_what_lies_between_and_says_so() -> None:
    proposal = proposed(write("holding 5", 1), write("holding 8", 9), wishes=Wishes(join=2))
    assert written(proposal) == ['{table: holding, addresses: "5-8", min: 1, max: 9}  # 2 requests']
    assert "joined" in policy_text(proposal, Frame())


def test_more_lines_than_a_policy_may_have_are_joined() -> None:
    proposal = proposed(*(read(f"holding {3 * each}") for each in range(MAX_LINES + 1)))
    assert proposal.reads is not None
    assert proposal.reads.joined == 3
    assert rules_of(proposal).reads is not None


def test_values_that_do_not_count_up_with_the_objects_bound_nothing() -> None:
    assert written(proposed(write("holding 10", 57005, 0))) == ['{table: holding, addresses: "10"}  # 1 request']


def test_text_and_what_is_no_number_bound_nothing() -> None:
    names = proposed(write("node ns=1;s=a", "x", protocol="opcua", unit=None))
    assert written(names) == ['{table: node, names: ["ns=1;s=a"]}  # 1 request']
    assert "min" not in written(proposed(write("node i=1", float("nan"), protocol="opcua", unit=None)))[0]


def test_names_that_are_treated_alike_share_a_line() -> None:
    proposal = proposed(*(read(f"tag {name}", protocol="enip", unit=None, route="1/0") for name in ("B", "A", "a")))
    assert written(proposal) == ['{table: tag, names: ["a", "b"]}  # 3 requests']
    assert rules_of(proposal).routes == {"1/0"}


def test_only_units_that_were_spoken_to_are_given() -> None:
    assert rules_of(proposed(read("holding 0", unit=7), read("holding 0", unit=2))).units == {2, 7}


@pytest.mark.parametrize("verdict", [Verdict.DENIED, Verdict.ASKED, Verdict.MALFORMED])
def test_what_did_not_pass_teaches_nothing(verdict: Verdict) -> None:
    proposal = proposed(read("holding 0"), read("holding 99", verdict=verdict), write("holding 1", 5, verdict=verdict))
    assert written(proposal) == ['{table: holding, addresses: "0"}  # 1 request']
    assert "Nothing was learned from 2 that " in policy_text(proposal, Frame())


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        (said(Tier.PROGRAM, function="plc_stop"), "program"),
        (said(Tier.FIRMWARE, function="flash"), "firmware"),
        (read("holding 5", is_upload=True, function="read_out"), "upload"),
    ],
)
def test_the_dangerous_is_named_aloud_and_given_only_when_asked_for(operation: Operation, word: str) -> None:
    without = proposed(read("holding 0"), operation)
    rules = rules_of(without)
    assert (rules.tiers | rules.ask, rules.upload) == ({Tier.READ}, False)
    assert any(
        "NOT given" in line and word.upper() in line and operation.function in line for line in warnings(without)
    )
    wanted = proposed(read("holding 0"), operation, wishes=Wishes(include=frozenset({word})))
    rules = rules_of(wanted)
    assert rules.upload if word == "upload" else rules.ask == {Tier(word)}
    assert any("is proposed" in line and word.upper() in line for line in warnings(wanted))
    assert "# !!" in policy_text(wanted, Frame())


def test_nothing_to_give_is_no_policy() -> None:
    text = policy_text(proposed(said(Tier.FIRMWARE)), Frame())
    assert all(line.startswith("#") for line in text.splitlines() if line)


def test_what_a_device_calls_things_cannot_write_policy() -> None:
    evil = "x\nspec:\n  allow: {tiers: [firmware]}\u2028# "
    proposal = proposed(read("holding 0"), said(Tier.PROGRAM, function=evil), read(f"node {evil}"))
    text = policy_text(proposal, Frame(sources=(evil,)))
    assert not any(line.startswith("spec:\n  allow: {tiers") for line in text.split("#"))
    assert rules_of(proposal).tiers == {Tier.READ}
    assert sum(line == "spec:" for line in text.splitlines()) == 1


def test_a_tier_that_names_no_objects_is_given_whole_and_aloud() -> None:
    proposal = proposed(read(function="read_exception_status"))
    rules = rules_of(proposal)
    assert (rules.tiers, rules.reads) == ({Tier.READ}, None)
    assert any("whole tier read" in line for line in warnings(proposal))


def test_a_refusal_costs_bounds_first_and_the_whole_tier_last() -> None:
    seen = Seen("modbus")
    operation = write("holding 5", 10)
    seen.take(operation)
    first = Concessions().after(seen, operation)
    second = first.after(seen, operation)
    assert (first.unbounded, first.whole) == ({"holding"}, frozenset())
    assert second.whole == {Tier.OPERATE}
    assert second.after(seen, operation) == second


def test_memory_is_bounded() -> None:
    seen = Seen("modbus")
    for number in range(MAX_SHAPES + 3):
        seen.take(read(function=str(number)))
    assert (len(seen.shapes), sum(seen.passed_over.values())) == (MAX_SHAPES, 3)


OPERATIONS = st.lists(
    st.builds(
        lambda first, values, unit, table: write(
            f"{table} {first}-{first + len(values) - 1}" if len(values) > 1 else f"{table} {first}", *values, unit=unit
        ),
        st.integers(0, 50),
        st.lists(st.integers(0, 1), min_size=1, max_size=5).map(tuple),
        st.integers(0, 3),
        st.sampled_from(["holding", "coils"]),
    ),
    min_size=1,
    max_size=30,
)


@given(OPERATIONS, st.sampled_from([None, 0, 4]), st.sampled_from([0.0, 25.0]))
def test_what_was_learned_passes_and_the_order_does_not_matter(
    operations: list[Operation], join: int | None, slack: float
) -> None:
    wishes = Wishes(join, slack)
    proposal = proposed(*operations, wishes=wishes)
    again = policy_text(proposed(*reversed(operations), wishes=wishes), Frame())
    assert again == policy_text(proposal, Frame())
    (writes,) = rules_of(proposal).writes or ()
    for operation in operations:
        table, _, span = operation.objects[0].partition(" ")
        for at, value in enumerate(operation.values, int(span.split("-")[0])):
            assert any(rule.means(table, at) and rule.admits(float(value)) for rule in writes)


@given(OPERATIONS)
def test_without_joining_nothing_passes_that_was_not_seen(operations: list[Operation]) -> None:
    (writes,) = rules_of(proposed(*operations)).writes or ()
    seen = {
        (operation.objects[0].split()[0], at)
        for operation in operations
        for at, _ in enumerate(operation.values, int(operation.objects[0].split()[1].split("-")[0]))
    }
    for table in ("holding", "coils"):
        for at in range(60):
            assert any(rule.means(table, at) for rule in writes) == ((table, at) in seen)
