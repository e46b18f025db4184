"""What the broker says and pages say in other languages: made from tables, and each text with what it takes."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

import pytest

from broker.recordings.failures import FAILURES
from deploy.dev import details
from guards import reasons, shortfalls
from policies import faults

ROOT = Path(__file__).parents[3]
MAKERS = {
    "why": (reasons.ENGLISH, ("guards", "broker/sessions"), "guards/reasons.py"),
    "short": (shortfalls.ENGLISH, ("guards", "broker/gateways", "broker/sessions"), "guards/shortfalls.py"),
    "fault": (faults.ENGLISH, ("policies",), "policies/faults.py"),
    "failure": (FAILURES, ("broker/recordings",), "broker/recordings/failures.py"),
}
"""Each function that makes a text of a table: the table, where it is called, and where it is."""


def trees(packages: tuple[str, ...], *, but: str) -> Iterator[ast.Module]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path != ROOT / but:
                yield ast.parse(path.read_text())


def calls(of: str, tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == of:
            yield node


def keys(chosen: ast.expr) -> Iterator[str]:
    """The keys that an expression can be, as far as they stand in it."""
    match chosen:
        case ast.Constant(value=str(key)):
            yield key
        case ast.IfExp(body=body, orelse=orelse):
            yield from keys(body)
            yield from keys(orelse)


def places(table: Mapping[str, str], key: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(table[key]) if name}


@pytest.mark.parametrize("maker", MAKERS)
def test_each_text_is_one_of_its_table_and_gets_what_it_takes(maker: str) -> None:
    table, packages, home = MAKERS[maker]
    for tree in trees(packages, but=home):
        for call in calls(maker, tree):
            given = {keyword.arg for keyword in call.keywords}
            for key in keys(call.args[0]):
                assert key in table
                assert None in given or given == places(table, key), key


@pytest.mark.parametrize("maker", MAKERS)
def test_no_text_of_a_table_is_left_over(maker: str) -> None:
    table, packages, home = MAKERS[maker]
    nodes = (node for tree in trees(packages, but=home) for node in ast.walk(tree))
    named = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert set(table) - named == set()


def test_a_guards_refusal_is_made_from_the_table() -> None:
    """Types see to it that a reason is a ``Reason``; here, that nobody makes one of words of their own."""
    for tree in trees(("guards",), but="guards/reasons.py"):
        assert not list(calls("Reason", tree))
        for refusal in calls("denied", tree):
            assert not [each for argument in refusal.args for each in calls("detail", argument)]
        for call in calls("why", tree):
            assert list(keys(call.args[0])), f"not to be read here: {ast.unparse(call)}"


def test_what_is_said_of_a_refusal_stands_where_it_is_refused_or_is_known_to_come_from_elsewhere() -> None:
    """Pages find the German of a text by its template: words that nobody can read here stay English there."""
    _, unread = details.collected()
    assert unread == set(details.ELSEWHERE)
