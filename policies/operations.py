"""Would this one operation pass these rules? The guards' answer in advance, for people who ask "why not?"."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from policies.rules import ObjectList, ObjectLists, ObjectRule, Rules, Tier
from policies.sentences import Sentence, Words, say


class Passage(StrEnum):
    """What would become of an operation."""

    PASSES = "passes"
    ASKS = "asks"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OperationQuestion:
    """One operation; what is left out is not judged. ``count`` objects are touched from ``address`` on.

    ``before`` is the value that an object has when ``value`` is to be written.
    """

    tier: Tier
    unit: int | None = None
    route: str | None = None
    table: str | None = None
    address: int | None = None
    count: int = 1
    name: str = ""
    value: float | None = None
    before: float | None = None
    upload: bool = False

    @property
    def names_objects(self) -> bool:
        """Whether it says which objects are touched."""
        return self.table is not None and (self.address is not None or bool(self.name))


@dataclass(frozen=True, slots=True)
class OperationAnswer:
    """What would become of it, and why."""

    passage: Passage
    message: Sentence


def judge_operation(rules: Rules, asked: OperationQuestion) -> OperationAnswer:
    """Return the first refusal (sub-address, tier, upload, objects, value), else whether the operator is asked."""
    for refused, message in _refusals(rules, asked):
        if refused:
            return OperationAnswer(Passage.REFUSED, message)
    if asked.tier in rules.ask:
        return OperationAnswer(Passage.ASKS, say("operator_is_asked", tier=Words((asked.tier,))))
    return OperationAnswer(Passage.PASSES, say("rules_let_pass"))


def _refusals(rules: Rules, asked: OperationQuestion) -> tuple[tuple[bool, Sentence], ...]:
    lists = _narrowing(rules, asked.tier)
    return (
        (
            rules.units is not None and asked.unit is not None and asked.unit not in rules.units,
            say("unit_outside", unit=str(asked.unit), fence=_list(rules.units)),
        ),
        (
            rules.routes is not None and asked.route is not None and asked.route not in rules.routes,
            say("route_outside", route=str(asked.route), fence=_list(rules.routes)),
        ),
        (
            asked.tier not in rules.tiers | rules.ask,
            say("tier_not_given", tier=Words((asked.tier,)), tiers=Words(tuple(sorted(rules.tiers | rules.ask)))),
        ),
        (asked.upload and not rules.upload, say("upload_not_given")),
        (not all(_is_covered(objects, asked) for objects in lists), _outside(asked)),
        *((not _may_become(objects, asked), _bounds(objects, asked)) for objects in lists),
    )


def _narrowing(rules: Rules, tier: Tier) -> ObjectLists:
    return {Tier.READ: rules.reads, Tier.OPERATE: rules.writes}.get(tier) or ()


def _is_covered(objects: ObjectList, asked: OperationQuestion) -> bool:
    """Each address must be of some rule; an unknown object is judged by whether anything is given."""
    if not asked.names_objects:
        return bool(objects)
    return all(_meant(objects, asked, address) for address in _addresses(asked))


def _may_become(objects: ObjectList, asked: OperationQuestion) -> bool:
    if asked.value is None or not asked.names_objects:
        return True
    value = asked.value
    return any(_admits(rule, value, asked.before) for rule in _meant(objects, asked, asked.address))


def _admits(rule: ObjectRule, value: float, before: float | None) -> bool:
    return rule.admits(value, value if before is None else before)


def _meant(objects: ObjectList, asked: OperationQuestion, address: int | None) -> list[ObjectRule]:
    return [rule for rule in objects if rule.means(asked.table or "", address, asked.name)]


def _addresses(asked: OperationQuestion) -> Iterable[int | None]:
    return (None,) if asked.address is None else range(asked.address, asked.address + asked.count)


def _outside(asked: OperationQuestion) -> Sentence:
    return say("object_outside", object=_objects(asked)) if asked.names_objects else say("everything_outside")


def _objects(asked: OperationQuestion) -> str:
    if asked.address is None:
        return f"{asked.table} {asked.name}"
    last = asked.address + asked.count - 1
    span = f"{asked.table} {asked.address}" + (f"-{last}" if last > asked.address else "")
    return f"{span} {asked.name}".rstrip()


def _bounds(objects: ObjectList, asked: OperationQuestion) -> Sentence:
    said = "; ".join(_span(rule) for rule in _meant(objects, asked, asked.address))
    return say("value_outside", value=str(asked.value), object=_objects(asked), bounds=said)


def _span(rule: ObjectRule) -> str:
    """Write the bounds as a formula, which reads alike in every language."""
    low = "" if rule.minimum is None else f"≥ {rule.minimum}"
    high = "" if rule.maximum is None else f"≤ {rule.maximum}"
    step = "" if rule.step is None else f"±{rule.step}"
    rate = "" if rule.rate is None else f"±{rule.rate.change} / {rule.rate.seconds} s"
    return ", ".join(filter(None, (low, high, step, rate))) or "-"


def _list(items: frozenset[int] | frozenset[str] | None) -> str:
    return ", ".join(sorted(map(str, items or ()))) or "-"
