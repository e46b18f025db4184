"""The ready policies load, keep their promises, and their JSON Schema is current."""

import json
from pathlib import Path

import pytest

import policies
from policies.loader import Faulty, Loaded, load
from policies.schema import PolicySet, json_schema
from policies.testing import run_tests

LIBRARY = Path(policies.__file__).parent / "library"
TEXTS = sorted(path for path in LIBRARY.glob("*.yaml") if path.name != "tests.yaml")


def whole_library() -> PolicySet:
    match load("\n---\n".join(path.read_text() for path in TEXTS)):
        case Loaded(policy_set):
            return policy_set
        case Faulty(problems):
            raise AssertionError([str(problem) for problem in problems])


def test_every_promise_of_the_ready_policies_holds() -> None:
    outcomes = run_tests(whole_library(), (LIBRARY / "tests.yaml").read_text())
    assert isinstance(outcomes, list), outcomes
    assert [(outcome.name, outcome.message) for outcome in outcomes if not outcome.passed] == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_ready_policy_is_named_like_its_file_and_described(path: Path) -> None:
    match load(path.read_text(), known=whole_library()):
        case Loaded(policy_set):
            assert policy_set.policies[0].name == path.stem
            assert policy_set.policies[0].metadata.description
        case Faulty(problems):
            raise AssertionError([str(problem) for problem in problems])


def test_the_json_schema_in_the_library_is_current() -> None:
    written = json.loads((LIBRARY / "schema.json").read_text())
    assert written == json.loads(json.dumps(json_schema()))
