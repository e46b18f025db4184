"""The files that plants copy are right."""

from pathlib import Path

import pytest

from agent.ceiling import Ceiling
from agent.ceiling_file import parse_ceiling
from agent.config import Settings, load_settings
from agent.errors import Exit
from agent.refusals import RefusalCode
from guards.registry import guarded_protocols

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "deploy" / "agent"
PAGE = (ROOT / "docs" / "agent.md").read_text()


def test_the_example_ceiling_is_in_force() -> None:
    ceiling = parse_ceiling((EXAMPLES / "ceiling.yaml").read_text(), guarded_protocols())
    assert isinstance(ceiling, Ceiling)
    assert len(ceiling.entries) == 5


def test_the_example_settings_are_the_defaults() -> None:
    assert load_settings(EXAMPLES / "agent.toml").settings == Settings()


def test_the_unit_does_not_restart_what_a_person_has_to_look_at() -> None:
    unit = (EXAMPLES / "wicket-agent.service").read_text()
    codes = f"{Exit.SETTINGS:d} {Exit.DISMISSED:d} {Exit.NOT_ENROLLED:d}"
    assert f"RestartPreventExitStatus={codes}" in unit


@pytest.mark.parametrize("code", RefusalCode)
def test_every_refusal_code_is_explained(code: RefusalCode) -> None:
    assert f"`{code}`" in PAGE


def test_every_setting_is_documented() -> None:
    assert all(f"`{key}`" in PAGE for key, _, _ in load_settings(EXAMPLES / "agent.toml").rows())


@pytest.mark.parametrize("code", [code for code in Exit if code is not Exit.OK])
def test_every_exit_code_is_documented(code: Exit) -> None:
    assert f"| {code:d} |" in PAGE
