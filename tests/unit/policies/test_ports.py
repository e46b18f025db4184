"""Every protocol of the vocabulary has a home in the table of well-known ports."""

from policies.ports import OVER_UDP, WELL_KNOWN_PORTS
from policies.protocols import PROTOCOLS

ELSEWHERE = {"modbus-rtu", "fins-udp", "slmp-udp"}
"""What is at home where another form of the same protocol is."""


def test_every_protocol_has_a_home_of_its_own() -> None:
    homes = [WELL_KNOWN_PORTS[protocol] for protocol in PROTOCOLS.keys() - ELSEWHERE]
    assert len(set(homes)) == len(homes)
    assert all(0 < port < 65536 for port in WELL_KNOWN_PORTS.values())


def test_what_is_spoken_over_udp_is_a_protocol_with_a_port() -> None:
    assert WELL_KNOWN_PORTS.keys() >= OVER_UDP
