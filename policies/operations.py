"""Would this one operation pass these rules? The guards' answer in advance, for people who ask "why not?"."""

from dataclasses import dataclass
from enum import StrEnum

from policies.rules import ObjectRule, Rules, Table, Tier


class Passage(StrEnum):
    """What would become of an operation."""

    PASSES = "passes"
    ASKS = "asks"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OperationQuestion:
    """One operation; what is left out is not judged. ``count`` objects are touched from ``address`` on."""

    tier: Tier
    unit: int | None = None
    table: Table | None = None
    address: int | None = None
    count: int = 1
    value: int | None = None
    upload: bool = False


@dataclass(frozen=True, slots=True)
class OperationAnswer:
    """What would become of it, and why."""

    passage: Passage
    message: str


def judge_operation(rules: Rules, asked: OperationQuestion) -> OperationAnswer:
    """Return the first refusal of: unit, tier, upload, addresses, value; else whether the operator is asked first."""
    for refused, message in _refusals(rules, asked):
        if refused:
            return OperationAnswer(Passage.REFUSED, message)
    if asked.tier in rules.ask:
        return OperationAnswer(Passage.ASKS, f"The operator on shift is asked before {asked.tier} passes.")
    return OperationAnswer(Passage.PASSES, "The rules let it pass.")


def _refusals(rules: Rules, asked: OperationQuestion) -> tuple[tuple[bool, str], ...]:
    objects = _narrowing(rules, asked.tier)
    touching = _touching(objects, asked)
    return (
        (
            rules.units is not None and asked.unit is not None and asked.unit not in rules.units,
            f"Unit {asked.unit} is outside the fence: {_list(rules.units)}.",
        ),
        (
            asked.tier not in rules.tiers | rules.ask,
            f"Tier {asked.tier} is not given: {_list(rules.tiers | rules.ask)}.",
        ),
        (asked.upload and not rules.upload, "Reading a program out ('upload') is not given."),
        (objects is not None and not _is_covered(objects, asked), f"{_objects(asked)} is outside the ranges."),
        (bool(touching) and not any(_within(rule, asked.value) for rule in touching), _bounds(touching, asked)),
    )


def _narrowing(rules: Rules, tier: Tier) -> tuple[ObjectRule, ...] | None:
    return {Tier.READ: rules.reads, Tier.OPERATE: rules.writes}.get(tier)


def _is_covered(objects: tuple[ObjectRule, ...], asked: OperationQuestion) -> bool:
    """Each address must lie in some range; an unknown table or address is judged by whether anything is given."""
    if asked.table is None or asked.address is None:
        return bool(objects)
    ranges = [r for rule in objects if rule.table is asked.table for r in rule.addresses]
    wanted = range(asked.address, asked.address + asked.count)
    return all(any(r.first <= address <= r.last for r in ranges) for address in wanted)


def _touching(objects: tuple[ObjectRule, ...] | None, asked: OperationQuestion) -> list[ObjectRule]:
    if asked.table is None or asked.address is None or asked.value is None:
        return []
    address = asked.address
    return [
        rule
        for rule in objects or ()
        if rule.table is asked.table and any(r.first <= address <= r.last for r in rule.addresses)
    ]


def _within(rule: ObjectRule, value: int | None) -> bool:
    low, high = rule.minimum, rule.maximum
    return value is None or ((low is None or value >= low) and (high is None or value <= high))


def _objects(asked: OperationQuestion) -> str:
    if asked.table is None or asked.address is None:
        return "Everything"
    last = asked.address + asked.count - 1
    return f"{asked.table} {asked.address}" + (f"-{last}" if last > asked.address else "")


def _bounds(touching: list[ObjectRule], asked: OperationQuestion) -> str:
    said = " or ".join(f"{_or(rule.minimum, 0)}-{_or(rule.maximum, 65535)}" for rule in touching)
    return f"Value {asked.value} for {_objects(asked)} is out of bounds: {said}."


def _or(bound: int | None, otherwise: int) -> int:
    return otherwise if bound is None else bound


def _list(items: frozenset[int] | frozenset[Tier] | None) -> str:
    return ", ".join(sorted(map(str, items or ()))) or "nothing"
