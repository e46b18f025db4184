"""What was said: requests and answers out of packet captures and of recordings, judged by a policy or by none."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import click

from client.captures.files import SECOND_NANOSECONDS, CaptureError, read_packets
from client.captures.flow import Row
from client.captures.flows import PORTS, FlowReader
from client.errors import ClientError
from client.exit_codes import Exit
from client.policy_texts import PolicyTexts
from client.reading import Progress, interruptible
from guards.decoding import Decoder
from guards.effects import Direction, Operation, Value, Verdict
from guards.reasons import detail
from guards.registry import decoded_protocols, make_decoder
from policies.rules import Rules, Tier
from policies.schema import AllowPolicy

Ports = Mapping[tuple[str, int], str]
MAX_LINE_BYTES = 1 << 20
_SECOND_DIGITS = len("1970-01-01T00:00:00")
_DECODED_AS = {"modbus-rtu": "modbus"}
"""Serial lines are reached by Modbus/TCP, and recorded so."""


class Everywhere(Mapping[tuple[str, int], str]):
    """Says that one protocol is spoken on every port: a recording holds nothing else."""

    def __init__(self, protocol: str) -> None:
        self._protocol = protocol

    def __getitem__(self, key: tuple[str, int]) -> str:
        """Return the protocol, whatever the port."""
        return self._protocol

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """Name no port in particular."""
        return iter(())

    def __len__(self) -> int:
        """Say that no port stands out."""
        return 0


@dataclass(frozen=True, slots=True)
class Source:
    """A file and where it is from. ``service`` is the protocol as policies name it, where a recording says it.

    ``operations``: it has one decoded operation a line, and no bytes that could be judged anew.
    """

    label: str
    path: Path
    ports: Ports
    service: str = ""
    session: str = ""
    user: str = ""
    asset: str = ""
    operations: bool = False


class Said(NamedTuple):
    """One operation, by whom and when; ``protocol`` as decoders name it."""

    source: Source
    flow: str
    number: int
    time: str | None
    protocol: str
    operation: Operation


def source_of_file(path: Path, ports: Ports) -> Source:
    """Return a file as a source; what begins like JSON holds operations."""
    try:
        with path.open("rb") as file:
            is_json = file.read(1) == b"{"
    except OSError as error:
        raise ClientError(f"{path}: {error.strerror}", exit_code=Exit.USAGE) from error
    return Source(str(path), path, ports, operations=is_json)


def said_in(source: Source, rules: Mapping[str, Rules] | None = None) -> Iterator[Said]:
    """Yield what is said in a source; captures are judged by the rules for each protocol, or by none."""
    if source.operations:
        yield from _decoded(source)
        return
    rows = rows_of(source.path, source.ports, rules) if rules is None else _rows(source.path, source.ports, rules)
    for row in rows:
        yield Said(
            source, str(row.flow), row.number, moment(row.time), row.flow.protocol or row.operation.protocol,
            row.operation,
        )  # fmt: skip


def rows_of(
    file: Path,
    ports: Ports,
    rules: Rules | None,
    *,
    shows_progress: bool = False,
    remark: Callable[[str], None] | None = None,
) -> Iterator[Row]:
    """Yield the PDUs of a capture, judged by ``rules`` whatever the protocol.

    ``remark`` is told at the end what could not be read at all.
    """
    reader = FlowReader(_all_ports(ports), lambda protocol: make_decoder(protocol, rules))
    try:
        yield from _read(file, reader, Progress(file, wanted=shows_progress))
    finally:
        if remark is not None:
            for each in reader.remarks():
                remark(each)


def _rows(file: Path, ports: Ports, rules: Mapping[str, Rules]) -> Iterator[Row]:
    def decoder(protocol: str) -> Decoder:
        return make_decoder(protocol, rules.get(_DECODED_AS.get(protocol, protocol), Rules()))

    return _read(file, FlowReader(_all_ports(ports), decoder), Progress(file))


def _all_ports(ports: Ports) -> Ports:
    return ports if isinstance(ports, Everywhere) else {**PORTS, **ports}


def _read(file: Path, reader: FlowReader, progress: Progress) -> Iterator[Row]:
    with cast("BinaryIO", click.open_file(str(file), "rb")) as opened, interruptible(), closing(progress):
        try:
            for packet in read_packets(opened):
                yield from reader.packet(*packet)
                progress.step(opened)
        except CaptureError as error:
            yield from reader.finish()
            raise ClientError(f"{file}: {error}", exit_code=Exit.USAGE) from error
    yield from reader.finish()


def ports_of(spoken: tuple[str, ...]) -> dict[tuple[str, int], str]:
    """Return what ``--protocol`` says is spoken where."""
    ports: dict[tuple[str, int], str] = {}
    for each in spoken:
        protocol, _, port = each.partition(":")
        if protocol not in decoded_protocols() or not port.isdecimal() or not 0 < int(port) < 65536:
            known = ", ".join(sorted(decoded_protocols()))
            raise ClientError(f"--protocol {each}: not PROTOCOL:PORT with one of {known}.", exit_code=Exit.USAGE)
        ports[("tcp", int(port))] = ports[("udp", int(port))] = protocol
    return ports


def decoded_as(protocol: str) -> str | None:
    """Return which decoder reads a service's protocol; ``None`` if nothing does."""
    name = _DECODED_AS.get(protocol, protocol)
    return name if name in decoded_protocols() else None


def judge_by(path: Path, name: str | None) -> Rules:
    """Return the rules of the one access policy of a file, or of the one with this name."""
    policies = [one for one in PolicyTexts.read([path]).load().policies if isinstance(one, AllowPolicy)]
    chosen = [one for one in policies if name is None or one.name == name]
    if len(chosen) != 1:
        names = ", ".join(one.name for one in policies) or "none"
        raise ClientError(
            f"{path} has not the one access policy to judge by.",
            hint=f"Choose with --policy-name: {names}.",
            exit_code=Exit.USAGE,
        )
    return chosen[0].spec.allow.as_rules()


def moment(nanoseconds: int | None) -> str | None:
    """Return a time since 1970 as text (RFC 3339), ``None`` for one that no calendar knows: captures may be damaged.

    It has six digits of a second, or nine where there is something below the microsecond.
    """
    if nanoseconds is None:
        return None
    seconds, below = divmod(nanoseconds, SECOND_NANOSECONDS)
    second = _second(seconds)
    if second is None:
        return None
    return f"{second}.{below:09}+00:00" if below % 1000 else f"{second}.{below // 1000:06}+00:00"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()[:_SECOND_DIGITS]
    except (OverflowError, ValueError, OSError):
        return None


def plain_value(value: Value) -> Value:
    """Return a value that JSON has: infinity and what is no number become text."""
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def _decoded(source: Source) -> Iterator[Said]:
    """Read the lines of ``wicket recordings export --format jsonl`` (docs/recording-format.md, 3.2)."""
    with source.path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE_BYTES), b""), 1):
            try:
                record = json.loads(line)
                operation = _operation(record)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ClientError(
                    f"{source.label}: line {number} is no recorded operation.", exit_code=Exit.USAGE
                ) from error
            if operation is not None:
                at = record.get("at")
                yield Said(source, f"stream {record.get('stream')}", number, at, operation.protocol, operation)


def _operation(record: dict[str, Any]) -> Operation | None:
    if record.get("unreadable"):
        return None
    return Operation(
        Direction(record["direction"]),
        str(record["protocol"]),
        int(record["function_code"]),
        str(record["function"]),
        Tier(record["tier"]),
        Verdict(record["verdict"]),
        is_response=record.get("is_response", False) is True,
        unit=record.get("unit"),
        objects=tuple(map(str, record.get("objects", ()))),
        values=tuple(map(_value, record.get("values", ()))),
        reason=detail(str(record.get("reason", ""))),
        route=str(record.get("route", "")),
        is_upload=record.get("is_upload", False) is True,
    )


def _value(value: object) -> Value:
    if not isinstance(value, int | float | str):
        raise TypeError
    return value
