"""The text form of the ceiling: a YAML file that people on site write, read strictly, with a line in every problem."""

import difflib
import hashlib
import json
import re
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from agent.addresses import IPNetwork, parse_address
from agent.ceiling import Ceiling, Entry
from agent.families import FAMILIES, GENERIC, SERIAL, Family
from agent.lines import BAUDS, DEVICE, PROTOCOL, SerialLine
from policies.problems import Path
from policies.protocols import MAX_NUMBER
from policies.rules import Rules, Tier
from policies.speech import misfits
from policies.terms import Objects, ObjectTerm, Routes, as_lists, implied_tiers
from policies.yaml_text import YamlDocument, YamlError, read_yaml
from tunnel.messages import Identifier

MAX_TARGETS = 2000
MAX_UNITS = 65_536
_MIN_PREFIX = {4: 8, 6: 16}
_HOSTNAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_RANGE = re.compile(r"(\d{1,10})\s*-\s*(\d{1,10})", re.ASCII)


def _network(value: object) -> IPNetwork:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not an address: write it as text, such as 10.0.0.5 or 10.0.0.0/24")  # noqa: TRY004
    single = parse_address(value)
    try:
        network = ip_network(str(single) if single else value)
    except ValueError as error:
        raise ValueError(
            f"{value!r} is neither an IP address nor a network: {error}; use hostnames: for names"
        ) from None
    if network.prefixlen < _MIN_PREFIX[network.version]:
        raise ValueError(f"{value} is too wide to be a fence: list the plant's own networks")
    return network


def _hostname(value: object) -> str:
    text = value.lower().rstrip(".") if isinstance(value, str) else ""
    if not _HOSTNAME.fullmatch(text):
        raise ValueError(f"{value!r} is not a hostname; addresses belong under addresses:")
    return text


def _span(value: object, lowest: int, highest: int) -> tuple[int, int]:
    match = _RANGE.fullmatch(value) if isinstance(value, str) else None
    first, last = (int(match[1]), int(match[2])) if match else (value, value)
    if not isinstance(first, int) or not isinstance(last, int) or isinstance(first, bool):
        raise ValueError(f'{value!r} is neither a number nor a range: write 502 or "502-510"')  # noqa: TRY004
    if not lowest <= first <= last <= highest:
        raise ValueError(f"{value!r} must lie between {lowest} and {highest}, the smaller number first")
    return first, last


def _device(value: object) -> str:
    if not isinstance(value, str) or not DEVICE.fullmatch(value):
        raise ValueError(
            f"{value!r} is not a serial device: write its path, such as /dev/ttyS0 or /dev/serial/by-id/..."
        )
    return value


def _baud(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value not in BAUDS:
        raise ValueError(f"{value!r} is not a speed: {', '.join(map(str, BAUDS))} bits per second")
    return value


def _family(value: object) -> str:
    if not isinstance(value, str) or value not in FAMILIES:
        raise ValueError(f"{value!r} is not a family of devices: {', '.join(FAMILIES)}")
    return value


Device = Annotated[str, BeforeValidator(_device)]
Baud = Annotated[int, BeforeValidator(_baud)]
FamilyName = Annotated[str, BeforeValidator(_family)]
Network = Annotated[Any, BeforeValidator(_network)]
Hostname = Annotated[str, BeforeValidator(_hostname)]
PortSpan = Annotated[tuple[int, int], BeforeValidator(lambda value: _span(value, 1, 65535))]
UnitSpan = Annotated[tuple[int, int], BeforeValidator(lambda value: _span(value, 0, MAX_NUMBER))]
Protocol = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in the file, and what to do about it; ``line`` counts from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        """Write it as people read it."""
        return f"line {self.line}: {self.message}"


class _SerialText(BaseModel):
    """``serial`` of a target: a line, whose settings nobody can guess."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    device: Device
    baud: Baud
    parity: Literal["N", "E", "O"]
    stop_bits: Literal[1, 2]
    response_timeout: Annotated[float, Field(ge=0.05, le=60)] = 1.0
    turnaround: Annotated[float, Field(ge=0, le=10)] = 0.1

    def line(self) -> SerialLine:
        """Return the value that the line is opened with."""
        return SerialLine(self.device, self.baud, self.parity, self.stop_bits, self.response_timeout, self.turnaround)


class _TargetText(BaseModel):
    """One entry of ``targets``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=100)]
    addresses: Annotated[tuple[Network, ...], Field(min_length=1, max_length=1000)] | None = None
    hostnames: tuple[Hostname, ...] = ()
    ports: Annotated[tuple[PortSpan, ...], Field(min_length=1)] | None = None
    serial: _SerialText | None = None
    family: FamilyName | None = None
    share: Annotated[bool, Field(strict=True)] | None = None
    protocols: Annotated[frozenset[Protocol], Field(min_length=1)]
    tiers: frozenset[Tier] = frozenset()
    units: tuple[UnitSpan, ...] | None = None
    routes: Routes | None = None
    reads: Objects | None = None
    writes: Objects | None = None
    upload: Annotated[bool, Field(strict=True)] = False
    opaque: Annotated[bool, Field(strict=True)] = False
    max_connections: Annotated[int, Field(ge=1, le=256, strict=True)] | None = None
    max_rate: Annotated[float, Field(gt=0, le=100_000)] | None = None
    max_connects_per_minute: Annotated[int, Field(ge=1, le=6000, strict=True)] | None = None
    max_interrogations_per_minute: Annotated[int, Field(ge=1, le=6000, strict=True)] | None = None

    @model_validator(mode="after")
    def _is_a_network_or_a_line(self) -> "_TargetText":
        if self.serial is None:
            missing = "addresses" if self.addresses is None else "ports" if self.ports is None else ""
            if missing:
                raise ValueError(f"the key {missing!r} is missing: add it (or serial, for a serial line)")
        elif self.addresses or self.ports or self.hostnames or self.family or self.max_connections:
            raise ValueError(
                "a serial line has no addresses, ports, hostnames, family or max_connections: it is one line"
            )
        if (self.serial is not None) != (PROTOCOL in self.protocols) or (self.serial and len(self.protocols) > 1):
            raise ValueError(
                f"protocol {PROTOCOL} is what a serial line speaks, and only a serial line: set it with serial"
            )
        return self

    @model_validator(mode="after")
    def _shares_what_can_be_shared(self) -> "_TargetText":
        if self.share and self.serial is None and self.protocols != {"modbus"}:
            raise ValueError(
                "share is for targets of the protocol modbus alone: others tie a session to its connection"
            )
        if self.share is False and self.serial is not None:
            raise ValueError("a serial line is shared by all its streams: leave share out")
        return self

    @model_validator(mode="after")
    def _opaque_is_said_aloud(self, info: ValidationInfo) -> "_TargetText":
        unguarded = sorted(self.protocols - (info.context or frozenset()))
        if unguarded and not self.opaque:
            raise ValueError(
                f"protocol {unguarded[0]} is passed through without a guard, so tiers cannot be enforced on it: "
                "write opaque: true to accept that, or remove the protocol"
            )
        return self

    @model_validator(mode="after")
    def _names_units_that_can_be_counted(self) -> "_TargetText":
        if sum(last - first + 1 for first, last in self.units or ()) > MAX_UNITS:
            raise ValueError(f"units names more than {MAX_UNITS}: leave it out if the target need not be fenced")
        return self

    def entry(self) -> Entry:
        """Return the value that dials are judged by."""
        usual = self._family()
        return Entry(
            name=self.name,
            networks=self.addresses or (),
            ports=self.ports or (),
            protocols=self.protocols,
            rules=Rules(
                tiers=self.tiers | implied_tiers(self.reads, self.writes),
                upload=self.upload,
                units=_members(self.units),
                routes=self.routes,
                reads=as_lists(self.reads),
                writes=as_lists(self.writes),
                max_rate=usual.max_rate if self.max_rate is None else self.max_rate,
                max_in_flight=16,
                opaque=self.opaque,
            ),
            hostnames=frozenset(self.hostnames),
            opaque=self.opaque,
            max_connections=self.max_connections or usual.max_connections,
            max_connects_per_minute=self.max_connects_per_minute or usual.max_connects_per_minute,
            line=None if self.serial is None else self.serial.line(),
            share=self._is_shared(usual),
            calm_rate=usual.calm_rate if self.max_rate is None else None,
            max_interrogations_per_minute=self.max_interrogations_per_minute or usual.max_interrogations_per_minute,
        )

    def _family(self) -> Family:
        if self.serial is not None:
            return SERIAL
        return GENERIC if self.family is None else FAMILIES[self.family]

    def _is_shared(self, usual: Family) -> bool:
        if self.share is None:
            return usual.share and (self.serial is not None or self.protocols == {"modbus"})
        return self.share


class _CeilingText(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    site: Identifier | None = None
    targets: Annotated[tuple[_TargetText, ...], Field(max_length=MAX_TARGETS)]


def parse_ceiling(text: str, guarded_protocols: frozenset[str]) -> Ceiling | list[Problem]:
    """Read the file's text; every problem found is returned, none is skipped over."""
    try:
        documents = read_yaml(text)
    except YamlError as error:
        found = error.problem
        return [Problem(found.line, ": ".join(part for part in (found.message, found.hint) if part))]
    if len(documents) != 1 or not isinstance(documents[0].data, dict):
        what = "holds several documents" if len(documents) > 1 else "is empty"
        return [Problem(1, f"the file {what}: it needs one, with at least 'version: 1' and 'targets: []'")]
    [document] = documents
    try:
        parsed = _CeilingText.model_validate_json(json.dumps(document.data), context=guarded_protocols)
    except ValidationError as error:
        return [_problem(document, detail) for detail in error.errors()]
    wrong = [*_doubled_name(document, parsed), *_doubled_line(document, parsed), *_misfits(document, parsed)]
    if wrong:
        return wrong
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Ceiling(tuple(target.entry() for target in parsed.targets), parsed.site, digest)


def _members(spans: tuple[tuple[int, int], ...] | None) -> frozenset[int] | None:
    if spans is None:
        return None
    return frozenset(number for first, last in spans for number in range(first, last + 1))


def _doubled_name(document: YamlDocument, parsed: _CeilingText) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for number, target in enumerate(parsed.targets):
        if target.name in seen:
            line = document.place_of(("targets", number, "name"))[0]
            problems.append(Problem(line, f"the name {target.name!r} is used twice: give each target its own"))
        seen.add(target.name)
    return problems


def _doubled_line(document: YamlDocument, parsed: _CeilingText) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for number, target in enumerate(parsed.targets):
        if target.serial is not None and target.serial.device in seen:
            line = document.place_of(("targets", number, "serial", "device"))[0]
            problems.append(Problem(line, f"the line {target.serial.device} stands in two targets: give it one"))
        seen |= set() if target.serial is None else {target.serial.device}
    return problems


def _misfits(document: YamlDocument, parsed: _CeilingText) -> list[Problem]:
    """Hold every word for objects and sub-addresses against the protocols of its target."""
    return [
        Problem(
            document.place_of(("targets", number, *found.path))[0], f"{found.message}{found.hint and ': '}{found.hint}"
        )
        for number, target in enumerate(parsed.targets)
        for found in misfits(
            target.protocols,
            units=None if target.units is None else [last for _, last in target.units],
            routes=target.routes,
            reads=target.reads,
            writes=target.writes,
        )
    ]


_SENTENCES = {
    "missing": "the key {key!r} is missing: add it",
    "bool_type": "{key} takes true or false",
    "too_short": "{key} is empty: list at least one",
    "int_type": "{key} takes a whole number",
}


def _problem(document: YamlDocument, detail: Any) -> Problem:
    path: Path = tuple(detail["loc"])
    key = str(path[-1]) if path else "file"
    line = document.place_of(path)[0]
    if detail["type"] == "extra_forbidden":
        return Problem(line, f"unknown key {key!r}{_suggestion(key, path)}")
    if detail["type"] in _SENTENCES:
        return Problem(line, _SENTENCES[detail["type"]].format(key=key))
    message = str(detail["msg"]).removeprefix("Value error, ")
    return Problem(line, message if detail["type"] == "value_error" else f"{key}: {message}")


def _suggestion(key: str, path: Path) -> str:
    model: type[BaseModel] = ObjectTerm if len(path) > 3 else _TargetText if len(path) > 1 else _CeilingText
    if "serial" in path:
        model = _SerialText
    known = model.model_fields
    near = difflib.get_close_matches(key, known, n=1)
    return f": did you mean {near[0]!r}?" if near else f": known keys are {', '.join(known)}"
