"""Policy texts between people and the store: read whole, kept document by document as they were written."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from broker.access.errors import PolicyInvalidError
from policies.canonical import digest
from policies.loader import Faulty, Loaded, load
from policies.problems import PolicyProblem
from policies.schema import Document, PolicySet
from policies.yaml_text import read_yaml

_BORDER = re.compile(r"^---(?=\s|$)", re.MULTILINE)
SET_DOMAIN = b"wicketgate-policy-set-v1\n"


@dataclass(frozen=True, slots=True)
class WrittenDocument:
    """A document and the very text that it was read from, comments included."""

    document: Document
    text: str
    digest: str


def read_text(text: str, known: PolicySet) -> list[WrittenDocument]:
    """Return the documents of a text in the order of writing, or raise ``PolicyInvalidError`` with every problem."""
    match load(text, known):
        case Faulty(problems):
            raise invalid(problems)
        case Loaded(policies):
            whole = known.replacing(policies)
            return [written for part in _BORDER.split(text) for written in _read_part(part, whole)]


def read_stored(texts: Iterable[tuple[str, str]]) -> PolicySet:
    """Return the set of stored ``(kind, text)``; freezes are read first, since policies name them."""
    known = PolicySet()
    for _, text in sorted(texts, key=lambda kept: kept[0] != "Freeze"):
        match load(text, known):
            case Faulty(problems):
                raise invalid(problems)
            case Loaded(policies):
                known = known.replacing(policies)
    return known


def set_digest(digests: Iterable[tuple[str, str]]) -> str:
    """SHA-256 (hex) over the ``(name, digest)`` of all documents that hold."""
    body = "".join(f"{name} {value}\n" for name, value in sorted(digests))
    return hashlib.sha256(SET_DOMAIN + body.encode()).hexdigest()


def invalid(problems: Iterable[PolicyProblem]) -> PolicyInvalidError:
    """Return the error that shows all problems."""
    listed = list(problems)
    return PolicyInvalidError(
        str(listed[0]),
        hint="See 'problems' for each fault; nothing was applied.",
        fields={"problems": [problem_fields(problem) for problem in listed]},
    )


def problem_fields(problem: PolicyProblem) -> dict[str, object]:
    """Return a problem as plain data."""
    return {
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
    }


def freezes_named_by(policies: PolicySet) -> dict[str, str]:
    """Return each freeze that a policy names, with the name of one such policy."""
    return {name: policy.name for policy in policies.policies for name in policy.spec.when.freezes or ()}


def _read_part(part: str, whole: PolicySet) -> list[WrittenDocument]:
    if not read_yaml(part):
        return []
    match load(part, whole):
        case Loaded(policies):
            return [WrittenDocument(each, part.strip("\n") + "\n", digest(each)) for each in policies.documents]
        case Faulty(problems):
            raise invalid(problems)
