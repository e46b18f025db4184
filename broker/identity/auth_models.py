"""What sign-in and account routes take and give."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from broker.http.paging import Page
from broker.http.principal import Permission, Role
from broker.identity.passwords import MAX_LENGTH
from policies.facts import OrganizationKind

Name = Annotated[str, Field(min_length=1, max_length=200)]
Password = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)]
Otp = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
OpaqueToken = Annotated[str, Field(min_length=1, max_length=200)]


class Body(BaseModel):
    """Base of what is taken: unknown fields are refused, and no error repeats a value."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class SetupBody(Body):
    """The first admin."""

    token: OpaqueToken
    username: Name
    password: Password


class LoginBody(Body):
    """A password, and a code of the app or a recovery code; ``browser`` asks for a cookie instead of tokens."""

    username: Name
    password: Password
    otp: Otp | None = None
    recovery_code: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    browser: bool = False


class EnrolmentBody(Body):
    """Asks for a secret."""

    enrolment_token: OpaqueToken


class ConfirmationBody(EnrolmentBody):
    """The app's first code; ``browser`` asks for a cookie instead of tokens."""

    otp: Otp
    browser: bool = False


class RefreshBody(Body):
    """A refresh token, used once."""

    refresh_token: OpaqueToken


class OtpBody(Body):
    """A fresh code."""

    otp: Otp


class PasswordBody(OtpBody):
    """A new password."""

    current_password: Password
    new_password: Password


class TokensOut(BaseModel):
    """What a signed-in client holds; ``expires_in`` is the access token's, in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a type, not a token


class SignedInOut(BaseModel):
    """A login started: a program gets ``tokens``, a browser a cookie, and ``csrf`` for the header ``X-Wicket-CSRF``."""

    status: Literal["signed_in"] = "signed_in"
    tokens: TokensOut | None
    csrf: str | None = None


class EnrolmentRequiredOut(BaseModel):
    """The password was right, and the second factor is to be set up first."""

    status: Literal["totp_enrolment_required"] = "totp_enrolment_required"
    enrolment_token: str


class LoginOut(RootModel[SignedInOut | EnrolmentRequiredOut]):
    """Either of both."""


class SteppedUpOut(BaseModel):
    """A browser's login is fresh again."""

    status: Literal["stepped_up"] = "stepped_up"
    tokens: None = None


class StepUpOut(RootModel[TokensOut | SteppedUpOut]):
    """Either of both: a program gets new tokens."""


class SecretOut(BaseModel):
    """For the user's app, as text and as the URI of a QR code."""

    secret: str
    otpauth_uri: str


class RecoveryCodesOut(BaseModel):
    """Ten codes, shown this once."""

    recovery_codes: list[str]


class EnrolledOut(SignedInOut):
    """The first login."""

    recovery_codes: list[str]


class WhoAmIOut(BaseModel):
    """The signed-in user; ``expires_at`` is when this ``login`` ends at the latest, ``csrf`` is a browser's."""

    id: str
    username: str
    display_name: str
    organization: str
    organization_kind: OrganizationKind
    roles: list[Role]
    groups: list[str]
    permissions: list[Permission]
    login: str
    methods: list[str]
    mfa_at: datetime | None
    authenticated_at: datetime
    expires_at: datetime
    csrf: str | None
    passkeys: int
    recovery_codes_left: int


class LoginsQuery(BaseModel):
    """Whose logins: one's own, or an admin names a user (id or name)."""

    model_config = ConfigDict(extra="forbid")

    user: Name | None = None


class LoginItem(BaseModel):
    """One live login; ``last_seen_at`` is right to the minute (a program's: to the last refresh)."""

    id: str
    user: str
    kind: Literal["browser", "api"]
    methods: list[str]
    address: str
    user_agent: str
    authenticated_at: datetime
    mfa_at: datetime | None
    last_seen_at: datetime
    expires_at: datetime
    current: bool


class LoginPage(Page[LoginItem]):
    """Live logins, newest first."""
