"""Broken captures, most of them on purpose: what is said of them, and what a guard does that hears the same."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from client.captures.files import read_packets
from client.captures.flows import PORTS, FlowReader
from guards.datagrams import framed
from guards.decoding import Decoder
from guards.effects import Cut, Direction, Effect, Forward, Observed, Operation, Verdict
from guards.registry import make_decoder, make_guard
from tests.integration.captures.agreement import inspected
from tests.unit.guards.material import MATERIAL
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED
from tests.unit.guards.properties import Step
from tests.unit.guards.seen import ALL, rules

pytestmark = [pytest.mark.integration, pytest.mark.skipif(not CAPTURES.exists(), reason=WHY_SKIPPED)]
OVER_UDP = {"fins": "fins-udp"}


class Broken(NamedTuple):
    """How often which fault is found, with which codes flows are closed; what a guard makes of the same bytes.

    ``cuts`` are the codes with which guards of all flows cut, ``counted`` the messages that they record as malformed
    for a reason that is among ``faults``. They differ where a guard has heard, or not heard, what went before.
    """

    faults: dict[str, int]
    closes: tuple[str, ...] = ()
    cuts: tuple[str, ...] = ()
    counted: int = 0


PROTOCOL_ID = "protocol identifier {} in the MBAP header, must be 0"
QUANTITY = "the quantity is 0 or above the limit"
AREA = "bit {} of a word in memory area {}"
BROKEN = {
    "modbus/modbus_example.pcap": Broken({"the byte count does not fit the quantity": 2}, counted=2),
    "modbus/zeek-traces/4SICS-GeekLounge-151022-min.pcap": Broken({QUANTITY: 1}, counted=1),
    "modbus/zeek-traces/fuzz-1011.pcap": Broken({QUANTITY: 1}, counted=1),
    # It begins with the rest of a message, where a guard takes what it hears first for a beginning.
    "modbus/zeek-traces/fuzz-72.pcap": Broken(
        {PROTOCOL_ID.format(0xAAAA): 1}, ("modbus_protocol_id",), ("modbus_length",)
    ),
    # Both sides say what is no Modbus; a guard has cut before it hears the second.
    "modbus/zeek-traces/modbus-and-non-modbus-p502.pcap": Broken(
        {PROTOCOL_ID.format(number): 2 for number in (2819, 40, 19534, 43)},
        ("modbus_protocol_id",) * 4, ("modbus_protocol_id",) * 4,
    ),
    # Frames are whole, and only what they carry is not: a guard drops each, and none reaches the device.
    "dnp3/zeek-traces/dnp3-flowbuffer-overflow-assert.pcap": Broken(
        {"a fragment of more than 2048 bytes": 1, "a piece of a fragment is missing": 8}, counted=9
    ),
    # Four of the six are broadcasts, which are refused for that.
    "dnp3/zeek-traces/dnp3.pcap": Broken(
        {"a frame does not begin with 05 64": 2, "qualifier 0xed is not known": 6},
        ("dnp3_start",), ("dnp3_start",), counted=2,
    ),
    "bacnet/bacnet_error_reject_abort.pcap": Broken({"it is for one station, and said to several": 9}, counted=9),
    "bacnet/bacnet_example.pcap": Broken({"the length is not that of the datagram": 240}, counted=240),
    # Each flow is one request and one answer: a guard wants the channel opened first.
    "opcua-binary/pending_overflow.pcap": Broken(
        {"a node id has the unknown form 0xb2": 12, "diagnostic information has unknown fields": 12},
        cuts=("opcua_order",) * 12,
    ),
    "omron-fins/omron.pcap": Broken(
        {
            AREA.format(204, "00"): 3, AREA.format(204, "80"): 2, AREA.format(255, "80"): 2, AREA.format(1, "80"): 1,
            "14 bytes of text for 1 bits": 1,
            **{
                AREA.format(204, area): 1
                for area in ("01", "03", "04", "05", "1b", "81", "82", "85", *map(str, range(90, 99)))
            },
        },
        counted=26,
    ),
}  # fmt: skip


class Tape:
    """A decoder that keeps what it was given: the bytes of one flow as they were put together."""

    def __init__(self, protocol: str) -> None:
        self.protocol = protocol
        self.steps: list[Step] = []
        self._decoder: Decoder = make_decoder(protocol)

    @property
    def closed_by(self) -> str:
        return self._decoder.closed_by

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Operation]:
        self.steps.append((direction, data))
        return self._decoder.receive(direction, data, now_monotonic)

    def anew(self, direction: Direction) -> None:
        self._decoder.anew(direction)

    def lost(self, direction: Direction) -> None:
        self._decoder.lost(direction)

    def end(self, direction: Direction) -> list[Operation]:
        return self._decoder.end(direction)


def tapes(path: Path) -> list[tuple[Tape, bool]]:
    """Return the flows of a capture, and whether they are datagrams."""
    made: list[Tape] = []

    def make(protocol: str) -> Tape:
        made.append(Tape(protocol))
        return made[-1]

    reader, found = FlowReader(PORTS, make), {}
    with path.open("rb") as file:
        rows = [row for packet in read_packets(file) for row in reader.packet(*packet)]
    for row in [*rows, *reader.finish()]:
        found[id(row.flow.decoder)] = row.flow.transport == "udp"
    return [(tape, found[id(tape)]) for tape in made if id(tape) in found]


def guarded(tape: Tape, *, is_udp: bool) -> list[Effect]:
    """Return what a guard does that allows everything; after a cut it must not do anything more."""
    protocol = OVER_UDP.get(tape.protocol, tape.protocol) if is_udp else tape.protocol
    everything = rules(*ALL, upload=True, max_in_flight=16)
    guard = make_guard(protocol, everything, device_timeout_seconds=30, material=MATERIAL)
    effects: list[Effect] = []
    for direction, data in tape.steps:
        came = guard.receive(direction, framed(data) if protocol in OVER_UDP.values() else data, 1.0)
        assert not (came and any(isinstance(effect, Cut) for effect in effects))
        effects += came
    return effects


@pytest.mark.parametrize("name", BROKEN)
def test_faults_are_counted_and_flows_closed(name: str) -> None:
    broken, lines = BROKEN[name], inspected(CAPTURES / name)
    assert Counter(line["reason"] for line in lines if line["malformed"]) == broken.faults
    assert tuple(line["closes"] for line in lines if "closes" in line) == broken.closes
    closed = {line["flow"]: line["index"] for line in lines if "closes" in line}
    for line in lines:
        assert line.get("closed", False) is (line["index"] > closed.get(line["flow"], line["index"])), line


@pytest.mark.parametrize("name", BROKEN)
def test_a_guard_cuts_the_same_bytes_and_lets_nothing_broken_through(name: str) -> None:
    broken = BROKEN[name]
    cuts, counted = [], 0
    for tape, is_udp in tapes(CAPTURES / name):
        effects = guarded(tape, is_udp=is_udp)
        cuts += [effect.code for effect in effects if isinstance(effect, Cut)]
        for before, effect in zip([None, *effects], effects, strict=False):
            if isinstance(effect, Observed) and effect.operation.verdict is Verdict.MALFORMED:
                counted += effect.operation.reason in broken.faults
            if isinstance(effect, Forward) and isinstance(before, Observed):
                assert before.operation.verdict is not Verdict.MALFORMED
    assert (tuple(cuts), counted) == (broken.cuts, broken.counted)


@pytest.mark.parametrize(
    "path", [path for path in sorted(CAPTURES.rglob("*.pcap*")) if path.suffix in {".pcap", ".pcapng"}],
    ids=lambda path: path.name,
)  # fmt: skip
def test_nothing_is_malformed_in_all_other_captures(path: Path) -> None:
    name = str(path.relative_to(CAPTURES))
    assert any(line["malformed"] for line in inspected(path)) is (name in BROKEN)
