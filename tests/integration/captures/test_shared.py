"""Captures of real traffic that the project did not make: each PDU's function and tier, by tshark and by us."""

import shutil
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.captures.agreement import inspected
from tests.integration.captures.references import READINGS, Said, read_by_tshark, said_in
from tests.unit.guards.pcap import CAPTURES, WHY_SKIPPED

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed"),
    pytest.mark.skipif(not CAPTURES.exists(), reason=WHY_SKIPPED),
]
FILES = [
    (folder, path)
    for folder in READINGS
    for path in sorted([*(CAPTURES / folder).rglob("*.pcap"), *(CAPTURES / folder).rglob("*.pcapng")])
]
ELSEWHERE = {
    "dnp3_read_p20001": ("dnp3", 20001),
    "open62541_client-server_mainloop-not-localhost-non-standard-port": ("opcua", 48010),
    "open62541_discover_getendpoints_discover_urls": ("opcua", 4840),
}


def asks(code: int, tier: str) -> Said:
    return Said(asks=True, parts=((code, tier),))


def tells(code: int, tier: str) -> Said:
    return Said(asks=False, parts=((code, tier),))


class Differs(NamedTuple):
    """What only one of both reads in a capture, how often, and why."""

    why: str
    ours: dict[Said, int]
    theirs: dict[Said, int]


_BARE = "tshark names no function of an acknowledgement without data: ours is that of the job it answers"
_SEALED = "the channel is opened under a certificate, which tshark does not name: what is opened is told by the chunk"
EXPLAINED = {
    "fuzz-72": Differs(
        "frame 6 is longer than it says, behind a gap, where we read on at the next message (34), which tshark takes "
        "for a retransmission; 20 says that it is 35,124 bytes long, so that 52 to 71 were said before as we see it; "
        "35 is no Modbus, and counts as such",
        {asks(34, "firmware"): 1, asks(0, "firmware"): 1},
        {**{asks(code, "firmware"): 1 for code in (33, 52, 54, 63, 71)}, tells(54, "firmware"): 1},
    ),
    "modbus-and-non-modbus-p502": Differs(
        "four scanners speak DCE/RPC, NFS and others on the port, and are answered in kind: tshark knows "
        "these protocols, and for us both sides' words cannot be read",
        {asks(0, "firmware"): 4, tells(0, "firmware"): 4},
        {},
    ),
    "s7comm_plus": Differs(
        "tshark has no dissector for S7comm-plus: its functions are those that Zeek logs, see the guard's own tests. "
        "04F2 sets object 0x70000e51, which was made before the capture, so that it may be any: PROGRAM",
        {
            tells(0, "read"): 79, asks(0x04F2, "program"): 26, asks(0x0542, "operate"): 2, tells(0x0542, "operate"): 2,
            asks(0x054C, "read"): 6, tells(0x054C, "read"): 6,
        },
        {},
    ),
    "s7ident": Differs(_BARE, {tells(0x1D, "read"): 4}, {tells(0, "read"): 4}),
    "snap7": Differs(_BARE, {tells(0x1D, "read"): 1}, {tells(0, "read"): 1}),
    "dnp3_example": Differs(
        "tshark 4.0 puts no fragment together whose frames lie in several TCP segments: it misses those, and takes a "
        "piece of one for a confirmation",
        {tells(0x81, "read"): 3, tells(0x81, "operate"): 1, tells(0x82, "read"): 1},
        {tells(0, "read"): 1},
    ),
    "dnp3-flowbuffer-overflow-assert": Differs(
        "a fragment without end: nothing in it has a function, and every frame of it is a fault",
        {tells(0, "firmware"): 9},
        {},
    ),
    "dnp3": Differs(
        "two segments do not begin with 05 64: tshark looks for the next frame without a word",
        {asks(0, "firmware"): 2},
        {},
    ),
    "bacnet_services": Differs(
        "109 frames are BACnet directly over Ethernet (135-2020, 7), which no guard carries: it is said that there are",
        {},
        {
            asks(0x106, "program"): 1, tells(0x201, "read"): 1, asks(0x108, "read"): 4, tells(0x100, "read"): 101,
            asks(0x107, "read"): 2,
        },
    ),
    "open62541_client-server_encrypted": Differs(
        f"{_SEALED}; and nobody knows what the encrypted messages ask for",
        {asks(446, "read"): 1, tells(449, "read"): 1, asks(0, "firmware"): 4, tells(0, "firmware"): 4},
        {asks(0, "read"): 5, tells(0, "read"): 5},
    ),
    "python_opcua-client-server_encrypted": Differs(
        _SEALED, {asks(446, "read"): 1, tells(449, "read"): 1}, {asks(0, "read"): 1, tells(0, "read"): 1}
    ),
    "omron_test": Differs(
        "the exchange of node addresses that opens FINS/TCP carries no command",
        {asks(0, "read"): 1, tells(1, "read"): 1},
        {},
    ),
}  # fmt: skip
BY_SEGMENTS = {"fuzz-72", "fuzz-1011"}
"""Fuzzed in the heads of TCP too: tshark is to read each segment by itself."""


@pytest.mark.parametrize(("folder", "path"), FILES, ids=lambda value: getattr(value, "name", value))
def test_every_pdu_has_the_function_and_the_tier_that_tshark_and_the_tables_give_it(folder: str, path: Path) -> None:
    protocol, port = ELSEWHERE.get(path.stem, ("", None))
    found = said_in(inspected(path, *(("--protocol", f"{protocol}:{port}") if port else ())))
    expected = read_by_tshark(path, folder, port, by_segments=path.stem in BY_SEGMENTS)
    if path.stem not in EXPLAINED:
        assert found == expected
        assert found
        return
    differs = EXPLAINED[path.stem]
    mine, other = Counter(found), Counter(expected)
    assert (dict(mine - other), dict(other - mine)) == (differs.ours, differs.theirs), differs.why


def test_what_is_explained_is_there() -> None:
    assert {*EXPLAINED, *ELSEWHERE} <= {path.stem for _, path in FILES}
