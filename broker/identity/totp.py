"""Time-based one-time passwords (RFC 6238): the one user of pyotp. SHA-1, 6 digits, 30 s, as every app has it."""

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DRIFT_STEPS = 1


def new_secret() -> str:
    """Make a secret of 160 random bits, in base32 (RFC 4226, 4, R6)."""
    return str(pyotp.random_base32())


def provisioning_uri(secret: str, name: str, issuer: str) -> str:
    """Return the ``otpauth://`` URI that apps read from a QR code."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer))


def matching_step(secret: str, code: str, at: datetime, *, after: int | None) -> int | None:
    """Return the time step, within one of ``at``, whose code this is, or ``None``.

    Only steps later than ``after`` count: a code is taken once (RFC 6238, 5.2).
    """
    totp, present = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    found = None
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        same = hmac.compare_digest(str(totp.generate_otp(step)), code if code.isascii() else "")
        if same and (after is None or step > after):
            found = step
    return found
