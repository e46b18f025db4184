"""Which protocol a flow speaks on a port that nobody knows: told by what its first messages look like."""

from collections.abc import Callable

from guards.modbus.rtu import is_frame
from guards.registry import decoded_protocols

_OPCUA = frozenset({b"HELF", b"ACKF", b"OPNF", b"MSGF", b"ERRF"})
_ENIP = frozenset({0x04, 0x63, 0x64, 0x65, 0x66, 0x6F, 0x70})
_IEC104_CONTROL = frozenset({0x07, 0x0B, 0x13, 0x23, 0x43, 0x83})
_COTP_SETUP = frozenset({0xE0, 0xD0, 0x80})
_S7 = frozenset({b"2", b"r"})
_ELSEWHERE = (b"\x16\x03", b"SSH-", b"HTTP/", b"GET ", b"POST ", b"HEAD ", b"PUT ", b"OPTIONS ", b"CONNECT ")
_FORWARDED = 0x04
_CARRIES_NPDU = frozenset({_FORWARDED, 0x09, 0x0A, 0x0B})


def spoken_in(data: bytes, transport: str = "tcp") -> str | None:
    """Return the protocol whose message these bytes begin with, if it can be told by them alone."""
    signs = (*_SIGNS, *_DATAGRAMS) if transport == "udp" else _SIGNS
    return next((protocol for protocol, is_it in signs if is_it(data)), None)


def is_foreign(data: bytes, protocol: str, *, is_first: bool) -> bool:
    """Tell whether what is said early on a protocol's port is certainly another one.

    That is TLS, SSH or HTTP as the first words after the handshake, or ISO-on-TCP that is not S7: MMS (IEC 61850-8-1)
    and others share port 102, and only what the first data TPDU carries tells them apart.
    """
    if is_first and data.startswith(_ELSEWHERE):
        return True
    return protocol == "s7" and _carries_data(data) and data[7:8] not in _S7


def is_certain(data: bytes, protocol: str) -> bool:
    """Tell whether a flow on a protocol's port needs no further look."""
    return protocol != "s7" or (_carries_data(data) and data[7:8] in _S7)


def ends_message(data: bytes) -> bool:
    """Tell whether what goes over ISO-on-TCP ends a message, and is not one of its pieces (8073, 13.7.3)."""
    return bool(data[6] & 0x80)


def _carries_data(data: bytes) -> bool:
    return len(data) > 7 and data[:2] == b"\x03\x00" and data[4:6] == b"\x02\xf0" and data[2] << 8 | data[3] > 7


def _is_opcua(data: bytes) -> bool:
    """A chunk with its length (OPC 10000-6, 7.1.2.2)."""
    return data[:4] in _OPCUA and 8 <= int.from_bytes(data[4:8], "little") <= len(data)


def _is_dnp3(data: bytes) -> bool:
    """The start of a link frame (IEEE Std 1815-2012, 9.2.4)."""
    return data[:2] == b"\x05\x64" and len(data) >= 10 and data[2] >= 5


def _is_s7(data: bytes) -> bool:
    """A TPKT with a TPDU of class 0 (RFC 1006) that opens or closes a connection, or carries one of both protocols."""
    if len(data) < 7 or data[:2] != b"\x03\x00" or data[2] << 8 | data[3] > len(data):
        return False
    return data[5] & 0xF0 in _COTP_SETUP or (data[5] == 0xF0 and data[7:8] in _S7)


def _is_fins(data: bytes) -> bool:
    """The head of FINS/TCP with its length (Omron W342, appendix on Ethernet)."""
    return data[:4] == b"FINS" and len(data) >= 16 and int.from_bytes(data[4:8], "big") + 8 <= len(data)


def _is_enip(data: bytes) -> bool:
    """An encapsulation message whose length adds up, without options (The CIP Networks Library, Volume 2, 2-3)."""
    if len(data) < 24 or data[20:24] != bytes(4) or data[0] | data[1] << 8 not in _ENIP:
        return False
    return 24 + (data[2] | data[3] << 8) == len(data)


def _is_iec104(data: bytes) -> bool:
    """A control function, or an information frame with an ASDU (IEC 60870-5-104, 5)."""
    if len(data) < 6 or data[0] != 0x68 or data[1] + 2 > len(data):
        return False
    if data[1] == 4:
        return data[2] in _IEC104_CONTROL and data[3:6] == bytes(3)
    is_numbered = not data[2] & 1 and not data[4] & 1
    return is_numbered and data[1] >= 12 and 0 < data[6] < 128


def _is_slmp(data: bytes) -> bool:
    """A binary 3E frame whose length adds up (SLMP Reference Manual, 4.2)."""
    return data[:2] in {b"\x50\x00", b"\xd0\x00"} and len(data) >= 11 and 9 + (data[7] | data[8] << 8) == len(data)


def _is_modbus(data: bytes) -> bool:
    """An MBAP header whose length adds up (MODBUS Messaging on TCP/IP V1.0b, 3.1.3), and a function."""
    if len(data) < 8 or data[2:4] != b"\0\0":
        return False
    length = data[4] << 8 | data[5]
    return 2 <= length <= 254 and length + 6 == len(data) and data[7] & 0x7F != 0


def _is_bacnet(data: bytes) -> bool:
    """A virtual link message as long as the datagram, with an NPDU of version 1 (135-2020, J.2 and 6.2.1)."""
    if len(data) < 4 or data[0] != 0x81 or data[1] > 0x0C or data[2] << 8 | data[3] != len(data):
        return False
    npdu = data[10:11] if data[1] == _FORWARDED else data[4:5]
    return data[1] not in _CARRIES_NPDU or npdu == b"\x01"


_SIGNS: tuple[tuple[str, Callable[[bytes], bool]], ...] = tuple(
    (protocol, is_it)
    for protocol, is_it in (
        ("opcua", _is_opcua),
        ("dnp3", _is_dnp3),
        ("s7", _is_s7),
        ("fins", _is_fins),
        ("enip", _is_enip),
        ("iec104", _is_iec104),
        ("slmp", _is_slmp),
        ("modbus-rtu", is_frame),
        ("modbus", _is_modbus),
    )
    if protocol in decoded_protocols()
)
"""The clearest first. FINS and SLMP in other forms are not told."""
_DATAGRAMS = tuple(
    (protocol, is_it) for protocol, is_it in (("bacnet", _is_bacnet),) if protocol in decoded_protocols()
)
"""What is told in datagrams only."""
