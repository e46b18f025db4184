"""The words of each protocol: what its objects and sub-addresses are called, and how far they reach.

The one table that policies, grants, ceilings, the inventory and the guards speak from. It says nothing about functions
and tiers: those are the guards' own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from policies.routes import RouteForm, bacnet_address, cip_path, numbers, or_direct, slmp_station

MAX_NUMBER = 0xFFFFFFFF
TABLE_PATTERN = r"^[a-z][a-z_]{0,39}(0|[1-9][0-9]{0,9})?$"
_NUMBERED = re.compile(r"([a-z_]+?)(0|[1-9][0-9]*)")
_BIT, _WORD = (0, 1), (0, 0xFFFF)


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """One table of a protocol's objects.

    ``highest`` is the highest address, ``None`` where objects have none. ``names`` says what a name is, in people's
    words; empty where objects have none. ``folds_case``: names that differ in A to Z and a to z alone are the same.
    ``raw`` bounds every value of the table, where the protocol does. ``numbers`` bounds the number in the table's own
    word (``db10``), for words that end in ``<N>`` below.
    """

    highest: int | None = 0xFFFF
    names: str = ""
    is_read: bool = True
    is_written: bool = True
    folds_case: bool = False
    raw: tuple[int, int] | None = None
    numbers: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ProtocolWords:
    """One protocol: what a unit is and the highest there can be, how routes are written, what tables there are.

    ``is_datagrams``: it is spoken over UDP, and not over TCP.
    """

    objects: Mapping[str, ObjectKind]
    unit: str = ""
    highest_unit: int | None = None
    route: RouteForm | None = None
    is_datagrams: bool = False


def _tables(words: str, kind: ObjectKind) -> dict[str, ObjectKind]:
    return dict.fromkeys(words.split(), kind)


_MODBUS = ProtocolWords(
    unit="unit id",
    highest_unit=0xFF,
    objects={
        "coils": ObjectKind(raw=_BIT),
        "discrete": ObjectKind(raw=_BIT, is_written=False),
        "holding": ObjectKind(raw=_WORD),
        "input": ObjectKind(raw=_WORD, is_written=False),
    },
)

_S7_AREA = ObjectKind(highest=0x1FFFFF, names="a bit, as byte.bit: 4.3")
_S7_BLOCK = replace(_S7_AREA, numbers=(1, 0xFFFF))
_S7 = ProtocolWords(
    route=RouteForm("rack/slot", "0/2", or_direct(numbers("/", 7, 31))),
    objects={
        **_tables("inputs outputs flags peripheral local", _S7_AREA),
        **_tables("db<N> di<N>", _S7_BLOCK),
        **_tables("timers counters iec_timers iec_counters", ObjectKind()),
        **_tables("system_info system_flags analog_inputs analog_outputs", _S7_AREA),
    },
)

_PCCC_FILE = ObjectKind(names="a sub-element's number", numbers=(0, 0xFFFF))
_ENIP = ProtocolWords(
    route=RouteForm("pairs of port/link", "1/0", or_direct(cip_path)),
    objects={
        "tag": ObjectKind(highest=None, names="a tag's path", folds_case=True),
        "class<N>": ObjectKind(highest=MAX_NUMBER, names="an attribute's number", numbers=(0, 0xFFFF)),
        **_tables("o<N> i<N> s<N> b<N> t<N> c<N> r<N> n<N> f<N> st<N> a<N> d<N> l<N> md<N> pd<N> pls<N>", _PCCC_FILE),
    },
)

_DNP3_INPUT = ObjectKind(is_written=False)
_DNP3 = ProtocolWords(
    unit="outstation",
    highest_unit=0xFFFF,
    objects={
        **_tables("binary_input double_bit_input analog_input", _DNP3_INPUT),
        **_tables("frozen_counter frozen_analog_input", _DNP3_INPUT),
        **_tables("binary_output analog_output counter analog_input_deadband octet_string", ObjectKind()),
        **_tables("virtual_terminal dataset time internal_indication device_attribute", ObjectKind()),
        "class": ObjectKind(highest=3, is_written=False),
        "file": ObjectKind(highest=None, names="a file's name"),
    },
)

_IEC104_COMMAND = ObjectKind(highest=0xFFFFFF, is_read=False)
_IEC104 = ProtocolWords(
    unit="common address",
    highest_unit=0xFFFF,
    objects={
        **_tables("single_command double_command step_command setpoint bitstring parameter", _IEC104_COMMAND),
        "information": ObjectKind(highest=0xFFFFFF, is_written=False),
        "file": ObjectKind(highest=0xFFFFFF),
        **_tables("interrogation counter_interrogation", ObjectKind(highest=0xFF, is_written=False)),
    },
)

_OPCUA = ProtocolWords(
    objects={
        "node": ObjectKind(highest=None, names="a node id: ns=2;s=Pump1"),
        "method": ObjectKind(highest=None, names="a node id: ns=2;s=Pump1.Start", is_read=False),
    },
)

_BACNET_OBJECT = ObjectKind(highest=0x3FFFFF, names="a property: present_value")
_BACNET = ProtocolWords(
    is_datagrams=True,
    unit="network number",
    highest_unit=0xFFFF,
    route=RouteForm("network/MAC address", "10/05", or_direct(bacnet_address)),
    objects={
        **_tables(
            "analog_input analog_output analog_value binary_input binary_output binary_value calendar command device "
            "event_enrollment file group loop multi_state_input multi_state_output notification_class program schedule "
            "averaging multi_state_value trend_log life_safety_point life_safety_zone accumulator pulse_converter "
            "event_log global_group trend_log_multiple load_control structured_view access_door timer "
            "access_credential access_point access_rights access_user access_zone credential_data_input "
            "network_security bitstring_value characterstring_value datepattern_value date_value "
            "datetimepattern_value datetime_value integer_value large_analog_value octetstring_value "
            "positive_integer_value timepattern_value time_value notification_forwarder alert_enrollment channel "
            "lighting_output binary_lighting_output network_port elevator_group escalator lift staging "
            "audit_reporter audit_log",
            _BACNET_OBJECT,
        ),
        "type<N>": replace(_BACNET_OBJECT, numbers=(0, 1023)),
    },
)

_FINS_AREA = ObjectKind(names="a bit, as word.bit: 100.5", raw=_WORD)
_FINS = ProtocolWords(
    route=RouteForm("network.node.unit", "0.10.0", numbers(".", 0x7F, 0xFF, 0xFF)),
    objects={
        **_tables("cio wr hr ar dm em", _FINS_AREA),
        "em<N>": replace(_FINS_AREA, numbers=(0, 24)),
        **_tables("tim cnt dr", ObjectKind(raw=_WORD)),
        **_tables("ir tk", ObjectKind()),
    },
)

_SLMP_BIT = ObjectKind(highest=MAX_NUMBER, raw=_BIT)
_SLMP_WORD = ObjectKind(highest=MAX_NUMBER, raw=_WORD)
_SLMP = ProtocolWords(
    route=RouteForm("network/station", "0/255", slmp_station),
    objects={
        **_tables("sm x y m l f v b s sb dx dy ts tc sts stc cs cc lts ltc lsts lstc lcs lcc", _SLMP_BIT),
        **_tables("sd d w sw tn stn cn z r zr rd", _SLMP_WORD),
        **_tables("ltn lstn lcn lz", ObjectKind(highest=MAX_NUMBER)),
        "u<N>": replace(_SLMP_WORD, numbers=(0, 0xFFF)),
    },
)

PROTOCOLS: Mapping[str, ProtocolWords] = {
    "modbus": _MODBUS,
    "modbus-rtu": _MODBUS,
    "s7": _S7,
    "enip": _ENIP,
    "dnp3": _DNP3,
    "iec104": _IEC104,
    "opcua": _OPCUA,
    "bacnet": _BACNET,
    "fins": _FINS,
    "slmp": _SLMP,
}

OPAQUE_DATAGRAMS = "udp"
"""The protocol of services whose datagrams no guard understands."""


def is_datagrams(protocol: str) -> bool:
    """Tell whether a service of this protocol is reached over UDP; every other one is over TCP."""
    words = PROTOCOLS.get(protocol)
    return protocol == OPAQUE_DATAGRAMS if words is None else words.is_datagrams


def kind_of(protocol: str, table: str) -> ObjectKind | None:
    """Return what ``table`` (``holding``, ``db10``) is in this protocol; ``None`` if it has no such objects."""
    words = PROTOCOLS.get(protocol)
    if words is None:
        return None
    numbered = _NUMBERED.fullmatch(table)
    kind = words.objects.get(table if numbered is None else f"{numbered[1]}<N>")
    if numbered is None:
        return kind if kind is not None and kind.numbers is None else None
    if kind is None or kind.numbers is None or not kind.numbers[0] <= int(numbered[2]) <= kind.numbers[1]:
        return None
    return kind


def protocols_with(table: str) -> tuple[str, ...]:
    """Return the protocols that have this table."""
    return tuple(protocol for protocol in PROTOCOLS if kind_of(protocol, table) is not None)


def tables_of(protocols: Iterable[str]) -> tuple[str, ...]:
    """Return the tables' words of these protocols, as the table above gives them (``db<N>``)."""
    return tuple(dict.fromkeys(table for protocol in protocols for table in PROTOCOLS[protocol].objects))


def folds_case(table: str) -> bool:
    """Tell whether names in this table know no case; protocols that share a table's word agree on it."""
    return any(kind.folds_case for protocol in PROTOCOLS if (kind := kind_of(protocol, table)) is not None)
