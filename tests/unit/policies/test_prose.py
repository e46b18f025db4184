"""Policies in words: what an approver reads must leave nothing out."""

import json
from typing import Any

import pytest

from policies.prose import Named, login_in_words, meant_devices, meant_people, rules_in_words, when_in_words
from policies.rules import AddressRange, ObjectRule, Rules, Scan, ScanAction, Tier
from policies.schema import AllowPolicy, PolicySet
from tests.unit.policies.builders import ALLOW, FREEZE, policies

SET = policies(FREEZE, ALLOW)
POLICY = SET.allowing[0]
HOLDING = ObjectRule.model_validate(
    {"table": "holding", "addresses": [{"first": 100, "last": 119}, {"first": 7, "last": 7}]}
)
SCAN = Scan(limit=50, seconds=60, action=ScanAction.CUT)
BOUNDED = HOLDING.model_copy(update={"minimum": 0, "maximum": 1000})


def spec(**parts: Any) -> AllowPolicy:
    """The policy with parts of its spec in another way, as YAML would say them."""
    text = ALLOW
    for name, value in parts.items():
        (line,) = (line for line in text.splitlines() if line.startswith(f"  {name}:"))
        text = text.replace(line, f"  {name}: {json.dumps(value)}")
    return policies(FREEZE, text).allowing[0]


@pytest.mark.parametrize(
    ("rules", "lines"),
    [
        (Rules(), ["Nothing may be said."]),
        (Rules(tiers=frozenset({Tier.READ})), ["May read.", "Reads anything."]),
        (
            Rules(tiers=frozenset({Tier.READ, Tier.OPERATE}), reads=(HOLDING,), writes=(BOUNDED,)),
            [
                "May read, operate (set points, commands).",
                "Reads holding 100-119, 7.",
                "Writes holding 100-119, 7 (values 0 to 1000).",
            ],
        ),
        (
            Rules(tiers=frozenset({Tier.OPERATE}), writes=(), ask=frozenset({Tier.PROGRAM})),
            ["May operate (set points, commands).", "Must ask each time to change the program.", "Writes nothing."],
        ),
        (
            Rules(tiers=frozenset({Tier.READ}), reads=(HOLDING,), opaque=True),
            ["Everything passes unread: nothing in it is understood, and nothing in it can be refused."],
        ),
        (
            Rules(tiers=frozenset({Tier.READ}), units=frozenset({3, 1}), max_rate=5, max_in_flight=4, upload=True),
            [
                "May read.", "May read programs out of the device.", "Sub-addresses: 1, 3.", "Reads anything.",
                "At most 5.0 requests a second.", "Up to 4 requests at a time.",
            ],
        ),
    ],
)  # fmt: skip
def test_rules_are_said_a_thought_a_line(rules: Rules, lines: list[str]) -> None:
    assert rules_in_words(rules) == lines


def test_lists_that_must_each_hold_are_said_one_after_the_other() -> None:
    rules = Rules(tiers=frozenset({Tier.OPERATE}), writes=((HOLDING,), (BOUNDED,)))
    assert rules_in_words(rules)[1:] == [
        "Writes holding 100-119, 7.",
        "Of these only holding 100-119, 7 (values 0 to 1000).",
    ]


def test_names_steps_and_rates_are_said() -> None:
    rate = {"change": 5, "seconds": 60}
    tag = ObjectRule.model_validate({"table": "tag", "names": ["Pump*", "Valve"], "step": 2, "rate": rate})
    rules = Rules(tiers=frozenset({Tier.OPERATE}), writes=(tag,))
    assert rules_in_words(rules)[-1] == "Writes tag Pump*, Valve (step 2, rate change 5 seconds 60)."


def test_sweeps_are_said() -> None:
    assert rules_in_words(Rules(scan=(SCAN,)))[-1] == "More than 50 different things in 60 s: the session is cut."


def test_bounds_may_have_one_side() -> None:
    for bounds, words in (({"minimum": 5}, "at least 5"), ({"maximum": 9}, "at most 9")):
        rules = Rules(tiers=frozenset({Tier.OPERATE}), writes=(HOLDING.model_copy(update=bounds),))
        assert f"(values {words})" in rules_in_words(rules)[-1]


@pytest.mark.parametrize("field", Rules.model_fields)
def test_no_field_of_the_rules_is_left_out(field: str) -> None:
    """Also one that is added one day, and that this page of words does not know: an approver must see it."""
    changed: dict[str, Any] = {
        "tiers": frozenset({Tier.READ}), "ask": frozenset({Tier.OPERATE}), "units": frozenset({1}),
        "reads": (HOLDING,), "writes": (HOLDING,), "max_rate": 5.0, "max_in_flight": 2, "upload": True, "opaque": True,
        "routes": frozenset({"1/0"}), "arm_seconds": 9, "read_before_write": True, "scan": (SCAN,),
    }  # fmt: skip
    plain = rules_in_words(Rules())
    assert rules_in_words(Rules(**{field: changed[field]})) != plain


def test_a_field_that_nobody_taught_it_is_shown_as_it_is() -> None:
    class Later(Rules):
        """Rules of a later version."""

        max_width: int = 0
        ranges: tuple[AddressRange, ...] = ()

    lines = rules_in_words(Later(max_width=3, ranges=(AddressRange(first=1, last=2),)))
    assert lines[1:] == ["max width: 3.", "ranges: first 1 last 2."]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({}, "at any time"),
        ({"timezone": "UTC", "days": ["sun", "mon", "tue", "wed", "fri"]}, "Mon-Wed, Fri, Sun UTC"),
        ({"timezone": "UTC", "from": "22:00", "to": "06:00"}, "every day 22:00 to 06:00 UTC"),
        (
            {"timezone": "Europe/Berlin", "days": ["mon", "tue"], "freezes": ["autumn"]},
            "Mon, Tue Europe/Berlin, but not in the freeze autumn (2026-10-11 22:00 UTC to 2026-10-18 22:00 UTC)",
        ),
    ],
)
def test_times_are_said_in_one_line(when: dict[str, Any], words: str) -> None:
    assert when_in_words(spec(when=when).spec.when, SET) == words


def test_a_freeze_that_nobody_defined_is_not_passed_over() -> None:
    assert "nobody has defined" in when_in_words(POLICY.spec.when, PolicySet())


def test_people_devices_and_logins_are_said() -> None:
    who = spec(who={"groups": ["b", "a"], "kinds": ["vendor"], "users": ["usr_1"]}).spec.who
    assert meant_people(who) == (
        Named("group", ("a", "b")), Named("user", ("usr_1",)), Named("organization_kind", ("vendor",)),
    )  # fmt: skip
    assert meant_people(spec(who={"anyone": True}).spec.who) == ()
    assert meant_devices(POLICY.spec.what) == (
        Named("site", ("north",)), Named("service", ("modbus",)), Named("label", ("type=plc",)),
    )  # fmt: skip
    assert meant_devices(spec(what={"anything": True}).spec.what) == ()
    assert login_in_words(POLICY.spec.login) == "totp, shown in the last 15m"
    assert login_in_words(spec(login={"mfa": []}).spec.login) == "a password"
