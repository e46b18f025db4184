"""How a new login gets to its holder: a program finds tokens in the body, a browser a cookie that no script reads."""

from broker.http.browser import check_own_page, csrf_token, kept
from broker.http.routes import Call
from broker.identity.auth_models import SignedInOut, SteppedUpOut, StepUpOut, TokensOut
from broker.identity.logins import Cookie, Device, Held, Tokens


def device_of(call: Call, *, is_browser: bool) -> Device:
    """Return where a sign-in comes from.

    Raise ``CsrfFailedError`` where a page that is not ours wants the browser signed in: as whom, it could choose.
    """
    if is_browser:
        check_own_page(call.request)
    return Device(call.address, call.request.headers.get("User-Agent", ""), is_browser)


def signed_in(call: Call, held: Held) -> SignedInOut:
    """Hand a login over."""
    match held:
        case Tokens():
            return SignedInOut(tokens=tokens_out(held))
        case Cookie(secret=secret):
            call.set_cookie = kept(secret)
            return SignedInOut(tokens=None, csrf=csrf_token(secret))


def stepped_up(tokens: Tokens | None) -> StepUpOut:
    """Hand over what a fresh proof gives: a browser keeps its cookie."""
    return StepUpOut(SteppedUpOut() if tokens is None else tokens_out(tokens))


def tokens_out(tokens: Tokens) -> TokensOut:
    """Render tokens."""
    return TokensOut(access_token=tokens.access_token, expires_in=tokens.expires_in, refresh_token=tokens.refresh_token)
