"""What a request or a grant lets its user say to the device, in words that somebody in a hurry reads right."""

from collections.abc import Iterable, Mapping
from typing import Any

ORDER = ("read", "operate", "program", "firmware")
PER = {1: "second", 60: "minute", 3600: "hour"}


def what_passes(wish: Mapping[str, Any]) -> str:
    """Return what somebody gets: the tiers asked for, or, where none was named, all that the policy gives."""
    rules = wish["rules"]
    if rules.get("opaque") and not rules["tiers"]:
        return "everything, uninspected"
    return _in_order(wish.get("tiers") or rules["tiers"]) or "nothing"


def in_words(rules: Mapping[str, Any]) -> list[str]:
    """Return the rules, a phrase each: ``writes only holding 100-119 (from 0, up to 800)``."""
    phrases = [f"tiers {_in_order(rules['tiers']) or 'none'}"]
    for name in ("reads", "writes"):
        phrases += [f"{name} only {words}" for words in _lists(rules.get(name))]
    for name in ("units", "routes"):
        if rules.get(name) is not None:
            phrases.append(f"{name} {', '.join(map(str, sorted(rules[name]))) or 'none'}")
    if rules.get("ask"):
        phrases.append(f"an operator is asked for {_in_order(rules['ask'])}")
    if rules.get("upload"):
        phrases.append("programs may be read out")
    if rules.get("max_rate") is not None:
        phrases.append(f"at most {rules['max_rate']:g} requests a second")
    for scan in rules.get("scan") or ():
        phrases.append(f"more than {scan['limit']} objects in {scan['seconds']} s: {scan['action']}")
    if rules.get("opaque"):
        phrases.append("where no guard knows the protocol, every byte passes uninspected")
    return phrases


def _in_order(tiers: Iterable[str]) -> str:
    """Return tiers, the harmless first."""
    return ", ".join(sorted(tiers, key=ORDER.index))


def _lists(given: list[Any] | None) -> list[str]:
    """Return each list of objects in words; where there are several, each must hold."""
    if given is None:
        return []
    several = given if given and isinstance(given[0], list) else [given]
    return [" or ".join(_object(each) for each in objects) or "nothing" for objects in several]


def _object(rule: Mapping[str, Any]) -> str:
    addresses = [_addresses(each["first"], each["last"]) for each in rule.get("addresses") or ()]
    which = ", ".join([*addresses, *(rule.get("names") or ())]) or "any"
    least, most, step, rate = (rule.get(name) for name in ("minimum", "maximum", "step", "rate"))
    bounds = [
        *([f"from {least:g}"] if least is not None else []),
        *([f"up to {most:g}"] if most is not None else []),
        *([f"by at most {step:g}"] if step is not None else []),
        *([f"by at most {rate['change']:g} a {PER[rate['seconds']]}"] if rate is not None else []),
    ]
    return f"{rule['table']} {which}{' (' + ', '.join(bounds) + ')' if bounds else ''}"


def _addresses(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
