"""What the policies answer, so that it can be said in any language: which sentence, and what is put into it.

The English of each sentence stands here. The web pages have the same keys in the other languages, and write moments by
the site's clock; everybody else reads ``str(sentence)``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from string import Formatter
from types import MappingProxyType
from zoneinfo import ZoneInfo

from policies.durations import format_duration


@dataclass(frozen=True, slots=True)
class Words:
    """Some of the policy language's own words (tiers, causes of an end), which each language has its own word for."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        """Return them in English."""
        return ", ".join(word.replace("_", " ") for word in self.words) or "nothing"


Value = str | datetime | timedelta | Words
"""What is put into a sentence: a name or somebody's own text as it is, a moment, a length of time, words."""

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # Above every policy
        "site_locked": "The site is locked.",
        "site_locked_because": "The site is locked: {reason}.",
        "asset_locked": "The asset is locked.",
        "asset_locked_because": "The asset is locked: {reason}.",
        "account_locked": "The account is locked.",
        "account_locked_because": "The account is locked: {reason}.",
        "ask_to_unlock": "Ask the plant to unlock it.",
        "account_ended": "The account has ended.",
        "account_ended_or_disabled": "The account has ended or was disabled.",
        "ask_the_sponsor": "Ask the sponsor of the account to renew it.",
        "denied": "A policy of the plant denies this.",
        "denied_because": "{reason}",
        "ask_the_plant": "Ask the plant.",
        "no_policy": "No policy lets you reach this.",
        "ask_for_a_policy": "Ask the plant for a policy.",
        # Conditions of a policy that gives, and what helps
        "other_policy": "The grant belongs to policy {policy}.",
        "request_anew": "Request access anew.",
        "not_who": "The policy does not mean {user}.",
        "ask_to_be_added": "Ask the plant to be added to one of its groups.",
        "not_what": "The policy does not mean {service} of {asset} at {site}.",
        "check_the_target": "Check site, asset, service.",
        "only_emergencies": "The policy is for emergencies only.",
        "ask_as_emergency": "In an emergency, ask for emergency access.",
        "no_emergencies": "The policy gives no emergency access.",
        "ask_ordinarily": "Ask for ordinary access.",
        "not_yet": "Access was asked for from {at}.",
        "come_back": "Come back then, or request an earlier start.",
        "outside_window": "This lies outside the policy's days and times.",
        "window_opens": "The window next opens {at}.",
        "freeze_undefined": "The policy names the freeze {freeze}, which nobody has defined.",
        "ask_to_define": "Ask the plant to define it.",
        "frozen": "The freeze {freeze} holds.",
        "frozen_because": "The freeze {freeze} holds: {reason}.",
        "freeze_ends": "It ends {at}.",
        "standing_ended": "The standing access ended {at}.",
        "ask_to_renew": "Ask the plant to renew it.",
        "wrong_network": "The connection does not come from a network of the policy.",
        "use_the_network": "Connect from the network that was agreed.",
        "gives_nothing": "The policy does not give anything.",
        "tiers_not_given": "The policy does not give {tiers}.",
        "gives": "It gives: {tiers}.",
        "opaque_not_allowed": "No guard understands {protocol}, and the policy does not let it pass unread.",
        "allow_opaque": "The plant can allow it with 'opaque: true'.",
        "wrong_length": "The length asked for is not within the policy.",
        "ask_at_most": "Ask for at most {most}.",
        "reason_missing": "A reason is required.",
        "say_the_work": "Say what the work is.",
        "ticket_invalid": "The ticket does not have the form that the policy wants.",
        "ticket_like": "Give a ticket like {pattern}.",
        "time_is_up": "The time is up ({cause}) since {at}.",
        # Conditions of a policy that denies
        "denial_not_who": "It does not mean this person.",
        "denial_not_what": "It does not mean this target.",
        "denial_not_then": "It does not hold then.",
        # Whether one operation would pass
        "no_access": "There is no access, so nothing passes.",
        "operator_is_asked": "The operator on shift is asked before {tier} passes.",
        "rules_let_pass": "The rules let it pass.",
        "unit_outside": "Unit {unit} is outside the fence: {fence}.",
        "route_outside": "Route {route} is outside the fence: {fence}.",
        "tier_not_given": "Tier {tier} is not given: {tiers}.",
        "upload_not_given": "Reading a program out ('upload') is not given.",
        "object_outside": "{object} is outside what is given.",
        "everything_outside": "Everything is outside what is given.",
        "value_outside": "Value {value} for {object} is out of bounds: {bounds}.",
        # What the broker says beside the policies
        "grant_gone": "The grant is gone.",
        "grant_revoked": "The grant was revoked.",
        "grant_revoked_because": "The grant was revoked: {reason}.",
        "grant_unused": "The grant was not used in time.",
        "grant_over": "The granted time is over.",
        "grant_differs": "The grant does not match the request that was approved.",
        "grant_gives_not": "The grant does not give {tiers}.",
        "login_ended": "The login has ended.",
        "sign_in_again": "Sign in again.",
        "service_gone": "The plant took this service out of its inventory, or changed what it reaches.",
        "too_much_ahead": "With this, more than {longest} would lie ahead.",
        "ask_less_or_later": "Ask for less, or later.",
        # What stands in the way of an access in its time
        "freeze_in_span": "The freeze {freeze} holds from {starts_at} to {ends_at}.",
        "freeze_in_span_because": "The freeze {freeze} holds from {starts_at} to {ends_at}: {reason}.",
        "freeze_not_heeded": "The freeze {freeze} holds from {starts_at} to {ends_at}. The policy does not heed it.",
        "freeze_not_heeded_because": (
            "The freeze {freeze} holds from {starts_at} to {ends_at}: {reason}. The policy does not heed it."
        ),
        "account_ends": "The account ends {at}.",
        "denial_holds": "The policy {policy} holds then.",
        "denial_holds_because": "The policy {policy} holds then: {reason}.",
        "denial_begins": "The policy {policy} holds from {at}.",
        "denial_begins_because": "The policy {policy} holds from {at}: {reason}.",
        "somebody_is_on": "{user} is on {service} since {at}.",
        # What came of a policy test
        "test_incomplete": "The situation cannot be judged: {problem}.",
        "test_came_allow": "Expected {expected}, came allow by {policy} until {at}.",
        "test_came_approval": "Expected {expected}, came needs approval ({needs}) for {policy}.",
        "test_came_mfa": "Expected {expected}, came needs mfa ({methods}) for {policy}.",
        "test_came_deny": "Expected {expected}, came deny ({codes}).",
        "test_detail": "Expected '{field}: {expected}', came {came}.",
        "test_operation": "Expected for {tier}: {expected}, came {came}.",
    }
)
"""Each sentence; what stands in braces is put in."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of ``ENGLISH`` by its key, and a value for each of its places.

    Raises ``ValueError`` if a value is missing or has no place.
    """

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a value too many or too few: it would be missed only when the sentence is read."""
        if self.values.keys() != PLACES[self.key]:
            raise ValueError(f"the sentence {self.key} takes {sorted(PLACES[self.key])}, not {sorted(self.values)}")

    def __str__(self) -> str:
        """Return it in English."""
        return ENGLISH[self.key].format_map({name: _in_english(value) for name, value in self.values.items()})


PLACES: Mapping[str, frozenset[str]] = MappingProxyType(
    {key: frozenset(name for _, name, _, _ in Formatter().parse(text) if name) for key, text in ENGLISH.items()}
)
"""What each sentence takes."""


def say(key: str, /, **values: Value) -> Sentence:
    """Return the sentence with these values."""
    return Sentence(key, values)


def say_why(key: str, reason: str, /, **values: Value) -> Sentence:
    """Return the sentence ``key``, or ``key_because`` if somebody gave a reason; it ends in one full stop."""
    said = reason.strip().rstrip(".")
    return Sentence(f"{key}_because", {**values, "reason": said}) if said else Sentence(key, values)


def together(*sentences: Sentence | None) -> str:
    """Return them in English, one behind the other."""
    return " ".join(str(each) for each in sentences if each is not None)


def _in_english(value: Value) -> str:
    match value:
        case datetime(tzinfo=ZoneInfo(key=zone)) if zone != "UTC":
            return f"{value:%a %Y-%m-%d %H:%M} {zone}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} {value.tzname()}"
        case timedelta():
            return format_duration(value)
        case _:
            return str(value)
