"""S7comm traffic for tests: builders of messages from the transport up, rules in one line, strategies."""

from hypothesis import strategies as st

from guards.effects import Ask, Cut, Direction, Effect, Forward, Observed, Operation, Reply
from guards.s7.guard import S7Guard
from policies.rules import Rules, Tier

NOW = 100.0
ALL = ("read", "operate", "program", "firmware")
HMI, ENGINEERING = b"SIMATIC-ROOT-HMI", b"SIMATIC-ROOT-ES"


# --- transport


def tpkt(tpdu: bytes | str) -> bytes:
    tpdu = bytes.fromhex(tpdu) if isinstance(tpdu, str) else tpdu
    return b"\x03\x00" + (len(tpdu) + 4).to_bytes(2, "big") + tpdu


def piece(data: bytes, *, last: bool = True) -> bytes:
    return tpkt(b"\x02\xf0" + (b"\x80" if last else b"\x00") + data)


def connect(called: bytes | None = b"\x01\x02", *, code: int = 0xE0, more: bytes = b"", option: int = 0) -> bytes:
    parameters = (
        b"\xc0\x01\x0a\xc1\x02\x01\x00" + (b"" if called is None else bytes([0xC2, len(called)]) + called) + more
    )
    body = bytes([code]) + (b"\x00\x00\x00\x07" if code == 0xE0 else b"\x00\x07\x00\x09") + bytes([option]) + parameters
    return tpkt(bytes([len(body)]) + body)


CONFIRM = connect(code=0xD0)
LEAVE = tpkt("06 80 0009 0007 80")


# --- messages


def job(parameters: bytes | str, data: bytes | str = b"", reference: int = 1) -> bytes:
    return _message(1, reference, parameters, data)


def ack_data(parameters: bytes | str, data: bytes | str = b"", reference: int = 1, error: int = 0) -> bytes:
    return _message(3, reference, parameters, data, error)


def ack(error: int, reference: int = 1) -> bytes:
    return _message(2, reference, b"", b"", error)


def ask_userdata(group: int, sub: int, payload: bytes | str | None = None, reference: int = 1, kind: int = 1) -> bytes:
    about = bytes([kind << 6 | group, sub, 0])
    parameters = b"\x00\x01\x12\x04\x11" + about if kind == 1 else b"\x00\x01\x12\x08\x12" + about + bytes(4)
    return _message(7, reference, parameters, carried(payload))


def carried(payload: bytes | str | None) -> bytes:
    """Return a payload of user data behind its return code, transport size and length."""
    if payload is None:
        return b"\x0a\x00\x00\x00"
    payload = bytes.fromhex(payload) if isinstance(payload, str) else payload
    return b"\xff\x09" + len(payload).to_bytes(2, "big") + payload


def _message(
    rosctr: int, reference: int, parameters: bytes | str, data: bytes | str, error: int | None = None
) -> bytes:
    parameters = bytes.fromhex(parameters) if isinstance(parameters, str) else parameters
    data = bytes.fromhex(data) if isinstance(data, str) else data
    head = b"\x32" + bytes([rosctr]) + b"\0\0" + reference.to_bytes(2, "big")
    lengths = len(parameters).to_bytes(2, "big") + len(data).to_bytes(2, "big")
    return piece(head + lengths + (b"" if error is None else error.to_bytes(2, "big")) + parameters + data)


# --- variables

BIT, BYTE, WORD, INT, DWORD, DINT, REAL = 1, 2, 4, 5, 6, 7, 8
INPUTS, OUTPUTS, FLAGS, DB = 0x81, 0x82, 0x83, 0x84


def item(byte: int, count: int = 1, kind: int = BYTE, *, db: int = 1, area: int = DB, bit: int = 0) -> bytes:
    head = b"\x12\x0a\x10" + bytes([kind]) + count.to_bytes(2, "big") + db.to_bytes(2, "big") + bytes([area])
    return head + (byte * 8 + bit).to_bytes(3, "big")


def numbered(first: int, count: int = 1, kind: int = 0x1D) -> bytes:
    return (
        b"\x12\x0a\x10" + bytes([kind]) + count.to_bytes(2, "big") + b"\0\0" + bytes([kind]) + first.to_bytes(3, "big")
    )


def read(*items: bytes, reference: int = 1) -> bytes:
    return job(bytes([4, len(items)]) + b"".join(items), reference=reference)


def value(data: bytes | str, size: int = 4) -> bytes:
    """Return one item of a write's data, filled up; ``size`` is its transport size."""
    data = bytes.fromhex(data) if isinstance(data, str) else data
    length = {3: 1, 4: 8 * len(data), 5: 8 * len(data)}.get(size, len(data))
    return bytes([0, size]) + length.to_bytes(2, "big") + data + bytes(len(data) % 2)


def write(*pairs: tuple[bytes, bytes], reference: int = 1) -> bytes:
    items, data = b"".join(one for one, _ in pairs), b"".join(one for _, one in pairs)
    return job(bytes([5, len(pairs)]) + items, data, reference)


def answer_read(*data: bytes | str, reference: int = 1) -> bytes:
    items = [b"\xff" + value(one)[1:] for one in data]
    return ack_data(bytes([4, len(data)]), b"".join(items), reference)


def answer_write(*codes: int, reference: int = 1) -> bytes:
    return ack_data(bytes([5, len(codes)]), bytes(codes), reference)


READ_1 = read(item(0, 2))
WRITE_1 = write((item(0, 2), value("002a")))
SETUP = job("f0 00 0001 0001 01e0")
AGREED = ack_data("f0 00 0001 0001 00f0")
STOP = job("29 0000000000 09" + b"P_PROGRAM".hex())


def invoke(name: str, argument: bytes = b"", reference: int = 1) -> bytes:
    head = b"\x28" + bytes(6) + b"\xfd" + len(argument).to_bytes(2, "big")
    return job(head + argument + bytes([len(name)]) + name.encode(), reference=reference)


# --- guards


def rules(*tiers: str, **fields: object) -> Rules:
    return Rules.model_validate({"tiers": frozenset(Tier(tier) for tier in tiers), **fields})


def guard(*tiers: str, **fields: object) -> S7Guard:
    return S7Guard(rules(*tiers, **fields), device_timeout_seconds=30.0)


def connected(*tiers: str, called: bytes = b"\x01\x02", **fields: object) -> S7Guard:
    inspector = guard(*tiers, **fields)
    ask(inspector, connect(called))
    answer(inspector, CONFIRM)
    return inspector


def ask(inspector: S7Guard, data: bytes, now: float = NOW) -> list[Effect]:
    return inspector.receive(Direction.TO_ASSET, data, now)


def answer(inspector: S7Guard, data: bytes, now: float = NOW) -> list[Effect]:
    return inspector.receive(Direction.TO_USER, data, now)


def forwarded(effects: list[Effect]) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Forward)]


def replies(effects: list[Effect]) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Reply)]


def operations(effects: list[Effect]) -> list[Operation]:
    return [effect.operation for effect in effects if isinstance(effect, Observed)]


def cuts(effects: list[Effect]) -> list[str]:
    return [effect.code for effect in effects if isinstance(effect, Cut)]


def asks(effects: list[Effect]) -> list[Ask]:
    return [effect for effect in effects if isinstance(effect, Ask)]


def said(message: bytes, *tiers: str, **fields: object) -> Operation:
    """Return what is observed of one request."""
    return operations(ask(connected(*(tiers or ALL), **fields), message))[0]


# --- strategies

_references = st.integers(0, 3)
_items = st.builds(
    item,
    st.integers(0, 300),
    st.integers(0, 20),
    st.sampled_from([BIT, BYTE, WORD, INT, REAL, 15, 99]),
    db=st.integers(0, 3),
    area=st.sampled_from([FLAGS, DB, 0x1D, 0x01, 0x87]),
)
_item_lists = st.lists(st.one_of(_items, st.binary(max_size=14)), min_size=1, max_size=4)
_reads = st.builds(lambda items, reference: read(*items, reference=reference), _item_lists, _references)
_values = st.builds(value, st.binary(max_size=6), st.sampled_from([3, 4, 5, 7, 9]))
_writes = st.builds(
    lambda pairs, reference: write(*pairs, reference=reference),
    st.lists(st.tuples(_items, _values), min_size=1, max_size=3),
    _references,
)
_userdata = st.builds(
    ask_userdata,
    st.integers(0, 63),
    st.integers(0, 25),
    st.none() | st.binary(max_size=40),
    _references,
    st.integers(0, 3),
)
_jobs = st.builds(job, st.binary(max_size=30), st.binary(max_size=10), _references)
_invocations = st.builds(invoke, st.sampled_from(["P_PROGRAM", "_MODU", "_N_NONE"]), st.binary(max_size=4), _references)
_acks = st.builds(ack_data, st.binary(max_size=10), st.binary(max_size=10), _references, st.sampled_from([0, 0xD241]))
_setups = st.sampled_from([SETUP, AGREED, STOP])
_plus = st.builds(
    lambda version, opcode, function, rest, trailer: piece(
        b"\x72"
        + bytes([version])
        + (len(rest) + 10).to_bytes(2, "big")
        + (bytes([opcode, 0, 0]) + function.to_bytes(2, "big") + bytes(5) + rest)
        + (b"\x72" + bytes([version, 0, 0]) if trailer else b"")
    ),
    st.integers(1, 3),
    st.sampled_from([0x31, 0x32, 0x33]),
    st.sampled_from([0x054C, 0x04CA, 0x0542, 0x05B3, 0x1234]),
    st.binary(max_size=20),
    st.booleans(),
)
_transport = st.sampled_from([connect(), connect(HMI), connect(ENGINEERING), CONFIRM, LEAVE, piece(b"", last=False)])
messages = st.one_of(_reads, _writes, _userdata, _jobs, _invocations, _acks, _setups, _plus, _transport)
_cut_up = st.builds(lambda data, at: piece(data[7:at], last=False) + piece(data[at:]), _reads, st.integers(8, 20))
bursts = st.lists(st.one_of(messages, messages, _cut_up, st.binary(max_size=40)), max_size=4).map(b"".join)
sound = st.lists(st.one_of(messages, _cut_up), max_size=4).map(b"".join)
steps = st.lists(st.tuples(st.sampled_from(Direction), st.one_of(sound, sound, bursts)), max_size=8)
