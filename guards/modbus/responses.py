"""Decode response PDUs: each decoder holds a normal response against its request.

It returns the values that came back, raw, or ``None`` where the response has not the shape of V1.1b3, section 6.
"""
# ruff: noqa: ARG001 - one signature for the whole table

from collections.abc import Callable

from guards.modbus.contents import Contents, Span, bits, words
from guards.modbus.requests import MAX_FIFO_WORDS

Decoder = Callable[[Contents, bytes, bytes], tuple[int, ...] | None]


def opaque(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Accept any content, and name no values."""
    return ()


def read_bits(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Decode 6.1 and 6.2: as many bits as were asked for."""
    quantity = _asked(contents.reads)
    return bits(response[2:], quantity) if _counted(response, (quantity + 7) // 8) else None


def read_words(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Decode 6.3, 6.4 and 6.17: as many registers as were asked for."""
    return words(response[2:]) if _counted(response, 2 * _asked(contents.reads)) else None


def echo(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Decode 6.5, 6.6, 6.15, 6.16 and the diagnostics that repeat the request."""
    return contents.values if response == request else None


def echo_of_range(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Decode 6.11 and 6.12: first address and quantity come back, the values do not."""
    return () if response == request[:5] else None


def diagnostic(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Decode a counter or register of 6.8.1."""
    return words(response[3:]) if len(response) == 5 and response[:3] == request[:3] else None


def exception_status(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Decode 6.7: eight outputs in one byte."""
    return (response[1],) if len(response) == 2 else None


def event_counter(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Decode 6.9: status and event count."""
    return words(response[1:]) if len(response) == 5 else None


def event_log(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Decode 6.10: status, event count and message count; the events themselves are not named."""
    return words(response[2:8]) if _counted(response) and len(response) >= 8 else None


def counted(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Accept what its byte count describes (6.13), and name no values."""
    return () if _counted(response) else None


def fifo(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Decode 6.18: byte count and register count in 16 bits each, then the registers."""
    if len(response) < 5:
        return None
    byte_count, count = words(response[1:5])
    fits = count <= MAX_FIFO_WORDS and byte_count == 2 + 2 * count and len(response) == 3 + byte_count
    return words(response[5:]) if fits else None


def file_records(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Decode 6.14: for each sub-request a length, the reference type 6 and the registers."""
    if not _counted(response):
        return None
    values: list[int] = []
    at = 2
    for _ in contents.objects:
        length = response[at] if at < len(response) else 0
        if not length % 2 or at + 1 + length > len(response):
            return None
        values += words(response[at + 2 : at + 1 + length])
        at += 1 + length
    return tuple(values) if at == len(response) else None


def same_sub_function(contents: Contents, request: bytes, response: bytes) -> tuple[int, ...] | None:
    """Accept what repeats the MEI type (6.19 to 6.21), and name no values."""
    return () if response[:2] == request[:2] else None


def _asked(span: Span | None) -> int:
    return 0 if span is None else span.last - span.first + 1


def _counted(response: bytes, byte_count: int | None = None) -> bool:
    if len(response) < 2 or len(response) != 2 + response[1]:
        return False
    return byte_count is None or response[1] == byte_count
