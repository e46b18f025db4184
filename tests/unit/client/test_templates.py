"""``wicket policy templates`` and ``template``: ready policies with a plant's own words in them."""

from pathlib import Path

import pytest
import yaml

from client.policy_templates import Adaptation, adapted, template, templates
from policies.loader import Loaded, load
from policies.schema import AllowPolicy
from tests.unit.client.conftest import Wicket
from tests.unit.client.fake_broker import FakeBroker

FREEZE = Path("policies/library/year-end-freeze.yaml").read_text()
OURS = Adaptation(
    "ours", ("fitters",), ("south",), ("pump-1",), (("type", "pump"),), ("line-1",), ("shift", "security"), "Asia/Tokyo"
)
WORDS = ("--as", "ours", "--group", "fitters", "--site", "south", "--label", "type=pump", "--approval", "shift")


@pytest.mark.parametrize("name", [name for name, one in templates().items() if "approvals" in one.text])
def test_every_template_takes_a_plants_words_and_keeps_all_others(name: str) -> None:
    one = template(name)
    text = adapted(one, OURS)
    found = load(f"{FREEZE}---\n{text}")
    assert isinstance(found, Loaded), found
    assert any(isinstance(each, AllowPolicy) and each.name == "ours" for each in found.policies.policies)
    expected = yaml.safe_load(one.text)
    expected["metadata"]["name"] = "ours"
    spec = expected["spec"]
    spec["who"]["groups"] = ["fitters"]
    spec["what"] |= {
        "sites": ["south"], "assets": {"names": ["pump-1"], "labels": {"type": "pump"}}, "services": ["line-1"],
    }  # fmt: skip
    spec["access"]["approvals"] = [{"group": "shift"}, {"group": "security"}]
    spec["when"]["timezone"] = "Asia/Tokyo"
    assert yaml.safe_load(text) == expected
    assert text.startswith(one.text[: one.text.index("apiVersion")])


def test_as_it_comes_a_template_is_its_file() -> None:
    for one in templates().values():
        assert adapted(one, Adaptation()) == one.text
    assert {path.stem for path in Path("policies/library").glob("*-touch.yaml")} <= templates().keys()


def test_they_are_listed_and_printed_without_a_broker(wicket: Wicket) -> None:
    assert "s7-look-but-do-not-touch" in wicket("policy", "templates").stdout
    printed = wicket("policy", "template", "s7-look-but-do-not-touch", *WORDS).stdout
    assert yaml.safe_load(printed)["metadata"]["name"] == "ours"


def test_one_is_put_in_force_by_name(broker: FakeBroker, signed_in: Wicket) -> None:
    broker.answer("POST", "/policies/apply", {"applied": [{"name": "ours", "version": 1, "changed": True, "diff": []}]})
    result = signed_in("policy", "template", "look-but-do-not-touch", *WORDS, "--apply")
    assert result.stdout == "ours is version 1\n"
    (sent,) = broker.bodies("POST", "/policies/apply")
    assert sent["comment"] == "from the template look-but-do-not-touch"
    assert yaml.safe_load(sent["yaml"])["spec"]["who"] == {"groups": ["fitters"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such",), "There is no template no-such."),
        (("emergency", "--approval", "shift"), "The template emergency has no approvals to replace."),
        (("emergency", "--label", "pump"), "'pump' is not KEY=VALUE."),
        (("emergency", "--comment", "why"), "--comment and --dry-run go with --apply."),
    ],
)
def test_what_cannot_be_done_is_said(wicket: Wicket, words: tuple[str, ...], said: str) -> None:
    result = wicket("policy", "template", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_table_in_a_pipe_ends_where_its_words_end(wicket: Wicket) -> None:
    printed = wicket("policy", "templates").stdout.splitlines()
    assert printed == [line.rstrip() for line in printed]
