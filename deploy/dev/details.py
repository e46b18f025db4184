"""Collects what the broker says of a refusal, as templates, from the places that say it.

Refusals are worded where they happen. What German pages need to say them is read from the source: ``f"There is a site
{name!r} already."`` becomes ``There is a site {name} already.``, and a text with two endings becomes two templates.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache

from deploy.dev.wordings import Call, Source, UnreadableError

IN_PARTS: Mapping[str, slice] = {"Load": slice(0, 1)}
"""What becomes part of a refusal, and which of the texts that it is made with are told, one after the other."""

NOT_TOLD = {"config.py", "db/base.py", "http/errors.py", "http/routes.py"}
"""Modules whose errors tell nobody anything of their own: they are about settings and about the broker's source."""

CAUGHT = {"ValueError http/edge.py", "ValueError vault/sealing.py"}
"""Errors that are caught within their module, or stop the broker at its start."""

BY_FIELD = {"BadInventoryError inventory/fitting.py"}
"""Refusals whose detail repeats the first of their fields, which pages tell instead."""

ELSEWHERE: Mapping[str, str] = {
    "access/answers.py: str(first.message)": "the sentences of the reasons, which pages tell instead",
    "access/documents.py: str(listed[0])": "the faults, which pages tell instead",
    "gateways/tcp.py: str(error)": "what a program did wrong that is no page",
    "http/edge.py: error.reason": "the words of the HTTP library",
    "inventory/models.py: ': '.join(filter(None, (found.message, found.hint)))": "the faults of fences",
    "recordings/keyring.py: str(error)": "the words of the recording's reader",
    "recordings/recorder.py: self._failure": "the failures",
    "sessions/gate.py: row.end_detail": "the ends",
    "sessions/gate.py: session.end_detail": "the ends",
}
"""What does not stand in the source as a text, and whose words it is: those of another table, or of somebody else."""


@cache
def collected() -> tuple[Mapping[str, str], frozenset[str]]:
    """Return the templates by themselves, and each expression whose texts cannot be read."""
    source = Source.of_the_broker()
    refusals = source.kinds_of("BrokerError") - source.kinds_of("KeyFileError")
    found: set[str] = set()
    unread: set[str] = set()
    for call in source.calls:
        for told in _told(call, refusals):
            try:
                found |= source.joined(told, call.scope, between=" ")
            except UnreadableError as error:
                unread.add(f"{call.module}: {error}")
    return {text: text for text in sorted(found) if _says(text)}, frozenset(unread)


def _says(text: str) -> bool:
    """Whether it says anything beside what is put in: a field's path and its message are told by the field."""
    return any(letter.isalpha() for letter in re.sub(r"\{\w+\}", "", text))


def _told(call: Call, refusals: set[str]) -> Iterator[list[ast.expr]]:
    """What is said by a call that makes a refusal, or a part of one: texts that follow one another."""
    given, known = call.node.args, f"{call.name} {call.module}"
    if call.module in NOT_TOLD or known in CAUGHT | BY_FIELD:
        return
    if call.name in IN_PARTS:
        yield given[IN_PARTS[call.name]]
    elif given and (call.name in refusals | {"ValueError"} or _is_a_refusals_own(call)):
        yield given[:1]


def _is_a_refusals_own(call: Call) -> bool:
    """Whether a class of refusals, that always says the same, is told so."""
    return call.name == "__init__" and call.module.endswith("/errors.py")
