"""The conditions of an allow policy, one function each: met or missed, and why, in words for the person who asked."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network

from policies.calendar import freezes_of, in_force, window_of
from policies.deadlines import begins_at, deadline, overtime
from policies.decision import Code, Mode
from policies.facts import Facts, Purpose
from policies.matching import is_meant, is_target
from policies.schema import AllowPolicy, PolicySet
from policies.sentences import Sentence, Words, say, say_why, together
from policies.tickets import parse_ticket_pattern


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition's result. ``field`` is its path in the policy; a met condition has no message."""

    field: str
    code: Code
    met: bool
    message: Sentence | None = None
    remedy: Sentence | None = None

    def __str__(self) -> str:
        """Return why it is missed, and what helps, in English."""
        return together(self.message, self.remedy)


def check_conditions(policy: AllowPolicy, facts: Facts, policy_set: PolicySet) -> tuple[Condition, ...]:
    """Return every condition in the order of ``CONDITIONS``: met or missed."""
    return tuple(
        Condition(field, code, met=missed is None, message=missed[0], remedy=missed[1])
        if (missed := check(policy, facts, policy_set))
        else Condition(field, code, met=True)
        for field, code, check in CONDITIONS
    )


Missed = tuple[Sentence, Sentence | None] | None
"""Message and remedy of a missed condition; ``None`` if it is met."""


def _bound(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    if facts.policy in {None, policy.name}:
        return None
    return say("other_policy", policy=facts.policy or ""), say("request_anew")


def _who(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    if is_meant(policy.spec.who, facts.subject):
        return None
    return say("not_who", user=facts.subject.name), say("ask_to_be_added")


def _what(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    if is_target(policy.spec.what, facts.target):
        return None
    target = facts.target
    return say("not_what", service=target.service, asset=target.asset, site=target.site), say("check_the_target")


def _mode(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    is_emergency = policy.spec.access.mode is Mode.EMERGENCY
    if is_emergency == facts.asked.emergency:
        return None
    if is_emergency:
        return say("only_emergencies"), say("ask_as_emergency")
    return say("no_emergencies"), say("ask_ordinarily")


def _start(_: AllowPolicy, facts: Facts, __: PolicySet) -> Missed:
    starts_at = facts.asked.starts_at
    if facts.purpose is not Purpose.ACTIVATE or starts_at is None or starts_at <= facts.now:
        return None
    return say("not_yet", at=starts_at), say("come_back")


def _window(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    begins, window = begins_at(facts), window_of(policy.spec.when)
    if begins is None or window is None or window.end_of_open(begins) is not None:
        return None
    opens = window.next_opening(begins)
    return say("outside_window"), say("window_opens", at=opens.astimezone(window.zone)) if opens else None


def _freezes(policy: AllowPolicy, facts: Facts, policy_set: PolicySet) -> Missed:
    begins = begins_at(facts)
    named = freezes_of(policy.spec.when, policy_set) if begins is not None else ()
    frozen = [(name, freeze) for name, freeze in named if begins is not None and in_force(freeze, begins)]
    if not frozen:
        return None
    name, freeze = frozen[0]
    if freeze is None:
        return say("freeze_undefined", freeze=name), say("ask_to_define")
    return say_why("frozen", freeze.spec.reason, freeze=name), say("freeze_ends", at=freeze.spec.ends_at)


def _standing_end(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    until = policy.spec.access.valid_until
    if until is None or (begins_at(facts) or facts.now) < until:
        return None
    return say("standing_ended", at=until), say("ask_to_renew")


def _network(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    origin = policy.spec.origin
    if origin is None or any(_contains(network, facts.origin.address) for network in origin.networks):
        return None
    return say("wrong_network"), say("use_the_network")


def _speech(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    rules, asked = policy.spec.allow.as_rules(), facts.asked.tiers
    given = rules.tiers | rules.ask
    if not facts.target.guarded or (given and asked <= given):
        return None
    surplus, gives = tuple(sorted(asked - given)), say("gives", tiers=Words(tuple(sorted(given))))
    return say("tiers_not_given", tiers=Words(surplus)) if surplus else say("gives_nothing"), gives


def _opaque(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    if facts.target.guarded or policy.spec.allow.opaque:
        return None
    return say("opaque_not_allowed", protocol=facts.target.protocol), say("allow_opaque")


def _duration(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    asked, most = facts.asked.duration, policy.spec.access.max_duration
    if asked is None or 0 < asked.total_seconds() <= most.total_seconds():
        return None
    return say("wrong_length"), say("ask_at_most", most=most)


def _reason(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    if not policy.spec.access.reason_required or facts.asked.reason.strip():
        return None
    return say("reason_missing"), say("say_the_work")


def _ticket(policy: AllowPolicy, facts: Facts, _: PolicySet) -> Missed:
    pattern = policy.spec.access.ticket
    if pattern is None or _parsed(pattern).matches(facts.asked.ticket):
        return None
    return say("ticket_invalid"), say("ticket_like", pattern=pattern)


def _expiry(policy: AllowPolicy, facts: Facts, policy_set: PolicySet) -> Missed:
    if facts.purpose is not Purpose.CONTINUE:
        return None
    ends, cause = deadline(policy, facts, policy_set)
    extra = overtime(policy.spec.session.at_expiry)
    if extra is None or facts.now < ends + extra:
        return None
    return say("time_is_up", cause=Words((cause.value,)), at=ends), say("request_anew")


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
