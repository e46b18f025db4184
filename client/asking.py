"""Asking people: only at a terminal; without one the answer is an error that says which option is missing."""

import sys

import click

from client.errors import ClientError, MissingError
from client.exit_codes import Exit
from client.output import clean, is_terminal

MAX_LINE = 4096


def ask(label: str, how: str, *, hidden: bool = False, twice: bool = False, optional: bool = False) -> str:
    """Return what somebody types; ``how`` tells what to give where nobody can be asked."""
    if not is_terminal():
        raise MissingError(label, how)
    answer: str = click.prompt(
        clean(label), default="" if optional else None, show_default=False, hide_input=hidden,
        confirmation_prompt=twice, err=True,
    )  # fmt: skip
    return answer if hidden else answer.strip()


def confirm(question: str, how: str, *, sure: bool) -> None:
    """Return if ``sure`` or if somebody says yes; otherwise end the command."""
    if sure:
        return
    if not is_terminal():
        raise MissingError("A yes", how)
    if not click.confirm(clean(question), err=True):
        raise ClientError("Nothing was done.", exit_code=Exit.ERROR)


def line_of_stdin() -> str:
    """Return the first line of standard input, for ``--password-stdin``."""
    text = sys.stdin.readline(MAX_LINE)
    if not text:
        raise MissingError("The password", "Standard input was empty.")
    return text.rstrip("\r\n")
