"""What can go wrong on site, each with a stable code, a sentence that says what to do, and an exit code."""

from enum import IntEnum


class Exit(IntEnum):
    """How ``wicket-agent`` ends; 2 is kept for wrong use of the command line."""

    OK = 0
    FAULT = 1
    SETTINGS = 3
    DISMISSED = 4
    ENROLMENT = 5
    NOT_ENROLLED = 6
    NOT_RUNNING = 7
    REFUSED = 8


class AgentError(Exception):
    """Root of the agent's errors."""

    code = "agent_fault"
    exit = Exit.FAULT


class SettingsError(AgentError):
    """The settings or the ceiling file are wrong; the text lists every problem."""

    code = "settings_invalid"
    exit = Exit.SETTINGS


class StateError(AgentError):
    """The state directory cannot be used as it is."""

    code = "state_invalid"
    exit = Exit.NOT_ENROLLED


class NotEnrolledError(StateError):
    """There is no identity yet."""

    code = "not_enrolled"


class EnrolmentError(AgentError):
    """The broker was not reached, not believed, or said no; ``code`` says which."""

    exit = Exit.ENROLMENT

    def __init__(self, code: str, sentence: str) -> None:
        """Carry a code beside the sentence for people."""
        super().__init__(sentence)
        self.code = code


class DismissedError(AgentError):
    """The broker ended the link for good (revoked, quarantined): no use in trying again."""

    code = "dismissed"
    exit = Exit.DISMISSED


class LocalError(AgentError):
    """A request through the local socket did not work."""

    code = "local_refused"
    exit = Exit.REFUSED


class NotRunningError(LocalError):
    """No agent answers on the local socket."""

    code = "not_running"
    exit = Exit.NOT_RUNNING
