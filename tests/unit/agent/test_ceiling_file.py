"""The ceiling's text: what people on site write, and what they are told when it is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ceiling import Ceiling
from agent.ceiling_file import parse_ceiling
from policies.rules import Tier

GUARDED = frozenset({"modbus"})
TEXT = """\
version: 1
site: ste_north
targets:
  - name: presses
    addresses: [10.0.0.5, 10.0.1.0/24]
    hostnames: [Press-1.plant.local]
    ports: [502, "1000-1010"]
    protocols: [modbus]
    tiers: [read]
    units: [1, 3-5]
"""


def problems(text: str) -> list[str]:
    found = parse_ceiling(text, GUARDED)
    assert isinstance(found, list)
    return [str(problem) for problem in found]


def test_a_file_is_read_into_entries() -> None:
    ceiling = parse_ceiling(TEXT, GUARDED)
    assert isinstance(ceiling, Ceiling)
    (entry,) = ceiling.entries
    assert entry.ports == ((502, 502), (1000, 1010))
    assert entry.hostnames == {"press-1.plant.local"}
    assert entry.rules.units == {1, 3, 4, 5}
    assert entry.rules.tiers == {Tier.READ}
    assert ceiling.site == "ste_north"


def test_what_is_not_written_is_the_most_careful() -> None:
    ceiling = parse_ceiling(TEXT.replace("    tiers: [read]\n", ""), GUARDED)
    assert isinstance(ceiling, Ceiling)
    (entry,) = ceiling.entries
    assert not entry.rules.tiers
    assert not entry.rules.upload
    assert not entry.opaque
    assert entry.max_connections == 2


def test_objects_are_named_in_the_words_of_policies() -> None:
    more = """    reads: [{table: holding, addresses: "0-99"}]
    writes: [{table: coils, addresses: "7"}, {table: holding, addresses: "40-49", max: 1000, step: 50}]
"""
    ceiling = parse_ceiling(TEXT.replace("    tiers: [read]\n", "") + more, GUARDED)
    assert isinstance(ceiling, Ceiling)
    rules = ceiling.entries[0].rules
    assert rules.tiers == {Tier.READ, Tier.OPERATE}
    assert rules.reads is not None
    assert rules.writes is not None
    assert rules.reads[0][0].means("holding", 99)
    assert [(rule.table, rule.maximum, rule.step) for rule in rules.writes[0]] == [
        ("coils", None, None),
        ("holding", 1000, 50),
    ]


def test_the_digest_follows_the_text() -> None:
    one, two = parse_ceiling(TEXT, GUARDED), parse_ceiling(TEXT + "# more\n", GUARDED)
    assert isinstance(one, Ceiling)
    assert isinstance(two, Ceiling)
    assert one.digest != two.digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the file is empty"),
        ("targets: []", "line 1: the key 'version' is missing"),
        (TEXT.replace("addresses:", "adresses:"), "line 5: unknown key 'adresses': did you mean 'addresses'?"),
        (TEXT.replace("[modbus]", "[tcp]"), "line 4: protocol tcp is passed through without a guard"),
        (TEXT.replace("10.0.1.0/24", "10.0.1.5/24"), "line 5: '10.0.1.5/24' is neither"),
        (TEXT.replace("10.0.1.0/24", "0.0.0.0/0"), "line 5: 0.0.0.0/0 is too wide"),
        (TEXT.replace("502,", "0,"), "line 7: 0 must lie between 1 and 65535"),
        (TEXT.replace("1000-1010", "1010-1000"), "line 7: '1010-1000' must lie"),
        (TEXT.replace("3-5", "256"), "line 10: there is no unit 256 in modbus: units go up to 255"),
        (TEXT.replace("3-5", "0-255, 0-65535"), "units names more than 65536"),
        (TEXT.replace("units: [1, 3-5]", "routes: [1/0]"), "line 10: there are no routes in modbus"),
        (TEXT + "    reads: [{table: db10}]\n", "line 11: 'db10' are objects of s7, and not of modbus"),
        (TEXT + "    reads: [{tables: coils}]\n", "line 11: unknown key 'tables': did you mean 'table'?"),
        (TEXT + '    writes: [{table: coils, addresses: "7-1"}]\n', "line 11: 7-1 is not a range"),
        (TEXT.replace("[read]", "[reed]"), "line 9: 0: Input should be 'read'"),
        (TEXT.replace("tiers: [read]", "opaque: 1"), "line 9: opaque takes true or false"),
        (TEXT.replace("[10.0.0.5, 10.0.1.0/24]", "[]"), "line 5: addresses is empty"),
        (TEXT + "    name: again\n", "'name' stands here twice"),
        (TEXT + TEXT[TEXT.index("  - name") :], "line 11: the name 'presses' is used twice"),
        ("a: &x [1]\nb: *x", "line 1: anchors and aliases are not used here"),
        ("[" * 300, "nested too deeply"),
        ("x: !!python/object:os.system 1", "tag"),
        (TEXT + "---\n" + TEXT, "holds several documents"),
        ("a: \x07", "control characters"),
        ("#" * 300_000, "larger than 256 KiB"),
    ],
    ids=lambda value: value[:30] if value else "empty",
)
def test_a_problem_names_its_line_and_what_to_do(text: str, said: str) -> None:
    assert any(said in problem for problem in problems(text)), problems(text)


def test_every_problem_is_told_at_once() -> None:
    assert len(problems(TEXT.replace("[read]", "[reed]").replace("502,", "0,"))) == 2


def test_opaque_protocols_are_read_when_the_site_says_so() -> None:
    text = TEXT.replace("protocols: [modbus]", "protocols: [modbus, ssh]\n    opaque: true")
    assert isinstance(parse_ceiling(text, GUARDED), Ceiling)


@given(st.text(max_size=200) | st.text(alphabet="[]{}:,-&*!|> \n'\"a1?%@`#\t", max_size=60))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    parse_ceiling(text, GUARDED)


def test_a_target_without_a_family_is_asked_calmly_unless_it_names_a_rate() -> None:
    def rates(more: str) -> tuple[float | None, float | None, int]:
        ceiling = parse_ceiling(TEXT + more, GUARDED)
        assert isinstance(ceiling, Ceiling)
        (entry,) = ceiling.entries
        return entry.calm_rate, entry.rules.max_rate, entry.max_interrogations_per_minute

    assert rates("") == (10, None, 1)
    assert rates("    family: logix\n") == (None, None, 1)
    assert rates("    max_rate: 50\n    max_interrogations_per_minute: 6\n") == (None, 50, 6)


def test_an_unknown_family_is_told_with_those_that_there_are() -> None:
    (problem,) = problems(TEXT + "    family: s7\n")
    assert all(name in problem for name in ("'s7' is not a family", "s7-cpu", "s7-cp", "logix", "telecontrol"))
