"""How objects of a protocol are written on the command line: ``holding 100-119 0..1000``, ``tag Pump*``."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

_ADDRESSES = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")
_VALUES = re.compile(r"(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?")
Function = TypeVar("Function", bound=Callable[..., Any])


class Objects(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A table, then addresses or names, then bounds of values; each but the table may be left out."""

    name = "objects"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """See ``click.ParamType``."""
        if isinstance(value, dict):
            return value
        table, *rest = str(value).split() or [""]
        rule: dict[str, Any] = {"table": table}
        for word in rest:
            if _ADDRESSES.fullmatch(word) and "addresses" not in rule:
                rule["addresses"] = [_range(part) for part in word.split(",")]
            elif (bounds := _VALUES.fullmatch(word)) and word != "..":
                rule |= {
                    name: float(bound) if "." in bound else int(bound)
                    for name, bound in zip(("minimum", "maximum"), bounds.groups(), strict=True)
                    if bound is not None
                }
            else:
                rule.setdefault("names", []).append(word)
        if not table:
            self.fail("write a table first, such as 'holding 100-119 0..1000'", param, ctx)
        return rule


class Numbers(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """Numbers with commas and ranges: ``1,3-5``."""

    name = "numbers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """See ``click.ParamType``."""
        if isinstance(value, list):
            return value
        text = str(value).replace(" ", "")
        if not _ADDRESSES.fullmatch(text):
            self.fail(f"{value!r}: write numbers like 1,3-5", param, ctx)
        ranges = [_range(part) for part in text.split(",")]
        if sum(max(0, each["last"] - each["first"] + 1) for each in ranges) > 256:
            self.fail(f"{value!r}: at most 256 numbers", param, ctx)
        return sorted({number for each in ranges for number in range(each["first"], each["last"] + 1)})


def fence_options(prefix: str = "") -> Callable[[Function], Function]:
    """Return the options that take sub-addresses and objects away: ``--writes``, or ``--narrow-writes``."""
    options = (
        click.option(f"--{prefix}units", type=Numbers(), help="What is left of the sub-addresses: 1,3-5."),
        click.option(f"--{prefix}routes", help="What is left of the routes, with commas: 1/0,1/1."),
        click.option(f"--{prefix}reads", type=Objects(), multiple=True,
                     help="What may be read, such as 'holding 0-99'; repeatable."),
        click.option(f"--{prefix}writes", type=Objects(), multiple=True,
                     help="What may be written, and within which values: 'holding 100-119 0..1000'; repeatable."),
    )  # fmt: skip

    def add(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def fence(
    units: list[int] | None, routes: str | None, reads: tuple[Any, ...], writes: tuple[Any, ...]
) -> dict[str, Any]:
    """Return the body of what was given."""
    named = [part.strip() for part in (routes or "").split(",") if part.strip()]
    given = {"units": units, "routes": named, "reads": list(reads), "writes": list(writes)}
    return {name: value for name, value in given.items() if value}


def _range(part: str) -> dict[str, int]:
    first, _, last = part.partition("-")
    return {"first": int(first), "last": int(last or first)}
