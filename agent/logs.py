"""JSON lines on standard output, for journald and whatever collects it; nothing secret, whatever a caller passes."""

import logging

import structlog
from structlog.typing import EventDict, WrappedLogger

_SECRET_WORDS = ("password", "secret", "token", "grant_text", "authorization", "private", "credential")
MAX_VALUE_CHARACTERS = 1000


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank values whose key speaks of a secret, and shorten the rest."""
    return {key: _safe(key, value) for key, value in event.items()}


def _safe(key: str, value: object) -> object:
    if any(word in key.lower() for word in _SECRET_WORDS):
        return "[redacted]"
    if isinstance(value, str):
        return value[:MAX_VALUE_CHARACTERS]
    return value


def set_up(level: str) -> None:
    """Configure structlog once, at the start of a program."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.ERROR)  # libraries speak up only when something broke
