"""Calls: tokens are renewed in time and once, lost answers are asked for again and never do a thing twice."""

from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from client.errors import ApiError
from client.exit_codes import of_problem
from tests.unit.client.conftest import Wicket, json_of
from tests.unit.client.fake_broker import REQUEST, FakeBroker

MADE = ("request", "north/plc-1/modbus", "--reason", "pump", "--json")


def test_a_token_that_the_broker_takes_no_more_is_renewed_and_the_call_made_again(
    signed_in: Wicket, broker: FakeBroker
) -> None:
    broker.answer("GET", "/requests", {"items": [REQUEST], "next_cursor": None})
    broker.expire_tokens()
    result = signed_in("requests", "--json")
    assert [each["id"] for each in json_of(result)["items"]] == ["req_a"]
    assert len(broker.bodies("POST", "/auth/refresh")) == 1
    assert not broker.reuse_detected


def test_a_token_that_is_about_to_end_is_renewed_before_it_is_shown(wicket: Wicket, broker: FakeBroker) -> None:
    broker.answer("GET", "/requests", {"items": [], "next_cursor": None})
    broker.access_seconds = 1
    words = ("login", "--url", broker.url, "--ca", str(broker.certificate), "--user", "vendor-1", "--otp", "123456")
    wicket(*words, "--password-stdin", stdin="correct horse\n")
    assert (wicket("requests").exit_code, wicket("requests").exit_code) == (0, 0)
    assert len(broker.bodies("POST", "/auth/refresh")) == 2
    assert not broker.reuse_detected


def test_a_login_that_has_ended_is_exit_code_3_and_its_tokens_are_forgotten(
    signed_in: Wicket, broker: FakeBroker, home: Path
) -> None:
    broker.expire_tokens()
    broker._refresh.clear()
    result = signed_in("requests")
    assert result.exit_code == 3
    assert "wicket login" in result.stderr
    assert not (home / "tokens.json").exists()


def test_a_lost_answer_is_asked_for_again_under_the_same_key(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.answer("POST", "/requests", REQUEST, status=201)
    broker.lose_answer("POST", "/requests")
    result = signed_in(*MADE)
    assert (result.exit_code, json_of(result)["id"]) == (5, "req_a")
    first, second = [call for call in broker.calls if call.path == "/requests" and call.method == "POST"]
    assert first.key == second.key != ""


def test_lists_are_read_page_by_page(signed_in: Wicket, broker: FakeBroker) -> None:
    pages = [{"items": [{**REQUEST, "id": f"req_{n}"}], "next_cursor": f"c{n}" if n < 2 else None} for n in range(3)]
    broker.answer("GET", "/requests", *pages)
    assert [each["id"] for each in json_of(signed_in("requests", "--json"))["items"]] == ["req_0", "req_1", "req_2"]
    asked = [call.query.get("cursor") for call in broker.calls if call.path == "/requests"]
    assert asked == [None, ["c0"], ["c1"]]


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [
        (403, "denied", 4), (403, "self_approval", 4), (404, "not_found", 11), (409, "request_closed", 12),
        (429, "limit_reached", 10), (503, "agent_offline", 7), (502, "dial_failed", 7), (410, "session_ended", 6),
        (422, "invalid_input", 2), (500, "internal", 1),
    ],
)  # fmt: skip
def test_refusals_have_exit_codes_that_mean_something(
    signed_in: Wicket, broker: FakeBroker, status: int, code: str, exit_code: int
) -> None:
    broker.refuse("GET", "/requests", status, code)
    result = signed_in("requests")
    assert result.exit_code == exit_code == of_problem(status, code)
    assert f"wicket: about {code} [{code}, req_1]" in result.stderr


def test_with_json_a_refusal_is_one_line_of_json(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.refuse(
        "GET",
        "/requests",
        403,
        "denied",
        reasons=[{"policy": "p", "message": {"text": "no"}, "remedy": {"text": "ask"}}],
    )
    result = signed_in("--json", "requests")
    assert result.stdout == ""
    assert '"code": "denied"' in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_lines_of_a_refusal_tell_what_would_help() -> None:
    reasons = [
        {"policy": "p", "message": {"text": "too long"}, "remedy": {"text": "at most 4h"}},
        {"policy": None, "message": {"text": "locked"}, "remedy": None},
    ]
    error = ApiError(403, {"code": "denied", "reasons": reasons})
    assert error.lines == ("p: too long (at most 4h)", "locked")


def test_an_id_never_becomes_another_path(signed_in: Wicket, broker: FakeBroker) -> None:
    signed_in("requests", "../users?x=1")
    assert broker.calls[-1].path in {
        "/requests/../users?x=1",
        "/requests/..%2Fusers%3Fx=1",
        "/requests/..%2Fusers%3Fx%3D1",
    }
    assert broker.calls[-1].query == {}


class FakeKeyring(KeyringBackend):
    """A desktop's secret store."""

    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def test_where_there_is_a_keyring_tokens_are_in_it_and_in_no_file(
    wicket: Wicket, broker: FakeBroker, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = FakeKeyring()
    monkeypatch.setattr("keyring.get_keyring", lambda: keyring)
    monkeypatch.setattr("keyring.core._keyring_backend", keyring)
    monkeypatch.delenv("WICKET_TOKENS")
    broker.answer("GET", "/requests", {"items": [], "next_cursor": None})
    words = ("login", "--url", broker.url, "--ca", str(broker.certificate), "--user", "vendor-1", "--otp", "123456")
    assert wicket(*words, "--password-stdin", stdin="correct horse\n").exit_code == 0
    assert wicket("requests").exit_code == 0
    assert len(keyring.kept) == 1
    assert not (home / "tokens.json").exists()
    wicket("logout")
    assert keyring.kept == {}


def test_a_refused_text_names_each_place_where_it_is_wrong() -> None:
    problems = [
        {"line": 3, "path": "", "message": "modbus has no table 'db1'", "hint": ""},
        {"line": 0, "path": "", "message": "more than 20000 tags", "hint": ""},
        {"line": 2, "column": 5, "path": "spec.who", "message": "must be a list", "hint": "write [a, b]"},
    ]
    error = ApiError(422, {"code": "invalid_inventory", "problems": problems})
    assert error.lines == (
        "line 3: modbus has no table 'db1'",
        "more than 20000 tags",
        "line 2, column 5: spec.who: must be a list (write [a, b])",
    )
