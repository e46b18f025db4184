"""What a Modbus device tells of itself: device identification and server id.

Modicon controllers also tell their UMAS id. MODBUS Application Protocol V1.1b3, 6.21 (43/14, basic and regular
category, 6.21.1 for the objects) and 6.13 (17).
"""

from collections.abc import Generator
from struct import pack, unpack_from

from guards.look import Facts, LookKind, LookStoppedError, Script, text
from guards.modbus.framing import AduSplitter, ExceptionCode
from guards.modbus.functions import PDU_AT
from guards.shortfalls import short
from policies.rules import Rules

OBJECTS = {
    0: "vendor_name",
    1: "product_code",
    2: "major_minor_revision",
    3: "vendor_url",
    4: "product_name",
    5: "model_name",
    6: "user_application_name",
}
_REGULAR = 2
_MAX_PARTS = 8
_MAX_UNITS = 4
_SPEAK_UMAS = ("schneider", "telemecanique")
"""Only makers of Modicon controllers are asked in UMAS: to any other device, function 90 is a surprise."""
_READ_ID, _READ_PLC_INFO = b"\x5a\0\x02\0", b"\x5a\0\x04\0"
_UMAS_DONE = b"\x5a\0\xfe"
NOT_SIGNIFICANT = 0xFF
"""The unit of a device that is addressed by its IP address (Messaging on TCP/IP Implementation Guide V1.0b, 4.4.2)."""
_NOT_NOW = frozenset({
    ExceptionCode.SERVER_DEVICE_BUSY, ExceptionCode.GATEWAY_PATH_UNAVAILABLE, ExceptionCode.GATEWAY_TARGET_SILENT,
})  # fmt: skip
_Answered = Generator[bytes, bytes, bytes]


def script(rules: Rules, facts: Facts) -> Script:
    """Ask each unit of the fence; without a fence, the device at the address itself."""
    units = sorted(rules.units) if rules.units else [NOT_SIGNIFICANT]
    for number, unit in enumerate(units[:_MAX_UNITS]):
        prefix = f"unit{unit}." if rules.units else ""
        yield from _identification(number * 16, unit, prefix, facts)
        yield from _server_id(number * 16 + 15, unit, prefix, facts)
        if facts.get(prefix + OBJECTS[0], "").lower().startswith(_SPEAK_UMAS):
            yield from _umas(number * 16 + 13, unit, prefix, facts)
    if len(units) > _MAX_UNITS:
        return short("some_units", count=_MAX_UNITS, all=len(units))
    return ""


def serial_script(rules: Rules, facts: Facts) -> Script:
    """Ask the units of the fence on a serial line, where no unit can be left open."""
    if not rules.units:
        return short("no_unit_known")
    return (yield from script(rules, facts))


def _identification(transaction: int, unit: int, prefix: str, facts: Facts) -> Generator[bytes, bytes, None]:
    at = 0
    for part in range(_MAX_PARTS):
        pdu = yield from _ask(transaction + part, unit, bytes([0x2B, 0x0E, _REGULAR, at]))
        if len(pdu) < 7 or pdu[:2] != b"\x2b\x0e":
            return
        for number, value in _objects(pdu):
            if number in OBJECTS:
                facts[prefix + OBJECTS[number]] = text(value)
        if pdu[4] != 0xFF or pdu[5] <= at:
            return
        at = pdu[5]


def _objects(pdu: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    at = 7
    while at + 2 <= len(pdu) and len(found) < pdu[6]:
        end = at + 2 + pdu[at + 1]
        if end > len(pdu):
            break
        found.append((pdu[at], pdu[at + 2 : end]))
        at = end
    return found


def _server_id(transaction: int, unit: int, prefix: str, facts: Facts) -> Generator[bytes, bytes, None]:
    """Keep the content as it is: where in it the id ends and whether the device runs is each maker's own (6.13)."""
    pdu = yield from _ask(transaction, unit, b"\x11")
    if len(pdu) > 2 and pdu[0] == 0x11 and len(pdu) == 2 + pdu[1]:
        facts[prefix + "server_id"] = pdu[2:102].hex()


def _umas(transaction: int, unit: int, prefix: str, facts: Facts) -> Generator[bytes, bytes, None]:
    """Read id and program check without a reservation; layouts are those of Apache PLC4X (``umas.mspec``).

    Of the other blocks of 04 nobody says in public whether they change by themselves.
    """
    told = yield from _ask(transaction, unit, _READ_ID)
    if told[:3] == _UMAS_DONE and len(told) >= 26:
        _, ident, model, version, patch, internal, hardware = unpack_from("<HIHHHHH", told, 3)
        facts[f"{prefix}umas.id"] = f"{ident:08x}"
        facts[f"{prefix}umas.model"] = f"{model:04x}"
        facts[f"{prefix}umas.firmware"] = f"{version:04x}.{patch:04x}.{internal:04x}"
        facts[f"{prefix}umas.hardware"] = f"{hardware:04x}"
        facts[f"{prefix}umas.name"] = text(told[26 : 26 + told[25]])
    told = yield from _ask(transaction + 1, unit, _READ_PLC_INFO)
    if told[:3] == _UMAS_DONE and len(told) >= 23 and told[6] > 3:
        facts[f"{prefix}umas.program_check"] = f"{unpack_from('<I', told, 19)[0]:08x}"


def _ask(transaction: int, unit: int, pdu: bytes) -> _Answered:
    """Return the PDU that answers; an exception is one too, and tells nothing.

    Raises ``LookStoppedError`` for the exceptions of a device that is busy or out of reach.
    """
    adu = yield pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu
    while int.from_bytes(adu[:2], "big") != transaction:
        adu = yield b""
    answer = adu[PDU_AT:]
    if answer[0] & 0x80 and answer[1:2] and answer[1] in _NOT_NOW:
        raise LookStoppedError(short("device_out_of_reach", unit=unit, code=answer[1]))
    return answer


LOOK = LookKind(script, AduSplitter)
SERIAL_LOOK = LookKind(serial_script, AduSplitter)
