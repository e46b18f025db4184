"""The streams that are open now: found by session to be cut or extended, held against a ceiling that changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.addresses import IPAddress
from agent.ceiling import Judgement, Permit
from agent.grants import Grant
from agent.terms import effective_rules, is_narrower
from policies.rules import Rules
from tunnel.messages import Target
from tunnel.relay import Relay

Judge = Callable[[Target, IPAddress | None], Judgement]


@dataclass(slots=True)
class Stream:
    """One open stream; ``grant`` is the latest that counts for it, ``rules`` what its guard holds it to."""

    id: str
    grant: Grant
    permit: Permit
    rules: Rules
    relay: Relay
    opened_monotonic: float


class Streams:
    """All open streams of this agent. The relay ends each by itself at its deadline, whatever becomes of the link."""

    def __init__(self) -> None:
        """Start with none."""
        self._by_id: dict[str, Stream] = {}

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._by_id)

    def __iter__(self) -> Iterator[Stream]:
        """Go through a copy, so that streams may end meanwhile."""
        return iter(list(self._by_id.values()))

    def add(self, stream: Stream) -> None:
        """Take a stream in."""
        self._by_id[stream.id] = stream

    def drop(self, stream: str) -> None:
        """Forget a stream that ended."""
        self._by_id.pop(stream, None)

    def of_session(self, session: str) -> list[Stream]:
        """Return the open streams of one session."""
        return [stream for stream in self._by_id.values() if stream.grant.claims.session == session]

    def cut(self, session: str, stream: str | None, code: str, reason: str) -> int:
        """End one stream of a session, or all of them; return how many."""
        chosen = [one for one in self.of_session(session) if stream in (None, one.id)]
        for one in chosen:
            one.relay.cut(code, reason)
        return len(chosen)

    def cut_all(self, code: str, reason: str) -> int:
        """End everything."""
        open_now = list(self._by_id.values())
        for stream in open_now:
            stream.relay.cut(code, reason)
        return len(open_now)

    def extend(self, grant: Grant) -> int:
        """Let a session's streams run until the new grant ends; cut those that it does not cover as they are."""
        chosen = self.of_session(grant.claims.session)
        for stream in chosen:
            fault = _uncovered(stream, grant)
            if fault:
                stream.relay.cut("terms_changed", fault)
                continue
            stream.grant = grant
            stream.relay.extend(grant.deadline_monotonic)
        return len(chosen)

    def recheck(self, judge: Judge) -> int:
        """Cut what the site's new ceiling would not permit as it runs now; return how many."""
        reasons = [(stream, _forbidden(stream, judge)) for stream in self._by_id.values()]
        cut = [(stream, reason) for stream, reason in reasons if reason]
        for stream, reason in cut:
            stream.relay.cut("ceiling_denied", reason)
        return len(cut)


def _uncovered(stream: Stream, grant: Grant) -> str | None:
    old, new = stream.grant.claims, grant.claims
    if (old.user, old.target) != (new.user, new.target):
        return "The session's new grant is for another user or device."
    if is_narrower(effective_rules(new.rules, stream.permit), stream.rules):
        return "The session's new terms are narrower; open the stream again to go on under them."
    return None


def _forbidden(stream: Stream, judge: Judge) -> str | None:
    answer = judge(stream.grant.claims.target, stream.permit.resolved)
    if not isinstance(answer, Permit):
        return "The plant changed its ceiling file, which no longer allows this connection."
    if answer.line != stream.permit.line:
        return "The plant changed the settings of this serial line; open the stream again."
    is_rarer = answer.max_interrogations_per_minute < stream.permit.max_interrogations_per_minute
    if is_rarer or is_narrower(effective_rules(stream.grant.claims.rules, answer), stream.rules):
        return "The plant narrowed its ceiling file; open the stream again to go on under it."
    return None
