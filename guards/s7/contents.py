"""What an S7comm request touches, in values that limits can be held against."""

from typing import NamedTuple

from guards.effects import Value
from guards.reasons import Reason
from guards.s7.variables import Variable
from policies.rules import Tier


class Written(NamedTuple):
    """A variable and the bytes that it would be given."""

    variable: Variable
    data: bytes


class Contents(NamedTuple):
    """The meaning of a request: what it reads and writes, and how the record names it.

    ``raises``: the content makes the request more than its function alone is (enabling a job of another kind).
    """

    reads: tuple[Variable, ...] = ()
    writes: tuple[Written, ...] = ()
    objects: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    raises: Tier | None = None


class Malformed(NamedTuple):
    """A request that is not laid out as its function asks for."""

    reason: Reason


EMPTY = Contents()


def reading(*variables: Variable) -> Contents:
    """Return the contents of a request that reads."""
    return Contents(reads=variables, objects=tuple(map(str, variables)))
