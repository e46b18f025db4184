"""``wicket connect``: a local port, a tool on it, and the reason why it ended."""

import json
import sys
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import Result

from client.connecting.display import Display
from tests.unit.client.conftest import Wicket
from tests.unit.client.fake_broker import REQUEST, SESSION, FakeBroker

TALK = (
    "import os, socket, sys; host, port = sys.argv[1:3];"
    "assert (host, port) == (os.environ['WICKET_HOST'], os.environ['WICKET_PORT']);"
    "assert 'WICKET_PASSWORD' not in os.environ;"
    "s = socket.create_connection((host, int(port)));"
    "s.sendall(b'how deep'); s.shutdown(socket.SHUT_WR); answer = s.makefile('rb').read();"
    "open(sys.argv[3], 'wb').write(answer); sys.exit(7)"
)
WAIT = "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2]))); s.recv(1)"
HOST_AND_PORT = ("{host}", "{port}")


@pytest.fixture
def open_session(broker: FakeBroker) -> None:
    broker.answer("POST", "/sessions", SESSION, status=201)
    broker.answer("GET", "/sessions/ses_a", {**SESSION, "state": "ended", "end_code": "killed", "end_detail": "enough"})
    broker.answer("POST", "/sessions/ses_a/end", {}, status=200)


def run_tool(wicket: Wicket, code: str, *more: str) -> Result:
    return wicket("connect", "north/plc-1/modbus", "--", sys.executable, "-c", code, *HOST_AND_PORT, *more)


def meanwhile(broker: FakeBroker, act: Callable[[], None]) -> threading.Thread:
    """Act as soon as the session is watched."""

    def wait_and_act() -> None:
        assert broker.watched.wait(30)
        act()

    thread = threading.Thread(target=wait_and_act)
    thread.start()
    return thread


@pytest.mark.usefixtures("open_session")
def test_a_tool_runs_on_the_open_port_and_its_exit_code_becomes_ours(
    signed_in: Wicket, broker: FakeBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WICKET_PASSWORD", "correct horse")
    result = run_tool(signed_in, TALK, str(tmp_path / "answer"))
    assert result.exit_code == 7, result.output
    assert (tmp_path / "answer").read_bytes() == b"how deep"
    assert "vendor-1 on north/plc-1/modbus (modbus), read, ticket CHG-1" in result.stderr
    assert "You ended it" in result.stderr
    assert broker.bodies("POST", "/sessions/ses_a/end") == [{}]


@pytest.mark.usefixtures("open_session")
def test_when_the_plant_cuts_the_session_the_tool_is_ended_and_the_reason_is_said(
    signed_in: Wicket, broker: FakeBroker
) -> None:
    thread = meanwhile(broker, lambda: broker.end_session("killed", "enough of this"))
    result = run_tool(signed_in, WAIT + "; import time; time.sleep(60)")
    thread.join()
    assert result.exit_code == 6
    assert "The session has ended: enough of this [killed]" in result.stderr


@pytest.mark.usefixtures("open_session")
def test_without_a_tool_it_serves_until_the_end_and_scripts_get_one_object_a_line(
    signed_in: Wicket, broker: FakeBroker
) -> None:
    thread = meanwhile(broker, lambda: broker.end_session("deadline", "The approved time is over."))
    result = signed_in("connect", "north/plc-1/modbus", "--json")
    thread.join()
    first, *_, last = [json.loads(line) for line in result.stdout.splitlines()]
    assert (first["event"], first["session"]["id"], first["port"] > 0) == ("listening", "ses_a", True)
    assert last == {"event": "ended", "code": "deadline", "reason": "The approved time is over.", "exit_code": 6}
    assert result.exit_code == 6


def test_what_the_plant_is_asked_and_answers_is_said() -> None:
    said = StringIO()
    display = Display(said, as_json=False, live=False)
    texts = {
        "asked": "Asked the plant: stop. Waiting.", "ask_approved": "Approved: repeat it.", "ask_denied": "Denied: no.",
        "ask_expired": "Not approved.", "ask_dropped": "Not asked.",
    }  # fmt: skip
    for kind, text in texts.items():
        display.event({"kind": kind, "question": "qst_a", "text": text})
    assert said.getvalue().splitlines() == list(texts.values())


def test_whether_somebody_of_the_plant_watches_is_said() -> None:
    said = StringIO()
    display = Display(said, as_json=False, live=False)
    display.event({"kind": "opened", "unwatched": True})
    display.event({"kind": "watched", "text": "Input goes on."})
    display.event({"kind": "opened", "unwatched": False})
    display.event({"kind": "unwatched", "text": "Input waits."})
    assert said.getvalue().splitlines() == [
        "Input waits until somebody of the plant watches.", "Input goes on.", "Input waits.",
    ]  # fmt: skip


@pytest.mark.usefixtures("open_session")
def test_a_broken_watch_is_taken_up_again_and_the_end_is_found_out(signed_in: Wicket, broker: FakeBroker) -> None:
    thread = meanwhile(broker, broker.drop_watchers)
    result = run_tool(signed_in, WAIT)
    thread.join()
    assert result.exit_code == 6
    assert "enough [killed]" in result.stderr


@pytest.mark.usefixtures("open_session")
def test_a_refused_stream_is_told_with_its_code(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.stream_refusal = (502, "dial_failed", "The device refused the connection.")
    result = run_tool(signed_in, WAIT)
    assert "A connection was refused: The device refused the connection. [dial_failed]" in result.stderr


def test_what_must_be_requested_needs_a_reason_that_nobody_can_be_asked_for(
    signed_in: Wicket, broker: FakeBroker
) -> None:
    broker.refuse("POST", "/sessions", 403, "approval_required", reason_required=True, ticket_pattern="CHG-[0-9]{5}")
    broker.answer("GET", "/requests", {"items": [], "next_cursor": None})
    result = run_tool(signed_in, WAIT)
    assert result.exit_code == 2
    assert "--reason and --ticket" in result.stderr


def test_a_request_that_waits_is_exit_code_5_and_is_not_made_twice(signed_in: Wicket, broker: FakeBroker) -> None:
    broker.refuse("POST", "/sessions", 403, "approval_required", reason_required=True)
    broker.answer("GET", "/requests", {"items": [], "next_cursor": None}, {"items": [REQUEST], "next_cursor": None})
    broker.answer("POST", "/requests", REQUEST, status=201)
    again = ("connect", "north/plc-1/modbus", "--reason", "pump", "--duration", "1h", "--", sys.executable)
    first, second = signed_in(*again), signed_in(*again)
    assert (first.exit_code, second.exit_code) == (5, 5)
    assert "waits for 1 of ot-operations" in second.stderr
    (made,) = broker.bodies("POST", "/requests")
    assert (made["reason"], made["duration"]) == ("pump", 3600)


def test_an_approved_request_opens_the_session_on_its_grant(
    signed_in: Wicket, broker: FakeBroker, tmp_path: Path
) -> None:
    broker.refuse("POST", "/sessions", 403, "approval_required", SESSION, reason_required=False)
    broker.answer("GET", "/requests", {"items": [REQUEST], "next_cursor": None})
    broker.answer("GET", "/requests/req_a", {**REQUEST, "state": "approved", "grant": "grt_a"})
    broker.answer("POST", "/sessions/ses_a/end", {}, status=200)
    tool = (sys.executable, "-c", TALK, *HOST_AND_PORT, str(tmp_path / "answer"))
    result = signed_in("connect", "north/plc-1/modbus", "--wait", "--", *tool)
    assert result.exit_code == 7, result.output
    assert [body.get("grant") for body in broker.bodies("POST", "/sessions")] == [None, "grt_a"]


def test_a_command_or_port_that_cannot_be_had_opens_nothing(signed_in: Wicket, broker: FakeBroker) -> None:
    busy = broker.url.rpartition(":")[2]
    missing = signed_in("connect", "north/plc-1/modbus", "--", "no-such-tool")
    taken = signed_in("connect", "north/plc-1/modbus", "--local", busy, "--", sys.executable)
    assert (missing.exit_code, taken.exit_code) == (2, 2)
    assert "There is no command 'no-such-tool'" in missing.stderr
    assert "cannot be listened on" in taken.stderr
    assert broker.bodies("POST", "/sessions") == []
