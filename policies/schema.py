"""The documents of the policy language, as strict models: an unknown field is an error, never ignored."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PolicySet:
    """All documents that hold at one time."""
