"""Why a request is not forwarded, and the words in which the tool is told."""

from enum import Enum, auto
from typing import NamedTuple

from guards.effects import Verdict
from guards.reasons import Reason


class Cause(Enum):
    """Why a request is not forwarded; each protocol has a word of its own for each."""

    FENCE = auto()
    MALFORMED = auto()
    FUNCTION = auto()
    OBJECT = auto()
    VALUE = auto()
    ASK = auto()
    BUSY = auto()
    GONE = auto()
    SILENT = auto()


class Refusal(NamedTuple):
    """Why a request is not forwarded, for the tool (``cause``) and for the record."""

    verdict: Verdict
    cause: Cause
    reason: Reason


def denied(cause: Cause, reason: Reason) -> Refusal:
    """Return the refusal of a well-formed request."""
    return Refusal(Verdict.DENIED, cause, reason)


def malformed(fault: Reason) -> Refusal:
    """Return the refusal of what is no well-formed request; ``fault`` is what its reader found wrong."""
    return Refusal(Verdict.MALFORMED, Cause.MALFORMED, fault)


class Answer(NamedTuple):
    """A refusal in the words of the protocol: the whole message, and the code in it; an empty one is silence."""

    message: bytes
    code: int | None


SILENCE = Answer(b"", None)
