"""``wicket setup``, ``login``, ``logout``, ``whoami``."""

from pathlib import Path

import click

from client.app import App, Command, runs

SECRET_OUT = click.option(
    "--totp-secret-out",
    "secret_out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="At the enrolment: write the second factor's secret to this file (mode 0600) instead of showing it.",
)
PASSWORD_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input. Otherwise WICKET_PASSWORD, or asked."
)


@click.command(cls=Command)
@click.option("--url", help="The broker's address.")
@click.option("--ca", type=click.Path(path_type=Path, dir_okay=False), help="Trust this authority only (PEM).")
@click.option("--token", required=True, help="The one-time set-up token that the broker printed.")
@click.option("--user", help="The first admin's user name. Default: WICKET_USER, or asked.")
@PASSWORD_STDIN
@SECRET_OUT
@runs
async def setup(
    app: App, url: str | None, ca: Path | None, token: str, user: str | None, password_stdin: bool,
    secret_out: Path | None,
) -> None:  # fmt: skip
    """Make the first admin of a new broker, and sign in as that admin."""
    from client.signing_in import Proof, SigningIn, remember
    from client.transport import Transport

    app.given = app.given.over(url=url, ca=ca)
    profile = app.profile
    name = _user(app, user)
    proof = Proof(name, _password(app, password_stdin, new=True))
    async with Transport(profile, app.proxy) as transport:
        outcome = await SigningIn(transport, app, secret_out=secret_out).set_up(token, proof)
    remember(app, profile, name, outcome)
    _report(app, name, profile.url, outcome.recovery_codes)


@click.command(cls=Command)
@click.option("--url", help="The broker's address; remembered.")
@click.option("--ca", type=click.Path(path_type=Path, dir_okay=False), help="Trust this authority only; remembered.")
@click.option("--user", help="User name. Default: WICKET_USER, the last one, or asked.")
@click.option("--otp", help="Code of the second factor. Default: WICKET_OTP, or asked.")
@click.option("--recovery-code", help="A recovery code instead of the second factor.")
@click.option("--step-up", is_flag=True, help="Only show the second factor again, for what wants a fresh one.")
@PASSWORD_STDIN
@SECRET_OUT
@runs
async def login(
    app: App, url: str | None, ca: Path | None, user: str | None, otp: str | None, recovery_code: str | None,
    step_up: bool, password_stdin: bool, secret_out: Path | None,
) -> None:  # fmt: skip
    """Sign in with password and second factor; the first time, enrol the second factor.

    Tokens are kept in the system's keyring where there is one, else in a file that only you can read.
    """
    from client.signing_in import Proof, SigningIn, remember
    from client.transport import Transport

    app.given = app.given.over(url=url, ca=ca)
    if step_up:
        await _step_up(app, otp)
        return
    profile = app.profile
    name = _user(app, user or app.given.user or profile.user)
    password = _password(app, password_stdin)
    proof = Proof(name, password, _code(app, otp, recovery_code, secret_out), recovery_code)
    async with Transport(profile, app.proxy) as transport:
        outcome = await SigningIn(transport, app, secret_out=secret_out).sign_in(proof)
    remember(app, profile, name, outcome)
    _report(app, name, profile.url, outcome.recovery_codes)


@click.command(cls=Command)
@runs
async def logout(app: App) -> None:
    """End this login, here and at the broker; its sessions end too."""
    async with app.api() as api:
        await api.log_out()
    app.out.result({"status": "signed_out"}, "Signed out.")


@click.command(cls=Command)
@runs
async def whoami(app: App) -> None:
    """Show who is signed in, in which groups, with which roles, and until when."""
    async with app.api() as api:
        found = await api.get("/auth/whoami")
    names = ("username", "display_name", "organization", "organization_kind", "roles", "groups")
    app.out.one(found, (*names, "authenticated_at", "mfa_at", "expires_at"))


async def _step_up(app: App, otp: str | None) -> None:
    from client.asking import ask
    from client.signing_in import OTP_HOW

    async with app.api() as api:
        await api.step_up(otp or app.given.otp or ask("Code of the second factor", OTP_HOW))
    app.out.result({"status": "stepped_up"}, "The second factor is fresh.")


def _user(app: App, user: str | None) -> str:
    from client.asking import ask

    return user or app.given.user or ask("User name", "Give --user or set WICKET_USER.")


def _password(app: App, from_stdin: bool, *, new: bool = False) -> str:
    from client.asking import ask, line_of_stdin

    if from_stdin:
        return line_of_stdin()
    how = "Give --password-stdin or set WICKET_PASSWORD."
    return app.given.password or ask("Password", how, hidden=True, twice=new)


def _code(app: App, otp: str | None, recovery_code: str | None, secret_out: Path | None) -> str | None:
    """Return the code, if there is one: an account without a second factor yet signs in without."""
    from client.asking import ask
    from client.output import is_terminal

    if recovery_code:
        return None
    found = otp or app.given.otp
    if found or secret_out is not None or not is_terminal():
        return found
    return ask("Code of the second factor (nothing if you have none yet)", "", optional=True) or None


def _report(app: App, user: str, url: str, recovery_codes: tuple[str, ...]) -> None:
    app.out.result(
        {"status": "signed_in", "user": user, "url": url, "recovery_codes": list(recovery_codes)},
        f"Signed in to {url} as {user}.",
    )
    if recovery_codes:
        app.out.line("Recovery codes, shown this once; each replaces the second factor one time:")
        for code in recovery_codes:
            app.out.line(f"  {code}")


COMMANDS = {"setup": setup, "login": login, "logout": logout, "whoami": whoami}
