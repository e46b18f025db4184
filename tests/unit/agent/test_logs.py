"""Nothing secret reaches the log."""

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
