"""What the broker says and pages say in other languages: made from tables, and each text with what it takes."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

import pytest

from broker.inventory import faults as inventory_faults
from broker.recordings.failures import FAILURES
from deploy.dev import details
from guards import malformations, reasons, shortfalls
from policies import faults

ROOT = Path(__file__).parents[3]
MAKERS = {
    "why": (reasons.ENGLISH, ("guards", "broker/sessions"), "guards/reasons.py"),
    "flaw": (malformations.ENGLISH, ("guards",), "guards/malformations.py"),
    "short": (shortfalls.ENGLISH, ("guards", "broker/gateways", "broker/sessions"), "guards/shortfalls.py"),
    "fault": (faults.ENGLISH, ("policies",), "policies/faults.py"),
    "wrong": (inventory_faults.ENGLISH, ("broker/inventory",), "broker/inventory/faults.py"),
    "failure": (FAILURES, ("broker/recordings",), "broker/recordings/failures.py"),
}
"""Each function that makes a text of a table: the table, where it is called, and where it is."""
TABLES_OF_GUARDS = {"guards/reasons.py", "guards/malformations.py"}
OWN_WORDS = {"guards/opcua/chunks.py", "guards/opcua/decoder.py", "guards/s7/guard.py"}
"""Where a reason is words of a device or a tool: an error's text, a security policy's name, a refusal said again."""


def trees(packages: tuple[str, ...], *, but: str) -> Iterator[ast.Module]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path != ROOT / but:
                yield ast.parse(path.read_text())


SAYERS = {"FramingFault", "Fault", "Malformed", "WrongTagsError", "LayoutError", "Unreadable"} | {
    *("malformed", "denied", "lost", "unreadable", "_drop", "_lose", "_fault"),
}
"""What guards make of a reason; whatever returns one, or takes one by name, is known by that."""


def guard_modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "guards").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name not in TABLES_OF_GUARDS:
            yield name, ast.parse(path.read_text())


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


def own_words(said: ast.expr | None) -> Iterator[str]:
    """The sentences that an expression can be, as far as they stand in it and not in a table."""
    match said:
        case ast.Constant(value=str(text)) if " " in text:
            yield text
        case ast.JoinedStr(values=pieces):
            yield from (word for piece in pieces for word in own_words(piece))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*own_words(body), *own_words(orelse))
        case ast.Tuple(elts=each) | ast.BoolOp(values=each):
            yield from (word for one in each for word in own_words(one))


def said_as_reasons(tree: ast.Module) -> Iterator[ast.expr | None]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=given, keywords=named):
                yield from (each.value for each in named if name in SAYERS or each.arg in {"reason", "fault"})
                yield from given if name in SAYERS else ()
            case ast.FunctionDef(returns=ast.expr() as returned) if "Reason" in ast.unparse(returned):
                yield from (each.value for each in ast.walk(node) if isinstance(each, ast.Return))


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


def test_a_guards_refusal_is_made_from_a_table() -> None:
    """Types see to it that a reason is a ``Reason``; here, that nobody makes one of words of their own."""
    for path, tree in guard_modules():
        assert not list(calls("Reason", tree)), path
        for call in (*calls("why", tree), *calls("flaw", tree)):
            assert list(keys(call.args[0])), f"not to be read here: {ast.unparse(call)}"


def test_no_reader_of_a_protocol_says_what_is_wrong_in_words_of_its_own() -> None:
    for path, tree in guard_modules():
        said = [word for reason in said_as_reasons(tree) for word in own_words(reason)]
        assert said == [], path


def test_only_what_a_device_or_a_tool_says_itself_has_no_table() -> None:
    assert {path for path, tree in guard_modules() if list(calls("detail", tree))} == OWN_WORDS


def test_a_text_of_a_guard_has_one_key_only() -> None:
    """A page finds a text's key by the text."""
    texts = [*reasons.ENGLISH.values(), *malformations.ENGLISH.values()]
    assert len(texts) == len(set(texts))


def test_what_is_said_of_a_refusal_stands_where_it_is_refused_or_is_known_to_come_from_elsewhere() -> None:
    """Pages find the German of a text by its template: words that nobody can read here stay English there."""
    _, unread = details.collected()
    assert unread == set(details.ELSEWHERE)
