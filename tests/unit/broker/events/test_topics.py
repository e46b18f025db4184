"""The tables of topics are complete, and the page for people says the same."""

import re
from pathlib import Path
from typing import get_args

import pytest

from broker.cluster.topics import Topic
from broker.events.seeing import RULES
from broker.events.topics import MOVES, OTHERWISE, SUBJECTS

ROOT = Path(__file__).parents[4]
TOPICS = get_args(Topic)


def documented() -> dict[str, set[str]]:
    """The rows of the page's table: each topic with the names of its ids."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    below = page.partition("\n### Topics\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in below.splitlines() if line.startswith("| `")]
    names = [(re.findall(r"`([^`]+)`", row[0]), set(re.findall(r"`([^`]+)`", row[1]))) for row in rows]
    return {topic: ids for topics, ids in names for topic in topics}


def test_every_topic_has_a_subject_that_a_rule_speaks_of() -> None:
    assert set(SUBJECTS) == set(TOPICS)
    assert set(SUBJECTS.values()) <= set(RULES)


def test_what_an_event_is_otherwise_speaks_of_another_thing() -> None:
    assert all(SUBJECTS[topic] != SUBJECTS[other] for topic, other in OTHERWISE.items())
    assert set(TOPICS) >= MOVES


def test_the_page_names_every_topic_and_no_other() -> None:
    assert set(documented()) == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_page_names_the_subject_of_each_topic_and_ids_that_have_a_rule(topic: Topic) -> None:
    assert SUBJECTS[topic] in documented()[topic] <= set(RULES)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_a_thing_and_what_became_of_it(topic: str) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z]+", topic)
