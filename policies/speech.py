"""Does what shall be said fit the protocols that it is about? Words that could never hold are errors, not dead letters.

The same check serves policies, where the services say what the protocols can be, and the agent's ceiling file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from policies.faults import fault
from policies.model_errors import close_match
from policies.problems import Path
from policies.protocols import PROTOCOLS, ObjectKind, kind_of, protocols_with, tables_of
from policies.terms import ObjectTerm


class Use(StrEnum):
    """What a list of objects is for; the name is that of its field."""

    READS = "reads"
    WRITES = "writes"


@dataclass(frozen=True, slots=True)
class Misfit:
    """A word that fits none of the protocols; ``path`` begins at the part that holds ``units``, ``reads`` and so on."""

    path: Path
    message: str
    hint: str = ""


def spoken_by(services: Iterable[str] | None) -> frozenset[str]:
    """Return the protocols that a policy's services can be: those named, or all if some entry names no protocol."""
    named = frozenset(services or ())
    return named if named and named <= PROTOCOLS.keys() else frozenset(PROTOCOLS)


def misfits(
    protocols: frozenset[str],
    *,
    units: Iterable[int] | None = None,
    routes: Iterable[str] | None = None,
    reads: tuple[ObjectTerm, ...] | None = None,
    writes: tuple[ObjectTerm, ...] | None = None,
) -> Iterator[Misfit]:
    """Yield every word that none of ``protocols`` has."""
    spoken = sorted(protocols & PROTOCOLS.keys())
    yield from _units(spoken, units)
    yield from _routes(spoken, routes)
    for use, terms in ((Use.READS, reads), (Use.WRITES, writes)):
        for number, term in enumerate(terms or ()):
            yield from _term(spoken, use, number, term)


def _units(spoken: list[str], units: Iterable[int] | None) -> Iterator[Misfit]:
    if units is None:
        return
    highest = max((most for one in spoken if (most := PROTOCOLS[one].highest_unit) is not None), default=None)
    if highest is None:
        yield Misfit(("units",), fault("no_units", protocols=_list(spoken)), _instead(spoken, "routes"))
    elif (most := max(units, default=0)) > highest:
        yield Misfit(
            ("units",), fault("no_unit", unit=most, protocols=_list(spoken)), fault("units_up_to", most=highest)
        )


def _routes(spoken: list[str], routes: Iterable[str] | None) -> Iterator[Misfit]:
    if routes is None:
        return
    forms = [form for one in spoken if (form := PROTOCOLS[one].route) is not None]
    if not forms:
        yield Misfit(("routes",), fault("no_routes", protocols=_list(spoken)), _instead(spoken, "units"))
        return
    for route in sorted(routes):
        normal = [form.normal(route) for form in forms]
        if route not in normal:
            better = next((f"'{text}'" for text in normal if text), None)
            known = ", ".join(dict.fromkeys(f"{form.words} ({form.example})" for form in forms))
            yield Misfit(("routes",), fault("not_a_route", route=route), fault("write_it", form=better or known))


def _term(spoken: list[str], use: Use, number: int, term: ObjectTerm) -> Iterator[Misfit]:
    path: Path = (use.value, number)
    kinds = [kind for one in spoken if (kind := kind_of(one, term.table)) is not None]
    if not kinds:
        yield Misfit((*path, "table"), *_unknown_table(spoken, term.table))
        return
    faults = [_fault(kind, use, term) for kind in kinds]
    if None not in faults and faults[0] is not None:
        field, message = faults[0]
        yield Misfit((*path, field), message)


def _unknown_table(spoken: list[str], table: str) -> tuple[str, str]:
    elsewhere, known = protocols_with(table), tables_of(spoken)
    hint = close_match(table, known) or fault(
        "known_here", words=", ".join(known[:12]) + (" ..." if len(known) > 12 else "")
    )
    if not elsewhere:
        return fault("no_objects", table=table), hint
    return fault("other_objects", table=table, others=_list(elsewhere), protocols=_list(spoken)), hint


def _fault(kind: ObjectKind, use: Use, term: ObjectTerm) -> tuple[str, str] | None:
    """Return field and message of the first thing that the kind does not have, or ``None``."""
    for field, is_wrong, message in (
        ("table", use is Use.WRITES and not kind.is_written, fault("only_read", table=term.table)),
        ("table", use is Use.READS and not kind.is_read, fault("only_written", table=term.table)),
        ("addresses", kind.highest is None and term.addresses is not None, fault("has_names", table=term.table)),
        ("addresses", _reaches_beyond(kind, term), fault("addresses_up_to", table=term.table, most=kind.highest)),
        ("names", not kind.names and term.names is not None, fault("has_addresses", table=term.table)),
        ("min", _beyond(kind, term.min), fault("values_are", table=term.table, span=_span(kind))),
        ("max", _beyond(kind, term.max), fault("values_are", table=term.table, span=_span(kind))),
    ):
        if is_wrong:
            return field, message
    return None


def _reaches_beyond(kind: ObjectKind, term: ObjectTerm) -> bool:
    return kind.highest is not None and any(r.last > kind.highest for r in term.addresses or ())


def _beyond(kind: ObjectKind, bound: float | None) -> bool:
    return kind.raw is not None and bound is not None and not kind.raw[0] <= bound <= kind.raw[1]


def _span(kind: ObjectKind) -> str:
    return f"{kind.raw[0]} to {kind.raw[1]}" if kind.raw else "numbers"


def _instead(spoken: list[str], other: str) -> str:
    has = any(PROTOCOLS[one].route if other == "routes" else PROTOCOLS[one].unit for one in spoken)
    return fault("fence_with", field=other) if has else fault("leave_out")


def _list(protocols: Iterable[str]) -> str:
    return ", ".join(protocols) or "protocols without a guard"
