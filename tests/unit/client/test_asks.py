"""``wicket asks`` and ``wicket answer``."""

from tests.unit.client.conftest import Wicket
from tests.unit.client.fake_broker import FakeBroker

ASK = {
    "id": "qst_a", "state": "pending", "user_name": "vendor-1", "asset_name": "north/plc-1", "service_name": "modbus",
    "unit": 1, "route": "", "tier": "operate", "function": "write_single_register", "objects": ["holding 100"],
    "values": [640], "ticket": "CHG-1", "session": "ses_a", "expires_at": "2026-03-02T07:30:00+00:00",
    "armed_until": None,
}  # fmt: skip


def test_what_waits_for_an_answer_is_listed(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.answer("GET", "/questions", {"items": [ASK], "next_cursor": None}, {"items": [ASK], "next_cursor": None})
    printed = signed_in("asks").stdout
    assert "holding 100" in printed
    assert "640" in printed
    assert broker.calls[-1].query["pending"] == ["true"]
    assert signed_in("asks", "--all", "--session", "ses_a").exit_code == 0
    assert "pending" not in broker.calls[-1].query


def test_a_yes_says_until_when_it_is_good(signed_in: Wicket, broker: FakeBroker) -> None:
    approved = {**ASK, "state": "approved", "armed_until": "2026-03-02T07:31:00+00:00"}
    broker.answer("POST", "/questions/qst_a/answer", approved)
    result = signed_in("answer", "qst_a", "yes")
    assert "vendor-1 may repeat it once until" in result.stdout
    assert broker.bodies("POST", "/questions/qst_a/answer") == [{"answer": "yes"}]


def test_a_no_needs_a_reason(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.answer("POST", "/questions/qst_a/answer", {**ASK, "state": "denied"})
    assert signed_in("answer", "qst_a", "no").exit_code == 2
    assert signed_in("answer", "qst_a", "perhaps").exit_code == 2
    assert signed_in("answer", "qst_a", "no", "--reason", "not now").exit_code == 0
    assert broker.bodies("POST", "/questions/qst_a/answer") == [{"answer": "no", "reason": "not now"}]
