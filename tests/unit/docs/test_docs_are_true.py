"""What the pages say is held to the code: settings, error codes, metrics, commands, links, named files."""

import re
import shlex
import tomllib
from functools import cache
from pathlib import Path

import click
import pytest

from agent import cli as agent_cli
from broker import cli as broker_cli
from broker.config import Settings, load, setting_names
from broker.http.errors import STATUS
from broker.http.metrics import Metrics
from broker.sessions.states import EndCode
from client.cli import SECTIONS
from client.cli import cli as client_cli
from client.config import VARIABLES
from client.exit_codes import MEANINGS

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
EXAMPLE = ROOT / "deploy" / "broker" / "broker.toml"
SETTINGS = [key for key, _, _ in setting_names()]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
PROGRAMS: dict[str, click.Group] = {
    "wicket": client_cli, "wicket-agent": agent_cli.main, "wicket-broker": broker_cli.cli,
}  # fmt: skip
CALL = re.compile(r"(?:sudo -u \S+ )?(?:\w+=\S+ )*(?:\S*/)?(wicket(?:-agent|-broker)?)((?: .*)?)")
FILE = re.compile(r"`((?:agent|broker|client|deploy|docs|guards|policies|recording|tests|tunnel)/[\w./-]+)`")


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def table(page: str, heading: str) -> list[list[str]]:
    """The cells of the rows of the tables below a heading, up to the next one of the same level or a higher one."""
    level = len(heading.split()[0])
    below = re.split(rf"\n#{{1,{level}}} ", text(page).partition(f"\n{heading}\n")[2])[0]
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in below.splitlines() if line.startswith("|")
    ]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def by_name(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", paths, ids=[str(path.relative_to(ROOT)) for path in paths])


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_settings_table_names_every_setting_and_no_other() -> None:
    documented = [name for row in table("docs/operations.md", "## Settings")[2:] for name in names_in(row[0])]
    assert sorted(documented) == sorted(SETTINGS)


@pytest.mark.parametrize("key", SETTINGS)
def test_the_settings_table_tells_the_default(key: str) -> None:
    (row,) = (row for row in table("docs/operations.md", "## Settings") if key in names_in(row[0]))
    section, _, leaf = key.rpartition(".")
    default = getattr(getattr(Settings(), section), leaf) if section else getattr(Settings(), leaf)
    if default is not None:
        shown = ", ".join(default) if isinstance(default, list) else str(default).removesuffix(".0")
        assert ", ".join(names_in(row[1])).lower() == shown.lower()


def test_the_example_file_holds_every_setting_at_its_default(tmp_path: Path) -> None:
    lines = re.sub(r"^# (?=\w+ = )", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    given = tomllib.loads(lines)
    keys = [f"{name}.{leaf}" for name, part in given.items() if isinstance(part, dict) for leaf in part]
    assert sorted([*keys, *(name for name in given if not isinstance(given[name], dict))]) == sorted(SETTINGS)
    defaults = Settings()
    for key in keys:
        section, _, leaf = key.partition(".")
        default = getattr(getattr(defaults, section), leaf)
        assert default is None or given[section][leaf] == (str(default) if isinstance(default, Path) else default)


def test_the_example_file_loads_as_it_is() -> None:
    assert load(EXAMPLE, {}).model_dump() == Settings().model_dump()


def test_every_error_code_is_in_the_table_with_its_status() -> None:
    rows = [row for row in table("docs/api.md", "## Errors") if len(row) == 3 and names_in(row[0])]
    assert {names_in(row[0])[0]: int(row[1]) for row in rows} == STATUS


def test_every_code_that_a_session_ends_with_is_explained() -> None:
    named = {name for row in table("docs/architecture.md", "## How it ends") for name in names_in(row[-1])}
    assert named == {code.value for code in EndCode}


def test_every_metric_is_in_the_table() -> None:
    documented = {name for row in table("docs/operations.md", "## Metrics") for name in names_in(row[0])}
    kept = {
        metric.name + ("_total" if metric.type == "counter" else "")
        for metric in Metrics().registry.collect()
        if metric.name.startswith("wicketgate_")
    }
    assert documented - {"process_*"} == kept


def test_every_event_of_a_watched_session_is_in_the_table() -> None:
    documented = {name for row in table("docs/api.md", "### Watching") for name in names_in(row[0])} - {"kind"}
    told = {"opened", "ended"}
    for module in (ROOT / "broker").rglob("*.py"):
        told |= set(re.findall(r"\.tell\(\s*\"(\w+)\"", module.read_text(encoding="utf-8")))
    assert documented == told | {"stream_opened", "stream_closed"}


def test_every_notice_on_the_wire_is_named() -> None:
    sent = set()
    for module in (ROOT / "broker").rglob("*.py"):
        sent |= set(re.findall(r"Notice\(\s*\"(\w+)\"", module.read_text(encoding="utf-8")))
    told = text("docs/wire-protocol.md").partition("- **NOTICE**")[2].partition("\n- **")[0]
    assert {name for name in names_in(told) if name != "until"} == sent


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", text("Makefile"), re.MULTILINE))
    begins = re.compile(r"(?:`|^)make ([a-z]+)", re.MULTILINE)
    named = {(page.name, name) for page in PAGES for name in begins.findall(_code_of(page))}
    assert {(page, name) for page, name in named if name not in targets} == set()


def test_every_command_that_is_named_exists() -> None:
    known = {name for commands in SECTIONS.values() for name in commands}
    for page in PAGES:
        named = re.findall(r"(?:`|^|[$#/] )wicket ([a-z][a-z-]+)", _code_of(page), re.MULTILINE)
        assert set(named) <= known, page
        assert set(re.findall(r"wicket-broker ([a-z][a-z-]+)", _code_of(page))) <= set(broker_cli.cli.commands), page


def commands_of(page: Path) -> list[list[str]]:
    """The calls of our programs that a page tells the reader to type: in consoles and indented lines."""
    prose = page.read_text(encoding="utf-8")
    consoles = "\n".join(re.findall(r"```console\n(.*?)```", prose, re.DOTALL))
    typed = [*re.findall(r"^[$#] (.+)$", consoles, re.MULTILINE), *re.findall(r"^ {4}(\S.*)$", prose, re.MULTILINE)]
    steps = [step for line in typed for step in re.split(r" [|<>] | && |  +#", re.sub(r"\$\([^)]*\)", "x", line))]
    calls = [CALL.fullmatch(step.strip()) for step in steps]
    return [[call[1], *shlex.split(call[2].replace("...", "x"))] for call in calls if call]


def test_pages_hold_commands_to_type() -> None:
    assert sum(len(commands_of(page)) for page in PAGES) > 50


def fault_of(command: click.Command, name: str, words: list[str], parent: click.Context | None = None) -> str:
    """What click has against a call; a file of the example need not be here."""
    try:
        context = command.make_context(name, words, parent=parent, obj=object())
        if not isinstance(command, click.Group):
            return ""
        rest = [*context._protected_args, *context.args]
        following, subcommand, words = command.resolve_command(context, rest)
    except click.UsageError as error:
        return "" if "does not exist" in str(error) else str(error)
    assert following is not None and subcommand is not None
    return fault_of(subcommand, following, words, context)


@by_name([page for page in PAGES if commands_of(page)])
def test_every_command_to_type_is_understood(page: Path) -> None:
    calls = commands_of(page)
    faults = {" ".join([program, *words]): fault_of(PROGRAMS[program], program, words) for program, *words in calls}
    assert {call: fault for call, fault in faults.items() if fault} == {}


def test_every_variable_of_the_client_is_in_the_table() -> None:
    rows = table("docs/wicket.md", "## Environment")[2:]
    assert {names_in(row[0])[0]: row[1] for row in rows} == VARIABLES


def test_every_exit_code_of_the_client_is_in_the_table() -> None:
    rows = table("docs/wicket.md", "## Exit codes")[2:]
    assert {int(row[0]): row[1] for row in rows} == {code.value: text for code, text in MEANINGS.items()}


@by_name(PAGES)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if "://" in link:
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@by_name(PAGES)
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = FILE.findall(page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@by_name(sorted(DOCS.rglob("*.md")))
def test_the_index_lists_every_page(page: Path) -> None:
    if page.name == "README.md":
        return
    index = LINK.findall(text("docs/README.md"))
    assert str(page.relative_to(DOCS)) in index


def _code_of(page: Path) -> str:
    prose = page.read_text(encoding="utf-8")
    indented = re.findall(r"^ {4}\S.*$", prose, re.MULTILINE)
    return "\n".join([*CODE.findall(prose), *(line.strip() for line in indented)])
