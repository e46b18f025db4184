"""The hash chain: each link's hash covers the link before it (docs/audit-log.md)."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

GENESIS = b"\x00" * 32
DOMAIN = b"wicketgate-audit-v1\n"


@dataclass(frozen=True, slots=True)
class Link:
    """One audit event as it is hashed; ``at`` has microseconds, ``hash`` is over everything else and ``previous``."""

    sequence: int
    at: datetime
    action: str
    actor: str
    actor_name: str
    target: str
    address: str
    details: dict[str, object]
    previous: bytes
    hash: bytes


def link_hash(
    *, sequence: int, at: datetime, action: str, actor: str, actor_name: str, target: str, address: str,
    details: dict[str, object], previous: bytes,
) -> bytes:  # fmt: skip
    """SHA-256 over domain, previous hash and the event as canonical JSON (sorted keys, no spaces, UTF-8)."""
    body = json.dumps(
        [sequence, at.isoformat(timespec="microseconds"), action, actor, actor_name, target, address, details],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return hashlib.sha256(DOMAIN + previous + body.encode()).digest()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: up to ``sequence`` the chain ends in ``hash``; ``signature`` is ES256, raw r||s."""

    sequence: int
    at: datetime
    hash: bytes
    key_id: str
    signature: bytes


def checkpoint_message(sequence: int, at: datetime, hash_: bytes) -> bytes:
    """The bytes that a checkpoint signs."""
    return (
        b"wicketgate-audit-checkpoint-v1\n" + f"{sequence}\n{at.isoformat(timespec='microseconds')}\n".encode() + hash_
    )


@dataclass(frozen=True, slots=True)
class ChainIntact:
    """Every link and checkpoint holds; ``uncovered`` links came after the newest checkpoint."""

    links: int
    checkpoints: int
    uncovered: int
    head: bytes


@dataclass(frozen=True, slots=True)
class ChainBroken:
    """The first thing that does not hold, by name."""

    sequence: int
    problem: str


PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "misplaced": "link {link} is missing or out of order (found {found})",
        "unlinked": "link {link} does not follow from link {before}",
        "changed": "link {link} was changed: its hash does not match its content",
        "other_hash": "checkpoint {link} names another hash than the chain has",
        "bad_signature": "checkpoint {link} has a signature that does not verify",
        "cut_off": "the chain ends at {links}, but a signed checkpoint covers {covered}",
    }
)
"""What may not hold; the pages have the same keys in other languages."""

Verify = Callable[[str, bytes, bytes], bool]


class ChainVerifier:
    """Checks a chain as it is read; ``verify(key_id, message, signature)`` checks one signature.

    Finds a changed, dropped, inserted or reordered link, and a chain cut off below its newest checkpoint.
    """

    def __init__(self, verify: Verify) -> None:
        self._verify = verify
        self._expected = 1
        self._previous = GENESIS
        self._covered = 0
        self._checkpoints = 0

    def feed(self, link: Link, mark: Checkpoint | None) -> ChainBroken | None:
        """Take the next link, with the checkpoint on it if there is one; return the first thing that does not hold."""
        problem = _link_problem(link, self._expected, self._previous)
        if problem is None and mark is not None:
            problem = _checkpoint_problem(mark, link, self._verify)
        if problem is not None:
            return ChainBroken(self._expected, problem)
        if mark is not None:
            self._covered, self._checkpoints = link.sequence, self._checkpoints + 1
        self._expected, self._previous = self._expected + 1, link.hash
        return None

    def finish(self, newest_checkpoint: int) -> ChainIntact | ChainBroken:
        """Say how the chain ended; ``newest_checkpoint`` is the highest sequence that a checkpoint covers, or 0."""
        links = self._expected - 1
        if newest_checkpoint > links:
            problem = _problem("cut_off", links=links, covered=newest_checkpoint)
            return ChainBroken(self._expected, problem)
        return ChainIntact(links, self._checkpoints, links - self._covered, self._previous)


def verify_chain(links: Iterable[Link], checkpoints: Iterable[Checkpoint], verify: Verify) -> ChainIntact | ChainBroken:
    """Walk a whole chain that is in memory; see ``ChainVerifier``."""
    marks = {mark.sequence: mark for mark in checkpoints}
    verifier = ChainVerifier(verify)
    for link in links:
        broken = verifier.feed(link, marks.get(link.sequence))
        if broken is not None:
            return broken
    return verifier.finish(max(marks, default=0))


def _problem(key: str, **values: int) -> str:
    return PROBLEMS[key].format_map(values)


def _link_problem(link: Link, expected: int, previous: bytes) -> str | None:
    if link.sequence != expected:
        return _problem("misplaced", link=expected, found=link.sequence)
    if link.previous != previous:
        return _problem("unlinked", link=expected, before=expected - 1)
    computed = link_hash(
        sequence=link.sequence, at=link.at, action=link.action, actor=link.actor, actor_name=link.actor_name,
        target=link.target, address=link.address, details=link.details, previous=link.previous,
    )  # fmt: skip
    return None if computed == link.hash else _problem("changed", link=expected)


def _checkpoint_problem(mark: Checkpoint, link: Link, verify: Verify) -> str | None:
    if mark.hash != link.hash:
        return _problem("other_hash", link=mark.sequence)
    if not verify(mark.key_id, checkpoint_message(mark.sequence, mark.at, mark.hash), mark.signature):
        return _problem("bad_signature", link=mark.sequence)
    return None
