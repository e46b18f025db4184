"""The command line itself: all commands are there, explain themselves, and start quickly."""

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from client.cli import SECTIONS, cli
from client.exit_codes import MEANINGS

HEAVY = ("aiohttp", "rich", "pydantic", "keyring", "asyncio", "cryptography", "ssl")


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*words, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))


@pytest.mark.parametrize("words", [words for words, _ in commands(cli)], ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, [*words, "--help"])
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) > 3


def test_every_command_takes_json() -> None:
    plain = {("completion",)}
    lacking = [
        words for words, command in commands(cli)
        if not isinstance(command, click.Group) and "json" not in {option.name for option in command.params}
    ]  # fmt: skip
    assert set(lacking) == plain


def test_help_lists_every_command_and_exit_code() -> None:
    output = CliRunner().invoke(cli, ["--help"]).output
    names = [name for section in SECTIONS.values() for name in section]
    assert all(f"  {name} " in output for name in names)
    assert all(meaning in output for meaning in MEANINGS.values())


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys; import client.cli; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(shell: str) -> None:
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.exit_code == 0
    assert "_WICKET_COMPLETE" in result.output


def test_an_unknown_command_is_wrong_use() -> None:
    assert CliRunner().invoke(cli, ["reboot"]).exit_code == 2
