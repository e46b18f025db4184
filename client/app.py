"""What a command works with, made once from options and environment, and the one place where commands end."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import click

from client.errors import ClientError
from client.exit_codes import Exit
from client.output import Output, clean

if TYPE_CHECKING:
    from client.api import Api
    from client.config import Given, Profile, ProxyAddress

P = ParamSpec("P")


class App:
    """One run of ``wicket``: options, profile, output, and the way to the broker."""

    def __init__(self, given: "Given", *, as_json: bool = False) -> None:
        self.given = given
        self.out = Output(as_json=as_json)

    @property
    def profile(self) -> "Profile":
        """The broker and user to work with."""
        from client.config import profile_of

        return profile_of(self.given)

    @property
    def proxy(self) -> "ProxyAddress | None":
        """The proxy on the way."""
        from client.config import proxy_for

        return proxy_for(self.profile, self.given)

    @asynccontextmanager
    async def api(self) -> "AsyncIterator[Api]":
        """Yield the API as the signed-in user."""
        from client.api import Api
        from client.tokens import token_store
        from client.transport import Transport

        profile = self.profile
        async with Transport(profile, self.proxy) as transport:
            yield Api(transport, token_store(self.given.home, profile))


def runs(work: Callable[Concatenate[App, P], Awaitable[None]]) -> Callable[P, None]:
    """Make a click callback of a coroutine function that takes the ``App`` first."""

    @wraps(work)
    def callback(*args: P.args, **kwargs: P.kwargs) -> None:
        import asyncio

        app = click.get_current_context().find_object(App)
        if app is None:
            raise RuntimeError("no application")
        end(app.out.as_json, lambda: asyncio.run(_awaited(work(app, *args, **kwargs))))

    return callback


async def _awaited(work: Awaitable[None]) -> None:
    await work


def end(as_json: bool, work: Callable[[], None]) -> None:
    """Do the work; an expected failure becomes words on standard error and an exit code."""
    try:
        work()
    except ClientError as error:
        tell(error, as_json=as_json)
        sys.exit(int(error.exit_code))
    except ModuleNotFoundError as error:
        click.echo(
            f"wicket: {error.name} is not installed. Install what wicket needs: pip install '.[client]'", err=True
        )
        sys.exit(int(Exit.ERROR))
    except KeyboardInterrupt:
        click.echo("wicket: interrupted", err=True)
        sys.exit(int(Exit.INTERRUPTED))


def tell(error: ClientError, *, as_json: bool) -> None:
    """Print an error: sentence, further lines, hint; with ``--json`` one line of JSON. Without a message, nothing."""
    if not error.message:
        return
    if as_json:
        import json

        click.echo(json.dumps({"error": error.as_json()}), err=True)
        return
    reference = ", ".join(part for part in (error.code, getattr(error, "request_id", "")) if part not in ("", "error"))
    click.echo(clean(f"wicket: {error.message}") + (f" [{clean(reference)}]" if reference else ""), err=True)
    for line in error.lines:
        if line != error.message:
            click.echo(f"  {clean(line)}", err=True)
    if error.hint:
        click.echo(f"  {clean(error.hint)}", err=True)


class Command(click.Command):
    """A command that also takes ``--json``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(_json_option())


class Group(click.Group):
    """A group whose commands take ``--json``."""

    command_class = Command
    group_class = type


def _json_option() -> click.Option:
    return click.Option(
        ["--json"], is_flag=True, expose_value=False, callback=_use_json, help="Print JSON, for scripts."
    )


def _use_json(context: click.Context, _parameter: click.Parameter, chosen: bool) -> None:
    app = context.find_object(App)
    if chosen and app is not None:
        app.out.as_json = True
