"""Objects as operations tell them, read back into values: ``holding 100-119``, ``tag Motor.Speed``, ``class1 1 3``."""

import re

from guards.given import Touched
from policies.names import MAX_PATTERN_CHARACTERS, fold, is_pattern
from policies.protocols import ObjectKind, kind_of

_ADDRESSED = re.compile(r"(0|[1-9][0-9]{0,9})(?:-(0|[1-9][0-9]{0,9}))?(?: (.+))?", re.ASCII)


def read_touched(protocol: str, text: str) -> Touched | None:
    """Return the objects that ``text`` names, the inverse of ``str(Touched)``; ``None`` where policies have no word.

    A name that a policy would take for a pattern, or that none could hold, has no word either.
    """
    table, _, rest = text.partition(" ")
    kind = kind_of(protocol, table)
    if kind is None:
        return None
    if not rest:
        return Touched(table)
    if kind.highest is None:
        return _named(table, kind, rest)
    found = _ADDRESSED.fullmatch(rest)
    if found is None:
        return None
    first = int(found[1])
    last = first if found[2] is None else int(found[2])
    if not first <= last <= kind.highest:
        return None
    name = found[3] or ""
    return Touched(table, first, last, name) if not name or _is_sayable(kind, name) else None


def _named(table: str, kind: ObjectKind, name: str) -> Touched | None:
    return Touched(table, name=fold(name) if kind.folds_case else name) if _is_sayable(kind, name) else None


def _is_sayable(kind: ObjectKind, name: str) -> bool:
    return bool(kind.names) and "*" not in name and len(name) <= MAX_PATTERN_CHARACTERS and is_pattern(name)
