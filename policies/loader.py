"""Policy texts in, policy sets out; or everything that is wrong with the text, each with its place."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from policies.decision import MustMatch
from policies.faults import fault
from policies.model_errors import close_match, problems_of
from policies.problems import Path, PolicyProblem, write_path
from policies.schema import API_VERSION, AllowPolicy, DenyPolicy, Document, Freeze, PolicySet
from policies.speech import misfits, spoken_by
from policies.yaml_text import YamlDocument, YamlError, read_yaml

MODELS: Mapping[tuple[str, str], type[AllowPolicy] | type[DenyPolicy] | type[Freeze]] = {
    ("AccessPolicy", "allow"): AllowPolicy,
    ("AccessPolicy", "deny"): DenyPolicy,
    ("Freeze", "allow"): Freeze,
}
KINDS = ("AccessPolicy", "Freeze")
EFFECTS = ("allow", "deny")


@dataclass(frozen=True, slots=True)
class Loaded(MustMatch):
    """The text is good; ``policies`` holds its documents and only those."""

    policies: PolicySet


@dataclass(frozen=True, slots=True)
class Faulty(MustMatch):
    """The text is not taken, not even in part; the problems stand in the order of their places."""

    problems: tuple[PolicyProblem, ...]


def load(text: str, known: PolicySet | None = None) -> Loaded | Faulty:
    """Read the documents of ``text`` (YAML, several parted by ``---``). Never raises.

    ``known`` are the documents that hold already: freezes may be named from there, and documents of the same name may
    be replaced.
    """
    try:
        documents = read_yaml(text)
    except YamlError as error:
        return Faulty((error.problem,))
    if not documents:
        return Faulty((PolicyProblem(1, 1, "", fault("no_document"), fault("begin_with", version=API_VERSION)),))
    read = [(document, _parse(document)) for document in documents]
    problems = [problem for _, result in read if isinstance(result, list) for problem in result]
    good = [(document, result) for document, result in read if not isinstance(result, list)]
    problems += _doubled_names(good)
    if not problems:
        problems += _unknown_freezes(good, known or PolicySet())
        problems += _misfits(good)
    return Faulty(tuple(sorted(problems))) if problems else Loaded(PolicySet.of(result for _, result in good))


def parse_part(document: YamlDocument, model: type[BaseModel]) -> BaseModel | list[PolicyProblem]:
    """Return the document's data as ``model``, or what is wrong with it."""
    try:
        return model.model_validate_json(json.dumps(document.data))
    except ValidationError as error:
        return problems_of(error, document, model)


def _parse(document: YamlDocument) -> Document | list[PolicyProblem]:
    data = document.data
    if not isinstance(data, dict):
        return [_problem(document, (), fault("not_mapping"), fault("begin_with", version=API_VERSION))]
    kind, spec = data.get("kind"), data.get("spec")
    if kind not in KINDS:
        return [_not_one_of(document, ("kind",), kind, KINDS)]
    effect = spec.get("effect", "allow") if isinstance(spec, dict) and kind != "Freeze" else "allow"
    if effect not in EFFECTS:
        return [_not_one_of(document, ("spec", "effect"), effect, EFFECTS)]
    parsed = parse_part(document, MODELS[str(kind), str(effect)])
    if isinstance(parsed, AllowPolicy | DenyPolicy | Freeze):
        return parsed
    return parsed if isinstance(parsed, list) else []


def _not_one_of(document: YamlDocument, path: Path, value: object, known: tuple[str, ...]) -> PolicyProblem:
    said = fault("is_missing") if value is None else fault("not_known", value=repr(value))
    return _problem(document, path, said, close_match(value, known) or fault("one_of", words=", ".join(known)))


def _doubled_names(good: Iterable[tuple[YamlDocument, Document]]) -> Iterator[PolicyProblem]:
    seen: dict[tuple[str, str], int] = {}
    for document, result in good:
        line, _ = document.place_of(("metadata", "name"))
        first = seen.setdefault((result.kind, result.name), line)
        if first != line:
            message = fault("name_taken", name=result.name, line=first)
            yield _problem(document, ("metadata", "name"), message, fault("other_name"))


def _unknown_freezes(good: Iterable[tuple[YamlDocument, Document]], known: PolicySet) -> Iterator[PolicyProblem]:
    pairs = list(good)
    names = {freeze.name for freeze in known.freezes} | {r.name for _, r in pairs if isinstance(r, Freeze)}
    for document, result in pairs:
        if isinstance(result, Freeze):
            continue
        for name in sorted((result.spec.when.freezes or frozenset()) - names):
            hint = close_match(name, sorted(names)) or fault("define_freeze")
            yield _problem(document, ("spec", "when", "freezes"), fault("no_freeze", name=name), hint)


def _misfits(good: Iterable[tuple[YamlDocument, Document]]) -> Iterator[PolicyProblem]:
    for document, result in good:
        if not isinstance(result, AllowPolicy):
            continue
        allow, services = result.spec.allow, result.spec.what.services
        for found in misfits(
            spoken_by(services), units=allow.units, routes=allow.routes, reads=allow.reads, writes=allow.writes
        ):
            yield _problem(document, ("spec", "allow", *found.path), found.message, found.hint)


def _problem(document: YamlDocument, path: Path, message: str, hint: str) -> PolicyProblem:
    return PolicyProblem(*document.place_of(path), write_path(path), message, hint)
