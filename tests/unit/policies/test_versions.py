"""A version is named by its meaning, and the difference of two is readable."""

from policies.canonical import canonical_text
from policies.diff import Change, ChangeKind, diff_documents, diff_sets
from policies.schema import AllowPolicy, PolicySet, policy_digest
from tests.unit.policies.builders import ALLOW, FREEZE, STANDING, acme, policies

POLICY = acme().policies[0]


def test_the_digest_does_not_see_order_spelling_or_comments() -> None:
    other = (
        ALLOW.replace("[mon, tue]", "[tue, mon]")
        .replace("4h", "240m")
        .replace("max_duration: 240m", "max_duration: 240m  # half a shift")
    )
    other = other.replace("\n  access:", "\n  effect: allow\n  access:")
    assert policy_digest(policies(other, FREEZE).policies[0]) == policy_digest(POLICY)


def test_the_digest_sees_every_change_of_meaning() -> None:
    assert policy_digest(acme("min: 0", "min: 1").policies[0]) != policy_digest(POLICY)


def test_the_digest_of_a_known_policy_stays_as_it_is() -> None:
    assert (
        policy_digest(policies(STANDING).policies[0])
        == "a8250b231e90660f57153a13ec7ce5b1512fa4cce4ca2a92d61226852932ef60"
    )


def test_the_digest_does_not_see_how_a_process_happens_to_order_sets() -> None:
    assert policy_digest(POLICY) == "50b63f1b620ee09f6feffb0f3c8e9af6a9e9f2a50123b48ac3f03042ee40fb5b"


def test_the_canonical_text_reads_back_as_the_same_policy() -> None:
    assert AllowPolicy.model_validate_json(canonical_text(POLICY)) == POLICY


def test_a_difference_names_field_before_and_after() -> None:
    changed = acme("max_duration: 4h", "max_duration: 2h").policies[0]
    assert [str(change) for change in diff_documents(POLICY, changed)] == ['spec.access.max_duration: "4h" -> "2h"']


def test_entries_of_lists_come_and_go_one_by_one() -> None:
    changed = acme("[mon, tue]", "[tue, wed]").policies[0]
    assert diff_documents(POLICY, changed) == (
        Change("spec.when.days[]", ChangeKind.ADDED, after='"wed"'),
        Change("spec.when.days[]", ChangeKind.REMOVED, before='"mon"'),
    )


def test_equal_sets_do_not_differ() -> None:
    assert diff_sets(acme(), acme()) == {}


def test_sets_differ_by_documents() -> None:
    assert list(diff_sets(acme(), acme().without("Freeze", "autumn"))) == ["Freeze/autumn"]
    assert list(diff_sets(PolicySet(), policies(STANDING))) == ["AccessPolicy/standing"]


def test_replacing_puts_a_new_version_in_place_of_the_old() -> None:
    replaced = acme().replacing(policies(ALLOW.replace("4h", "1h"), FREEZE))
    assert [document.name for document in replaced.documents] == ["acme-plc", "autumn"]
    assert replaced.digest_of("acme-plc") != acme().digest_of("acme-plc")
