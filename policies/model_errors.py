"""Turns what pydantic says about a model into what a person needs: the place, the field, and what to write instead."""

import difflib
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policies.faults import fault
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


def words_of(detail: ErrorDetails, model: type[BaseModel]) -> Words:
    """Return what is wrong with a field of ``model``, and what helps."""
    return _WORDS.get(detail["type"], _other)(detail, model)


def close_match(value: object, known: Iterable[str]) -> str:
    """Return a guess at what was meant, as a question, or nothing."""
    near = difflib.get_close_matches(str(value)[:64], list(known), n=1, cutoff=0.6)
    return fault("did_you_mean", word=near[0]) if near else ""


def fields_at(model: type[BaseModel], path: Path) -> dict[str, Any]:
    """Return the fields that may stand at ``path`` of ``model``, by the names of the YAML, with their types."""
    here: Any = model
    for part in path:
        here = _fields(here).get(str(part)) if isinstance(part, str) else here
    return _fields(here)


def _problem(detail: ErrorDetails, document: YamlDocument, model: type[BaseModel]) -> PolicyProblem:
    path: Path = detail["loc"]
    return PolicyProblem(*document.place_of(path), write_path(path), *words_of(detail, model))


def _follows(detail: ErrorDetails, error: ValidationError) -> bool:
    """Tell whether a list counts as too short only because its entries are wrong."""
    path = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(path) and other["loc"][: len(path)] == path for other in error.errors()
    )


def _unknown_field(detail: ErrorDetails, model: type[BaseModel]) -> Words:
    *parent, name = detail["loc"]
    known = fields_at(model, tuple(parent))
    return fault("unknown_field", field=name), close_match(name, known) or fault("known_here", words=", ".join(known))


def _missing(detail: ErrorDetails, _: type[BaseModel]) -> Words:
    return fault("field_missing", field=detail["loc"][-1]), fault("add_it")


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
    return fault("not_known", value=_shown(detail)), close_match(detail["input"], known) or fault(
        "one_of", words=", ".join(known)
    )


def _pattern(detail: ErrorDetails, _: type[BaseModel]) -> Words:
    is_slug = "a-z0-9" in detail.get("ctx", {}).get("pattern", "")
    slug = fault("write_slug")
    return fault("not_a_name", value=_shown(detail)), slug if is_slug else fault("write_characters")


def _other(detail: ErrorDetails, _: type[BaseModel]) -> Words:
    shown = _shown(detail)
    if detail["type"] not in _TYPES:
        return f"{detail['msg']}, not {shown}", ""
    text, hint = _TYPES[detail["type"]]
    return fault(text, value=shown), fault(hint)


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

_LIST = ("must_be_list", "write_list")
_PART = ("must_be_fields", "write_fields")
_TYPES: Mapping[str, tuple[str, str]] = {
    "string_type": ("must_be_text", "put_in_quotes"),
    "frozen_set_type": _LIST,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "dict_type": _PART,
    "model_type": _PART,
    "model_attributes_type": _PART,
    "bool_type": ("must_be_truth", "without_quotes"),
    "int_parsing": ("must_be_whole_number", "without_quotes"),
    "int_type": ("must_be_whole_number", "without_quotes"),
    "float_parsing": ("must_be_number", "without_quotes"),
    "float_type": ("must_be_number", "without_quotes"),
    "too_short": ("must_not_be_empty", "give_entry"),
}
"""What is wrong, and what helps, by pydantic's type of an error."""


def _fields(annotation: Any) -> dict[str, Any]:
    """Return the fields of the model inside ``annotation``: behind unions, sequences and ``Annotated``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {field.alias or name: field.annotation for name, field in annotation.model_fields.items()}
    if get_origin(annotation) in {Union, types.UnionType, Annotated, tuple, list}:
        return next((found for inner in get_args(annotation) if (found := _fields(inner))), {})
    return {}
