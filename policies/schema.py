"""The documents of the policy language, as strict models: an unknown field is an error, never ignored.

``docs/policy.md`` explains every field to people; ``policies/library/schema.json`` gives the same to editors.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from policies.canonical import digest
from policies.decision import Mode
from policies.faults import fault
from policies.terms import Access, AllowTerms, From, LoginTerms, SessionTerms, What, When, Who
from policies.words import Moment, Slug, Strict, Text

_MODE_ORDER = (Mode.STANDING, Mode.REQUEST, Mode.EMERGENCY)

API_VERSION = "wicketgate/v1"


class Metadata(Strict):
    """The document's name, unique among documents of its kind."""

    name: Slug
    description: Text = ""


class AllowSpec(Strict):
    """A policy that gives access."""

    effect: Literal["allow"] = "allow"
    who: Who
    what: What
    when: When = When()
    origin: From | None = Field(None, alias="from")
    login: LoginTerms = LoginTerms()
    access: Access
    session: SessionTerms = SessionTerms()
    allow: AllowTerms


class DenySpec(Strict):
    """A policy that refuses, above every policy that gives."""

    effect: Literal["deny"]
    who: Who
    what: What
    when: When = When()
    reason: Text = ""


class FreezeSpec(Strict):
    """A stretch of time in which the plant wants to be left alone: from, up to but not including to."""

    starts_at: Moment = Field(alias="from")
    ends_at: Moment = Field(alias="to")
    reason: Text = ""

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.starts_at >= self.ends_at:
            raise ValueError(fault("to_after_from"))
        return self


class _Document(Strict):
    version: Literal["wicketgate/v1"] = Field(alias="apiVersion")
    metadata: Metadata

    @property
    def name(self) -> str:
        """The document's name."""
        return self.metadata.name


class AllowPolicy(_Document):
    """``kind: AccessPolicy`` with ``effect: allow``."""

    kind: Literal["AccessPolicy"]
    spec: AllowSpec

    @property
    def preference(self) -> tuple[int, int, str]:
        """The order of policies that would both do: standing first, then the fewest approvals, then by name."""
        access = self.spec.access
        return _MODE_ORDER.index(access.mode), sum(term.count for term in access.approvals), self.name


class DenyPolicy(_Document):
    """``kind: AccessPolicy`` with ``effect: deny``."""

    kind: Literal["AccessPolicy"]
    spec: DenySpec


class Freeze(_Document):
    """``kind: Freeze``: an entry of the freeze calendar."""

    kind: Literal["Freeze"]
    spec: FreezeSpec


Policy = AllowPolicy | DenyPolicy
Document = AllowPolicy | DenyPolicy | Freeze


@dataclass(frozen=True)
class PolicySet:
    """All documents that hold at one time; names are unique within each kind."""

    policies: tuple[Policy, ...] = ()
    freezes: tuple[Freeze, ...] = ()

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Self:
        """Return the set of these documents; of two with the same kind and name the later one holds."""
        by_name = {(document.kind, document.name): document for document in documents}
        chosen = [by_name[key] for key in sorted(by_name)]
        return cls(
            tuple(document for document in chosen if not isinstance(document, Freeze)),
            tuple(document for document in chosen if isinstance(document, Freeze)),
        )

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every document: policies, then freezes."""
        return (*self.policies, *self.freezes)

    def replacing(self, other: "PolicySet") -> "PolicySet":
        """Return this set with the documents of ``other`` added, or put in place of those with the same name."""
        return PolicySet.of((*self.documents, *other.documents))

    def without(self, kind: str, name: str) -> "PolicySet":
        """Return this set without one document."""
        return PolicySet.of(d for d in self.documents if (d.kind, d.name) != (kind, name))

    def digest_of(self, policy: str) -> str:
        """Return the digest of the policy of this name; ``KeyError`` if there is none."""
        return self._digests[policy]

    def freeze(self, name: str) -> Freeze | None:
        """Return the freeze of this name."""
        return self._freezes.get(name)

    @cached_property
    def allowing(self) -> tuple[AllowPolicy, ...]:
        """The policies that may give access, the preferred first."""
        chosen = (policy for policy in self.policies if isinstance(policy, AllowPolicy))
        return tuple(sorted(chosen, key=lambda policy: policy.preference))

    @cached_property
    def denying(self) -> tuple[DenyPolicy, ...]:
        """The policies that refuse, by name."""
        chosen = (policy for policy in self.policies if isinstance(policy, DenyPolicy))
        return tuple(sorted(chosen, key=lambda policy: policy.name))

    @cached_property
    def _digests(self) -> Mapping[str, str]:
        return {policy.name: policy_digest(policy) for policy in self.policies}

    @cached_property
    def _freezes(self) -> Mapping[str, Freeze]:
        return {freeze.name: freeze for freeze in self.freezes}


def policy_digest(document: Document) -> str:
    """Return the name of this exact version: hex SHA-256 of the canonical form (docs/policy.md, "Versions")."""
    return digest(document)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of one document, for editors and other tools."""
    schema = TypeAdapter(Document).json_schema(by_alias=True)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Wicketgate policy document"}
    return {**head, **{key: _ordered(value) for key, value in schema.items()}}


def _ordered(value: Any, is_default: bool = False) -> Any:
    """Sort default values that come from sets, whose order differs from run to run."""
    if isinstance(value, dict):
        return {key: _ordered(inner, is_default or key == "default") for key, inner in value.items()}
    if isinstance(value, list):
        return sorted(value) if is_default else [_ordered(inner) for inner in value]
    return value
