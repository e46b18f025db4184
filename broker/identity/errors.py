"""What identity refuses. What a stranger meets says the same for every cause (design promise 9)."""

from typing import ClassVar

from broker.http.errors import BrokerError


class IdentityError(BrokerError):
    """Root of identity's errors."""


class LoginFailedError(IdentityError):
    """No sign-in; never says which part was wrong."""

    code = "login_failed"
    title = "Sign-in failed"
    says: ClassVar[str] = "The user name, password or code is wrong, or the account cannot be used now."
    advises: ClassVar[str] = (
        "Check all of them, with a fresh code. After several failures wait some minutes, or ask an admin."
    )

    def __init__(self) -> None:
        super().__init__(self.says, hint=self.advises)


class PasskeyLoginFailedError(LoginFailedError):
    """No sign-in by passkey; as silent as the other."""

    says = "The passkey was not accepted, or the account cannot be used now."
    advises = "Try again, or sign in with password and code. After several failures wait some minutes, or ask an admin."


class TokenInvalidError(IdentityError):
    """A token is not ours, not for this, or not valid now."""

    code = "token_invalid"
    title = "Token not valid"


class RefreshFailedError(IdentityError):
    """The refresh token is unknown, used, expired, or its login has ended."""

    code = "refresh_failed"
    title = "The login has ended"

    def __init__(self) -> None:
        super().__init__("The login cannot be continued.", hint="Sign in again.")


class EnrolmentFailedError(IdentityError):
    """The enrolment token or its first code is not valid."""

    code = "enrolment_failed"
    title = "Enrolment failed"

    def __init__(self) -> None:
        super().__init__(
            "The enrolment token or the code is not valid.",
            hint="Check the clock of the device that shows codes, or sign in again for a new token.",
        )


class SetupFailedError(IdentityError):
    """The set-up token is unknown, used or expired."""

    code = "setup_failed"
    title = "Set-up failed"

    def __init__(self) -> None:
        super().__init__(
            "The set-up token is not valid.",
            hint="Restart the broker for a new one, or use 'wicket-broker create-admin'.",
        )


class OtpRejectedError(IdentityError):
    """A signed-in user showed a code (or the current password) that is wrong, or was used before."""

    code = "otp_rejected"
    title = "Code not accepted"

    def __init__(self) -> None:
        super().__init__(
            "The code or the password was not accepted.",
            hint="Each code works once: wait for the next. Several failures end this login.",
        )


class PasskeyRejectedError(IdentityError):
    """What an authenticator gave is not what was asked for."""

    code = "passkey_rejected"
    title = "Passkey not accepted"

    def __init__(self) -> None:
        super().__init__(
            "The passkey was not accepted.",
            hint="Begin again: each challenge is good for one answer, within five minutes.",
        )


class PasskeysUnavailableError(IdentityError):
    """Passkeys belong to a host name, and this address is none that they can belong to."""

    code = "passkeys_unavailable"
    title = "No passkeys at this address"


class MfaRequiredError(IdentityError):
    """The login is not strong or not fresh enough; ``fields['methods']`` and ``fields['max_age']`` (seconds)."""

    code = "mfa_required"
    title = "Show your second factor again"


class WeakPasswordError(IdentityError):
    """The password may not be used."""

    code = "weak_password"
    title = "Password not allowed"


class RuleError(IdentityError):
    """The account as asked for would break a rule on accounts (sponsor, end date, roles, last admin)."""

    code = "account_rule"
    title = "Not allowed for this account"
