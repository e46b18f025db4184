"""Reads from the broker's source which texts an expression can be, as templates with the names of what is put in."""

import ast
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2] / "broker"

TOLD_BY_TABLES = {"failure", "fault", "wrong"}
"""What makes a text of a table, which pages have whole."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = Function | ast.Module


class UnreadableError(Exception):
    """The texts of an expression do not stand in the source."""


@dataclass(slots=True)
class Call:
    """A call by the name of what is called, and where it stands."""

    name: str
    node: ast.Call
    scope: Scope
    module: str


@dataclass(slots=True)
class Source:
    """Classes with their bases, functions and constants by name, and all calls."""

    bases: dict[str, list[str]] = field(default_factory=dict)
    functions: dict[str, list[Function]] = field(default_factory=dict)
    constants: dict[str, list[ast.expr]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    @classmethod
    def of_the_broker(cls) -> "Source":
        """Read all of it."""
        source = cls()
        for path in sorted(ROOT.rglob("*.py")):
            module = ast.parse(path.read_text())
            source._read(module, module, path.relative_to(ROOT).as_posix())
        return source

    def kinds_of(self, root: str) -> set[str]:
        """Return the class and all that derive from it."""
        derived = {name for name, bases in self.bases.items() if root in bases}
        return {root}.union(*map(self.kinds_of, derived))

    def texts(self, node: ast.expr, scope: Scope) -> set[str]:
        """Return the templates; raise ``UnreadableError``."""
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.IfExp(body=one, orelse=other) | ast.BoolOp(op=ast.Or(), values=[one, other]):
                return self.texts(one, scope) | self.texts(other, scope)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return self.joined([left, right], scope)
            case ast.JoinedStr(values=values):
                return self.joined(values, scope)
            case ast.FormattedValue(value=value):
                try:
                    return self.texts(value, scope)
                except UnreadableError:
                    return {f"{{{_place(value).lower()}}}"}
        return self._found_elsewhere(node, scope)

    def _found_elsewhere(self, node: ast.expr, scope: Scope) -> set[str]:
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in TOLD_BY_TABLES:
                return set()
            case ast.Name(id=name):
                return self._any_of(self._bound(name, scope), node)
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return self._any_of([(value, scope) for value in self.constants.get(name, [])], node)
            case ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="get"), args=[_, default]):
                rows = [row for row, _ in self._bound(table.id, scope) if isinstance(row, ast.Dict)]
                return self._any_of([(each, scope) for row in rows for each in [*row.values, default]], node)
            case ast.Call(func=ast.Attribute(attr=name), args=[]) if len(self.functions.get(name, [])) == 1:
                made = self.functions[name][0]
                ends = [each.value for each in ast.walk(made) if isinstance(each, ast.Return) and each.value]
                return self._any_of([(end, made) for end in ends], node)
        raise UnreadableError(ast.unparse(node))

    def joined(self, nodes: Iterable[ast.expr], scope: Scope, *, between: str = "") -> set[str]:
        """Return the templates of a text that is made of several."""
        return {between.join(each) for each in itertools.product(*(self.texts(node, scope) for node in nodes))}

    def _any_of(self, found: list[tuple[ast.expr, Scope]], node: ast.expr) -> set[str]:
        if not found:
            raise UnreadableError(ast.unparse(node))
        return set().union(*(self.texts(value, scope) for value, scope in found))

    def _bound(self, name: str, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """A variable is what is assigned to it, a parameter what it is called with."""
        if isinstance(scope, ast.Module):
            return [(value, scope) for value in self.constants.get(name, [])]
        names = [each.arg for each in scope.args.args]
        if name in names:
            at, called = names.index(name), [call for call in self.calls if call.name == scope.name]
            return [(call.node.args[at], call.scope) for call in called if len(call.node.args) > at]
        assigned = [node for node in ast.walk(scope) if isinstance(node, ast.Assign)]
        values = [each.value for each in assigned if any(name_of(target) == name for target in each.targets)]
        return [(value, scope) for value in values or self.constants.get(name, [])]

    def _read(self, node: ast.AST, scope: Scope, module: str) -> None:
        inner = scope
        match node:
            case ast.ClassDef(name=name, bases=bases):
                self.bases[name] = [name_of(base) for base in bases]
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.functions.setdefault(node.name, []).append(node)
                inner = node
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if isinstance(scope, ast.Module):
                self.constants.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if isinstance(scope, ast.Module):
                self.constants.setdefault(name, []).append(value)
            case ast.Call(func=func):
                self.calls.append(Call(name_of(func), node, scope, module))
        for child in ast.iter_child_nodes(node):
            self._read(child, inner, module)


def name_of(node: ast.AST) -> str:
    """Return the last name of ``name`` or ``some.name``, or nothing."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _place(node: ast.expr) -> str:
    """What a place is called: after what is put there, whatever is done to it before."""
    match node:
        case ast.Call(args=[first, *_]):
            return _place(first)
        case ast.Call(func=ast.Attribute(value=inner)) | ast.Subscript(value=inner) | ast.BinOp(left=inner):
            return _place(inner)
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr="name") if owner != "self":
            return owner
        case ast.GeneratorExp(generators=[ast.comprehension(iter=inner), *_]) | ast.BoolOp(values=[inner, *_]):
            return _place(inner)
    return name_of(node) or "value"
