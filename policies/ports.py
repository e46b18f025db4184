"""Where protocols are at home: the one table of well-known ports.

IANA's Service Name and Transport Protocol Port Number Registry; SLMP has none there and is given what manuals set up.
"""

from collections.abc import Mapping

WELL_KNOWN_PORTS: Mapping[str, int] = {
    "bacnet": 47808,
    "dnp3": 20000,
    "enip": 44818,
    "fins": 9600,
    "fins-udp": 9600,
    "http": 80,
    "iec104": 2404,
    "modbus": 502,
    "modbus-rtu": 502,  # the agent shows a serial line as Modbus/TCP
    "opcua": 4840,
    "rdp": 3389,
    "s7": 102,
    "slmp": 5007,
    "slmp-udp": 5007,
    "ssh": 22,
    "telnet": 23,
    "vnc": 5900,
}
"""The port on which a dissector looks for a protocol."""
OVER_UDP = frozenset({"bacnet", "dnp3", "enip", "fins", "modbus", "slmp"})
"""The protocols that are spoken on the same port of UDP too."""
