"""The examples of docs/policy.md are policies, and its policy tests hold."""

import re
from pathlib import Path

from policies.decision import Code
from policies.durations import parse_duration
from policies.loader import load
from policies.protocols import PROTOCOLS
from policies.schema import PolicySet
from policies.terms import (
    Access,
    AllowTerms,
    Assets,
    LoginTerms,
    ObjectTerm,
    ScanTerm,
    SessionTerms,
    What,
    When,
    Who,
)
from policies.testing import run_tests
from tests.unit.policies.builders import policies

PAGE = (Path(__file__).parents[3] / "docs" / "policy.md").read_text()
EXAMPLES = [text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "apiVersion" in text]
LINES = re.findall(r"^(reads|writes): +(\[.*\])  +# (\w+)", PAGE, re.MULTILINE)


def examples() -> tuple[PolicySet, str]:
    tests = [text for text in EXAMPLES if "kind: PolicyTests" in text]
    return policies(*(text for text in EXAMPLES if text not in tests)), tests[0]


def test_the_examples_keep_their_promises() -> None:
    policy_set, text = examples()
    outcomes = run_tests(policy_set, text)
    assert isinstance(outcomes, list), outcomes
    assert [outcome.message for outcome in outcomes] == [""]


def test_the_lines_about_objects_can_be_written_so() -> None:
    first = next(text for text in EXAMPLES if "acme-plc-maintenance" in text)
    old = 'writes: [{table: holding, addresses: "100-119", min: 0, max: 1000}]'
    assert len(LINES) == 5
    freeze = next(text for text in EXAMPLES if "kind: Freeze" in text)
    for field, objects, _ in LINES:
        text = first.replace("services: [modbus]", "services: [plc]").replace(old, f"{field}: {objects}")
        assert f"{field}: {objects}" in text
        assert policies(text, freeze).allowing[0].spec.allow.as_rules().model_dump()[field]


def test_every_field_is_explained() -> None:
    for part in (Who, What, Assets, When, LoginTerms, Access, SessionTerms, AllowTerms):
        for name, field in part.model_fields.items():
            assert re.search(rf"\.{field.alias or name}[.`]", PAGE), name


def test_every_table_is_explained() -> None:
    in_code = ("bacnet", "slmp", "slmp-udp")  # too many to list: the page points to the table
    tables = {table for name, words in PROTOCOLS.items() if name not in in_code for table in words.objects}
    assert [table for table in sorted(tables) if f"`{table}`" not in PAGE] == []
    assert [name for name in PROTOCOLS if f"| `{name}`" not in PAGE and f", `{name}` |" not in PAGE] == []


def test_every_way_of_writing_routes_is_explained() -> None:
    forms = {words.route for words in PROTOCOLS.values() if words.route is not None}
    assert [form.example for form in forms if f"`{form.example}`" not in PAGE] == []


def test_every_part_of_an_object_is_explained() -> None:
    for name in (*ObjectTerm.model_fields, *ScanTerm.model_fields):
        assert re.search(rf"`{name}`|{name}:", PAGE), name


def test_every_code_is_explained() -> None:
    assert [code for code in Code if f"`{code}`" not in PAGE] == []


def test_the_lengths_of_the_page_are_lengths() -> None:
    assert [parse_duration(text) for text in ("90s", "15m", "4h", "1h30m", "7d")]


def test_the_fault_of_the_page_is_the_fault_that_is_told() -> None:
    first = next(text for text in EXAMPLES if "acme-plc-maintenance" in text)
    result = load(first.replace("timezone:", "timezon:"))
    assert str(result.problems[0]) in PAGE  # type: ignore[union-attr]
