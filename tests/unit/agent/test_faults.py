"""Plain words for what stands between agent and broker."""

import ssl

import pytest

from agent.faults import explain
from tunnel.errors import UpgradeFailedError, UpgradeRefusedError


def untrusted(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code = code
    return error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (untrusted(9), "clock_off", "behind"),
        (untrusted(10), "clock_off", "clock"),
        (untrusted(62), "wrong_name", "host name"),
        (untrusted(19), "untrusted", "TLS-inspecting proxy"),
        (ConnectionRefusedError(111, "Connection refused"), "unreachable", "Connection refused"),
        (TimeoutError(), "timeout", "in time"),
        (UpgradeRefusedError(407, "proxy_authentication_failed", "x", ""), "proxy_authentication_failed", "password"),
        (UpgradeRefusedError(403, "session_over", "Over", "it ended"), "session_over", "it ended"),
        (UpgradeFailedError("malformed", "not HTTP"), "malformed", "not HTTP"),
        (ValueError("odd"), "closed", "odd"),
    ],
    ids=str,
)
def test_each_fault_has_a_code_and_says_what_to_do(error: Exception, code: str, said: str) -> None:
    found, sentence = explain(error)
    assert found == code
    assert said in sentence


def test_the_cause_of_a_failed_upgrade_is_looked_at() -> None:
    failed = UpgradeFailedError("untrusted", "x")
    failed.__cause__ = untrusted(9)
    assert explain(failed)[0] == "clock_off"
