"""How policies write lengths of time and times of day: ``4h``, ``1h30m``, ``90s``; ``07:00``, ``24:00``."""

import re
from datetime import time, timedelta

from policies.faults import fault

MAX_DURATION = timedelta(days=366)

_DURATION = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,8})s)?", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))

END_OF_DAY = "24:00"


def parse_duration(text: object) -> timedelta:
    """Return the length of ``text``; whole seconds, more than nothing, at most 366 days, else ``ValueError``."""
    matched = _DURATION.fullmatch(text) if isinstance(text, str) and text else None
    if matched is None:
        raise ValueError(fault("duration_form"))
    days, hours, minutes, seconds = (int(part or 0) for part in matched.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(0) < length <= MAX_DURATION:
        raise ValueError(fault("duration_span"))
    return length


def format_duration(length: timedelta) -> str:
    """Write ``length`` the one canonical way (whole seconds): ``1h30m``, never ``90m``."""
    rest = int(length.total_seconds())
    parts = []
    for unit, seconds in _UNITS:
        number, rest = divmod(rest, seconds)
        parts.append(f"{number}{unit}" if number else "")
    return "".join(parts) or "0s"


def parse_time(text: object) -> time:
    """Return the time of day of ``HH:MM``, else ``ValueError``."""
    matched = _TIME.fullmatch(text) if isinstance(text, str) else None
    if matched is None:
        raise ValueError(fault("time_form"))
    return time(int(matched[1]), int(matched[2]))
