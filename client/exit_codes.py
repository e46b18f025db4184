"""What the exit codes of ``wicket`` mean, in one table that ``--help`` and docs/wicket.md repeat."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes. A command that was run by ``wicket connect`` passes its own code on."""

    OK = 0
    ERROR = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    DENIED = 4
    NEEDS_APPROVAL = 5
    SESSION_ENDED = 6
    UNREACHABLE = 7
    NOT_VERIFIED = 8
    FAULTY_TEXT = 9
    TRY_LATER = 10
    NOT_FOUND = 11
    CONFLICT = 12
    INTERRUPTED = 130


MEANINGS: dict[Exit, str] = {
    Exit.OK: "done",
    Exit.ERROR: "something else went wrong",
    Exit.USAGE: "wrong use: an option is missing or cannot be understood",
    Exit.NOT_SIGNED_IN: "not signed in, sign-in refused, or a fresh second factor is needed",
    Exit.DENIED: "denied: by policy, by your role, or by a block",
    Exit.NEEDS_APPROVAL: "somebody else must approve first",
    Exit.SESSION_ENDED: "the session was ended by the plant, its deadline, or a policy",
    Exit.UNREACHABLE: "the broker, the site's agent or the device cannot be reached",
    Exit.NOT_VERIFIED: "evidence does not prove: changed, cut short, or signed by somebody else",
    Exit.FAULTY_TEXT: "a policy or inventory text has faults, or a policy test failed",
    Exit.TRY_LATER: "a limit is reached; later it may work",
    Exit.NOT_FOUND: "there is no such thing, or it is not yours to see",
    Exit.CONFLICT: "it is no longer in a state that allows this",
    Exit.INTERRUPTED: "interrupted with Ctrl-C",
}

OF_CODE: dict[str, Exit] = {
    "unauthenticated": Exit.NOT_SIGNED_IN,
    "token_invalid": Exit.NOT_SIGNED_IN,
    "login_failed": Exit.NOT_SIGNED_IN,
    "refresh_failed": Exit.NOT_SIGNED_IN,
    "enrolment_failed": Exit.NOT_SIGNED_IN,
    "setup_failed": Exit.NOT_SIGNED_IN,
    "otp_rejected": Exit.NOT_SIGNED_IN,
    "mfa_required": Exit.NOT_SIGNED_IN,
    "denied": Exit.DENIED,
    "forbidden": Exit.DENIED,
    "self_approval": Exit.DENIED,
    "not_an_approver": Exit.DENIED,
    "reconnect_blocked": Exit.DENIED,
    "approval_required": Exit.NEEDS_APPROVAL,
    "session_ended": Exit.SESSION_ENDED,
    "session_held": Exit.SESSION_ENDED,
    "grant_ended": Exit.SESSION_ENDED,
    "agent_offline": Exit.UNREACHABLE,
    "dial_failed": Exit.UNREACHABLE,
    "policy_invalid": Exit.FAULTY_TEXT,
    "invalid_inventory": Exit.FAULTY_TEXT,
    "recording_broken": Exit.NOT_VERIFIED,
}

OF_STATUS: dict[int, Exit] = {
    401: Exit.NOT_SIGNED_IN,
    403: Exit.DENIED,
    404: Exit.NOT_FOUND,
    409: Exit.CONFLICT,
    422: Exit.USAGE,
    429: Exit.TRY_LATER,
    503: Exit.TRY_LATER,
}


def of_problem(status: int, code: str) -> Exit:
    """Return the exit code for a refusal of the broker."""
    return OF_CODE.get(code) or OF_STATUS.get(status, Exit.ERROR)


def table() -> str:
    """Return the table as lines of text, for ``--help``."""
    return "\n".join(f"  {code.value:>3}  {meaning}" for code, meaning in MEANINGS.items())
