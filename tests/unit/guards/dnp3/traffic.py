"""What the tests of the DNP3 guard share: objects, rules in one line, readers of effects, strategies."""

import struct

from hypothesis import strategies as st

from guards.dnp3 import application, link
from guards.dnp3.application import Fragment
from guards.dnp3.assembly import Assembly, Whole
from guards.dnp3.guard import Dnp3Guard
from guards.effects import Ask, Cut, Direction, Effect, Forward, Observed, Operation, Reply
from guards.splitting import Splitter
from policies.rules import Rules, Tier
from tests.unit.guards.dnp3 import wire
from tests.unit.guards.dnp3.wire import request, response

NOW = 100.0
ALL = ("read", "operate", "program", "firmware")
READ, WRITE, SELECT, OPERATE, DIRECT, DIRECT_NR = 1, 2, 3, 4, 5, 6
COLD_RESTART, OPEN, DELETE, INFO, ENABLE = 0x0D, 0x19, 0x1B, 0x1C, 0x14

CLASS_0 = bytes.fromhex("3c0106")
EVENTS = bytes.fromhex("3c02063c03063c0406")
CLEAR_RESTART = bytes.fromhex("500100070700")
CLOCK = bytes.fromhex("32010701") + bytes(6)


# --- objects


def crob(index: int, code: int = 3, count: int = 1, status: int = 0) -> bytes:
    return b"\x0c\x01\x28\x01\x00" + struct.pack("<HBBIIB", index, code, count, 100, 100, status)


def setpoint(index: int, value: int, status: int = 0) -> bytes:
    return b"\x29\x02\x28\x01\x00" + struct.pack("<HhB", index, value, status)


def outputs(first: int, *values: int, flags: int = 1) -> bytes:
    """What analog outputs are, as an answer tells it."""
    told = b"".join(struct.pack("<Bi", flags, value) for value in values)
    return b"\x28\x01\x00" + bytes([first, first + len(values) - 1]) + told


def file_command(mode: int, name: bytes = b"config.bin", *, offset: int = 26) -> bytes:
    return free(3, struct.pack("<HH6sHIIHHH", offset, len(name), bytes(6), 0, 0, 0, mode, 1024, 1) + name)


def free(variation: int, *bodies: bytes, group: int = 70) -> bytes:
    return bytes([group, variation, 0x5B, len(bodies)]) + b"".join(
        struct.pack("<H", len(body)) + body for body in bodies
    )


READ_0 = request(READ, CLASS_0)
ANSWER_0 = response("1e0200000001 2a00")


# --- guards


def rules(*tiers: str, **fields: object) -> Rules:
    return Rules.model_validate({"tiers": frozenset(Tier(tier) for tier in tiers), **fields})


def guard(*tiers: str, **fields: object) -> Dnp3Guard:
    return Dnp3Guard(rules(*tiers, **fields), device_timeout_seconds=30.0)


def ask(inspector: Dnp3Guard, data: bytes, now: float = NOW) -> list[Effect]:
    return inspector.receive(Direction.TO_ASSET, data, now)


def answer(inspector: Dnp3Guard, data: bytes, now: float = NOW) -> list[Effect]:
    return inspector.receive(Direction.TO_USER, data, now)


def forwarded(effects: list[Effect]) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Forward)]


def replies(effects: list[Effect]) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Reply)]


def operations(effects: list[Effect]) -> list[Operation]:
    return [effect.operation for effect in effects if isinstance(effect, Observed)]


def verdicts(effects: list[Effect]) -> list[str]:
    return [operation.verdict.value for operation in operations(effects)]


def cuts(effects: list[Effect]) -> list[str]:
    return [effect.code for effect in effects if isinstance(effect, Cut)]


def asks(effects: list[Effect]) -> list[Ask]:
    return [effect for effect in effects if isinstance(effect, Ask)]


def said(message: bytes, *tiers: str, **fields: object) -> Operation:
    """Return what is observed of one request."""
    [operation] = operations(ask(guard(*(tiers or ALL), **fields), message))
    return operation


def heard(data: bytes, outstation: int = wire.OUTSTATION) -> Fragment:
    """Read what the guard answered as a master does that goes by the book: one whole fragment, from this outstation."""
    frames, fault = Splitter(link.measure).feed(data)
    assert fault is None
    assembly, whole = Assembly(), None
    for raw in frames:
        frame = link.parse(raw)
        assert isinstance(frame, link.Frame)
        assert (frame.is_primary, frame.from_master, frame.function) == (True, False, wire.DATA)
        assert (frame.destination, frame.source) == (wire.MASTER, outstation)
        assert whole is None
        whole = assembly.take(frame, raw)
    assert isinstance(whole, Whole)
    fragment = application.read(whole.data, from_master=False)
    assert isinstance(fragment, Fragment)
    assert fragment.fault == ""
    assert fragment.data[0] & 0xF0 == 0xC0
    return fragment


# --- strategies

_sequences = st.integers(0, 3)
_outstations = st.sampled_from([wire.OUTSTATION, wire.OUTSTATION, 11, 0xFFFF])
_headers = st.one_of(
    st.builds(crob, st.integers(0, 9), st.sampled_from([0, 1, 3, 4, 0x41]), st.integers(0, 2)),
    st.builds(setpoint, st.integers(0, 9), st.integers(-500, 500)),
    st.builds(outputs, st.integers(0, 3), st.integers(-500, 500), st.integers(-500, 500)),
    st.builds(file_command, st.integers(0, 3), st.binary(max_size=4)),
    st.builds(free, st.integers(0, 7), st.binary(max_size=30), group=st.sampled_from([70, 120])),
    st.builds(
        lambda group, variation, qualifier, rest: bytes([group, variation, qualifier]) + rest,
        st.sampled_from([0, 1, 10, 12, 20, 30, 41, 50, 60, 80, 110, 120, 200]),
        st.integers(0, 6),
        st.sampled_from([0, 1, 2, 6, 7, 8, 0x17, 0x27, 0x28, 0x39, 0x5B, 0x99]),
        st.binary(max_size=20),
    ),
    st.sampled_from([CLASS_0, EVENTS, CLEAR_RESTART, CLOCK]),
)
_objects = st.lists(_headers, max_size=3).map(b"".join)
_codes = st.one_of(st.integers(0, 0x22), st.sampled_from([READ, DIRECT, SELECT, OPERATE]))
_requests = st.builds(request, _codes, _objects, _sequences, outstation=_outstations)
_responses = st.builds(
    response,
    _objects,
    st.sampled_from([0, 0x80, 0x0100, 0x1000]),
    _sequences,
    control=st.sampled_from([0xC0, 0xE0, 0xA0, 0x60, 0xF0]),
    function=st.sampled_from([0x81, 0x81, 0x82, 0x83]),
    outstation=_outstations,
)
_links = st.builds(
    wire.frame,
    st.sampled_from([b"", b"", b"\xc0"]),
    from_master=st.booleans(),
    function=st.integers(0, 15),
    outstation=_outstations,
    primary=st.booleans(),
)
_cut_up = st.builds(
    lambda fragment, size, between: between.join(wire.frames(fragment, size=size)),
    st.builds(lambda code, objects: bytes([0xC1, code]) + objects, _codes, _objects),
    st.integers(1, 9),
    st.one_of(st.just(b""), _links),
)
_pieces = st.builds(
    lambda head, data, from_master: wire.frame(bytes([head]) + data, from_master=from_master),
    st.integers(0, 255),
    st.binary(max_size=20),
    st.booleans(),
)
messages = st.one_of(_requests, _requests, _responses, _links, _cut_up, _pieces)
bursts = st.lists(st.one_of(messages, messages, st.binary(max_size=40)), max_size=3).map(b"".join)
sound = st.lists(messages, max_size=3).map(b"".join)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(Direction), st.one_of(sound, bursts)),
        st.tuples(st.just(Direction.TO_ASSET), _requests),
        st.tuples(st.just(Direction.TO_USER), _responses),
    ),
    max_size=6,
)
