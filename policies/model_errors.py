"""Turns what pydantic says about a model into what a person needs: the place, the field, and what to write instead."""

import difflib
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policies.problems import Path, PolicyProblem, write_path
from policies.words import time_zones
from policies.yaml_text import YamlDocument

MAX_PROBLEMS = 50

Words = tuple[str, str]
"""Message and hint."""


def problems_of(error: ValidationError, document: YamlDocument, model: type[BaseModel]) -> list[PolicyProblem]:
    """Return what is wrong, at most 50 problems."""
    details = [detail for detail in error.errors(include_url=False) if not _follows(detail, error)]
    return [_problem(detail, document, model) for detail in details[:MAX_PROBLEMS]]


def close_match(value: object, known: Iterable[str]) -> str:
    """Return a guess at what was meant, as a question, or nothing."""
    near = difflib.get_close_matches(str(value)[:64], list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else ""


def fields_at(model: type[BaseModel], path: Path) -> dict[str, Any]:
    """Return the fields that may stand at ``path`` of ``model``, by the names of the YAML, with their types."""
    here: Any = model
    for part in path:
        here = _fields(here).get(str(part)) if isinstance(part, str) else here
    return _fields(here)


def _problem(detail: ErrorDetails, document: YamlDocument, model: type[BaseModel]) -> PolicyProblem:
    path: Path = detail["loc"]
    message, hint = _WORDS.get(detail["type"], _other)(detail, model)
    return PolicyProblem(*document.place_of(path), write_path(path), message, hint)


def _follows(detail: ErrorDetails, error: ValidationError) -> bool:
    """Tell whether a list counts as too short only because its entries are wrong."""
    path = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(path) and other["loc"][: len(path)] == path for other in error.errors()
    )


def _unknown_field(detail: ErrorDetails, model: type[BaseModel]) -> Words:
    *parent, name = detail["loc"]
    known = fields_at(model, tuple(parent))
    return f"unknown field '{name}'", close_match(name, known) or f"known here: {', '.join(known)}"


def _missing(detail: ErrorDetails, _: type[BaseModel]) -> Words:
    return f"the field '{detail['loc'][-1]}' is missing", "add it"


def _own_words(detail: ErrorDetails, _: type[BaseModel]) -> Words:
    """Give the text of a ``ValueError`` of ours, and a guess where the value is one of many known ones."""
    text = str(detail.get("ctx", {}).get("error", detail["msg"]))
    hint = _guess_time_zone(detail["input"]) if "IANA" in text else ""
    return text, hint


def _guess_time_zone(value: object) -> str:
    return close_match(value, sorted(time_zones()))


def _choice(detail: ErrorDetails, _: type[BaseModel]) -> Words:
    expected = detail.get("ctx", {}).get("expected", "")
    known = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
    return f"{_shown(detail)} is not known here", close_match(detail["input"], known) or f"one of: {', '.join(known)}"


def _pattern(detail: ErrorDetails, _: type[BaseModel]) -> Words:
    is_slug = "a-z0-9" in detail.get("ctx", {}).get("pattern", "")
    slug = "write lower-case letters, digits and inner hyphens, at most 63"
    return f"{_shown(detail)} is not a name that can stand here", slug if is_slug else "write 1 to 128 characters"


def _other(detail: ErrorDetails, _: type[BaseModel]) -> Words:
    message, hint = _TYPES.get(detail["type"], (detail["msg"], ""))
    return f"{message}, not {_shown(detail)}", hint


def _shown(detail: ErrorDetails) -> str:
    text = repr(detail["input"])
    return text if len(text) <= 60 else f"{text[:57]}..."


_WORDS: Mapping[str, Callable[[ErrorDetails, type[BaseModel]], Words]] = {
    "extra_forbidden": _unknown_field,
    "missing": _missing,
    "value_error": _own_words,
    "enum": _choice,
    "literal_error": _choice,
    "string_pattern_mismatch": _pattern,
}

_LIST: Words = ("this must be a list", "write it like [a, b]")
_PART: Words = ("this must be fields", "write them like {field: value}, or indented below")
_TYPES: Mapping[str, Words] = {
    "string_type": ("this must be text", "put it in quotes"),
    "frozen_set_type": _LIST,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "dict_type": _PART,
    "model_type": _PART,
    "model_attributes_type": _PART,
    "bool_type": ("this must be true or false", "write it without quotes"),
    "int_type": ("this must be a whole number", "write it without quotes"),
    "float_type": ("this must be a number", "write it without quotes"),
    "too_short": ("this is empty", "give at least one entry, or remove the line"),
}


def _fields(annotation: Any) -> dict[str, Any]:
    """Return the fields of the model inside ``annotation``: behind unions, sequences and ``Annotated``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {field.alias or name: field.annotation for name, field in annotation.model_fields.items()}
    if get_origin(annotation) in {Union, types.UnionType, Annotated, tuple, list}:
        return next((found for inner in get_args(annotation) if (found := _fields(inner))), {})
    return {}
