"""The hash chain: each link's hash covers the link before it (docs/audit-log.md)."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

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


def verify_chain(
    links: Iterable[Link], checkpoints: Iterable[Checkpoint], verify: Callable[[str, bytes, bytes], bool]
) -> ChainIntact | ChainBroken:
    """Walk the whole chain; ``verify(key_id, message, signature)`` checks one signature.

    Finds a changed, dropped, inserted or reordered link, and a chain cut off below its newest checkpoint.
    """
    marks = {mark.sequence: mark for mark in checkpoints}
    expected, previous, covered = 1, GENESIS, 0
    for link in links:
        problem = _link_problem(link, expected, previous)
        mark = marks.get(link.sequence)
        if problem is None and mark is not None:
            problem = _checkpoint_problem(mark, link, verify)
            covered = link.sequence
        if problem is not None:
            return ChainBroken(expected, problem)
        expected, previous = expected + 1, link.hash
    newest = max(marks, default=0)
    if newest >= expected:
        return ChainBroken(expected, f"the chain ends at {expected - 1}, but a signed checkpoint covers {newest}")
    return ChainIntact(expected - 1, len(marks), expected - 1 - covered, previous)


def _link_problem(link: Link, expected: int, previous: bytes) -> str | None:
    if link.sequence != expected:
        return f"link {expected} is missing or out of order (found {link.sequence})"
    if link.previous != previous:
        return f"link {expected} does not follow from link {expected - 1}"
    computed = link_hash(
        sequence=link.sequence, at=link.at, action=link.action, actor=link.actor, actor_name=link.actor_name,
        target=link.target, address=link.address, details=link.details, previous=link.previous,
    )  # fmt: skip
    return None if computed == link.hash else f"link {expected} was changed: its hash does not match its content"


def _checkpoint_problem(mark: Checkpoint, link: Link, verify: Callable[[str, bytes, bytes], bool]) -> str | None:
    if mark.hash != link.hash:
        return f"checkpoint {mark.sequence} names another hash than the chain has"
    if not verify(mark.key_id, checkpoint_message(mark.sequence, mark.at, mark.hash), mark.signature):
        return f"checkpoint {mark.sequence} has a signature that does not verify"
    return None
