"""Approving on the exact terms that were shown, and saying no."""

from tests.unit.client.conftest import Wicket, json_of
from tests.unit.client.fake_broker import REQUEST, FakeBroker

APPROVED = {**REQUEST, "state": "approved", "grant": "grt_a"}


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
