"""A look at a device: read-only requests, one after the other, whose answers tell facts that name it and its program.

Two looks, before and after a session, say whether anything of that changed meanwhile. A protocol gives a ``Script``; a
look feeds it and bounds it. Sans I/O: whoever carries the bytes keeps the time.
"""

from collections.abc import Callable, Generator, Mapping
from typing import NamedTuple, Protocol

from guards.shortfalls import short
from guards.splitting import FramingFault
from policies.rules import Rules

MAX_REQUESTS = 64
MAX_FACTS = 256
MAX_FACT_LENGTH = 200
NO_REQUEST = b""
"""What a script yields to hear one more message before it asks the next."""

Facts = dict[str, str]
Script = Generator[bytes, bytes, str]
"""Yields requests, is sent the whole messages that come back, returns why it had to stop early, or ``""``.

What a device does not tell is no reason to stop: the fact is then absent.
"""
MakeScript = Callable[[Rules, Facts], Script]


class LookStoppedError(Exception):
    """Raised in a script: the device cannot tell just now (busy, out of reach), so that silence would say nothing."""


class Cutter(Protocol):
    """What cuts the device's stream into messages."""

    def feed(self, data: bytes) -> tuple[list[bytes], FramingFault | None]:
        """Return the messages that are complete now, and the fault that ends the stream if one was met."""
        ...


class LookKind(NamedTuple):
    """How devices of one protocol are looked at."""

    script: MakeScript
    cutter: Callable[[], Cutter]


class Look:
    """One look. ``facts`` are what the device told so far; ``problem`` says why it is not all that it could tell."""

    def __init__(self, kind: LookKind, rules: Rules) -> None:
        """Begin with nothing asked; ``rules`` are those of the session, whose fences say which device is meant."""
        self.facts: Facts = {}
        self.problem = ""
        self.is_over = False
        self.requests = 0
        self._script = kind.script(rules, self.facts)
        self._cutter = kind.cutter()

    def start(self) -> bytes:
        """Return the first request; empty if there is none to be made."""
        return self._step(None)

    def receive(self, data: bytes) -> bytes:
        """Take what the device says; return the next request, or nothing while the answer is not all there."""
        messages, fault = self._cutter.feed(data)
        request = NO_REQUEST
        for message in messages:
            # Once the next request is made, what else came with the last answer cannot be its answer.
            if self.is_over or request:
                break
            request = self._step(message)
        if fault is not None:
            self.stop(short("unreadable", problem=fault.reason))
        return NO_REQUEST if self.is_over else request

    def stop(self, why: str) -> None:
        """End the look early: the device is silent or gone, or time is up."""
        if not self.is_over:
            self.is_over, self.problem = True, why
            self._script.close()

    def _step(self, message: bytes | None) -> bytes:
        try:
            request = next(self._script) if message is None else self._script.send(message)
        except StopIteration as end:
            self.is_over, self.problem = True, end.value or ""
            return NO_REQUEST
        except LookStoppedError as error:
            self.is_over, self.problem = True, str(error)
            return NO_REQUEST
        if request:
            self.requests += 1
        if self.requests > MAX_REQUESTS or len(self.facts) > MAX_FACTS:
            self.stop(short("too_much", requests=MAX_REQUESTS, facts=MAX_FACTS))
            return NO_REQUEST
        return request


def text(raw: bytes) -> str:
    """Return a device's text as a fact: printable, without padding, bounded."""
    decoded = raw.split(b"\0", 1)[0].decode("latin-1").strip()
    return "".join(character if character.isprintable() else "?" for character in decoded)[:MAX_FACT_LENGTH]


class Difference(NamedTuple):
    """One fact that is not as it was; ``None``: the device did not tell it."""

    fact: str
    before: str | None
    after: str | None


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    """Return what differs between two looks that both came to their end."""
    names = sorted(before.keys() | after.keys())
    return [
        Difference(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    ]
