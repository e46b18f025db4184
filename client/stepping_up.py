"""What wants a fresh second factor gets one, once, and is then tried again."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from client.api import Api
from client.app import App
from client.asking import ask
from client.errors import ApiError
from client.output import is_terminal

Result = TypeVar("Result")
HOW = "Show a code of your second factor: --otp CODE, WICKET_OTP, or 'wicket login --step-up' before."
NO_CODE = "No code is taken here, and this command can show no passkey: use the pages of the broker."


async def with_fresh_factor(app: App, api: Api, otp: str | None, work: Callable[[], Awaitable[Result]]) -> Result:
    """Do ``work``; if it wants a fresh second factor, show one (``otp``, WICKET_OTP, or asked) and do it again.

    Where there is none to show, the error says in ``hint`` what to do.
    """
    try:
        return await work()
    except ApiError as error:
        code = otp or app.given.otp
        takes_code = "totp" in error.fields.get("methods", ("totp",))
        if error.code == "mfa_required":
            error.hint = HOW if takes_code else NO_CODE
        if error.code != "mfa_required" or not takes_code or not (code or is_terminal()):
            raise
        if not code:
            app.out.note(error.message)
    await api.step_up(code or ask("Code of the second factor", "Give --otp CODE or set WICKET_OTP."))
    return await work()
