"""JSON lines on standard output, for journald and whatever collects it; nothing secret, whatever a caller passes."""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_SECRET_WORDS = ("password", "secret", "token", "grant_text", "authorization", "private", "credential")
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|\bwg[a-z]1\.[A-Za-z0-9_=-]+")
MAX_VALUE_CHARACTERS = 1000


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank values whose key speaks of a secret and what looks like a token, and shorten the rest."""
    return {key: _safe(key, value) for key, value in event.items()}


def _safe(key: str, value: object) -> object:
    if any(word in key.lower() for word in _SECRET_WORDS):
        return "[redacted]"
    if isinstance(value, str):
        return _TOKEN.sub("[redacted]", value)[:MAX_VALUE_CHARACTERS]
    return value


def set_up(level: str) -> None:
    """Configure structlog once, at the start of a program."""
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer = structlog.processors.JSONRenderer(default=str)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # Libraries speak up only when something broke, and in the same form.
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(level=logging.ERROR, handlers=[handler], force=True)
