"""Nothing secret reaches the log, under whatever key and however deep."""

import pytest

from broker.logs import REDACTED, redact

SECRETS = ["password", "new_password", "client_secret", "refresh_token", "otp", "Authorization", "cookie",
           "recovery_code", "private_key", "master_key"]  # fmt: skip
TOKENS = ["eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "wgr1.abcDEF_-123", "wgs1.abc", "wgj1.eyJzZWNyZXQiOiJ4In0=",
          "wge1.abc"]  # fmt: skip


@pytest.mark.parametrize("key", SECRETS)
def test_values_whose_key_speaks_of_a_secret_are_blanked(key: str) -> None:
    event = redact(None, "info", {"event": "x", key: "hunter2", "details": {key: "hunter2"}, "user": "usr_1"})
    assert event == {"event": "x", key: REDACTED, "details": {key: REDACTED}, "user": "usr_1"}


@pytest.mark.parametrize("token", TOKENS)
def test_what_looks_like_a_token_is_blanked_wherever_it_stands(token: str) -> None:
    event = redact(None, "error", {"event": f"failed for {token}.", "cause": [f"GET /x?t={token}", {"at": token}]})
    assert token not in str(event)
    assert str(event["event"]).startswith(f"failed for {REDACTED}")


def test_the_rest_is_left_as_it_is() -> None:
    event = {
        "event": "serving",
        "level": "info",
        "timestamp": "2026-01-01T00:00:00Z",
        "port": 8443,
        "hosts": ["a", "b"],
    }
    assert redact(None, "info", dict(event)) == event
