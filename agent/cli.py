"""``wicket-agent``: what people on site type. Nothing heavy is imported before a command needs it."""

import asyncio
import json
import re
import socket
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

from agent.errors import AgentError, Exit, NotRunningError, StateError

if TYPE_CHECKING:
    from agent.config import Effective
    from agent.state import StateDirectory
    from agent.status import Status

P = ParamSpec("P")
MAX_SPAN = timedelta(days=3650)

EXIT_CODES = """\b
Exit codes: 0 done, 2 wrong use, 3 settings or ceiling wrong, 4 sent away by the broker
(revoked, quarantined), 5 enrolment failed, 6 not enrolled or state unusable,
7 no agent is running, 8 the agent refused, 1 anything else."""

_DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?")


class Duration(click.ParamType[timedelta]):
    """A time span such as ``90s``, ``15m``, ``2h`` or ``1d12h``."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """See ``click.ParamType``."""
        if isinstance(value, timedelta):
            return value
        match = _DURATION.fullmatch(str(value).strip())
        if not match or not any(match.groups()):
            self.fail(f"{value!r} is not a time span; write 90s, 15m, 2h or 1d", param, ctx)
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if not timedelta() < span <= MAX_SPAN:
            self.fail(f"{value!r} is not a useful time span: more than nothing, at most ten years", param, ctx)
        return span


def exits_plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Turn the agent's errors into one line on standard error and their exit code."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except AgentError as error:
            for line in str(error).splitlines() or [error.code]:
                click.echo(f"wicket-agent: {line}", err=True)
            sys.exit(error.exit)

    return wrapped


@click.group(epilog=EXIT_CODES)
@click.version_option(package_name="wicketgate", prog_name="wicket-agent")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file (TOML). Default: $WICKET_AGENT_CONFIG or /etc/wicket-agent/agent.toml.",
)
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Wicketgate's agent on site: dials out to the broker, opens only what the site's ceiling file allows."""
    context.obj = config


def _settings(config: Path | None) -> "Effective":
    from agent.config import load_settings

    return load_settings(config)


def _state(effective: "Effective") -> "StateDirectory":
    from agent.state import StateDirectory

    state = StateDirectory(effective.settings.state_dir)
    state.prepare()
    return state


@main.command()
@click.option("--token", help="The join token (wgj1....). Default: asked for, or read from standard input.")
@click.option("--name", help="This agent's name at the site. Default: the host's name.")
@click.option("--force", is_flag=True, help="Replace an identity that is here already.")
@click.pass_obj
@exits_plainly
def enroll(config: Path | None, token: str | None, name: str | None, force: bool) -> None:
    """Join a broker with a one-time join token; the private key is made here and never leaves the site."""
    from agent.door import proxy_of
    from agent.enrol import Enroller, read_join_token
    from tunnel.clock import SystemClock

    effective = _settings(config)
    state = _state(effective)
    if state.enrolled and not force:
        raise StateError(f"{state.path} holds an identity already: use --force to replace it")
    text = token or click.prompt("Join token", hide_input=True, prompt_suffix=": " if sys.stdin.isatty() else "")
    enroller = Enroller(state, proxy_of(effective.settings.proxy), SystemClock())
    with state.held():
        record = _run(enroller.enrol(read_join_token(text), name or _host_name()))
    click.echo(f"Enrolled as {record.name} ({record.agent}) at site {record.site_name} of {record.url}.")
    click.echo(f"Next: write {effective.settings.ceiling_file}, then start the agent (wicket-agent run).")


@main.command()
@click.pass_obj
@exits_plainly
def run(config: Path | None) -> None:
    """Run the agent in the foreground, as a service manager wants it; logs are JSON lines on standard output."""
    from agent.app import serve
    from agent.logs import set_up
    from tunnel.clock import SystemClock

    effective = _settings(config)
    set_up(effective.settings.log_level)
    state = _state(effective)
    with state.held():
        _run(serve(effective.settings, state, SystemClock()))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.pass_obj
@exits_plainly
def status(config: Path | None, as_json: bool) -> None:
    """Show link, certificate, lock, ceiling and open streams. Exit code 7 if no agent is running."""
    from agent.status import render

    effective = _settings(config)
    found = _ask_status(effective)
    click.echo(json.dumps(found.model_dump(mode="json"), indent=2) if as_json else render(found, datetime.now(UTC)))
    if not found.running:
        sys.exit(Exit.NOT_RUNNING)


@main.command("check-config")
@click.pass_obj
@exits_plainly
def check_config(config: Path | None) -> None:
    """Print every setting with its value and origin, then check the ceiling file, line by line."""
    from agent.offline import check_ceiling

    effective = _settings(config)
    rows = list(effective.rows())
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for key, value, origin in rows:
        click.echo(f"{key:<{widths[0]}}  {value:<{widths[1]}}  ({origin})")
    effective.settings.proxy.secret()
    for line in check_ceiling(effective.settings):
        click.echo(line)


@main.command()
@click.option("--for", "lasts", type=Duration(), help="How long, such as 2h. Default: until unlocked.")
@click.option("--reason", default="", help="Shown to the people who are cut off.")
@click.pass_obj
@exits_plainly
def lock(config: Path | None, lasts: timedelta | None, reason: str) -> None:
    """Lock the site: cut every stream now and let nothing in. Works without the broker, holds over restarts."""
    from agent.local import AskLock

    _change_lock(_settings(config), AskLock(seconds=lasts.total_seconds() if lasts else None, reason=reason[:300]))


@main.command()
@click.option("--for", "lasts", type=Duration(), help="How long, such as 2h; the site then locks again by itself.")
@click.option("--reason", default="", help="For the record.")
@click.pass_obj
@exits_plainly
def unlock(config: Path | None, lasts: timedelta | None, reason: str) -> None:
    """Unlock the site, until it is locked again or for a while."""
    from agent.local import AskUnlock

    _change_lock(_settings(config), AskUnlock(seconds=lasts.total_seconds() if lasts else None, reason=reason[:300]))


def _change_lock(effective: "Effective", ask: Any) -> None:
    from agent.local import ask_agent
    from agent.offline import change_lock

    state = _state(effective)
    try:
        ask_agent(state.socket, ask)
        note = ""
    except NotRunningError:
        change_lock(effective.settings, state, ask)
        note = " (no agent is running; it will find the site so)"
    until = f" for {timedelta(seconds=ask.seconds)}" if ask.seconds else ""
    click.echo(f"The site is {'locked' if ask.do == 'lock' else 'open'}{until}{note}.")


def _ask_status(effective: "Effective") -> "Status":
    from agent.local import AskStatus, ask_agent
    from agent.offline import offline_status
    from agent.status import Status

    state = _state(effective)
    try:
        return Status.model_validate(ask_agent(state.socket, AskStatus()).status)
    except NotRunningError:
        return offline_status(effective.settings, state)


def _host_name() -> str:
    name = re.sub(r"[^a-z0-9-]+", "-", socket.gethostname().split(".")[0].lower()).strip("-")[:63]
    return name or "agent"


def _run(job: Coroutine[Any, Any, Any]) -> Any:
    """Run on uvloop where there is one."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        new_event_loop = asyncio.new_event_loop  # type: ignore[assignment]
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(job)
