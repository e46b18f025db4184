"""What an S7 CPU tells of itself: order number, names, mode, which blocks it holds, and their check sums.

No public specification: layouts are those that Wireshark's dissector (epan/dissectors/packet-s7comm.c and
packet-s7comm_szl_ids.c) describes; system status lists also stand in Siemens' System Software for S7-300/400, System
and Standard Functions (A5E00739858), chapter 34.
"""

from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from struct import pack, unpack_from

from guards.look import Facts, LookKind, LookStoppedError, Script, text
from guards.s7 import cotp, pdu
from guards.s7.jobs import BLOCK_TYPES
from guards.s7.pdu import ACK_DATA, JOB, USERDATA, Pdu
from guards.shortfalls import short
from guards.splitting import FramingFault, Splitter
from policies.routes import DIRECT
from policies.rules import Rules

_BLOCKS, _STATUS_LISTS = 3, 4
_COUNT, _LIST, _INFO, _READ_LIST = 1, 2, 3, 1
_PROGRAM = (b"08", b"0E", b"0C", b"0A", b"0B")
"""OB, FB, FC, DB, SDB: what a user loads; the system's own functions come with the firmware."""
_MAX_BLOCKS = 40
_MAX_PIECES = 8
_NAMES = {1: "system_name", 2: "module_name", 3: "plant", 4: "copyright", 5: "serial_number", 7: "module_type",
          8: "memory_card_serial", 9: "manufacturer", 10: "oem", 11: "location"}  # fmt: skip
_MODULES = {1: "order_number", 6: "hardware", 7: "firmware", 0x81: "boot_loader"}
_MODES = {0: "defect", 1: "stop", 2: "stop", 3: "stop", 4: "stop", 5: "startup", 6: "startup", 7: "startup",
          8: "run", 9: "run", 10: "hold"}  # fmt: skip
_EPOCH = datetime(1984, 1, 1, tzinfo=UTC)
_LISTED = (0x0011, 0x001C, 0x0424)
_NOT_NOW = frozenset({pdu.TOO_FEW_RESOURCES, pdu.TIME_EXCEEDED, pdu.UNAVAILABLE})
_Asked = Generator[bytes, bytes, "Pdu | None"]
_Told = Generator[bytes, bytes, bytes]


def script(rules: Rules, facts: Facts) -> Script:
    """Connect as an engineering tool does, so that a CPU with room for the engineer has room for the look."""
    called = _called(rules)
    if called is None:
        return short("no_rack")
    confirm = yield _request(called)
    if cotp.code_of(confirm) != cotp.CONNECTION_CONFIRM:
        return short("cpu_refused")
    line = _Line()
    setup = yield from line.ask(JOB, b"\xf0\x00\x00\x01\x00\x01\x01\xe0")
    if setup is None or setup.error:
        return short("cpu_not_agreed")
    for number in _LISTED:
        told = yield from line.userdata(_STATUS_LISTS, _READ_LIST, pack(">HH", number, 0))
        facts.update(_status_list(number, told))
    return (yield from _program(line, facts))


def _program(line: "_Line", facts: Facts) -> Script:
    counts = _counts((yield from line.userdata(_BLOCKS, _COUNT, b"")))
    blocks: list[tuple[bytes, int]] = []
    for kind in _PROGRAM:
        if kind in counts:
            facts[f"blocks.{BLOCK_TYPES[kind]}"] = str(counts[kind])
        if counts.get(kind):
            listed = yield from line.userdata(_BLOCKS, _LIST, kind)
            blocks += [(kind, unpack_from(">H", listed, at)[0]) for at in range(0, len(listed) - 3, 4)]
    for kind, number in blocks[:_MAX_BLOCKS]:
        info = yield from line.userdata(_BLOCKS, _INFO, kind + b"%05dA" % number)
        if (told := _block(info)) is not None:
            facts[f"block.{BLOCK_TYPES[kind]}{number}"] = told
    if len(blocks) > _MAX_BLOCKS:
        facts["blocks.looked_at"] = f"{_MAX_BLOCKS} of {len(blocks)}"
    return ""


class _Line:
    """The conversation inside the transport connection: numbers requests, puts answers together."""

    def __init__(self) -> None:
        self._reference = 0
        self._pieces = cotp.Pieces()

    def ask(self, rosctr: int, parameters: bytes, data: bytes = b"") -> _Asked:
        """Return the answer to one request; ``None`` for one that does not add up."""
        self._reference += 1
        head = pack(">BBHHHH", pdu.PROTOCOL_ID, rosctr, 0, self._reference, len(parameters), len(data))
        tpkt = yield cotp.data(head + parameters + data, cotp.USUAL_TPDU_BYTES)
        while True:
            if cotp.code_of(tpkt) != cotp.DATA:
                return None
            whole = self._pieces.take(tpkt)
            if isinstance(whole, FramingFault):
                return None
            answer = None if whole is None else _answer(whole[1])
            if answer is not None and answer.reference == self._reference:
                return answer
            tpkt = yield b""

    def userdata(self, group: int, sub: int, payload: bytes) -> _Told:
        """Return what a user data function tells, of all its pieces; empty if it is refused."""
        data = b"\xff\x09" + pack(">H", len(payload)) + payload if payload else b"\x0a\0\0\0"
        parameters, told = bytes([0, 1, 0x12, 4, 0x11, 0x40 | group, sub, 0]), b""
        for _ in range(_MAX_PIECES):
            answer = yield from self.ask(USERDATA, parameters, data)
            if answer is None or len(answer.parameters) != 12:
                return told
            if error := int.from_bytes(answer.parameters[10:12], "big"):
                if error in _NOT_NOW:
                    raise LookStoppedError(short("cpu_out_of_reach", code=f"{error:04x}"))
                return told
            told += answer.data[4:] if answer.data[:1] == b"\xff" else b""
            if not answer.parameters[9]:
                return told
            parameters = bytes([0, 1, 0x12, 8, 0x12, 0x40 | group, sub, answer.parameters[7], 0, 0, 0, 0])
            data = b"\x0a\0\0\0"
        return told


def _answer(message: bytes) -> Pdu | None:
    found = pdu.parse(message) if message[:1] == bytes([pdu.PROTOCOL_ID]) else ""
    return found if isinstance(found, Pdu) and found.rosctr in {pdu.ACK, ACK_DATA, USERDATA} else None


def _called(rules: Rules) -> bytes | None:
    """Return the TSAP to call: that of the fence; without one rack 0, slot 2, where the CPU of an S7-300 is."""
    if rules.routes is None:
        return b"\x01\x02"
    for route in sorted(rules.routes):
        rack, _, slot = route.partition("/")
        if route != DIRECT and rack.isdecimal() and slot.isdecimal():
            return bytes([1, int(rack) << 5 | int(slot)])
    return None


def _request(called: bytes) -> bytes:
    return b"\x03\x00\x00\x16\x11\xe0\x00\x00\x00\x01\x00\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02" + called


def _status_list(number: int, told: bytes) -> Facts:
    """Read a partial list: id, index, bytes of a record, number of records, the records."""
    if len(told) < 8 or unpack_from(">H", told)[0] != number:
        return {}
    size, count = unpack_from(">HH", told, 4)
    records = [told[at : at + size] for at in range(8, len(told), size or len(told))][:count]
    return dict(fact for record in records if len(record) == size for fact in _record(number, record))


def _record(number: int, record: bytes) -> Iterator[tuple[str, str]]:
    index = int.from_bytes(record[:2], "big")
    if number == 0x0424 and len(record) > 3:
        yield "mode", _MODES.get(record[3] & 0x0F, f"mode {record[3] & 0x0F}")
    elif number == 0x0011 and index in _MODULES and len(record) > 22:
        yield _MODULES[index], f"{text(record[2:22])} {record[22:].hex()}".strip()
    elif number == 0x001C and index in _NAMES:
        yield _NAMES[index], text(record[2:])


def _counts(told: bytes) -> dict[bytes, int]:
    return {told[at : at + 2]: unpack_from(">H", told, at + 2)[0] for at in range(0, len(told) - 3, 4)}


def _block(info: bytes) -> str | None:
    """Read what stays the same while nobody loads the block: when its code was made, its sizes, its check sum."""
    if len(info) < 70:
        return None
    made = _EPOCH + timedelta(days=unpack_from(">H", info, 26)[0], milliseconds=unpack_from(">I", info, 22)[0])
    load, code = unpack_from(">I", info, 14)[0], unpack_from(">H", info, 40)[0]
    check = unpack_from(">H", info, 68)[0]
    version = f"{info[66] >> 4}.{info[66] & 15}"
    return f"{code} bytes ({load} loaded), version {version}, made {made:%Y-%m-%d %H:%M:%S}, check sum {check:04x}"


LOOK = LookKind(script, partial(Splitter, cotp.measure))
