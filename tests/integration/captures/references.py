"""What tshark reads in a capture, and the tier that each PDU has by the tables of the protocols (``tiers``)."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.integration.captures import tiers
from tests.integration.captures.agreement import Fields, Named, layered, number

Part = tuple[int, str]
"""A code and its tier."""


class Said(NamedTuple):
    """One PDU: whether it asks, and what is in it; ``key`` is what a request and its answer share."""

    asks: bool
    parts: tuple[Part, ...]
    key: Hashable = None


def _fields(named: Named) -> Fields:
    fields: Fields = {}
    for name, shown in named:
        fields.setdefault(name, []).append(shown)
    return fields


def answered(said: Iterable[Said]) -> Iterator[Said]:
    """Give every answer the tiers of its request, where there is one."""
    requests: dict[Hashable, tuple[Part, ...]] = {}
    for one in said:
        if one.asks and one.key is not None:
            requests[one.key] = one.parts
        asked = None if one.asks else requests.get(one.key)
        parts = tuple((code, tier) for (code, _), (_, tier) in zip(one.parts, asked or one.parts, strict=False))
        yield Said(one.asks, parts)


def modbus(to_home: bool, flow: str, named: Named) -> Said | None:
    fields = _fields(named)
    code = number(fields, "modbus.func_code")
    if code is None:
        return None
    table, sub = {8: (tiers.MODBUS_DIAGNOSTICS, "modbus.diagnostic_code"), 43: (tiers.MODBUS_MEI, "modbus.mei")}.get(
        code, (tiers.MODBUS, "modbus.func_code")
    )
    tier = table.get(number(fields, sub) or 0, "firmware")
    return Said(to_home, ((code, tier),), (flow, number(fields, "mbtcp.trans_id"), code))


def s7(to_home: bool, flow: str, named: Named) -> Said | None:
    fields = _fields(named)
    kind, group = number(fields, "s7comm.header.rosctr"), number(fields, "s7comm.param.userdata.funcgroup")
    if kind is None:
        transport = {0x0E: 0xE0, 0x0D: 0xD0}.get(number(fields, "cotp.type") or 0)
        return None if transport is None else Said(to_home, ((transport, "read"),), (flow, "cotp"))
    key = flow, number(fields, "s7comm.header.pduref")
    if group is None:
        code = number(fields, "s7comm.param.func") or 0
        return Said(kind == 1, ((code, tiers.S7.get(code, "firmware")),), key)
    way = number(fields, "s7comm.param.userdata.type") or 0
    sub = next(int(values[0], 0) for name, values in fields.items() if "userdata.subfunc" in name)
    return Said(way == 4, ((way << 4 | group, tiers.S7_USERDATA.get((group, sub), "firmware")),), key)


def enip(to_home: bool, flow: str, named: Named) -> Said | None:
    fields = _fields(named)
    command = number(fields, "enip.command")
    if command is None:
        return None  # cyclic I/O
    services: list[tuple[int, int | None]] = []
    for name, shown in named:
        if name == "cip.service":
            services.append((int(shown, 0) & 0x7F, None))
        elif name == "cip.class" and services and services[-1][1] is None:
            services[-1] = services[-1][0], int(shown, 0)
    parts = [(code, _cip(code, class_id)) for code, class_id in services]
    if services and (services[0] == (0x0A, 2) or services[0] == (0x52, 6)):
        parts[0] = services[0][0], tiers.worst([tier for _, tier in parts[1:]])
    if not services:
        parts = [(command, tiers.ENCAPSULATION.get(command, "firmware"))]
    key = (flow, *fields.get("enip.context", ()), number(fields, "cip.seq"))
    return Said(to_home, tuple(parts), key)


def _cip(service: int, class_id: int | None) -> str:
    if service in tiers.CIP_SETTING:
        return "program" if class_id in tiers.CIP_SET_UP else "operate"
    table = tiers.CIP_CONNECTIONS if class_id == 6 else tiers.CIP
    return table.get(service) or tiers.CIP.get(service, "firmware")


def dnp3(to_home: bool, flow: str, named: Named) -> Said | None:
    fields = _fields(named)
    code = number(fields, "dnp3.al.func")
    if code is None:
        return None
    asks = number(fields, "dnp3.ctl.dir") == 1
    groups = {int(shown, 0) >> 8 for shown in fields.get("dnp3.al.obj", ())}
    tier = tiers.DNP3.get(code, "firmware") if asks else "read"
    if code == 0x02 and groups:
        tier = tiers.worst([tiers.DNP3_WRITES.get(group, "program") for group in groups])
    if code == 0x19 and number(fields, "dnp3.al.file.mode") == 1:
        tier = "read"
    key = (flow, number(fields, "dnp3.al.seq"), code in {0x00, 0x82})  # those stand for themselves
    return Said(asks, ((code, tier),), key)


def bacnet(to_home: bool, flow: str, named: Named) -> Said | None:
    fields = _fields(named)
    kind, message = number(fields, "bacapp.type"), number(fields, "bacnet.mesgtyp")
    if message is not None:
        told = message in tiers.BACNET_TOLD[2]
        tier = "read" if told else tiers.BACNET_NETWORK.get(message, "firmware")
        return Said(not told, ((0x200 + message, tier),))
    if kind is None:
        return None
    confirmed, unconfirmed = (number(fields, f"bacapp.{way}_service") for way in ("confirmed", "unconfirmed"))
    if kind == 1 and unconfirmed is not None:
        told = unconfirmed in tiers.BACNET_TOLD[1]
        tier = "read" if told else tiers.BACNET_UNCONFIRMED.get(unconfirmed, "firmware")
        if number(fields, "bvlc.function") == 0x09 and not told:
            tier = tiers.worst([tier, "program"])  # the network is asked to carry it on
        return Said(not told, ((0x100 + unconfirmed, tier),))
    code = confirmed or 0
    asks = kind == 0 and code not in tiers.BACNET_TOLD[0]
    tier = tiers.BACNET.get(code, "firmware") if asks else "read"
    written = {int(shown, 0) for shown in fields.get("bacapp.property_identifier", ())}
    if asks and code in {15, 16} and not written <= tiers.BACNET_VALUES:
        tier = "program"
    return Said(asks, ((code, tier),), (flow, number(fields, "bacapp.invoke_id"), code))


def opcua(to_home: bool, flow: str, named: Named) -> Said | None:
    fields = _fields(named)
    code = number(fields, "opcua.servicenodeid.numeric") or 0
    tier = tiers.OPCUA.get(code, "firmware") if to_home else "read"
    if code == 673 and {int(shown, 0) for shown in fields.get("opcua.AttributeId", ())} != {tiers.OPCUA_VALUE}:
        tier = "program"
    return Said(to_home, ((code, tier),), (flow, number(fields, "opcua.security.rqid")))


def fins(to_home: bool, flow: str, named: Named) -> Said | None:
    fields = _fields(named)
    code, icf = number(fields, "omron.command"), number(fields, "omron.icf")
    if code is None or icf is None:
        return None
    tier = tiers.FINS.get(code, "firmware")
    if code == 0x0920 and (number(fields, "omron.message") or 0) & 0x4000:
        tier = "operate"  # messages are cleared
    return Said(not icf & 0x40, ((code, tier),), (flow, number(fields, "omron.sid"), code))


Reading = Callable[[bool, str, Named], Said | None]
READINGS: dict[str, tuple[int, tuple[str, ...], Reading]] = {
    "modbus": (502, ("mbtcp", "modbus"), modbus),
    "s7comm": (102, ("cotp", "s7comm"), s7),
    "enip": (44818, ("enip", "cip", "cipcm", "cippccc"), enip),
    "dnp3": (20000, ("dnp3",), dnp3),
    "bacnet": (47808, ("bvlc", "bacnet", "bacapp"), bacnet),
    "opcua-binary": (4840, ("opcua",), opcua),
    "omron-fins": (9600, ("omron",), fins),
}
"""By the folder of captures: where the protocol is at home, its layers from the outside in, and how they are read."""


def read_by_tshark(capture: Path, folder: str, port: int | None = None, *, by_segments: bool = False) -> list[Said]:
    """Return what tshark reads of the protocol of a folder, which is spoken on ``port`` if not where it is at home."""
    home, layers, reading = READINGS[folder]
    options = ("-o", f"tcp.analyze_sequence_numbers:{not by_segments}")
    options += () if port is None else ("-d", f"tcp.port=={port},{layers[0]}")
    found = (reading(*one) for one in layered(capture, layers, port or home, *options))
    return list(answered(one for one in found if one is not None))


def said_in(lines: list[dict[str, Any]]) -> list[Said]:
    """Return the lines of ``wicket inspect --json`` in the same words."""
    parts = (tuple((part["function_code"], part["tier"]) for part in line.get("parts") or [line]) for line in lines)
    return [Said(line["direction"] == "request", each) for line, each in zip(lines, parts, strict=True)]
