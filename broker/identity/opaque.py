"""Random tokens that only their holder has: the database keeps their SHA-256 and could not give them away."""

import hashlib
import secrets
from typing import Final

REFRESH: Final = "wgr1."
ENROLMENT: Final = "wge1."
SETUP: Final = "wgs1."
COOKIE: Final = "wgc1."


def new_token(prefix: str) -> str:
    """Make a token of 256 random bits behind a prefix that says what it is."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what the database keeps of a token. 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()
