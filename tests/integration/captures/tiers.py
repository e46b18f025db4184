"""Tiers by the protocols' own codes, written down from the specifications and not from the guards.

READ changes nothing in the device, OPERATE values and points of the process, PROGRAM the program, its mode, clock or
set-up, FIRMWARE is what restarts, replaces or resets, and what nobody has defined.
"""

Tiers = dict[int, str]


def _tiers(**codes: tuple[int, ...]) -> Tiers:
    return {code: tier for tier, some in codes.items() for code in some}


MODBUS = _tiers(read=(1, 2, 3, 4, 7, 11, 12, 17, 20, 24), operate=(5, 6, 15, 16, 21, 22, 23))
"""MODBUS Application Protocol V1.1b3, 6."""
S7 = _tiers(read=(0xE0, 0xD0, 0xF0, 0x04, 0x1D, 0x1E, 0x1F), operate=(0x05,), program=(0x1A, 0x1B, 0x1C, 0x28, 0x29))
"""Functions of jobs, and the TPDUs that open a connection (ISO 8073)."""
S7_USERDATA = {
    (4, 1): "read",
    (3, 1): "read", (3, 2): "read", (3, 3): "read", (7, 1): "read", (7, 2): "program", (5, 1): "program",
}  # fmt: skip
"""Group and sub-function: CPU services, blocks, clock, and the password that gives the right to program."""
ENCAPSULATION = _tiers(read=(0x04, 0x63, 0x64, 0x65, 0x66))
"""The CIP Networks Library, Volume 2, 2-4."""
CIP = _tiers(read=(0x01, 0x03, 0x0E, 0x4C, 0x52), operate=(0x10, 0x4D, 0x53), firmware=(0x05,))
"""Volume 1, appendix A-3; tags as in publication 1756-PM020."""
DNP3 = _tiers(
    read=(0x00, 0x01, 0x17), operate=(0x03, 0x04, 0x05, 0x14, 0x15, 0x18), program=(0x02,), firmware=(0x0D, 0x0E)
)
"""IEEE Std 1815-2012, 4.4; a write of the clock or of what is not known."""
IEC104 = _tiers(
    read=(100, 101, 102, 107), operate=(45, 46, 47, 48, 49, 50, 51, 58, 59, 63), program=(103,), firmware=(105,)
)
"""IEC 60870-5-101, 7.2.1."""
OPCUA = _tiers(
    read=(0, 422, 428, 446, 452, 461, 467, 473, 527, 533, 554, 631, 664, 751, 763, 781, 787, 799, 826, 832, 841, 847),
    operate=(673, 712), program=(488, 500),
)  # fmt: skip
"""OPC 10000-4, 5, by the numbers of OPC 10000-6, annex A."""
FINS = _tiers(
    read=(0x0101, 0x0104, 0x0501, 0x0601, 0x0701, 0x0801), operate=(0x0102, 0x0103, 0x0105),
    program=(0x0401, 0x0402, 0x0702, 0x2101), firmware=(0x9999,),
)  # fmt: skip
"""Omron W342, 5-1."""
SLMP = _tiers(
    read=(0x0101, 0x0401, 0x0403, 0x0619), operate=(0x1401, 0x1402), program=(0x1001, 0x1002, 0x1003, 0x1005),
    firmware=(0x1006,),
)  # fmt: skip
"""SLMP Reference Manual, 5.1."""
