"""``wicket request``, ``approve`` and ``narrow``: previews, and taking objects away."""

from typing import Any

import pytest

from client.exit_codes import Exit
from tests.unit.client.conftest import Wicket, json_of
from tests.unit.client.fake_broker import REQUEST, FakeBroker

HASH = "cd" * 32
CARD = {
    "organization": "acme", "organization_kind": "vendor", "sponsor": "operator-1", "methods": ["password", "totp"],
    "past_sessions": {"count": 3, "last_at": None},
    "conflicts": [{"kind": "freeze", "says": {"text": "The freeze autumn."}}],
}  # fmt: skip
PREVIEW = {
    "outcome": "needs_approval", "policy": "acme-plc", "login": "totp",
    "approvals": [{"group": "ot-operations", "count": 1, "members": 2}], "windows": {"text": "at any time"},
    "reasons": [{"message": {"text": "A reason is required."}, "remedy": None}], "tiers": ["read"],
    "ask": [], "max_duration": 7200, "rules_text": ["May read."], "reason_required": True,
    "ticket_example": "CHG-56789", "conflicts": [{"kind": "lock", "says": {"text": "The site is locked: works."}}],
}  # fmt: skip


def test_a_preview_tells_what_would_come_of_it_and_asks_nobody(broker: FakeBroker, signed_in: Wicket) -> None:
    broker.answer("POST", "/requests/preview", PREVIEW)
    result = signed_in("request", "north/plc-1/modbus", "--preview", "--duration", "2h")
    assert result.exit_code == 0, result.output
    assert "1 of ot-operations (2 could answer now)" in result.output
    assert "The site is locked: works." in result.output
    assert broker.bodies("POST", "/requests/preview") == [{"asset": "ast_a", "service": "modbus", "duration": 7200}]
    assert broker.bodies("POST", "/requests") == []


def test_an_approver_sees_the_card_before_saying_yes(broker: FakeBroker, signed_in: Wicket) -> None:
    broker.answer("GET", "/requests/req_a", {**REQUEST, "card": CARD})
    result = signed_in("approve", "req_a")
    assert result.exit_code == Exit.USAGE, "nobody can be asked here, so --yes is wanted"
    for words in ("acme (vendor)", "operator-1", "The freeze autumn.", "May read."):
        assert words in result.output


def test_narrowing_and_approving_is_one_step_on_the_terms_that_are_left(broker: FakeBroker, signed_in: Wicket) -> None:
    broker.answer("POST", "/requests/req_a/narrow", {**REQUEST, "hash": HASH})
    broker.answer("POST", "/requests/req_a/approve", {**REQUEST, "state": "approved", "grant": "grt_a"})
    result = signed_in(
        "approve", "req_a", "--yes", "--narrow-units", "1,3-5", "--narrow-writes", "holding 100-119,200 0..1000",
        "--narrow-writes", "coils", "--narrow-tiers", "operate",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    holding = {
        "table": "holding", "addresses": [{"first": 100, "last": 119}, {"first": 200, "last": 200}], "minimum": 0,
        "maximum": 1000,
    }  # fmt: skip
    assert broker.bodies("POST", "/requests/req_a/narrow") == [
        {"tiers": ["operate"], "units": [1, 3, 4, 5], "writes": [holding, {"table": "coils"}]}
    ]
    assert broker.bodies("POST", "/requests/req_a/approve") == [{"hash": HASH}]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("tag Pump* Valve.Speed ..5.5", {"table": "tag", "names": ["Pump*", "Valve.Speed"], "maximum": 5.5}),
        ("db10 4-7 -3..", {"table": "db10", "addresses": [{"first": 4, "last": 7}], "minimum": -3}),
        ("holding", {"table": "holding"}),
    ],
)
def test_objects_are_written_as_people_say_them(
    broker: FakeBroker, signed_in: Wicket, text: str, rule: dict[str, Any]
) -> None:
    broker.answer("POST", "/requests/req_a/narrow", REQUEST)
    result = signed_in("narrow", "req_a", "--reads", text, "--routes", "1/0, 1/1", "--json")
    assert json_of(result)["id"] == "req_a"
    assert broker.bodies("POST", "/requests/req_a/narrow") == [{"routes": ["1/0", "1/1"], "reads": [rule]}]


@pytest.mark.parametrize(
    "words",
    [
        ("narrow", "req_a"),
        ("narrow", "req_a", "--units", "one"),
        ("narrow", "req_a", "--units", "0-65535"),
        ("narrow", "req_a", "--writes", ""),
        ("approve", "req_a", "--hash", HASH, "--narrow-units", "1"),
    ],
)
def test_what_makes_no_sense_is_wrong_use_and_asks_nothing_of_the_broker(
    broker: FakeBroker, signed_in: Wicket, words: tuple[str, ...]
) -> None:
    before = len(broker.calls)
    assert signed_in(*words).exit_code == Exit.USAGE
    assert len(broker.calls) == before


def test_settings_are_listed_with_where_they_come_from(broker: FakeBroker, signed_in: Wicket) -> None:
    rows = [
        {"name": "server.port", "value": "443", "origin": "file", "default": "8443", "meaning": "The one HTTPS port."},
        {"name": "log.level", "value": "info", "origin": "default", "default": "info", "meaning": "The least."},
    ]
    broker.answer("GET", "/settings", {"items": rows})
    assert "8443" in signed_in("admin", "settings").output
    changed = json_of(signed_in("admin", "settings", "--changed", "--json"))
    assert [row["name"] for row in changed["items"]] == ["server.port"]


def test_nobody_is_created_for_a_group_that_is_not_there(broker: FakeBroker, signed_in: Wicket) -> None:
    broker.answer("GET", "/groups", {"items": [{"id": "grp_a", "name": "engineers"}], "next_cursor": None})
    broker.answer("POST", "/users", {"user": {"id": "usr_b", "username": "vendor-2"}, "initial_password": "abc"})
    broker.answer("PUT", "/groups/engineers/members/usr_b", {})
    words = ("admin", "users", "create", "vendor-2", "--organization", "acme", "--role", "vendor", "--group")
    refused = signed_in(*words, "engineers", "--group", "enginers")
    assert refused.exit_code == Exit.NOT_FOUND
    assert "enginers" in refused.stderr
    assert not [call for call in broker.calls if call.path == "/users"]
    assert "abc" in signed_in(*words, "engineers").output
    assert [call.path for call in broker.calls[-2:]] == ["/users", "/groups/engineers/members/usr_b"]


@pytest.mark.parametrize(("kind", "name"), [("groups", "engineers"), ("sites", "north")])
def test_what_is_removed_is_confirmed_first(broker: FakeBroker, signed_in: Wicket, kind: str, name: str) -> None:
    broker.answer("DELETE", f"/{kind}/{name}", {})
    assert signed_in("admin", kind, "delete", name).exit_code == Exit.USAGE  # nobody can be asked
    assert broker.calls[-1].method != "DELETE"
    assert "is removed." in signed_in("admin", kind, "delete", name, "--yes").output
    assert (broker.calls[-1].method, broker.calls[-1].path) == ("DELETE", f"/{kind}/{name}")


def test_a_group_is_called_something_else(broker: FakeBroker, signed_in: Wicket) -> None:
    broker.answer("PATCH", "/groups/engineers", {"name": "engineers", "display_name": "Engineers of ACME"})
    assert (
        "Engineers of ACME" in signed_in("admin", "groups", "change", "engineers", "--name", "Engineers of ACME").output
    )
    assert broker.calls[-1].body == {"display_name": "Engineers of ACME"}
