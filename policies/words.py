"""The field types of the policy language: how each word is checked on the way in and written on the way out."""

import ipaddress
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from policies.decision import AtExpiry, Cut, Grace, Hold
from policies.durations import END_OF_DAY, format_duration, parse_duration, parse_time
from policies.faults import fault
from policies.names import MAX_PATTERN_CHARACTERS as MAX_NAME_PATTERN_CHARACTERS
from policies.names import MAX_STARS, is_pattern
from policies.protocols import MAX_NUMBER
from policies.rules import AddressRange, Rate
from policies.tickets import MAX_PATTERN_CHARACTERS, parse_ticket_pattern

MAX_NAMES = 200


class Strict(BaseModel):
    """Base of every part of a document: frozen, no unknown fields, no conversions between types, no empty values."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="after")
    def _gives_no_empty_value(self) -> Self:
        """Refuse ``groups:`` with nothing behind it: it looks like a restriction and would be none."""
        empty = sorted(name for name in self.model_fields_set if getattr(self, name) is None)
        if empty:
            raise ValueError(fault("field_no_value", field=type(self).model_fields[empty[0]].alias or empty[0]))
        return self


@cache
def time_zones() -> frozenset[str]:
    """Return the IANA time zones of this machine's time zone data."""
    return frozenset(available_timezones())


def _time_zone(text: object) -> str:
    if not isinstance(text, str) or text not in time_zones():
        raise ValueError(fault("not_a_time_zone", value=repr(text)))
    return text


def _network(text: object) -> str:
    if not isinstance(text, str):
        raise ValueError(fault("network_form"))  # noqa: TRY004 - pydantic wants it
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as error:
        raise ValueError(fault("not_a_network", problem=error)) from error


def _pattern(text: object) -> str:
    if not isinstance(text, str):
        raise ValueError(fault("ticket_text"))  # noqa: TRY004 - pydantic wants it
    return parse_ticket_pattern(text).text


def _opening(text: object) -> str:
    return parse_time(text).strftime("%H:%M")


def _closing(text: object) -> str:
    return END_OF_DAY if text == END_OF_DAY else _opening(text)


def _at_expiry(text: object) -> AtExpiry:
    match text.split() if isinstance(text, str) else None:
        case ["cut"]:
            return Cut()
        case ["hold"]:
            return Hold()
        case ["grace", length]:
            return Grace(_up_to(timedelta(hours=1))(length))
    raise ValueError(fault("expiry_form"))


def _write_expiry(value: AtExpiry) -> str:
    match value:
        case Cut():
            return "cut"
        case Hold():
            return "hold"
        case Grace(duration):
            return f"grace {format_duration(duration)}"


class _UpTo:
    """Reads a length of time that must not pass a bound."""

    def __init__(self, most: timedelta) -> None:
        self._most = most

    def __call__(self, text: object) -> timedelta:
        length = parse_duration(text)
        if length > self._most:
            raise ValueError(fault("too_long", value=text, most=format_duration(self._most)))
        return length


def _up_to(most: timedelta) -> _UpTo:
    return _UpTo(most)


def _moment(text: object) -> datetime:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1970 < at.year < 9000:
        raise ValueError(fault("moment_form"))
    return at.astimezone(UTC)


def _write_moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


_NAME = re.compile(r"[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]{0,126}[^\s\x00-\x1f\x7f])?")


def _label_values(value: object) -> frozenset[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple | frozenset) or not 0 < len(values) <= MAX_NAMES:
        raise ValueError(fault("label_form"))
    if not all(isinstance(text, str) and _NAME.fullmatch(text) for text in values):
        raise ValueError(fault("label_text"))
    return frozenset(values)


_NUMBER = r"(0x[0-9a-fA-F]{1,8}|\d{1,10})"
_RANGE = re.compile(rf"{_NUMBER}(?:-{_NUMBER})?", re.ASCII)


def _addresses(text: object) -> tuple[AddressRange, ...]:
    parts = text.replace(" ", "").split(",") if isinstance(text, str) and len(text) <= 2000 else [""]
    return tuple(_address_range(part) for part in parts)


def _address_range(part: str) -> AddressRange:
    matched = _RANGE.fullmatch(part)
    if matched is None:
        raise ValueError(fault("addresses_form"))
    first, last = _address(matched[1]), _address(matched[2] or matched[1])
    if not first <= last <= MAX_NUMBER:
        raise ValueError(fault("not_a_range", value=part, most=MAX_NUMBER))
    return AddressRange(first=first, last=last)


def _address(text: str) -> int:
    return int(text, 16) if text.startswith("0x") else int(text)


def _write_addresses(ranges: tuple[AddressRange, ...]) -> str:
    return ", ".join(str(r.first) if r.first == r.last else f"{r.first}-{r.last}" for r in ranges)


def _object_name(text: object) -> str:
    if not is_pattern(text):
        raise ValueError(
            fault("not_an_object_name", value=repr(text), most=MAX_NAME_PATTERN_CHARACTERS, stars=MAX_STARS)
        )
    return text


_RATE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)/(s|min|h)", re.ASCII)
_PERIODS: dict[str, Literal[1, 60, 3600]] = {"s": 1, "min": 60, "h": 3600}


def _rate(text: object) -> Rate:
    matched = _RATE.fullmatch(text) if isinstance(text, str) else None
    change = float(matched[1]) if matched else 0.0
    if matched is None or change <= 0:
        raise ValueError(fault("rate_form"))
    return Rate(change=int(change) if change.is_integer() else change, seconds=_PERIODS[matched[2]])


def _write_rate(rate: Rate) -> str:
    period = next(word for word, seconds in _PERIODS.items() if seconds == rate.seconds)
    return f"{rate.change}/{period}"


def _text_schema(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


def _length(most: timedelta) -> tuple[PlainValidator, PlainSerializer, WithJsonSchema]:
    return PlainValidator(_up_to(most)), PlainSerializer(format_duration), _text_schema("15m")


_DAY = _length(timedelta(days=1))
_WEEK = _length(timedelta(days=7))

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
"""A name of ours: lower-case letters, digits, inner hyphens, at most 63 characters."""
Name = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]{0,126}[^\s\x00-\x1f\x7f])?$")]
"""A name that somebody else may have chosen (an account, a company, a label): no control signs, no outer blanks."""
Text = Annotated[str, StringConstraints(max_length=500)]
TimeZone = Annotated[str, PlainValidator(_time_zone), _text_schema("Europe/Berlin")]
Network = Annotated[str, PlainValidator(_network), _text_schema("203.0.113.0/24")]
TicketText = Annotated[
    str,
    PlainValidator(_pattern),
    WithJsonSchema({"type": "string", "maxLength": MAX_PATTERN_CHARACTERS, "examples": ["CHG-[0-9]{5}"]}),
]
Opening = Annotated[str, PlainValidator(_opening), _text_schema("07:00")]
Closing = Annotated[str, PlainValidator(_closing), _text_schema("17:00")]
UpToADay = Annotated[timedelta, *_DAY]
UpToAWeek = Annotated[timedelta, *_WEEK]
Moment = Annotated[
    datetime, PlainValidator(_moment), PlainSerializer(_write_moment), _text_schema("2026-10-01T06:00:00+02:00")
]
Expiry = Annotated[
    Cut | Grace | Hold, PlainValidator(_at_expiry), PlainSerializer(_write_expiry), _text_schema("grace 10m")
]
Addresses = Annotated[
    tuple[AddressRange, ...],
    PlainValidator(_addresses),
    PlainSerializer(_write_addresses),
    _text_schema("100-119"),
]
ObjectName = Annotated[str, PlainValidator(_object_name), _text_schema("Pump*.Speed")]
"""The name of an object, or a pattern with ``*``; see ``policies.names``."""
ChangeRate = Annotated[Rate, PlainValidator(_rate), PlainSerializer(_write_rate), _text_schema("5/s")]
LabelValues = Annotated[
    frozenset[str],
    PlainValidator(_label_values),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]
Slugs = Annotated[frozenset[Slug], Field(min_length=1, max_length=MAX_NAMES)]
Names = Annotated[frozenset[Name], Field(min_length=1, max_length=MAX_NAMES)]
