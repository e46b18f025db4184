"""The ids that travel: a prefix that says what it is, and 128 random bits. Ids are not credentials."""

import base64
import secrets
from typing import NewType

SessionId = NewType("SessionId", str)
StreamId = NewType("StreamId", str)
AgentId = NewType("AgentId", str)
SiteId = NewType("SiteId", str)


def new_id(prefix: str) -> str:
    """Return ``prefix_`` followed by 26 lower-case base32 characters (128 random bits)."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(16)).decode().rstrip('=').lower()}"
