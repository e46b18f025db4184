"""Why a recording failed, as the record and the session's end have it; the pages say it in their own language."""

from collections.abc import Mapping
from types import MappingProxyType

FAILURES: Mapping[str, str] = MappingProxyType(
    {
        "too_slow": "More came than could be stored, and reading did not pause.",
        "not_written": "What was taken could not be written down: {cause}.",
        "stalled": "The store took nothing for {seconds} s.",
        "broke": "The recorder broke: {cause}.",
        "no_room": "{free} MiB are free for recordings, {wanted} MiB are kept as the minimum.",
        "disk_full": "The disk under the recordings is full ({cause}).",
        "folder": "The recordings folder: {cause}.",
    }
)
"""Each text; what stands in braces is put in."""


def failure(key: str, /, **values: str) -> str:
    """Return the text ``key`` with these values."""
    return FAILURES[key].format_map(values)
