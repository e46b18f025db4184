"""How lengths of time, moments, tiers, labels and assets are written on the command line."""

from datetime import UTC, datetime
from typing import Any

import click

from policies.durations import parse_duration

TIERS = ("read", "operate", "program", "firmware")


class Duration(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A length of time such as ``90s``, ``15m``, ``2h`` or ``1d12h``; a number of seconds for the API."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """See ``click.ParamType``."""
        if isinstance(value, int):
            return value
        try:
            return int(parse_duration(str(value)).total_seconds())
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


class Moment(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A time: ISO 8601 (without a zone: this machine's), or ``2h`` from now; ISO with zone for the API."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See ``click.ParamType``."""
        text = str(value)
        try:
            return (datetime.now(UTC) + self._sign * parse_duration(text)).isoformat(timespec="seconds")
        except ValueError:
            pass
        try:
            return datetime.fromisoformat(text).astimezone().isoformat()
        except ValueError:
            self.fail(f"{value!r} is no time; write 2026-03-01T07:00 or a length of time such as 2h", param, ctx)

    def __init__(self, *, past: bool = False) -> None:
        self._sign = -1 if past else 1


class Tiers(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """Tiers with commas: ``read,operate``."""

    name = "tiers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[str]:
        """See ``click.ParamType``."""
        if isinstance(value, list):
            return value
        tiers = [part.strip().lower() for part in str(value).split(",") if part.strip()]
        unknown = [tier for tier in tiers if tier not in TIERS]
        if unknown or not tiers:
            self.fail(f"{value!r}: tiers are {', '.join(TIERS)}", param, ctx)
        return tiers


class Label(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A label ``key=value``."""

    name = "label"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """See ``click.ParamType``."""
        if isinstance(value, tuple):
            return value
        key, sign, rest = str(value).partition("=")
        if not sign or not key:
            self.fail(f"{value!r} is no label; write key=value", param, ctx)
        return key, rest


ACCEPT_BANNER = click.option(
    "--accept-banner", is_flag=True, help="Accept what the plant wants read first, whatever it says now. For scripts."
)


def given(**values: Any) -> dict[str, Any]:
    """Return the body of a call: what was given, without what was not."""
    return {name: value for name, value in values.items() if value not in (None, "", (), [])}
