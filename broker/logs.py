"""Logs: one JSON object a line on standard error; what may be secret never gets there."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from broker.config import LogSection

SECRET_KEYS = re.compile(r"password|secret|token|otp|authorization|cookie|recovery|private|master", re.IGNORECASE)
TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|\bwg[a-z]1\.[A-Za-z0-9_=-]+")
"""JSON Web Tokens, and our own: ``wgr1.`` (refresh), ``wgs1.`` (set-up), ``wgj1.`` (join), ``wge1.`` (enrolment)."""
PLAIN_KEYS = ("event", "level", "timestamp")
REDACTED = "[redacted]"


def configure(section: LogSection) -> None:
    """Send structlog and the standard library's loggers through one chain of processors."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if section.format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    level = logging.getLevelNamesMapping()[section.level.upper()]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace values of keys that may be secret, and anything that looks like a token."""
    for key, value in event.items():
        event[key] = REDACTED if key not in PLAIN_KEYS and SECRET_KEYS.search(key) else _redacted(value)
    return event


def _redacted(value: Any) -> Any:
    match value:
        case str():
            return TOKEN.sub(REDACTED, value)
        case Mapping():
            return {key: REDACTED if SECRET_KEYS.search(str(key)) else _redacted(item) for key, item in value.items()}
        case list() | tuple():
            return [_redacted(item) for item in value]
        case _:
            return value
