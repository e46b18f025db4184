"""``wicket account``: one's own password, recovery codes and logins."""

import click

from client.app import App, Group, runs
from client.asking import ask, line_of_stdin
from client.output import Column

OTP = click.option("--otp", help="Code of the second factor. Default: WICKET_OTP, or asked.")
LOGINS: tuple[Column, ...] = (
    ("LOGIN", "id"),
    ("SINCE", "authenticated_at"),
    ("UNTIL", "expires_at"),
    ("FROM", "address"),
    ("BY", "methods"),
    ("WITH", "user_agent"),
    ("THIS ONE", "current"),
)


@click.group(cls=Group)
def account() -> None:
    """Your password, recovery codes and logins."""


@account.command()
@click.option("--passwords-stdin", is_flag=True, help="Read the present and the new password, a line each, from stdin.")
@OTP
@runs
async def password(app: App, passwords_stdin: bool, otp: str | None) -> None:
    """Change your password; your other logins end."""
    how = "Give --passwords-stdin."
    if passwords_stdin:
        current, new = line_of_stdin(), line_of_stdin()
    else:
        current = ask("Present password", how, hidden=True)
        new = ask("New password", how, hidden=True, twice=True)
    body = {"current_password": current, "new_password": new, "otp": _code(app, otp)}
    async with app.api() as api:
        await api.post("/auth/password", body)
    app.out.result({"status": "changed"}, "The password is changed.")


@account.command("recovery-codes")
@OTP
@runs
async def recovery_codes(app: App, otp: str | None) -> None:
    """Make ten new recovery codes; the old ones are void."""
    async with app.api() as api:
        found = await api.post("/auth/recovery-codes", {"otp": _code(app, otp)})
    app.out.result(found, "Each replaces the second factor one time:")
    for code in found["recovery_codes"]:
        app.out.line(f"  {code}")


@account.command()
@click.option("--user", help="Of this user (for admins).")
@runs
async def logins(app: App, user: str | None) -> None:
    """List live logins."""
    async with app.api() as api:
        found = await api.get("/auth/logins", {"user": user} if user else None)
    app.out.items(found["items"], LOGINS)


@account.command("end-login")
@click.argument("login")
@runs
async def end_login(app: App, login: str) -> None:
    """End a login; sessions that it opened are cut."""
    from client.api import at

    async with app.api() as api:
        await api.delete(at("auth", "logins", login))
    app.out.result({"status": "ended", "login": login}, f"Login {login} is ended.")


def _code(app: App, otp: str | None) -> str:
    return otp or app.given.otp or ask("Code of the second factor", "Give --otp CODE or set WICKET_OTP.")


COMMANDS = {"account": account}
