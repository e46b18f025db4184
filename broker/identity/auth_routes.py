"""Routes of signing in, of logins, and of one's own account."""

from broker.http.browser import cleared, csrf_token, login_cookie
from broker.http.routes import Call, Public, Route, SignedIn
from broker.identity.account import Account
from broker.identity.auth_models import (
    ConfirmationBody,
    EnrolledOut,
    EnrolmentBody,
    EnrolmentRequiredOut,
    LoginBody,
    LoginItem,
    LoginOut,
    LoginPage,
    LoginsQuery,
    OtpBody,
    PasswordBody,
    RecoveryCodesOut,
    RefreshBody,
    SecretOut,
    SetupBody,
    StepUpOut,
    TokensOut,
    WhoAmIOut,
)
from broker.identity.enrolments import EnrolmentRequired, Enrolments
from broker.identity.handing_over import device_of, signed_in, stepped_up, tokens_out
from broker.identity.logins import Logins, kind_of
from broker.identity.setup import Setup
from broker.identity.sign_in import Proof, SignIn

BASE = "/api/v1/auth"
LOGIN_ERRORS = ("login_failed", "too_many_requests", "csrf_failed")


class SignInRoutes:
    """What strangers may call: each is limited per address, and tells nothing."""

    def __init__(self, setup: Setup, sign_in: SignIn, enrolments: Enrolments, logins: Logins) -> None:
        self._setup = setup
        self._sign_in = sign_in
        self._enrolments = enrolments
        self._logins = logins

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("POST", "/api/v1/setup", self.set_up, Public("needs the one-time set-up token"),
                  "Make the first admin", SetupBody, response=LoginOut, errors=("setup_failed", "weak_password")),
            Route("POST", f"{BASE}/login", self.log_in, Public("it is the way in"),
                  "Sign in", LoginBody, response=LoginOut, errors=LOGIN_ERRORS),
            Route("POST", f"{BASE}/enrol/totp", self.propose, Public("needs the enrolment token"),
                  "Get a secret for an app", EnrolmentBody, response=SecretOut, errors=("enrolment_failed",)),
            Route("POST", f"{BASE}/enrol/totp/confirm", self.confirm, Public("needs the enrolment token"),
                  "Show the app's first code", ConfirmationBody, response=EnrolledOut,
                  errors=("enrolment_failed", "csrf_failed")),
            Route("POST", f"{BASE}/refresh", self.refresh, Public("needs the refresh token"),
                  "Continue a login", RefreshBody, response=TokensOut, errors=("refresh_failed",)),
        ]  # fmt: skip

    async def set_up(self, call: Call) -> LoginOut:
        """Make the first admin."""
        body = call.body_as(SetupBody)
        required = await self._setup.complete(body.token, body.username, body.password, call.address)
        return LoginOut(EnrolmentRequiredOut(enrolment_token=required.enrolment_token))

    async def log_in(self, call: Call) -> LoginOut:
        """Sign in."""
        body = call.body_as(LoginBody)
        device = device_of(call, is_browser=body.browser)
        proof = Proof(body.username, body.password, device, body.otp, body.recovery_code)
        match await self._sign_in.sign_in(proof):
            case EnrolmentRequired(enrolment_token=token):
                return LoginOut(EnrolmentRequiredOut(enrolment_token=token))
            case held:
                return LoginOut(signed_in(call, held))

    async def propose(self, call: Call) -> SecretOut:
        """Make a secret."""
        proposed = await self._enrolments.propose(call.body_as(EnrolmentBody).enrolment_token)
        return SecretOut(secret=proposed.secret, otpauth_uri=proposed.otpauth_uri)

    async def confirm(self, call: Call) -> EnrolledOut:
        """Finish the enrolment."""
        body = call.body_as(ConfirmationBody)
        device = device_of(call, is_browser=body.browser)
        enrolled = await self._enrolments.confirm(body.enrolment_token, body.otp, device)
        given = signed_in(call, enrolled.held)
        return EnrolledOut(tokens=given.tokens, csrf=given.csrf, recovery_codes=enrolled.recovery_codes)

    async def refresh(self, call: Call) -> TokensOut:
        """Continue a login."""
        return tokens_out(await self._logins.refresh(call.body_as(RefreshBody).refresh_token, call.address))


class AccountRoutes:
    """What signed-in people do with their own account and logins."""

    def __init__(self, account: Account, logins: Logins) -> None:
        self._account = account
        self._logins = logins

    def routes(self) -> list[Route]:
        """Return the routes."""
        signed_in, rejected = SignedIn(), ("otp_rejected",)
        return [
            Route("POST", f"{BASE}/logout", self.log_out, signed_in, "End this login", status=204),
            Route("GET", f"{BASE}/whoami", self.who_am_i, signed_in, "Show who is signed in", response=WhoAmIOut),
            Route("POST", f"{BASE}/step-up", self.step_up, signed_in, "Show the second factor again",
                  OtpBody, response=StepUpOut, errors=rejected),
            Route("POST", f"{BASE}/password", self.change_password, signed_in, "Change the password",
                  PasswordBody, status=204, errors=(*rejected, "weak_password")),
            Route("POST", f"{BASE}/recovery-codes", self.renew_codes, signed_in, "Make new recovery codes",
                  OtpBody, response=RecoveryCodesOut, errors=rejected),
            Route("GET", f"{BASE}/logins", self.list_logins, signed_in, "List live logins",
                  query=LoginsQuery, response=LoginPage),
            Route("DELETE", f"{BASE}/logins/{{login}}", self.end_login, signed_in, "End a login", status=204),
        ]  # fmt: skip

    async def log_out(self, call: Call) -> None:
        """End this login."""
        await self._logins.log_out(call.principal)
        if login_cookie(call.request) is not None:
            call.set_cookie = cleared()

    async def who_am_i(self, call: Call) -> WhoAmIOut:
        """Show who is signed in."""
        me = await self._account.who_am_i(call.principal)
        person, login, cookie = me.person, me.login, login_cookie(call.request)
        return WhoAmIOut(
            id=person.id,
            username=person.name,
            display_name=person.display_name,
            organization=person.organization,
            organization_kind=person.organization_kind,
            roles=sorted(person.roles),
            groups=sorted(person.groups),
            permissions=sorted(call.principal.permissions),
            login=login.id,
            methods=login.methods.split(","),
            mfa_at=login.mfa_at,
            authenticated_at=login.authenticated_at,
            expires_at=login.expires_at,
            csrf=csrf_token(cookie) if cookie is not None else None,
            passkeys=me.passkeys,
            recovery_codes_left=me.recovery_codes_left,
        )

    async def step_up(self, call: Call) -> StepUpOut:
        """Show the second factor again."""
        return stepped_up(await self._account.step_up(call.principal, call.body_as(OtpBody).otp))

    async def change_password(self, call: Call) -> None:
        """Change the password."""
        body = call.body_as(PasswordBody)
        await self._account.change_password(call.principal, body.current_password, body.new_password, body.otp)

    async def renew_codes(self, call: Call) -> RecoveryCodesOut:
        """Make new recovery codes."""
        codes = await self._account.renew_recovery_codes(call.principal, call.body_as(OtpBody).otp)
        return RecoveryCodesOut(recovery_codes=codes)

    async def list_logins(self, call: Call) -> LoginPage:
        """List live logins."""
        found = await self._logins.live_logins(call.principal, call.query_as(LoginsQuery).user)
        return LoginPage(
            items=[
                LoginItem(
                    id=login.id,
                    user=login.user_id,
                    kind=kind_of(login),
                    methods=login.methods.split(","),
                    address=login.address,
                    user_agent=login.user_agent,
                    authenticated_at=login.authenticated_at,
                    mfa_at=login.mfa_at,
                    last_seen_at=login.last_seen_at,
                    expires_at=login.expires_at,
                    current=login.id == call.principal.login_id,
                )
                for login in found
            ]
        )

    async def end_login(self, call: Call) -> None:
        """End a login."""
        await self._logins.end_one(call.principal, call.path("login"))
