"""Approving on the exact terms that were shown, and saying no."""

from tests.unit.client.conftest import Wicket, json_of
from tests.unit.client.fake_broker import REQUEST, FakeBroker

EXTENDED = {
    "id": "ext_a", "session": "ses_a", "state": "pending", "duration": 600, "reason": "valve stuck",
    "approvals_needed": [], "new_not_after": None,
}  # fmt: skip
APPROVED = {**REQUEST, "state": "approved", "grant": "grt_a"}
ANSWERED = {
    "id": "qst_a", "state": "approved", "user_name": "vendor-1", "function": "write_single_register",
    "objects": ["holding 100"], "armed_until": "2026-03-02T07:31:00+00:00",
}  # fmt: skip


def test_an_approval_shows_the_terms_and_sends_back_their_hash(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.answer("GET", "/requests/req_a", REQUEST)
    broker.answer("POST", "/requests/req_a/approve", APPROVED)
    result = signed_in("approve", "req_a", "--yes", "--comment", "seen")
    assert result.exit_code == 0
    assert "May read." in result.stderr
    assert broker.bodies("POST", "/requests/req_a/approve") == [{"hash": REQUEST["hash"], "comment": "seen"}]


def test_nobody_approves_by_accident(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.answer("GET", "/requests/req_a", REQUEST)
    assert signed_in("approve", "req_a").exit_code == 2
    assert broker.bodies("POST", "/requests/req_a/approve") == []


def test_a_hash_that_was_read_elsewhere_is_sent_as_it_is(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.answer("POST", "/requests/req_a/approve", APPROVED)
    assert json_of(signed_in("approve", "req_a", "--hash", "cd" * 32, "--json"))["grant"] == "grt_a"
    assert broker.bodies("POST", "/requests/req_a/approve") == [{"hash": "cd" * 32}]


def test_where_the_policy_wants_a_fresh_second_factor_of_approvers_it_is_shown_once(
    signed_in: Wicket, broker: FakeBroker
) -> None:
    for words, path in ((("approve", "req_a", "--hash", "cd" * 32), "/requests/req_a/approve"),
                        (("extensions", "approve", "ext_a"), "/extensions/ext_a/approve"),
                        (("answer", "qst_a", "yes"), "/questions/qst_a/answer")):  # fmt: skip
        then = {"req_a": APPROVED, "ext_a": EXTENDED, "qst_a": ANSWERED}[path.split("/")[2]]
        broker.refuse("POST", path, 403, "mfa_required", then, methods=["totp"], max_age=300)
        shown = len(broker.bodies("POST", "/auth/step-up"))
        assert signed_in(*words, "--otp", "654321").exit_code == 0
        assert broker.bodies("POST", "/auth/step-up")[shown:] == [{"otp": "654321"}]
        assert len(broker.bodies("POST", path)) == 2


def test_without_a_code_an_approver_is_told_how_to_show_one(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.refuse("POST", "/requests/req_a/approve", 403, "mfa_required", methods=["totp", "passkey"], max_age=300)
    result = signed_in("approve", "req_a", "--hash", "cd" * 32)
    assert result.exit_code == 3
    assert "--otp" in result.stderr
    assert "wicket login --step-up" in result.stderr


def test_where_only_a_passkey_will_do_no_code_is_spent(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.refuse("POST", "/requests/req_a/approve", 403, "mfa_required", methods=["passkey"], max_age=None)
    result = signed_in("approve", "req_a", "--hash", "cd" * 32, "--otp", "654321")
    assert result.exit_code == 3
    assert "pages" in result.stderr
    assert broker.bodies("POST", "/auth/step-up") == []


def test_a_no_carries_its_reason(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.answer("POST", "/requests/req_a/deny", {**REQUEST, "state": "denied"})
    assert signed_in("deny", "req_a", "--reason", "not now").exit_code == 0
    assert broker.bodies("POST", "/requests/req_a/deny") == [{"reason": "not now"}]


def test_text_of_others_never_moves_the_cursor(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.answer("GET", "/requests", {"items": [{**REQUEST, "reason": "\x1b[2Jpump\u202e"}], "next_cursor": None})
    output = signed_in("requests").stdout
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "pump" in output
