"""One changed, dropped, inserted or reordered link is found and named, and so is a chain cut off (promise 5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from broker.audit.chain import (
    GENESIS,
    ChainBroken,
    ChainIntact,
    Checkpoint,
    Link,
    checkpoint_message,
    link_hash,
    verify_chain,
)
from tests.unit.broker.fakes import START


def chain(length: int = 6) -> list[Link]:
    links: list[Link] = []
    for number in range(1, length + 1):
        content = {
            "sequence": number, "at": START + timedelta(seconds=number), "action": "site.changed", "actor": "usr_a",
            "actor_name": "admin", "target": "ste_a", "address": "192.0.2.1", "details": {"name": "nörth"},
            "previous": links[-1].hash if links else GENESIS,
        }  # fmt: skip
        links.append(Link(**content, hash=link_hash(**content)))  # type: ignore[arg-type]
    return links


def mark(link: Link, key: str = "key") -> Checkpoint:
    return Checkpoint(
        link.sequence, START, link.hash, key, b"signed:" + checkpoint_message(link.sequence, START, link.hash)
    )


def signed(key_id: str, message: bytes, signature: bytes) -> bool:
    return key_id == "key" and signature == b"signed:" + message


def rehashed(link: Link, **changes: object) -> Link:
    changed = replace(link, **changes)  # type: ignore[arg-type]
    content = {name: getattr(changed, name) for name in Link.__slots__ if name != "hash"}
    return replace(changed, hash=link_hash(**content))


def test_an_untouched_chain_is_intact() -> None:
    links = chain()
    assert verify_chain(links, [mark(links[3])], signed) == ChainIntact(6, 1, 2, links[-1].hash)


def test_an_empty_chain_is_intact() -> None:
    assert verify_chain([], [], signed) == ChainIntact(0, 0, 0, GENESIS)


@pytest.mark.parametrize(
    "field", ["at", "action", "actor", "actor_name", "target", "address", "details", "previous", "hash"]
)
def test_any_changed_field_is_found(field: str) -> None:
    links = chain()
    values = {"at": START, "details": {"name": "south"}, "previous": b"x" * 32, "hash": b"x" * 32}
    links[2] = replace(links[2], **{field: values.get(field, "changed")})  # type: ignore[arg-type]
    outcome = verify_chain(links, [], signed)
    assert isinstance(outcome, ChainBroken)
    assert outcome.sequence == 3


TAMPERINGS: dict[str, tuple[Callable[[list[Link]], list[Link]], int]] = {
    "dropped": (lambda links: links[:2] + links[3:], 3),
    "inserted": (lambda links: [*links[:2], links[1], *links[2:]], 3),
    "reordered": (lambda links: [*links[:2], links[3], links[2], *links[4:]], 3),
    "first dropped": (lambda links: links[1:], 1),
    "rewritten with its hash": (lambda links: [*links[:2], rehashed(links[2], actor="usr_b"), *links[3:]], 4),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_chain_is_found(name: str) -> None:
    tamper, sequence = TAMPERINGS[name]
    outcome = verify_chain(tamper(chain()), [], signed)
    assert isinstance(outcome, ChainBroken)
    assert outcome.sequence == sequence


def test_a_chain_cut_off_below_its_newest_checkpoint_is_found() -> None:
    links = chain()
    assert isinstance(verify_chain(links[:4], [mark(links[5])], signed), ChainBroken)


def test_a_wholly_rewritten_chain_is_found_by_its_checkpoint() -> None:
    links = chain()
    rewritten: list[Link] = []
    for link in links:
        rewritten.append(rehashed(link, actor="usr_b", previous=rewritten[-1].hash if rewritten else GENESIS))
    assert isinstance(verify_chain(rewritten, [], signed), ChainIntact)
    assert verify_chain(rewritten, [mark(links[4])], signed) == ChainBroken(
        5, "checkpoint 5 names another hash than the chain has"
    )


def test_a_checkpoint_that_nobody_signed_is_found() -> None:
    links = chain()
    outcome = verify_chain(links, [mark(links[4], "other key")], signed)
    assert outcome == ChainBroken(5, "checkpoint 5 has a signature that does not verify")
