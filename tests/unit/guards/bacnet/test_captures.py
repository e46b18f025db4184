"""Real captures: what is read out of them is what Zeek and tshark read out of them."""

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from client.captures.files import read_packets
from client.captures.flow import Row
from client.captures.flows import PORTS, FlowReader
from guards.bacnet import apdu, bvlc, npdu
from guards.effects import Direction, Verdict
from guards.registry import make_decoder
from policies.rules import Tier
from tests.unit.guards.bacnet import traffic
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED, zeek_rows

FOLDER = CAPTURES / "bacnet"
ZEEK = {
    "bacnet_example": "basic",
    "bacnet_error_reject_abort": "error-reject-abort",
    "bacnet_segmented_data": "segmented_data",
    "bacnet_services": "services",
}
WRONG_LENGTHS = 240
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=WHY_SKIPPED)
each = pytest.mark.parametrize("name", ZEEK)


def rows(name: str) -> list[Row]:
    """What the decoder reads, in the order of the file."""
    reader = FlowReader(PORTS, make_decoder)
    with (FOLDER / f"{name}.pcap").open("rb") as capture:
        return [row for packet in read_packets(capture) for row in reader.packet(*packet)]


def log(name: str, kind: str) -> list[dict[str, str]]:
    return zeek_rows(FOLDER / "zeek" / f"analyzer.{ZEEK[name]}" / f"{kind}.log")


def plain(name: str) -> str:
    return name.lower().replace("-", "_")


@pytest.mark.parametrize("name", ["bacnet_example", "bacnet_error_reject_abort", "bacnet_segmented_data"])
def test_every_service_and_invoke_id_is_the_one_that_zeek_logs(name: str) -> None:
    # Of an answer in segments Zeek logs one line, and we make an operation for each of its three.
    segments = {("read_property", "94"): 2} if name == "bacnet_segmented_data" else {}
    theirs = Counter(
        (plain(row["pdu_service"]) if row["pdu_type"] not in {"REJECT", "ABORT"} else row["pdu_type"].lower(),
         row["invoke_id"])
        for row in log(name, "bacnet") if row["pdu_type"] != "SEGMENT_ACK"
    )  # fmt: skip
    ours = Counter(
        (row.operation.function, "-" if row.operation.transaction is None else str(row.operation.transaction))
        for row in rows(name)
        if row.operation.function != "segment_ack"
    )
    assert ours == theirs + Counter(segments)
    assert ours.total() > 10


@pytest.mark.parametrize("name", ["bacnet_example", "bacnet_error_reject_abort", "bacnet_segmented_data"])
def test_every_property_that_is_asked_for_is_the_one_that_zeek_logs(name: str) -> None:
    theirs = Counter(
        f"{plain(row['object_type'])} {row['instance_number']} {plain(row['property'])}"
        for row in log(name, "bacnet_property")
        if row["pdu_service"] in {"read-property-request", "read-property-multiple-request"}
    )
    ours = Counter(
        thing
        for row in rows(name)
        if row.operation.function in {"read_property", "read_property_multiple"} and not row.operation.is_response
        for thing in row.operation.objects
    )
    assert ours == theirs
    assert ours


def test_every_value_that_is_read_is_the_one_that_zeek_logs() -> None:
    theirs = [row for row in log("bacnet_example", "bacnet_property") if row["pdu_service"] == "read-property-ack"]
    ours = [row.operation for row in rows("bacnet_example") if row.operation.function == "read_property"]
    answers = [operation for operation in ours if operation.is_response]
    assert len(answers) == len(theirs) == 1400
    compared = 0
    for operation, row in zip(answers, theirs, strict=True):
        [value] = operation.values
        if isinstance(value, float):
            assert value == pytest.approx(float(row["value"]), rel=1e-5)
            compared += 1
        elif isinstance(value, str) and row["property"] == "object-name":
            assert value == row["value"]
            compared += 1
    assert compared > 400


def test_what_is_asked_of_devices_is_of_the_tier_that_zeek_sets_apart() -> None:
    control = log("bacnet_services", "bacnet_device_control")
    theirs = Counter(row["pdu_service"] for row in control if row["result"] == "-" and row["device_state"] != "-")
    ours = [row.operation for row in rows("bacnet_services") if not row.operation.is_response]
    found = Counter(one.function for one in ours if one.tier in {Tier.PROGRAM, Tier.FIRMWARE})
    assert {name: found[name] for name in theirs} == theirs
    assert found.total() == theirs.total() + found["atomic_write_file"] + found["time_synchronization"]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@each
def test_every_message_is_the_one_that_tshark_reads(name: str) -> None:
    fields = [
        "bvlc.function",
        "bacapp.type",
        "bacapp.invoke_id",
        "bacapp.confirmed_service",
        "bacapp.unconfirmed_service",
    ]
    command = ["tshark", "-n", "-r", str(FOLDER / f"{name}.pcap"), "-Y", "bvlc", "-T", "fields"]
    command += ["-e", "udp.payload", *(word for field in fields for word in ("-e", field))]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    compared = 0
    for line in printed.splitlines():
        payload, code, kind, invoke, confirmed, unconfirmed = line.split("\t")
        link = bvlc.parse(bytes.fromhex(payload), minds_length=False)
        assert isinstance(link, bvlc.Bvlc)
        assert link.code == int(code, 16)
        message = npdu.parse(link.body) if link.code in bvlc.CARRIERS else ""
        if not kind:
            assert isinstance(message, str) or message.message is not None
            continue
        assert isinstance(message, npdu.Npdu)
        said = apdu.parse(message.payload)
        assert isinstance(said, apdu.Apdu)
        assert said.kind == int(kind)
        assert said.invoke == (int(invoke) if invoke else None)
        if confirmed or unconfirmed:
            assert said.service == int(confirmed or unconfirmed)
        compared += 1
    assert compared > 15


@each
def test_every_capture_passes_a_guard_that_allows_everything_as_it_came(name: str) -> None:
    inspector = traffic.guard(*traffic.ALL, upload=True, max_in_flight=16)
    wrong = 0
    with (FOLDER / f"{name}.pcap").open("rb") as capture:
        reader = FlowReader(PORTS, make_decoder)
        for packet in read_packets(capture):
            segment = reader._packets.read(packet[1], packet[2])
            if segment is None or 47808 not in {segment.source.port, segment.destination.port}:
                continue
            for direction in (Direction.TO_ASSET, Direction.TO_USER):
                effects = inspector.receive(direction, traffic.framed(segment.payload), traffic.NOW)
                passed = traffic.forwarded(effects)
                assert all(one in {traffic.framed(segment.payload), *passed} for one in passed)
                wrong += any(
                    one.verdict is Verdict.MALFORMED and "length" in one.reason for one in traffic.operations(effects)
                )
    assert wrong == (2 * WRONG_LENGTHS if name == "bacnet_example" else 0)


def test_a_datagram_that_names_a_wrong_length_is_read_and_said_to_be_malformed() -> None:
    found = [row.operation for row in rows("bacnet_example") if row.operation.verdict is Verdict.MALFORMED]
    assert {one.function for one in found} == {"reinitialize_device"}
    assert len(found) == WRONG_LENGTHS
    assert {one.reason for one in found} == {"the length is not that of the datagram"}


def test_a_refusal_of_ours_is_laid_out_as_that_of_a_real_device_behind_a_router() -> None:
    refused = apdu.error(0x84, 17, 5, 26)
    assert bvlc.wrap(bvlc.UNICAST, npdu.answer(npdu.Station(3, b"\x6c"), refused)) in _payloads("bacnet_services")


def _payloads(name: str) -> list[bytes]:
    reader = FlowReader(PORTS, make_decoder)
    with (FOLDER / f"{name}.pcap").open("rb") as capture:
        found = [reader._packets.read(packet[1], packet[2]) for packet in read_packets(capture)]
    return [segment.payload for segment in found if segment is not None]


def test_captures_lie_where_they_are_looked_for() -> None:
    assert {path.stem for path in Path(FOLDER).glob("*.pcap")} == set(ZEEK)
