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
Named = list[tuple[str, str]]
"""Names of fields and what tshark shows of them, in the order of the wire."""
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


def _packets(capture: Path, *options: str) -> Iterator[Xml.Element]:
    command = ["tshark", "-n", "-o", "tcp.reassemble_out_of_order:TRUE", "-r", str(capture), "-T", "pdml", *options]
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


def layered(capture: Path, layers: tuple[str, ...], home: int, *options: str) -> Iterator[tuple[bool, str, Named]]:
    """Yield for each PDU whether it goes to port ``home``, its flow, and tshark's fields of all its layers.

    The first of ``layers`` begins a PDU, or whichever of them stands first in a packet.
    """
    for packet in _packets(capture, *options):
        whole = [(field.get("name", ""), field.get("show", "")) for field in packet.iter("field")]
        to_home = any(name in {"tcp.dstport", "udp.dstport"} and shown == str(home) for name, shown in whole)
        flow = next((name[:3] + shown for name, shown in whole if name in {"tcp.stream", "udp.stream"}), "")
        said: Named | None = None
        for layer in packet.findall("proto"):
            if layer.get("name") not in layers:
                continue
            if said is None or layer.get("name") == layers[0]:
                if said is not None:
                    yield to_home, flow, said
                said = []
            said += [(field.get("name", ""), field.get("show", "")) for field in layer.iter("field")]
        if said is not None:
            yield to_home, flow, said


def dissected(capture: Path, layer: str, home: int, *options: str) -> Iterator[tuple[bool, Fields]]:
    """Yield tshark's fields of each PDU of a layer, in order, and whether it goes to port ``home``."""
    for packet in _packets(capture, *options):
        to_home = any(
            field.get("show") == str(home)
            for field in packet.iter("field")
            if field.get("name") in {"tcp.dstport", "udp.dstport"}
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


def theirs(capture: Path, layer: str, home: int, code: Code, *options: str) -> list[Pdu]:
    """Return the PDUs of a layer that tshark finds a code in."""
    found = ((to_home, code(fields)) for to_home, fields in dissected(capture, layer, home, *options))
    return [Pdu(to_home, said) for to_home, said in found if said is not None]
