"""A situation in which everything is right, to be spoilt one thing at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from typing import Any

from policies.facts import Approval, Asked, Facts, Login, OrganizationKind, Origin, Purpose, Subject, Target
from policies.loader import Faulty, Loaded, load
from policies.problems import PolicyProblem
from policies.rules import Tier
from policies.schema import PolicySet

MONDAY_TEN = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
"""Ten o'clock in Berlin."""

ALLOW = """\
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: acme-plc}
spec:
  who: {groups: [acme-engineers]}
  what: {sites: [north], assets: {labels: {type: plc}}, services: [modbus]}
  when: {timezone: Europe/Berlin, days: [mon, tue], from: "07:00", to: "17:00", freezes: [autumn]}
  from: {networks: [203.0.113.0/24]}
  login: {mfa: [totp], max_age: 15m}
  access:
    max_duration: 4h
    approvals: [{group: ot-operations}, {group: it-security}]
    ticket: "CHG-[0-9]{5}"
  session: {at_expiry: cut, warn: [1m, 10m]}
  allow:
    {tiers: [read], units: [1], writes: [{table: holding, addresses: "100-119", min: 0, max: 1000}], ask: [program]}
"""
FREEZE = """\
apiVersion: wicketgate/v1
kind: Freeze
metadata: {name: autumn}
spec: {from: "2026-10-12T00:00:00+02:00", to: "2026-10-19T00:00:00+02:00", reason: Yearly overhaul}
"""
STANDING = """\
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: standing}
spec:
  who: {groups: [acme-engineers]}
  what: {sites: [north]}
  access: {mode: standing, max_duration: 2h, valid_until: "2026-12-31T00:00:00Z"}
  allow: {tiers: [read]}
"""
DENY = """\
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: no-acme}
spec: {effect: deny, who: {organizations: [acme]}, what: {anything: true}, reason: Contract ended}
"""
BOTH_YES = (
    Approval("usr_op", frozenset({"ot-operations"})),
    Approval("usr_sec", frozenset({"it-security"})),
)
FACTS = Facts(
    purpose=Purpose.ACTIVATE,
    now=MONDAY_TEN,
    subject=Subject("usr_eng", "eng-1", frozenset({"acme-engineers"}), "acme", OrganizationKind.VENDOR),
    login=Login(frozenset({"password", "totp"}), MONDAY_TEN - timedelta(minutes=5), MONDAY_TEN - timedelta(minutes=5)),
    target=Target("north", "plc-1", "modbus", "modbus", guarded=True, labels={"type": "plc"}),
    origin=Origin(ip_address("203.0.113.7")),
    asked=Asked(tiers=frozenset({Tier.READ}), reason="pump trips", ticket="CHG-10231"),
    approvals=BOTH_YES,
)


@cache
def policies(*texts: str) -> PolicySet:
    """Load texts that must be good."""
    match load("---\n".join(texts)):
        case Loaded(policy_set):
            return policy_set
        case Faulty(problems):
            raise AssertionError([str(problem) for problem in problems])


def problems(text: str) -> tuple[PolicyProblem, ...]:
    """Load a text that must be faulty."""
    match load(text):
        case Faulty(found):
            return found
        case Loaded():
            raise AssertionError("the text was taken")


def acme(old: str = "", new: str = "") -> PolicySet:
    """Return the allow policy and its freeze, with one piece of text replaced."""
    assert old in ALLOW
    return policies(ALLOW.replace(old, new) if old else ALLOW, FREEZE)


def facts(**changes: Any) -> Facts:
    """Return the good facts with some parts replaced; a dict replaces fields of a part."""
    parts = {
        name: replace(getattr(FACTS, name), **change) if isinstance(change, dict) else change
        for name, change in changes.items()
    }
    return replace(FACTS, **parts)
