"""The shapes in which sentences of the policies are told, so that a page can say them in its reader's language."""

from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from policies.calendar import freezes_of
from policies.decision import Code, Reason
from policies.prose import when_in_words
from policies.schema import PolicySet
from policies.sentences import Sentence, Value, Words
from policies.terms import Day, When


class MomentValue(BaseModel):
    """A moment, to be written by the reader's clock."""

    at: datetime


class LengthValue(BaseModel):
    """A length of time in seconds."""

    seconds: int


class WordsValue(BaseModel):
    """Words of the policy language, such as tiers."""

    words: list[str]


SentenceValue = str | MomentValue | LengthValue | WordsValue


class SentenceOut(BaseModel):
    """A sentence: its key, what is put into it by name, and the whole in English."""

    key: str
    values: dict[str, SentenceValue]
    text: str

    @classmethod
    def of(cls, sentence: Sentence) -> "SentenceOut":
        """Render a sentence."""
        values = {name: _plain(value) for name, value in sentence.values.items()}
        return cls(key=sentence.key, values=values, text=str(sentence))

    @classmethod
    def if_any(cls, sentence: Sentence | None) -> "SentenceOut | None":
        """Render a sentence, where there is one."""
        return cls.of(sentence) if sentence is not None else None


class ReasonOut(BaseModel):
    """Why something is refused: for machines, for people, from which policy, and what would help."""

    code: Code
    policy: str | None
    message: SentenceOut
    remedy: SentenceOut | None

    @classmethod
    def of(cls, reason: Reason) -> "ReasonOut":
        """Render a reason."""
        message, remedy = SentenceOut.of(reason.message), SentenceOut.if_any(reason.remedy)
        return cls(code=reason.code, policy=reason.policy, message=message, remedy=remedy)


class FreezeSpanOut(BaseModel):
    """A freeze by its name, and its time; ``null`` where nobody has defined it, so that it always holds."""

    name: str
    starts_at: datetime | None
    ends_at: datetime | None


class WindowsOut(BaseModel):
    """When a policy holds: days and times by a clock, any if none are named, and freezes.

    A policy that gives does so outside of its freezes; one that refuses, only within them.
    """

    days: list[Day]
    opens: str | None
    closes: str | None
    timezone: str | None
    freezes: list[FreezeSpanOut]
    text: str

    @classmethod
    def of(cls, when: When, policy_set: PolicySet, *, refuses: bool = False) -> "WindowsOut":
        """Render days, times and freezes."""
        freezes = [
            FreezeSpanOut(name=name, starts_at=freeze.spec.starts_at, ends_at=freeze.spec.ends_at)
            if freeze is not None
            else FreezeSpanOut(name=name, starts_at=None, ends_at=None)
            for name, freeze in freezes_of(when, policy_set)
        ]
        return cls(
            days=[day for day in Day if day in (when.days or ())],
            opens=when.opens,
            closes=when.closes,
            timezone=when.timezone,
            freezes=freezes,
            text=when_in_words(when, policy_set, refuses=refuses),
        )


def _plain(value: Value) -> SentenceValue:
    match value:
        case datetime():
            return MomentValue(at=value.astimezone(UTC))
        case timedelta():
            return LengthValue(seconds=int(value.total_seconds()))
        case Words(words):
            return WordsValue(words=list(words))
        case str():
            return value
