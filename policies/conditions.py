"""The conditions of an allow policy, one function each: met or missed, and why, in words for the person who asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network

from policies.calendar import freezes_of, in_force, window_of
from policies.deadlines import begins_at, deadline, overtime
from policies.decision import Code, Mode
from policies.durations import format_duration
from policies.facts import Facts, Purpose
from policies.matching import is_meant, is_target
from policies.schema import AllowPolicy, PolicySet
from policies.tickets import parse_ticket_pattern


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition's result. ``field`` is its path in the policy; a met condition has no message."""

    field: str
    code: Code
    met: bool
    message: str = ""
    remedy: str = ""


def check_conditions(policy: AllowPolicy, facts: Facts, policy_set: PolicySet) -> tuple[Condition, ...]:
    """Return every condition in the order of ``CONDITIONS``: met or missed."""
    return tuple(
        Condition(field, code, met=missed is None, message=missed[0], remedy=missed[1])
        if (missed := check(policy, facts, policy_set))
        else Condition(field, code, met=True)
        for field, code, check in CONDITIONS
    )


Missed = tuple[str, str] | None
"""Message and remedy of a missed condition; ``None`` if it is met."""


def _bound(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    if facts.policy in {None, policy.name}:
        return None
    return f"The grant belongs to policy {facts.policy}.", "Request access anew."


def _who(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    if is_meant(policy.spec.who, facts.subject):
        return None
    return f"The policy does not mean {facts.subject.name}.", "Ask the plant to be added to one of its groups."


def _what(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    if is_target(policy.spec.what, facts.target):
        return None
    target = facts.target
    return (
        f"The policy does not mean {target.service} of {target.asset} at {target.site}.",
        "Check site, asset, service.",
    )


def _mode(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    is_emergency = policy.spec.access.mode is Mode.EMERGENCY
    if is_emergency == facts.asked.emergency:
        return None
    if is_emergency:
        return "The policy is for emergencies only.", "In an emergency, ask for emergency access."
    return "The policy gives no emergency access.", "Ask for ordinary access."


def _start(_: AllowPolicy, facts: Facts, __: PolicySet) -> Missed:
    starts_at = facts.asked.starts_at
    if facts.purpose is not Purpose.ACTIVATE or starts_at is None or starts_at <= facts.now:
        return None
    return f"Access was asked for from {_moment(starts_at)}.", "Come back then, or request an earlier start."


def _window(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    begins, window = begins_at(facts), window_of(policy.spec.when)
    if begins is None or window is None or window.end_of_open(begins) is not None:
        return None
    opens = window.next_opening(begins)
    local = f"{opens.astimezone(window.zone):%a %Y-%m-%d %H:%M} {window.zone.key}" if opens else ""
    return "This lies outside the policy's days and times.", f"The window next opens {local}." if local else ""


def _freezes(policy: AllowPolicy, facts: Facts, policy_set: PolicySet) -> Missed:
    begins = begins_at(facts)
    named = freezes_of(policy.spec.when, policy_set) if begins is not None else ()
    frozen = [(name, freeze) for name, freeze in named if begins is not None and in_force(freeze, begins)]
    if not frozen:
        return None
    name, freeze = frozen[0]
    if freeze is None:
        return f"The policy names the freeze {name}, which nobody has defined.", "Ask the plant to define it."
    return f"The freeze {name} holds: {freeze.spec.reason}".rstrip(
        ": "
    ) + ".", f"It ends {_moment(freeze.spec.ends_at)}."


def _standing_end(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    until = policy.spec.access.valid_until
    if until is None or (begins_at(facts) or facts.now) < until:
        return None
    return f"The standing access ended {_moment(until)}.", "Ask the plant to renew it."


def _network(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    origin = policy.spec.origin
    if origin is None or any(_contains(network, facts.origin.address) for network in origin.networks):
        return None
    return "The connection does not come from a network of the policy.", "Connect from the network that was agreed."


def _speech(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    rules, asked = policy.spec.allow.as_rules(), facts.asked.tiers
    given = rules.tiers | rules.ask
    if not facts.target.guarded or (given and asked <= given):
        return None
    surplus = ", ".join(sorted(asked - given)) or "anything"
    return f"The policy does not give {surplus}.", f"It gives: {', '.join(sorted(given)) or 'nothing'}."


def _opaque(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    if facts.target.guarded or policy.spec.allow.opaque:
        return None
    return (
        f"No guard understands {facts.target.protocol}, and the policy does not let it pass unread.",
        "The plant can allow it with 'opaque: true'.",
    )


def _duration(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    asked, most = facts.asked.duration, policy.spec.access.max_duration
    if asked is None or 0 < asked.total_seconds() <= most.total_seconds():
        return None
    return "The length asked for is not within the policy.", f"Ask for at most {format_duration(most)}."


def _reason(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    if not policy.spec.access.reason_required or facts.asked.reason.strip():
        return None
    return "A reason is required.", "Say what the work is."


def _ticket(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    pattern = policy.spec.access.ticket
    if pattern is None or _parsed(pattern).matches(facts.asked.ticket):
        return None
    return "The ticket does not have the form that the policy wants.", f"Give a ticket like {pattern}."


def _expiry(policy: AllowPolicy, facts: Facts, policy_set: PolicySet) -> Missed:
    if facts.purpose is not Purpose.CONTINUE:
        return None
    ends, cause = deadline(policy, facts, policy_set)
    extra = overtime(policy.spec.session.at_expiry)
    if extra is None or facts.now < ends + extra:
        return None
    return f"The time is up ({cause.value.replace('_', ' ')}) since {_moment(ends)}.", "Request access anew."


Check = Callable[[AllowPolicy, Facts, PolicySet], Missed]

CONDITIONS: tuple[tuple[str, Code, Check], ...] = (
    ("metadata.name", Code.OTHER_POLICY, _bound),
    ("spec.who", Code.NOT_WHO, _who),
    ("spec.what", Code.NOT_WHAT, _what),
    ("spec.access.mode", Code.WRONG_MODE, _mode),
    ("spec.access", Code.NOT_YET, _start),
    ("spec.when", Code.OUTSIDE_WINDOW, _window),
    ("spec.when.freezes", Code.FROZEN, _freezes),
    ("spec.access.valid_until", Code.STANDING_ENDED, _standing_end),
    ("spec.from", Code.WRONG_NETWORK, _network),
    ("spec.allow.tiers", Code.TIER_NOT_ALLOWED, _speech),
    ("spec.allow.opaque", Code.OPAQUE_NOT_ALLOWED, _opaque),
    ("spec.access.max_duration", Code.DURATION_TOO_LONG, _duration),
    ("spec.access.reason", Code.REASON_MISSING, _reason),
    ("spec.access.ticket", Code.TICKET_INVALID, _ticket),
    ("spec.session.at_expiry", Code.EXPIRED, _expiry),
)


def _contains(network: str, address: IPv4Address | IPv6Address | None) -> bool:
    """Tell whether the address lies in the network; an IPv4 address in IPv6 clothes counts as IPv4."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    parsed = _parsed_network(network)
    return address is not None and address.version == parsed.version and address in parsed


_parsed = lru_cache(maxsize=256)(parse_ticket_pattern)
_parsed_network = lru_cache(maxsize=1024)(ip_network)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} {at.tzname()}"
