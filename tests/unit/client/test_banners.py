"""The plant's banner on the command line: shown in full, accepted by a person or by a flag, and not twice."""

import sys
from typing import Any

import pytest

from client import asking
from client.exit_codes import Exit
from tests.unit.client.conftest import Wicket
from tests.unit.client.fake_broker import REQUEST, SESSION, SITE, FakeBroker

TEXT = "Call the control room first.\nPhone 100."
ASK = ("request", "north/plc-1/modbus", "--reason", "pump", "--duration", "1h")
RUN = (sys.executable, "-c", "")
ACCEPTANCE = ("POST", "/sites/sit_a/banner/acceptance")


@pytest.fixture
def strict(broker: FakeBroker) -> FakeBroker:
    """A broker whose site wants its banner accepted."""
    broker.refuse(
        "POST", "/requests", 409, "banner_not_accepted", {**REQUEST, "state": "approved", "grant": "grt_a"},
        site="sit_a", banner=TEXT, digest="ab" * 32,
    )  # fmt: skip
    broker.refuse("POST", "/sessions", 409, "banner_not_accepted", SESSION, site="sit_a", banner=TEXT, digest="ab" * 32)
    broker.answer("GET", "/sites/sit_a", {**SITE, "banner": TEXT})
    broker.answer("POST", "/sites/sit_a/banner/acceptance", {"site": "sit_a"})
    broker.answer("POST", "/sessions/ses_a/end", {})
    return broker


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody can be asked."""
    monkeypatch.setattr(asking, "is_terminal", lambda: True)


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line in TEXT.splitlines()]


def test_a_script_without_the_flag_is_told_what_to_read_and_accepts_nothing(
    signed_in: Wicket, strict: FakeBroker
) -> None:
    result = signed_in(*ASK)
    assert result.exit_code == Exit.USAGE
    assert lines(result.stderr) == TEXT.splitlines()
    assert "--accept-banner" in result.stderr
    assert strict.bodies(*ACCEPTANCE) == []


def test_with_the_flag_the_text_that_was_shown_is_accepted_and_the_request_made(
    signed_in: Wicket, strict: FakeBroker
) -> None:
    result = signed_in(*ASK, "--accept-banner")
    assert result.exit_code == 0, result.output
    assert lines(result.stderr) == TEXT.splitlines()
    assert strict.bodies(*ACCEPTANCE) == [{"digest": "ab" * 32}]
    assert len(strict.bodies("POST", "/requests")) == 2


@pytest.mark.parametrize(("answer", "accepted"), [("y\n", 1), ("n\n", 0)])
def test_somebody_at_a_terminal_is_asked(
    signed_in: Wicket, strict: FakeBroker, terminal: None, answer: str, accepted: int
) -> None:
    result = signed_in(*ASK, stdin=answer)
    assert "Do you accept this?" in result.stderr
    assert len(strict.bodies(*ACCEPTANCE)) == accepted
    assert (result.exit_code == 0) == bool(accepted)


def test_connect_shows_the_banner_once_and_opens_after_the_yes(signed_in: Wicket, strict: FakeBroker) -> None:
    result = signed_in("connect", "north/plc-1/modbus", "--accept-banner", "--", *RUN)
    assert result.exit_code == 0, result.output
    assert lines(result.stderr) == TEXT.splitlines()
    assert len(strict.bodies(*ACCEPTANCE)) == 1
    assert len(strict.bodies("POST", "/sessions")) == 2


def test_connect_shows_the_banner_also_to_those_who_accepted_it(signed_in: Wicket, strict: FakeBroker) -> None:
    strict.answer("POST", "/sessions", SESSION)
    result = signed_in("connect", "north/plc-1/modbus", "--", *RUN)
    assert result.exit_code == 0, result.output
    assert lines(result.stderr) == TEXT.splitlines()
    assert strict.bodies(*ACCEPTANCE) == []


def test_what_the_plant_says_is_shown_and_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    from client.connecting.display import Display

    said: Any = {"kind": "warned", "text": "Stop\x1b[2J now."}
    Display(sys.stdout, as_json=False, live=False).event(said)
    assert capsys.readouterr().out == "The plant says: Stop\N{REPLACEMENT CHARACTER}[2J now.\n"
