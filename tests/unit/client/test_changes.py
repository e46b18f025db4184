"""``wicket changes``: page by page, for people, scripts and spreadsheets, and never silent about what is missing."""

import csv
from typing import Any

from client.exit_codes import Exit
from tests.unit.client.conftest import Wicket, json_of
from tests.unit.client.fake_broker import FakeBroker


def change(value: int, **more: Any) -> dict[str, Any]:
    return {
        "recording": "rec_a", "session": "ses_a", "number": value, "at": "2026-03-02T07:30:00+00:00",
        "user_name": "vendor-1", "organization": "acme", "site": "north", "asset_name": "north/plc-1",
        "service_name": "modbus", "unit": 1, "route": "", "tier": "operate", "function": "write_single_register",
        "objects": ["holding 100"], "before": None, "after": [value], "outcome": "accepted", "exception_code": None,
        "ticket": "CHG-1", **more,
    }  # fmt: skip


def page(*items: dict[str, Any], cursor: str | None = None, **more: Any) -> dict[str, Any]:
    return {"items": list(items), "unreadable": [], "next_cursor": cursor, **more}


def test_all_pages_are_shown_with_what_is_not_known(broker: FakeBroker, signed_in: Wicket) -> None:
    broker.answer("GET", "/changes", page(change(1), cursor="more"), page(change(2, exception_code=2)))
    result = signed_in("changes", "--user", "usr_1", "--since", "2026-03-01T00:00:00+00:00")
    assert result.exit_code == 0
    assert "unknown" in result.output
    assert "exception 2" in result.output
    first, second = (call.query for call in broker.calls if call.path == "/changes")
    assert (first["user"], second["cursor"]) == (["usr_1"], ["more"])


def test_changes_of_a_recording_are_the_same_list(broker: FakeBroker, signed_in: Wicket) -> None:
    broker.answer("GET", "/changes", page(change(1)))
    result = signed_in("recordings", "changes", "rec_a", "--json")
    assert [item["after"] for item in json_of(result)["items"]] == [[1]]
    assert broker.calls[-1].query["recording"] == ["rec_a"]


def test_a_spreadsheet_gets_values_and_no_formulas(broker: FakeBroker, signed_in: Wicket) -> None:
    broker.answer("GET", "/changes", page(change(1, ticket="=cmd|' /C calc'!A0", objects=["holding 1", "holding 2"])))
    rows = list(csv.DictReader(signed_in("changes", "--csv").stdout.splitlines()))
    assert [(row["ticket"], row["objects"], row["after"], row["before"]) for row in rows] == [
        ("'=cmd|' /C calc'!A0", "holding 1 holding 2", "1", "")
    ]


def test_what_could_not_be_read_is_a_failure(broker: FakeBroker, signed_in: Wicket) -> None:
    missing = [{"recording": "rec_b", "code": "storage_failed", "detail": "The file is gone."}]
    broker.answer("GET", "/changes", page(change(1), unreadable=missing))
    result = signed_in("changes")
    assert result.exit_code == Exit.NOT_VERIFIED
    assert "rec_b: The file is gone." in result.output
