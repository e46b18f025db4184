"""What holds for every policy set and every situation."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.decision import Allow, Deny
from policies.engine import evaluate
from policies.explain import explain
from policies.facts import Approval, Asked, Facts, Locks, Login, OrganizationKind, Origin, Purpose, Subject, Target
from policies.loader import Faulty, Loaded, load
from policies.rules import Tier
from policies.schema import PolicySet
from tests.unit.policies.builders import ALLOW, DENY, FREEZE, STANDING, acme, policies

NAMES = st.sampled_from(["acme-engineers", "ot-operations", "it-security", "others", "acme", "north", "usr_x", ""])
ANY_TIME = st.datetimes(datetime(1970, 1, 1), datetime(8999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
NEAR = st.integers(-40_000, 40_000).map(lambda minutes: datetime(2026, 10, 5, tzinfo=UTC) + timedelta(minutes=minutes))
TIMES = NEAR | ANY_TIME
GROUPS = st.frozensets(NAMES, max_size=3)
TEXTS = st.sampled_from(["", "pump", "CHG-10231", "\x00", "x" * 5000])

facts = st.builds(
    Facts,
    purpose=st.sampled_from(Purpose),
    now=TIMES,
    subject=st.builds(Subject, NAMES, NAMES, GROUPS, NAMES, st.sampled_from(OrganizationKind), st.none() | TIMES),
    login=st.builds(Login, st.frozensets(st.sampled_from(["password", "totp"])), TIMES, st.none() | TIMES),
    target=st.builds(
        Target,
        NAMES,
        NAMES,
        st.sampled_from(["modbus", "ssh"]),
        st.sampled_from(["modbus", "tcp"]),
        st.booleans(),
        st.dictionaries(st.just("type"), st.sampled_from(["plc", "hmi"])),
    ),
    origin=st.builds(Origin, st.none() | st.ip_addresses() | st.just(ip_address("203.0.113.7"))),
    asked=st.builds(
        Asked,
        st.frozensets(st.sampled_from(Tier)),
        st.none() | st.timedeltas(),
        st.none() | TIMES,
        TEXTS,
        TEXTS,
        st.booleans(),
    ),
    locks=st.builds(Locks, st.none() | st.just("why")),
    approvals=st.lists(st.builds(Approval, NAMES, GROUPS), max_size=4).map(tuple),
    activated_at=st.none() | TIMES,
    policy=st.none() | NAMES,
)

WEEKENDS = DENY.replace("no-acme", "weekends").replace("reason:", "when: {timezone: UTC, days: [sat, sun]}, reason:")
FROZEN = (
    DENY.replace("no-acme", "frozen")
    .replace("[acme]", "[others]")
    .replace("reason:", "when: {freezes: [autumn]}, reason:")
)
DENIALS = st.sampled_from([DENY, WEEKENDS, FROZEN])
EVERYBODY = STANDING.replace("name: standing", "name: everybody").replace("groups: [acme-engineers]", "anyone: true")
DOCUMENTS = st.lists(st.sampled_from([ALLOW, STANDING, EVERYBODY, DENY, WEEKENDS, FROZEN]), unique=True)
sets = DOCUMENTS.map(lambda texts: policies(FREEZE, *texts))


@settings(max_examples=60)
@given(sets, facts)
def test_evaluation_answers_for_every_situation(policy_set: PolicySet, situation: Facts) -> None:
    decision = evaluate(policy_set, situation)
    explanation = explain(policy_set, situation)
    denying = [finding for finding in explanation.findings if finding.effect == "deny" and not finding.missed]
    assert explanation.decision == decision
    assert not denying or isinstance(decision, Deny)
    if isinstance(decision, Deny):
        assert decision.reasons


@given(facts)
def test_an_empty_set_denies_everything(situation: Facts) -> None:
    assert isinstance(evaluate(PolicySet(), situation), Deny)


@settings(max_examples=60)
@given(sets, DENIALS, facts)
def test_adding_a_denial_never_turns_anything_into_an_allow(
    policy_set: PolicySet, denial: str, situation: Facts
) -> None:
    more = policy_set.replacing(policies(FREEZE, denial))
    if not isinstance(evaluate(policy_set, situation), Allow):
        assert not isinstance(evaluate(more, situation), Allow)


@settings(max_examples=60)
@given(DOCUMENTS, st.randoms(), facts)
def test_the_order_of_documents_does_not_matter(texts: list[str], random: Any, situation: Facts) -> None:
    shuffled = [FREEZE, *texts]
    random.shuffle(shuffled)
    one, other = policies(FREEZE, *texts), policies(*shuffled)
    reordered = replace(one, policies=tuple(reversed(one.policies)))
    assert evaluate(one, situation) == evaluate(other, situation) == evaluate(reordered, situation)


@settings(max_examples=60)
@given(sets, facts)
def test_what_opens_now_ends_later_than_now_and_no_later_than_its_policy_says(
    policy_set: PolicySet, situation: Facts
) -> None:
    decision = evaluate(policy_set, situation)
    if isinstance(decision, Allow) and situation.purpose is Purpose.ACTIVATE:
        assert situation.now < decision.obligations.not_after <= situation.now + timedelta(hours=4)


@settings(max_examples=60)
@given(sets, facts)
def test_nothing_is_given_that_was_not_asked_for(policy_set: PolicySet, situation: Facts) -> None:
    decision = evaluate(policy_set, situation)
    if isinstance(decision, Allow) and situation.asked.tiers:
        assert decision.obligations.rules.tiers | decision.obligations.rules.ask <= situation.asked.tiers


def mappings(data: Any) -> list[dict[str, Any]]:
    here = [data] if isinstance(data, dict) else []
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else []
    return here + [found for part in inner for found in mappings(part)]


@settings(max_examples=60)
@given(st.data(), st.from_regex(r"[a-z]{1,12}", fullmatch=True))
def test_an_unknown_field_is_an_error_wherever_it_stands(data: st.DataObject, name: str) -> None:
    document = yaml.safe_load(
        data.draw(st.sampled_from([ALLOW.replace(", freezes: [autumn]", ""), STANDING, DENY, FREEZE]))
    )
    places = [m for m in mappings(document) if "type" not in m]
    data.draw(st.sampled_from(places))[f"x{name}"] = 1
    result = load(json.dumps(document))
    assert isinstance(result, Faulty)
    assert any(f"unknown field 'x{name}'" in problem.message for problem in result.problems)


@given(st.text(max_size=300) | st.text(st.sampled_from("a:-[]{}&*!|>'\"#%@, \n\t?0"), max_size=100))
def test_no_text_makes_the_loader_raise(text: str) -> None:
    assert isinstance(load(text), Faulty)


@given(
    st.integers(0, len(ALLOW) - 1), st.text(st.sampled_from("a:-[]{}&*!|>'\"#%, \n0"), max_size=4), st.integers(0, 6)
)
def test_a_damaged_policy_is_a_fault_with_a_place_or_still_a_policy(at: int, inserted: str, removed: int) -> None:
    match load(ALLOW[:at] + inserted + ALLOW[at + removed :], known=acme()):
        case Faulty(problems):
            assert all(problem.line >= 1 and problem.message for problem in problems)
        case Loaded(policy_set):
            assert policy_set.policies
