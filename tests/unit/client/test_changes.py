"""``wicket changes``: page by page, for people, scripts and spreadsheets, and never silent about what is missing."""

import csv
from pathlib import Path
from typing import Any

import pytest

from client.exit_codes import Exit
from tests.unit.client.conftest import Wicket, json_of
from tests.unit.client.fake_broker import ASSET, FakeBroker


def change(value: int, **more: Any) -> dict[str, Any]:
    return {
        "recording": "rec_a", "session": "ses_a", "number": value, "at": "2026-03-02T07:30:00+00:00",
        "user_name": "vendor-1", "organization": "acme", "site": "north", "asset_name": "north/plc-1",
        "service_name": "modbus", "unit": 1, "route": "", "tier": "operate", "function": "write_single_register",
        "objects": ["holding 100"], "before": None, "is_before_read": False, "after": [value],
        "elements": [{"object": "holding 100", "before": None, "after": value, "tag": "Pump speed",
                      "engineering_unit": "rpm", "scale": 1.0}], "outcome": "accepted", "exception_code": None,
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


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\uff1d", "\uff20"])
def test_a_spreadsheet_gets_values_and_no_formulas(broker: FakeBroker, signed_in: Wicket, begins: str) -> None:
    formula = f"{begins}cmd|' /C calc'!A0"
    broker.answer("GET", "/changes", page(change(1, ticket=formula, objects=["holding 1", "holding 2"])))
    rows = list(csv.DictReader(signed_in("changes", "--csv").stdout.splitlines()))
    assert [(row["ticket"], row["objects"], row["after"], row["before"]) for row in rows] == [
        (f"'{formula}", "holding 1 holding 2", "1", "unknown")
    ]


def test_a_spreadsheet_says_what_is_not_known(broker: FakeBroker, signed_in: Wicket) -> None:
    broker.answer("GET", "/changes", page(change(1, after=[]), change(2, before=[0, None], after=[1, 2])))
    rows = list(csv.DictReader(signed_in("changes", "--csv").stdout.splitlines()))
    assert [(row["before"], row["after"]) for row in rows] == [("unknown", "unknown"), ("0 unknown", "1 2")]


def test_what_could_not_be_read_is_a_failure(broker: FakeBroker, signed_in: Wicket) -> None:
    missing = [{"recording": "rec_b", "code": "storage_failed", "detail": "The file is gone."}]
    broker.answer("GET", "/changes", page(change(1), unreadable=missing))
    result = signed_in("changes")
    assert result.exit_code == Exit.NOT_VERIFIED
    assert "rec_b: The file is gone." in result.output


RESTORE = {
    "asset": "ast_a", "asset_name": "north/plc-1", "service_name": "modbus", "protocol": "modbus", "unit": 1,
    "route": "", "object": "holding 100", "tag": "Pump speed", "engineering_unit": "rpm", "scale": 1.0, "value": None,
    "source": "unknown", "last_value": 7, "last_at": "2026-03-02T07:30:00+00:00", "writes": 2, "confirmed": True,
    "recording": "rec_a", "number": 3,
}  # fmt: skip


def undo(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"items": list(items), "is_cut": False, "unreadable": [], **more}


def test_values_and_tags_are_shown(broker: FakeBroker, signed_in: Wicket) -> None:
    broker.answer("GET", "/changes", page(change(7, before=[5, None], after=[7, 8])))
    output = signed_in("changes", "north/plc-1").output
    assert broker.calls[-1].query["asset"] == ["north/plc-1"]
    for word in ("Pump speed", "5, unknown", "7, 8"):
        assert word in output


def test_an_undo_sheet_marks_what_is_not_known_and_says_that_nothing_replays_it(
    broker: FakeBroker, signed_in: Wicket
) -> None:
    broker.answer("GET", "/changes/undo", undo(RESTORE, {**RESTORE, "value": 5}, is_cut=True))
    result = signed_in("changes", "--session", "ses_a", "--undo")
    assert result.exit_code == 0
    for words in ("UNKNOWN", "nothing writes it back by itself", "narrow the period"):
        assert words in result.output
    broker.answer("GET", "/changes/undo", undo(RESTORE, {**RESTORE, "value": 5, "last_value": None}))
    rows = list(csv.DictReader(signed_in("changes", "--session", "ses_a", "--undo", "--csv").stdout.splitlines()))
    assert [(row["value"], row["last_value"]) for row in rows] == [("UNKNOWN", "7"), ("5", "UNKNOWN")]


def test_an_undo_sheet_with_something_missing_is_a_failure(broker: FakeBroker, signed_in: Wicket) -> None:
    missing = [{"recording": "rec_b", "code": "storage_failed", "detail": "The file is gone."}]
    broker.answer("GET", "/changes/undo", undo(unreadable=missing))
    assert signed_in("changes", "--undo").exit_code == Exit.NOT_VERIFIED


def test_a_pdf_is_fetched_and_never_overwrites(broker: FakeBroker, signed_in: Wicket, tmp_path: Path) -> None:
    broker.answer("GET", "/changes/export", b"%PDF-1.4", b"%PDF-1.4")
    target = tmp_path / "changes.pdf"
    words = ("changes", "--session", "ses_a", "--undo", "--pdf", str(target))
    assert signed_in(*words).exit_code == 0
    assert target.read_bytes() == b"%PDF-1.4"
    query = broker.calls[-1].query
    assert (query["format"], query["sheet"], query["session"]) == (["pdf"], ["undo"], ["ses_a"])
    assert signed_in(*words).exit_code == 2
    assert signed_in(*words, "--force").exit_code == 0


def test_a_tag_list_is_sent_as_it_is(broker: FakeBroker, signed_in: Wicket, tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text("\ufeffprotocol,table,address,name\nmodbus,holding,100,Füllstand\n", encoding="utf-8")
    broker.answer("GET", "/assets", {"items": [ASSET], "next_cursor": None})
    broker.answer("POST", "/assets/ast_a/tags/import", {"count": 1})
    result = signed_in("tags", "import", "north/plc-1", str(file))
    assert (result.exit_code, "1 tags" in result.output) == (0, True), result.output
    assert broker.bodies("POST", "/assets/ast_a/tags/import") == [
        {"csv": "protocol,table,address,name\nmodbus,holding,100,Füllstand\n"}
    ]
