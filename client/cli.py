"""``wicket``: the command of people who work on assets, and of those who decide, watch and prove.

Commands are imported when they are called: ``wicket --help`` must not wait for what it does not use.
"""

import importlib
from pathlib import Path

import click

from client.app import App, end
from client.exit_codes import table

SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Yourself": {
        "setup": ("signing_in", "Make the first admin of a new broker."),
        "login": ("signing_in", "Sign in with password and second factor."),
        "logout": ("signing_in", "End this login, here and at the broker."),
        "whoami": ("signing_in", "Show who is signed in, and what they may do."),
        "account": ("account", "Your password, recovery codes and logins."),
    },
    "Work": {
        "ls": ("assets", "List the assets that you may reach."),
        "request": ("requests", "Ask for access to an asset."),
        "connect": ("connect", "Open a session and a local port to an asset."),
        "extend": ("sessions", "Ask for more time in a session."),
        "withdraw": ("requests", "Take back your own request."),
    },
    "Decide": {
        "requests": ("requests", "List requests, or show one."),
        "approve": ("requests", "Approve a request on its exact terms."),
        "deny": ("requests", "Deny a request."),
        "narrow": ("requests", "Take away from a request before approving it."),
        "extensions": ("sessions", "List, approve or deny wishes for more time."),
        "asks": ("asks", "List what sessions ask of the plant just now."),
        "answer": ("asks", "Let a session do what it asks, once, or not."),
        "grants": ("grants", "List grants, or show one."),
        "revoke": ("grants", "Revoke a grant, or give up your own."),
        "reviews": ("grants", "List or close the reviews of emergency accesses."),
    },
    "Watch and cut": {
        "sessions": ("sessions", "List sessions, or show one."),
        "warn": ("sessions", "Tell the user of a session something."),
        "kill": ("sessions", "Cut a session and block the way back."),
        "kill-all": ("sessions", "Cut all sessions at once: the red button."),
        "blocks": ("sessions", "List what is blocked after a kill."),
        "unblock": ("sessions", "Lift a block."),
        "lock": ("locks", "Lock a site, an asset or a user."),
        "unlock": ("locks", "Lift a lock."),
        "locks": ("locks", "List locks."),
    },
    "Prove": {
        "recordings": ("recordings", "List, show, export, download and verify recordings."),
        "tags": ("tags", "What an asset's objects are called in the change log."),
        "changes": ("changes", "List what was written on the devices."),
        "audit": ("audit", "List, export and verify the audit log."),
    },
    "Rule": {
        "policy": ("policy", "Learn, check, test, apply, explain and show policies."),
        "inspect": ("inspect", "Print what is said in a packet capture, and what a policy would refuse."),
        "admin": ("admin", "Users, groups, organizations, sites, agents, assets, settings."),
    },
    "Other": {
        "completion": ("completion", "Print the completion script of your shell."),
    },
}

EPILOG = "\b\nExit codes:\n" + table() + "\n\nThe environment: " + "see docs/wicket.md for WICKET_URL and the others."


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports them when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the interface of click
        """See ``click.Group``."""
        return [name for commands in SECTIONS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """See ``click.Group``."""
        for commands in SECTIONS.values():
            if cmd_name in commands:
                module = importlib.import_module(f"client.commands.{commands[cmd_name][0]}")
                command: click.Command = module.COMMANDS[cmd_name]
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands by what one wants to do, without importing them."""
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, text) for name, (_, text) in commands.items()])


@click.command(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--url", metavar="URL", help="The broker's address. Also WICKET_URL; remembered after a sign-in.")
@click.option(
    "--ca", type=click.Path(path_type=Path, dir_okay=False), help="Trust this authority only. Also WICKET_CA."
)
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Profile folder. Also WICKET_HOME.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
@click.version_option(package_name="wicketgate", prog_name="wicket")
@click.pass_context
def cli(context: click.Context, url: str | None, ca: Path | None, home: Path | None, as_json: bool) -> None:
    """Reach industrial devices through Wicketgate: for the hours that the plant allows, doing what it allows."""
    from client.config import read_environment

    context.obj = App(read_environment().over(url=url, ca=ca, home=home), as_json=as_json)


def main() -> None:
    """Run the command line."""
    end(False, lambda: cli(prog_name="wicket"))
