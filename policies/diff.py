"""What changed between two versions of a document, field by field, in words that an approver can read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from policies.canonical import Plain, canonical
from policies.schema import PolicySet


class ChangeKind(StrEnum):
    """What happened to a field. Fields at their default count as absent."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One field's change; ``before`` and ``after`` are the values as JSON, empty where there was none."""

    path: str
    kind: ChangeKind
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        """Write it as one line."""
        sign = {ChangeKind.ADDED: f"+ {self.after}", ChangeKind.REMOVED: f"- {self.before}"}
        return f"{self.path}: {sign.get(self.kind, f'{self.before} -> {self.after}')}"


def diff_documents(before: BaseModel | None, after: BaseModel | None) -> tuple[Change, ...]:
    """Return the changed fields in order of path; ``None`` stands for a document that is not there."""
    return tuple(
        sorted(_changes("", canonical(before) if before else None, canonical(after) if after else None), key=_by_path)
    )


def diff_sets(before: PolicySet, after: PolicySet) -> dict[str, tuple[Change, ...]]:
    """Return the changes per document that differs, by ``Kind/name``."""
    old = {f"{document.kind}/{document.name}": document for document in before.documents}
    new = {f"{document.kind}/{document.name}": document for document in after.documents}
    changes = {key: diff_documents(old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())}
    return {key: found for key, found in changes.items() if found}


def _changes(path: str, before: Plain, after: Plain) -> Iterator[Change]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict | None) and isinstance(after, dict | None):
        old, new = before or {}, after or {}
        for key in sorted(old.keys() | new.keys()):
            yield from _changes(f"{path}.{key}".lstrip("."), old.get(key), new.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_changes(path, before, after)
    else:
        yield _change(path, before, after)


def _list_changes(path: str, before: list[Plain], after: list[Plain]) -> Iterator[Change]:
    """Lists are read as sets of entries; only a change of their order is shown as a whole."""
    gone, come = [e for e in before if e not in after], [e for e in after if e not in before]
    if not gone and not come:
        yield _change(path, before, after)
    for entry in gone:
        yield _change(f"{path}[]", entry, None)
    for entry in come:
        yield _change(f"{path}[]", None, entry)


def _change(path: str, before: Plain, after: Plain) -> Change:
    kinds = {(True, False): ChangeKind.ADDED, (False, True): ChangeKind.REMOVED}
    kind = kinds.get((before is None, after is None), ChangeKind.CHANGED)
    return Change(path, kind, _written(before), _written(after))


def _written(value: Plain) -> str:
    return "" if value is None else json.dumps(value, sort_keys=True)


def _by_path(change: Change) -> tuple[str, str, str]:
    return change.path, change.before, change.after
