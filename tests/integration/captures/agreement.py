"""What ``wicket inspect`` and tshark say of one capture, PDU by PDU, in the same words."""

import json
import subprocess
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as Xml  # what tshark prints is trusted

from click.testing import CliRunner

from client.cli import cli

Fields = dict[str, list[str]]
Code = Callable[[Fields], "int | None"]


class Pdu(NamedTuple):
    """One PDU: whether it came from the tool's side, and the protocol's own code."""

    is_from_tool: bool
    code: int


def inspected(capture: Path, *options: str) -> list[dict[str, Any]]:
    """Return the lines of ``wicket inspect --json``."""
    result = CliRunner().invoke(cli, ["inspect", str(capture), "--json", *options])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def ours(lines: list[dict[str, Any]]) -> list[Pdu]:
    return [Pdu(line["direction"] == "request", line["function_code"]) for line in lines]


def _packets(capture: Path) -> Iterator[Xml.Element]:
    command = ["tshark", "-n", "-r", str(capture), "-T", "pdml"]
    printed = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    yield from Xml.fromstring(printed).iter("packet")


def services_of(capture: Path) -> Iterator[list[int]]:
    """Yield the CIP services in each message of EtherNet/IP, as tshark shows them, from the outside in."""
    for packet in _packets(capture):
        layers = packet.findall("proto")
        starts = [at for at, one in enumerate(layers) if one.get("name") == "enip"]
        for start, stop in pairwise([*starts, len(layers)]):
            fields = [field for one in layers[start:stop] for field in one.iter("field")]
            yield [int(field.get("show", ""), 0) for field in fields if field.get("name") == "cip.service"]


def dissected(capture: Path, layer: str, home: int) -> Iterator[tuple[bool, Fields]]:
    """Yield tshark's fields of each PDU of a layer, in order, and whether it goes to port ``home``."""
    for packet in _packets(capture):
        to_home = any(
            field.get("show") == str(home) for field in packet.iter("field") if field.get("name") == "tcp.dstport"
        )
        for one in packet.findall("proto"):
            if one.get("name") == layer:
                fields: Fields = {}
                for field in one.iter("field"):
                    fields.setdefault(field.get("name", ""), []).append(field.get("show", ""))
                yield to_home, fields


def number(fields: Fields, name: str) -> int | None:
    """Return a field of a PDU as a number, the first where there are several."""
    return int(fields[name][0], 0) if name in fields else None


def theirs(capture: Path, layer: str, home: int, code: Code) -> list[Pdu]:
    """Return the PDUs of a layer that tshark finds a code in."""
    found = ((to_home, code(fields)) for to_home, fields in dissected(capture, layer, home))
    return [Pdu(to_home, said) for to_home, said in found if said is not None]
