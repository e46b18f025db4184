"""Tiers by the protocols' own codes, written down from the specifications and not from the guards.

READ changes nothing in the device, OPERATE values and points of the process, PROGRAM the program, its mode, clock or
set-up, FIRMWARE is what restarts, replaces or resets, and what nobody has defined.
"""

Tiers = dict[int, str]
SEVERITY = ("read", "operate", "program", "firmware")


def _tiers(**codes: tuple[int, ...]) -> Tiers:
    return {code: tier for tier, some in codes.items() for code in some}


MODBUS = _tiers(
    read=(1, 2, 3, 4, 7, 11, 12, 17, 20, 24), operate=(5, 6, 15, 16, 21, 22, 23),
    program=(9, 10, 13, 14, 18, 19, 40, 126), firmware=(125,),
)  # fmt: skip
"""MODBUS Application Protocol V1.1b3, 6, and the codes that annex A reserves."""
MODBUS_DIAGNOSTICS = _tiers(read=(0, 2, *range(11, 19)), program=(1, 3, 4, 10, 20))
"""Sub-functions of 8: restart, delimiter, listen only and clearing change the device."""
MODBUS_MEI = _tiers(read=(14,), program=(13,))
"""Of 43: the identification, and whatever CANopen carries."""
S7 = _tiers(read=(0xE0, 0xD0, 0xF0, 0x04, 0x1D, 0x1E, 0x1F), operate=(0x05,), program=(0x1A, 0x1B, 0x1C, 0x28, 0x29))
"""Functions of jobs, and the TPDUs that open a connection (ISO 8073)."""
S7_USERDATA = {
    (4, 1): "read", (4, 2): "read",
    (3, 1): "read", (3, 2): "read", (3, 3): "read", (7, 1): "read", (7, 2): "program", (5, 1): "program",
}  # fmt: skip
"""Group and sub-function: CPU services, blocks, clock, and the password that gives the right to program."""
ENCAPSULATION = _tiers(read=(0x04, 0x63, 0x64, 0x65, 0x66))
"""The CIP Networks Library, Volume 2, 2-4."""
CIP = _tiers(
    read=(0x01, 0x03, 0x0E, 0x11, 0x17, 0x18, 0x4C, 0x52), operate=(0x10, 0x4D, 0x53),
    program=(0x06, 0x07, 0x08, 0x09), firmware=(0x05, 0x15, 0x16),
)  # fmt: skip
"""Volume 1, appendix A-3; tags as in publication 1756-PM020."""
CIP_SETTING = (0x02, 0x04, 0x10)
CIP_SET_UP = frozenset({0x01, 0x02, 0x04, 0x05, 0x06, 0x43, 0x47, 0x48, 0x64, 0x8B, 0x8E, 0xAC, 0xF4, 0xF5, 0xF6})
"""Classes whose attributes are the device's set-up and not the process: identity, router, networks, clock, program."""
CIP_CONNECTIONS = _tiers(read=(0x4E, 0x54, 0x56, 0x57, 0x5A, 0x5B))
"""Services of the connection manager, class 6 (Volume 1, 3-5.5)."""
DNP3 = _tiers(
    read=(0x00, 0x01, 0x17, 0x1A, 0x1C, 0x1D, 0x1E), operate=(*range(0x03, 0x0D), 0x14, 0x15, 0x18),
    program=(0x02, 0x0F, 0x10, 0x11, 0x12, 0x13, 0x16, 0x19, 0x1B, 0x1F), firmware=(0x0D, 0x0E),
)  # fmt: skip
"""IEEE Std 1815-2012, 4.4; a write of the clock or of what is not known, a file opened to be written."""
DNP3_WRITES = {80: "operate", 110: "operate", 111: "operate"}
"""What a write of these groups changes: internal indications and octet strings."""
IEC104 = _tiers(
    read=(100, 101, 102, 107), operate=(45, 46, 47, 48, 49, 50, 51, 58, 59, 63), program=(103,), firmware=(105,)
)
"""IEC 60870-5-101, 7.2.1."""
OPCUA = _tiers(
    read=(0, 422, 428, 446, 452, 461, 467, 473, 527, 533, 554, 560, 566, 615, 621, 631, 664, 751, 757, 763, 781, 787,
          799, 826, 832, 841, 847, 12208),
    operate=(673, 712), program=(437, 488, 494, 500, 506, 700, 12211),
)  # fmt: skip
"""OPC 10000-4, 5, by the numbers of OPC 10000-6, annex A."""
OPCUA_VALUE = 13
"""The attribute whose writing is no more than OPERATE (OPC 10000-6, A.1)."""
BACNET = _tiers(
    read=(3, 4, 5, 6, 12, 13, 14, 26, 28, 29, 30, 33), operate=(0, 1, 2, 15, 16, 19, 31, 32),
    program=(7, 8, 9, 10, 11, 17, 27), firmware=(18, 20, 21, 22, 23, 24, 25),
)  # fmt: skip
"""Confirmed services (ASHRAE 135-2020, 21)."""
BACNET_VALUES = frozenset({85, 108, 45, 59, 25, 22})
"""Properties that are set points and limits: any other that is written changes what the device is."""
BACNET_UNCONFIRMED = _tiers(read=(0, 1, 7, 8, 13), operate=(2, 3, 5, 10, 11, 12), program=(6, 9, 14), firmware=(4,))
BACNET_NETWORK = _tiers(read=(0x00, 0x12), program=(*range(0x01, 0x0A), 0x13))
"""Messages of the network layer (6.4)."""
BACNET_TOLD = frozenset({1, 2, 31, 32}), frozenset({0, 1, 2, 3, 11, 12, 13}), frozenset({*range(1, 6), 7, 0x13})
"""Confirmed and unconfirmed services and network messages that devices say by themselves: nothing is asked of them."""
FINS = _tiers(
    read=(0x0101, 0x0104, 0x0201, 0x0220, 0x0306, 0x0501, 0x0502, 0x0601, 0x0602, 0x0603, 0x0620, 0x0701, 0x0801,
          0x0802, 0x0920, 0x2102, 0x2140, 0x2201, 0x2202, 0x2209, 0x220F, 0x2210, 0x230A, 0x2603),
    operate=(0x0102, 0x0103, 0x0105),
    program=(0x0202, 0x0203, 0x0221, 0x0304, 0x0305, 0x0307, 0x0308, 0x0401, 0x0402, 0x0702, 0x0803, 0x0C01, 0x0C02,
             0x0C03, 0x2101, 0x2103, 0x2141, *range(0x2203, 0x2209), 0x220A, 0x220B, 0x220C, 0x2211, 0x2215, 0x2220,
             0x2301, 0x2302, 0x2601, 0x2602),
    firmware=(0x0403, 0x2803, 0x2804, 0x2805, 0x9999),
)  # fmt: skip
"""Omron W342, 5-1."""
SLMP = _tiers(
    read=(0x0101, 0x0401, 0x0403, 0x0619), operate=(0x1401, 0x1402), program=(0x1001, 0x1002, 0x1003, 0x1005),
    firmware=(0x1006,),
)  # fmt: skip
"""SLMP Reference Manual, 5.1."""


def worst(tiers: list[str]) -> str:
    return max(tiers, key=SEVERITY.index, default="read")
