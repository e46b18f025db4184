"""Every fault of a text is named with its line, its field and what to write instead."""

import pytest

from policies.loader import Loaded, load
from tests.unit.policies.builders import ALLOW, DENY, FREEZE, policies, problems

GOOD = f"{ALLOW}---\n{FREEZE}"


def test_several_documents_stand_in_one_text() -> None:
    assert [document.name for document in policies(ALLOW, FREEZE).documents] == ["acme-plc", "autumn"]


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "said"),
    [
        ("timezone:", "timezon:", 7, "spec.when.timezon", "did you mean 'timezone'?"),
        ("Europe/Berlin", "Europe/Berln", 7, "spec.when.timezone", "did you mean 'Europe/Berlin'?"),
        ("tiers: [read]", "tiers: [raed]", 16, "spec.allow.tiers[0]", "did you mean 'read'?"),
        ("max_duration: 4h", "max_duration: 4x", 11, "spec.access.max_duration", "like 4h, 15m, 90s"),
        ("max_duration: 4h", "max_duration: 8d", 11, "spec.access.max_duration", "longer than 7d"),
        ("max_duration: 4h", "reason: required", 10, "spec.access.max_duration", "is missing"),
        ('to: "17:00"', "to: 25:00", 7, "spec.when.to", 'like "07:00"'),
        (', to: "17:00"', "", 7, "spec.when", "belong together"),
        ('to: "17:00"', 'to: "07:00"', 7, "spec.when", "the same time"),
        ("days: [mon, tue]", "days: [mon, tuesday]", 7, "spec.when.days[1]", "did you mean 'tue'?"),
        ("203.0.113.0/24", "203.0.113.1/24", 8, "spec.from.networks[0]", "host bits"),
        ("CHG-[0-9]{5}", "(a)(?=b)", 13, "spec.access.ticket", "nothing to repeat"),
        ("[acme-engineers]", "", 5, "spec.who.groups", "no value here"),
        ("{groups: [acme-engineers]}", "{}", 5, "spec.who", "anyone: true"),
        ("[acme-engineers]", "[]", 5, "spec.who.groups", "this is empty"),
        ("[acme-engineers]", "acme", 5, "spec.who.groups", "must be a list"),
        ("labels: {type: plc}", "labels: {type: 3}", 6, "spec.what.assets.labels.type", "quotes"),
        ("assets: {labels: {type: plc}}", "assets: {}", 6, "spec.what.assets", "narrows nothing"),
        ("units: [1]", "units: ['1']", 16, "spec.allow.units[0]", "without quotes"),
        ("units: [1]", "units: [256]", 16, "spec.allow.units", "there is no unit 256 in modbus"),
        ("ask: [program]", "ask: [read]", 15, "spec.allow", "in 'tiers' and in 'ask'"),
        ('"100-119"', '"119-100"', 16, "spec.allow.writes[0].addresses", "lower first"),
        ("table: holding", "table: input", 16, "spec.allow.writes[0].table", "can only be read"),
        ("table: holding", "table: holdings", 16, "spec.allow.writes[0].table", "did you mean 'holding'?"),
        ("table: holding", "table: db10", 16, "spec.allow.writes[0].table", "are objects of s7, and not of modbus"),
        ("table: holding", "table: db<N>", 16, "spec.allow.writes[0].table", "not a name that can stand here"),
        ('"100-119"', '"65530-65536"', 16, "spec.allow.writes[0].addresses", "go up to 65535"),
        ('"100-119"', '"100-4294967296"', 16, "spec.allow.writes[0].addresses", "from 0 to 4294967295"),
        ("max: 1000", "max: -1", 16, "spec.allow.writes[0]", "no value could pass"),
        ("min: 0", "min: -1", 16, "spec.allow.writes[0].min", "values of holding are 0 to 65535, raw"),
        ("min: 0", "min: '0'", 16, "spec.allow.writes[0].min", "must be a number"),
        ("min: 0", "min: true", 16, "spec.allow.writes[0].min", "must be a number"),
        ("min: 0", "step: 0", 16, "spec.allow.writes[0].step", "above 0"),
        ("min: 0", "rate: 5 per s", 16, "spec.allow.writes[0].rate", "written like 5/s"),
        ("min: 0", "names: [Pump1]", 16, "spec.allow.writes[0].names", "holding has addresses, not names"),
        ("units: [1]", "routes: [1/0]", 16, "spec.allow.routes", "fence it with 'units'"),
        ("units: [1]", "scan: {limit: 0}", 16, "spec.allow.scan.limit", "greater than or equal to 1"),
        ("ask: [program]", "arm_seconds: 30", 15, "spec.allow", "name tiers in 'ask'"),
        ("min: 0, max: 1000", "min: 9, max: 1", 16, "spec.allow.writes[0]", "no value could pass"),
        ("[autumn]", "[autum]", 7, "spec.when.freezes", "did you mean 'autumn'?"),
        ("kind: AccessPolicy", "kind: Policy", 2, "kind", "AccessPolicy"),
        ("wicketgate/v1", "wicketgate/v2", 1, "apiVersion", "wicketgate/v1"),
        ("name: acme-plc", "name: Acme", 3, "metadata.name", "lower-case"),
        ("at_expiry: cut", "at_expiry: grace 2h", 14, "spec.session.at_expiry", "longer than 1h"),
        ("max_duration: 4h", "max_duration: 4h\n    mode: standing", 10, "spec.access", "no 'approvals'"),
        ("max_duration: 4h", "max_duration: 4h\n    mode: emergency", 10, "spec.access", "after_review"),
        ("max_duration: 4h", "max_duration: 4h\n    max_duration: 5h", 12, "spec.access", "stands here twice"),
        ("group: it-security", "group: ot-operations", 10, "spec.access", "names a group twice"),
        ("units: [1]", "units: &all [1]", 16, "spec.allow.units", "anchors"),
        ("units: [1]", "units: !!set [1]", 16, "spec.allow.units", "tag"),
        ("spec:\n  who", "spec:\n who", 6, "", "not readable as YAML"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_line_field_and_help(old: str, new: str, line: int, path: str, said: str) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new, 1))
    assert [(problem.line, problem.path) for problem in found] == [(line, path)]
    assert said in str(found[0])


def test_every_fault_of_a_text_is_named_at_once() -> None:
    found = problems(GOOD.replace("units", "unit").replace("Europe/Berlin", "Mars"))
    assert [problem.path for problem in found] == ["spec.when.timezone", "spec.allow.unit"]


def test_the_second_of_two_equal_names_is_the_fault() -> None:
    (found,) = problems(f"{DENY}---\n{DENY}")
    assert (found.line, found.message) == (8, "the name 'no-acme' is taken already, in line 3")


def test_a_freeze_may_stand_in_the_documents_that_hold_already() -> None:
    assert isinstance(load(ALLOW, known=policies(FREEZE)), Loaded)


def test_a_deny_policy_has_no_terms_of_access() -> None:
    (found,) = problems(DENY.replace("reason:", "access: {max_duration: 1h}, reason:"))
    assert (found.path, found.message) == ("spec.access", "unknown field 'access'")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no document"),
        ("---\n---\n", "holds no document"),
        ("just words", "mapping of fields"),
        ("- " * 40 + "a", "nested too deeply"),
        ("[" * 5000, "nested too deeply"),
        ("a: " + "x" * 300_000, "larger than 256 KiB"),
        ("a: [" + "1," * 60_000 + "]", "too many parts"),
        ("a: \x07", "not readable as YAML"),
        ('a: "\\uD800"', "not readable as YAML|not text"),
        ("a: \ud800", "not text"),
        ("? [a]\n: b", "plain text"),
        ("a: &x [1]\nb: *x", "anchors"),
        ("a: " + "9" * 6000, "kind"),
    ],
)
def test_what_is_no_policy_text_is_refused_in_bounds(text: str, said: str) -> None:
    (found,) = problems(text)
    assert any(part in str(found) for part in said.split("|"))


def test_words_that_yaml_1_1_took_for_numbers_and_truths_stay_text() -> None:
    label = policies(DENY.replace("{anything: true}", "{assets: {labels: {on: no, at: 17:00}}}"))
    assert dict(label.policies[0].spec.what.assets.labels) == {"on": {"no"}, "at": {"17:00"}}  # type: ignore[union-attr,arg-type]
