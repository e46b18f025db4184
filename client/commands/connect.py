"""``wicket connect``."""

from typing import TYPE_CHECKING

import click

from client.app import App, Command, end
from client.parameters import ACCEPT_BANNER, Duration, Tiers

if TYPE_CHECKING:
    from client.connecting.plan import Plan


@click.command(cls=Command)
@click.argument("asset")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--local", type=click.IntRange(0, 65535), default=0, metavar="PORT", help="Local port. Default: any free one."
)
@click.option("--tiers", type=Tiers(), help="Open with less than you may: read,operate,program,firmware.")
@click.option("--grant", help="Use this grant. Default: whichever fits.")
@click.option("--reason", default="", help="Why you need access, should it have to be requested.")
@click.option("--ticket", default="", help="The work order's number, should it have to be requested.")
@click.option("--duration", type=Duration(), help="How long, such as 2h, should it have to be requested.")
@click.option("--emergency", is_flag=True, help="Request by an emergency policy: loud, and reviewed afterwards.")
@click.option("--otp", help="Code of the second factor, should the policy want a fresh one.")
@click.option("--wait", is_flag=True, help="Wait for the approval.")
@ACCEPT_BANNER
@click.pass_obj
def connect(
    app: App, asset: str, command: tuple[str, ...], local: int, tiers: list[str] | None, grant: str | None,
    reason: str, ticket: str, duration: int | None, emergency: bool, otp: str | None, wait: bool,
    accept_banner: bool,
) -> None:  # fmt: skip
    """Open a session on ASSET[/SERVICE] and a local port to it, until Ctrl-C, the deadline, or the plant ends it.

    What is not granted yet is requested. With COMMAND, run that on the open port and end the session with it: {host}
    and {port} are filled in, WICKET_HOST and WICKET_PORT are set, and its exit code becomes ours.

    \b
    wicket connect north/plc-1 --local 5020
    wicket connect north/plc-1/modbus -- mbpoll -1 -p {port} {host}
    wicket connect north/gateway/ssh -- ssh -p {port} engineer@{host}

    While it is open, every user of this machine can reach the local port.
    """
    from client.connecting.plan import Plan
    from client.requesting import Wish

    wish = Wish(tiers, reason, ticket, duration, None, emergency)
    plan = Plan(asset, wish, local=local, grant=grant, otp=otp, wait=wait, accept_banner=accept_banner, command=command)
    end(app.out.as_json, lambda: _run(app, plan))


def _run(app: App, plan: "Plan") -> None:
    """Run on uvloop where there is one: it carries bytes several times as fast."""
    import asyncio

    from client.connecting.connection import connect as work

    try:
        from uvloop import new_event_loop
    except ImportError:
        new_event_loop = asyncio.new_event_loop  # type: ignore[assignment]
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        code = runner.run(work(app, plan))
    raise SystemExit(int(code))


COMMANDS = {"connect": connect}
