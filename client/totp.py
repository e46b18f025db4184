"""The first code of a second factor (RFC 6238), for enrolments where no app and nobody at a terminal is there."""

import base64
import binascii
import hashlib
import hmac

from client.errors import ClientError

PERIOD_SECONDS = 30
DIGITS = 6


def totp_code(secret: str, now: float) -> str:
    """Return the code of a base32 secret at ``now`` (seconds since 1970): HMAC-SHA-1, 30 seconds, six digits."""
    try:
        key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    except binascii.Error as error:
        raise ClientError("The broker's secret is not base32.") from error
    mac = hmac.digest(key, int(now // PERIOD_SECONDS).to_bytes(8, "big"), hashlib.sha1)
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"
