"""The table of words is whole: every word can be written, and one word means one thing to policies."""

import re

import pytest

from guards.registry import guarded_protocols
from policies.protocols import (
    MAX_NUMBER,
    PROTOCOLS,
    TABLE_PATTERN,
    ObjectKind,
    folds_case,
    kind_of,
    protocols_with,
)

KINDS = [
    pytest.param(protocol, table, kind, id=f"{protocol} {table}")
    for protocol, words in PROTOCOLS.items()
    for table, kind in words.objects.items()
]


def written(table: str, kind: ObjectKind) -> str:
    return table.replace("<N>", str(kind.numbers[0])) if kind.numbers else table


@pytest.mark.parametrize(("protocol", "table", "kind"), KINDS)
def test_every_table_can_be_written_and_found(protocol: str, table: str, kind: ObjectKind) -> None:
    word = written(table, kind)
    assert re.fullmatch(TABLE_PATTERN, word)
    assert kind_of(protocol, word) == kind
    assert ("<N>" in table) == (kind.numbers is not None)
    assert protocol in protocols_with(word)


@pytest.mark.parametrize(("protocol", "table", "kind"), KINDS)
def test_every_object_can_be_told_from_another_and_used(protocol: str, table: str, kind: ObjectKind) -> None:
    assert kind.names or kind.highest is not None
    assert kind.highest is None or 0 < kind.highest <= MAX_NUMBER
    assert kind.is_read or kind.is_written
    assert kind.folds_case == folds_case(written(table, kind)), "protocols that share a word must agree about case"


def test_every_guarded_protocol_has_its_words() -> None:
    assert guarded_protocols() <= PROTOCOLS.keys()


@pytest.mark.parametrize("table", ["db", "db0", "db65536", "db01", "db<N>", "DB1", "holding1", "holding", ""])
def test_what_is_no_table_of_the_protocol_is_not_found(table: str) -> None:
    assert kind_of("s7", table) is None


def test_a_protocol_without_a_guard_has_no_words() -> None:
    assert kind_of("ssh", "holding") is None


@pytest.mark.parametrize(("protocol", "words"), PROTOCOLS.items(), ids=list(PROTOCOLS))
def test_sub_addresses_are_explained_by_an_example_that_is_normal(protocol: str, words: object) -> None:
    form = PROTOCOLS[protocol].route
    assert (PROTOCOLS[protocol].unit == "") == (PROTOCOLS[protocol].highest_unit is None)
    if form is not None:
        assert form.normal(form.example) == form.example
