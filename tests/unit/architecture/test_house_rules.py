"""What import-linter cannot see: single doors for dangerous things, complete tables."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.http.errors import STATUS, BrokerError

ROOT = Path(__file__).parents[3]
PACKAGES = ("agent", "broker", "client", "guards", "migrations", "policies", "recording", "tunnel")


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def attributes(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def users_of(*names: str) -> set[str]:
    return {str(path.relative_to(ROOT)) for path in sources() if attributes(path) & set(names)}


def test_the_environment_is_read_in_config_modules_only() -> None:
    assert users_of("os.environ", "os.getenv", "os.environb") <= {
        "agent/config.py",
        "broker/config.py",
        "client/config.py",
    }


def test_tls_contexts_are_made_in_one_place() -> None:
    makers = set()
    for path in sources():
        tree = list(ast.walk(ast.parse(path.read_text())))
        made = [node.func for node in tree if isinstance(node, ast.Call)]
        made += [base for node in tree if isinstance(node, ast.ClassDef) for base in node.bases]
        if any(ast.unparse(maker) in ("ssl.SSLContext", "ssl.create_default_context") for maker in made):
            makers.add(str(path.relative_to(ROOT)))
    assert makers == {"tunnel/tls.py"}


def test_pure_packages_ask_no_clock_and_open_no_file() -> None:
    impure = {
        "open", "input", "print", "__import__", "breakpoint", "datetime.now", "datetime.utcnow", "datetime.today",
        "date.today", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today",
    }  # fmt: skip
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources() if path.relative_to(ROOT).parts[0] in ("guards", "policies", "recording")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in impure
    ]  # fmt: skip
    assert found == []


def test_nothing_executes_text_or_unpickles() -> None:
    forbidden = {
        "eval",
        "exec",
        "pickle.loads",
        "pickle.load",
        "marshal.loads",
        "yaml.load",
        "yaml.unsafe_load",
        "os.system",
    }
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func) not in forbidden, f"{path}:{node.lineno}"


def broker_errors() -> list[type[BrokerError]]:
    import broker

    for module in pkgutil.walk_packages(broker.__path__, "broker."):
        importlib.import_module(module.name)
    found, waiting = [], [BrokerError]
    while waiting:
        error = waiting.pop()
        found.append(error)
        waiting.extend(error.__subclasses__())
    return found


def test_every_error_code_has_a_status_and_every_status_an_error() -> None:
    codes = {error.code for error in broker_errors()}
    assert codes - set(STATUS) == set()
    assert set(STATUS) - codes == set()


def test_one_code_belongs_to_one_kind_of_error() -> None:
    declared = [error for error in broker_errors() if "code" in vars(error)]
    codes = [error.code for error in declared]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_why_it_exists(package: str) -> None:
    silent = [
        str(path) for path in (ROOT / package).rglob("*.py") if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    silent = [path for path in silent if "/migrations/versions/" not in path or path.endswith("__init__.py")]
    assert silent == []
