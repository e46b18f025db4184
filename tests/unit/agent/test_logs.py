"""Nothing secret reaches the log, and everything in it is one JSON object a line."""

import json
import subprocess
import sys

from agent.logs import redact


def test_values_whose_key_speaks_of_a_secret_are_blanked() -> None:
    event = redact(
        None, "info", {"event": "x", "proxy_password": "hunter2", "join_token": "wgj1", "device": "10.0.0.5"}
    )
    assert event == {
        "event": "x",
        "proxy_password": "[redacted]",
        "join_token": "[redacted]",
        "device": "10.0.0.5",
    }


def test_long_values_are_shortened() -> None:
    assert len(str(redact(None, "info", {"event": "x" * 5000})["event"])) == 1000


def test_what_looks_like_a_token_is_blanked() -> None:
    event = redact(None, "info", {"event": "got wgj1.eyJzZWNyZXQiOiJ4In0= and eyJhbGciOiJFUzI1NiJ9.eyJzdWIi.c2ln"})
    assert event == {"event": "got [redacted] and [redacted]"}


def test_what_a_library_says_is_a_line_of_json_too() -> None:
    code = (
        "import logging, structlog; from agent.logs import set_up; set_up('info');"
        "structlog.get_logger().info('link_up', node='n');"
        "logging.getLogger('asyncio').error('broke', exc_info=ValueError('on wgr1.abc'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours, theirs = (json.loads(line) for line in done.stdout.splitlines())
    assert (ours["event"], theirs["event"], theirs["level"]) == ("link_up", "broke", "error")
    assert "ValueError: on [redacted]" in theirs["exception"]
    assert done.stderr == ""
