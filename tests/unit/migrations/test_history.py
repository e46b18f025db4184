"""The history is one line, its steps are numbered, and each leads both ways."""

import re
from pathlib import Path

from broker.db import migrate


def test_the_history_is_one_line_numbered_from_0001() -> None:
    steps = list(reversed(list(migrate.scripts().walk_revisions())))
    assert [step.revision for step in steps] == [f"{number:04d}" for number in range(1, len(steps) + 1)]
    assert [step.down_revision for step in steps] == [None, *(step.revision for step in steps[:-1])]
    assert migrate.head() == steps[-1].revision


def test_each_step_says_what_it_does_in_its_name_and_first_line() -> None:
    for step in migrate.scripts().walk_revisions():
        assert re.fullmatch(rf"{step.revision}_[a-z0-9_]+\.py", step.path.rsplit("/", 1)[-1])
        assert step.doc.endswith(".")


def test_each_step_leads_both_ways() -> None:
    for step in migrate.scripts().walk_revisions():
        assert callable(step.module.upgrade)
        assert callable(step.module.downgrade)


def test_the_history_does_not_depend_on_todays_code() -> None:
    for step in migrate.scripts().walk_revisions():
        text = Path(step.path).read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) broker", text, re.MULTILINE)
