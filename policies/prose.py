"""Policies in words, for people who approve, ask or explain: who, when, after whose yes, saying what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from policies.calendar import freezes_of
from policies.canonical import Plain, canonical
from policies.durations import format_duration
from policies.rules import Rules, Scan, ScanAction, Tier
from policies.schema import Freeze, PolicySet
from policies.terms import Day, LoginTerms, What, When, Who

_TIERS = {
    Tier.READ: "read",
    Tier.OPERATE: "operate (set points, commands)",
    Tier.PROGRAM: "change the program",
    Tier.FIRMWARE: "change the firmware",
}
_DAYS = tuple(Day)


Kind = Literal[
    "group", "user", "organization", "organization_kind", "site", "service", "asset", "zone", "criticality", "label"
]


@dataclass(frozen=True, slots=True)
class Named:
    """Things of one kind by their names, one of which is enough: a group, a site, a label ..."""

    kind: Kind
    names: tuple[str, ...]


def rules_in_words(rules: Rules) -> list[str]:
    """Return what may be said, a thought a line. A field that this does not know is shown as it is, never left out.

    Where no guard reads along (``opaque``) everything passes, whatever else is named: nothing else is said then.
    """
    if rules.opaque:
        return ["Everything passes unread: nothing in it is understood, and nothing in it can be refused."]
    plain = canonical(rules)
    named = {
        "tiers": _tiers("May", rules.tiers) if rules.tiers else "Nothing may be said.",
        "ask": _tiers("Must ask each time to", rules.ask),
        "upload": "May read programs out of the device.",
        "units": f"Sub-addresses: {_value(plain.get('units'))}.",
        "routes": f"Routes: {_value(plain.get('routes'))}.",
        "arm_seconds": f"What was asked and approved may be repeated for {rules.arm_seconds} s.",
        "read_before_write": "Values are read before they are written, where the protocol can.",
        "max_rate": f"At most {plain.get('max_rate')} requests a second.",
        "max_in_flight": f"Up to {rules.max_in_flight} requests at a time.",
    }
    spoken = rules.tiers | rules.ask
    lines = [named["tiers"]]
    lines += [named[field] for field in ("ask", "arm_seconds", "upload", "units", "routes") if field in plain]
    for field, tier, verb in (("reads", Tier.READ, "Reads"), ("writes", Tier.OPERATE, "Writes")):
        if field in plain:
            lines += _objects(verb, plain[field])
        elif tier in spoken:
            lines.append(f"{verb} anything.")
    lines += [named[field] for field in ("read_before_write", "max_rate", "max_in_flight") if field in plain]
    lines += [_scan(scan) for scan in rules.scan]
    known = {*named, "reads", "writes", "scan"}
    return lines + [f"{field.replace('_', ' ')}: {_value(plain[field])}." for field in plain if field not in known]


def when_in_words(when: When, policy_set: PolicySet, *, refuses: bool = False) -> str:
    """Return days, times and freezes in one line; a policy that refuses holds in its freezes, another outside."""
    days = _days(when.days) if when.days else "every day" if when.opens else ""
    times = f"{when.opens} to {when.closes}" if when.opens else ""
    window = " ".join(filter(None, (days, times, when.timezone))) or "at any time"
    frozen = [freeze_in_words(name, freeze) for name, freeze in freezes_of(when, policy_set)]
    return window + (f", {'only' if refuses else 'but not'} in {' or '.join(frozen)}" if frozen else "")


def freeze_in_words(name: str, freeze: Freeze | None) -> str:
    """Return a freeze with its time."""
    if freeze is None:
        return f"the freeze {name} (which nobody has defined, so it always holds)"
    spec = freeze.spec
    return f"the freeze {name} ({_moment(spec.starts_at)} to {_moment(spec.ends_at)})"


def meant_people(who: Who) -> tuple[Named, ...]:
    """Return what the people meant have in common; all of it must hold, and nothing named means anyone."""
    return _named(
        ("group", who.groups),
        ("user", who.users),
        ("organization", who.organizations),
        ("organization_kind", who.kinds),
    )


def meant_devices(what: What) -> tuple[Named, ...]:
    """Return what the devices meant have in common; all of it must hold, and nothing named means anything."""
    named, assets = _named(("site", what.sites), ("service", what.services)), what.assets
    if assets is None:
        return named
    labels = sorted((assets.labels or {}).items())
    return named + _named(
        ("asset", assets.names),
        ("zone", assets.zones),
        ("criticality", assets.criticality),
        *(("label", [f"{key}={value}" for value in values]) for key, values in labels),
    )


def login_in_words(login: LoginTerms) -> str:
    """Return how the person must have signed in."""
    if not login.mfa:
        return "a password"
    age = f", shown in the last {format_duration(login.max_age)}" if login.max_age is not None else ""
    return " or ".join(sorted(factor.value for factor in login.mfa)) + age


def _tiers(begin: str, tiers: Iterable[Tier]) -> str:
    return f"{begin} {', '.join(_TIERS[tier] for tier in Tier if tier in set(tiers))}."


def _objects(verb: str, rules: Plain) -> list[str]:
    """Say lists of objects, each of which must hold by itself; one list alone stands without the outer one."""
    found = rules if isinstance(rules, list) else [rules]
    lists = found if any(isinstance(each, list) for each in found) else [found]
    said = ["; ".join(map(_object, each)) or "nothing" for each in lists if isinstance(each, list)]
    return [f"{verb} {said[0]}.", *(f"Of these only {text}." for text in said[1:])]


def _object(rule: Plain) -> str:
    if not isinstance(rule, Mapping):
        return _value(rule)
    known = ("table", "addresses", "names", "minimum", "maximum")
    bounds = [f"values {_bounds(rule)}"] if "minimum" in rule or "maximum" in rule else []
    more = [*bounds, *(f"{key} {_value(value)}" for key, value in rule.items() if key not in known)]
    names = _value(rule["names"]) if "names" in rule else ""
    place = " ".join(filter(None, (str(rule.get("table")), _ranges(rule.get("addresses")), names)))
    return place + (f" ({', '.join(more)})" if more else "")


def _bounds(rule: Mapping[str, Plain]) -> str:
    least, most = rule.get("minimum"), rule.get("maximum")
    if least is None or most is None:
        return f"at most {most}" if least is None else f"at least {least}"
    return f"{least} to {most}"


def _ranges(addresses: Plain) -> str:
    found = [each for each in addresses if isinstance(each, Mapping)] if isinstance(addresses, list) else []
    return ", ".join(_span(each.get("first"), each.get("last")) for each in found)


def _span(first: Plain, last: Plain) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _days(days: Iterable[Day]) -> str:
    """Return days in order; three or more in a row as a span."""
    numbers = sorted(_DAYS.index(day) for day in days)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    spans = (f"{_day(run[0])}-{_day(run[-1])}" if len(run) > 2 else ", ".join(map(_day, run)) for run in runs)
    return ", ".join(spans)


def _day(number: int) -> str:
    return _DAYS[number].value.capitalize()


def _named(*kinds: tuple[Kind, Iterable[str] | None]) -> tuple[Named, ...]:
    return tuple(Named(kind, tuple(sorted(names))) for kind, names in kinds if names)


def _scan(scan: Scan) -> str:
    done = "is slowed down" if scan.action is ScanAction.THROTTLE else "is cut"
    return f"More than {scan.limit} different things in {scan.seconds} s: the session {done}."


def _value(value: Plain) -> str:
    match value:
        case dict():
            return " ".join(f"{key} {_value(item)}" for key, item in value.items())
        case list():
            return ", ".join(map(_value, value)) or "none"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
