"""IEC 60870-5-104 traffic for tests: ASDUs by name, rules in a line, peers as models of their own, strategies."""

import struct
from dataclasses import dataclass, field

from hypothesis import strategies as st

from guards.effects import Ask, Cut, Direction, Effect, Observed, Operation, Reply, Verdict
from guards.iec104.guard import Iec104Guard
from policies.rules import Rules, Tier
from tests.unit.guards.iec104.wire import asdu, numbered, supervisory, unnumbered

NOW = 100.0
ALL = ("read", "operate", "program", "firmware")
START, STARTED, STOP, STOPPED, TEST, TESTED = (unnumbered(code) for code in (0x07, 0x0B, 0x13, 0x23, 0x43, 0x83))
TO_ASSET, TO_USER = Direction.TO_ASSET, Direction.TO_USER

ASKED = {
    "gi": asdu(100, (0, b"\x14")),
    "gi-all": asdu(100, (0, b"\x14"), station=0xFFFF),
    "counters": asdu(101, (0, b"\x05")),
    "freeze": asdu(101, (0, b"\x45")),
    "read": asdu(102, (7, b""), cause=5),
    "clock": asdu(103, (0, bytes(7))),
    "reset": asdu(105, (0, b"\x01")),
    "on": asdu(45, (4001, b"\x01")),
    "off": asdu(45, (4001, b"\x00")),
    "select": asdu(45, (4001, b"\x81")),
    "cancel": asdu(45, (4001, b"\x81"), cause=8),
    "set": asdu(50, (6001, struct.pack("<fB", 12.5, 0))),
    "other": asdu(45, (4001, b"\x01"), station=4),
    "strange": asdu(200, (1, b"x")),
}
TOLD = {
    "point": asdu(1, (100, b"\x01"), cause=3),
    "points": asdu(13, *((100 + n, bytes(5)) for n in range(4)), cause=20, sequence=True),
    "answer": asdu(1, (7, b"\x01"), cause=5),
}


def caused(data: bytes, cause: int) -> bytes:
    """Return an ASDU with another cause, as a station mirrors it."""
    return data[:2] + bytes([cause]) + data[3:]


def setpoint(value: float, *, address: int = 6001, code: int = 50, select: bool = False, cause: int = 6) -> bytes:
    packed = struct.pack("<fB" if code in {50, 63} else "<hB", value if code in {50, 63} else int(value), select << 7)
    return asdu(code, (address, packed + bytes(7 if code > 60 else 0)), cause=cause)


# --- guards


def rules(*tiers: str, **fields: object) -> Rules:
    return Rules.model_validate({"tiers": frozenset(Tier(tier) for tier in tiers), **fields})


def guard(*tiers: str, **fields: object) -> Iec104Guard:
    return Iec104Guard(rules(*tiers, **fields), device_timeout_seconds=30.0)


def replies(effects: list[Effect], direction: Direction) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Reply) and effect.direction is direction]


def carried(effects: list[Effect], direction: Direction) -> list[bytes]:
    """Return the ASDUs that a guard sends one way."""
    return [frame[6:] for frame in replies(effects, direction) if not frame[2] & 1]


def operations(effects: list[Effect]) -> list[Operation]:
    return [effect.operation for effect in effects if isinstance(effect, Observed)]


def asks(effects: list[Effect]) -> list[Ask]:
    return [effect for effect in effects if isinstance(effect, Ask)]


def cuts(effects: list[Effect]) -> list[str]:
    return [effect.code for effect in effects if isinstance(effect, Cut)]


# --- peers


@dataclass
class Side:
    """A peer as the standard has it, written without a look at the guard's own counters."""

    window: int = 12
    said: int = 0
    acknowledged: int = 0
    heard: int = 0
    told: int = 0
    may_hear: bool = False
    asdus: list[bytes] = field(default_factory=list)

    def say(self, data: bytes) -> bytes:
        self.said, self.told = self.said + 1, self.heard
        return numbered(data, (self.said - 1) % 32768, self.heard % 32768)

    def acknowledge(self) -> bytes:
        self.told = self.heard
        return supervisory(self.heard % 32768)

    @property
    def has_room(self) -> bool:
        return self.said - self.acknowledged < self.window

    def hear(self, frame: bytes) -> None:
        """Take a frame of the guard; raises ``AssertionError`` for one that the standard does not allow now."""
        assert frame[0] == 0x68
        assert frame[1] == len(frame) - 2
        first, second = struct.unpack_from("<HH", frame, 2)
        if first & 3 == 3:
            assert len(frame) == 6
            return
        assert not second & 1
        newly = ((second >> 1) - self.acknowledged) % 32768
        assert self.acknowledged + newly <= self.said
        self.acknowledged += newly
        if first & 1:
            assert first == 1
            assert newly, "an S-frame that acknowledges nothing new"
            return
        assert self.may_hear, "an ASDU on a link that is not started"
        assert first >> 1 == self.heard % 32768
        self.heard += 1
        assert self.heard - self.told <= 12, "more frames than k"
        self.asdus.append(frame[6:])


class Plant:
    """A guard between a tool and a device that keep to the standard; what the guard says is held against it."""

    def __init__(self, inspector: Iec104Guard, *, start: bool = True) -> None:
        self.guard = inspector
        self.now = NOW
        self.tool, self.device = Side(), Side()
        self.said_by_tool: list[bytes] = []
        self.is_cut = False
        inspector.opened(self.now)
        if start:
            self.start()

    def start(self) -> list[Effect]:
        return self.raw(TO_ASSET, START) + self.raw(TO_USER, STARTED)

    def raw(self, way: Direction, data: bytes) -> list[Effect]:
        return self._took(self.guard.receive(way, data, self.now))

    def ask(self, data: bytes) -> list[Effect]:
        self.said_by_tool.append(data)
        return self.raw(TO_ASSET, self.tool.say(data))

    def tell(self, data: bytes) -> list[Effect]:
        return self.raw(TO_USER, self.device.say(data))

    def confirm(self, data: bytes, cause: int = 7) -> list[Effect]:
        return self.tell(caused(data, cause))

    def tick(self, seconds: float) -> list[Effect]:
        self.now += seconds
        return self._took(self.guard.on_tick(self.now))

    def _took(self, effects: list[Effect]) -> list[Effect]:
        self._check_observed(effects)
        for effect in effects:
            if isinstance(effect, Cut):
                self.is_cut = True
            if isinstance(effect, Reply):
                side = self.device if effect.direction is TO_ASSET else self.tool
                if effect.data in {START, STARTED}:
                    side.may_hear = True
                side.hear(effect.data)
                if effect.data in {STOP, STOPPED}:
                    side.may_hear = False
        return effects

    def _check_observed(self, effects: list[Effect]) -> None:
        """Nothing for the device that was not observed as allowed just before; nothing that the tool did not say."""
        for at, effect in enumerate(effects):
            if not isinstance(effect, Reply) or effect.direction is not TO_ASSET:
                continue
            if effect.data in {START, STOP} or not effect.data[2] & 1:
                before = effects[at - 1]
                assert isinstance(before, Observed)
                assert (before.operation.verdict, before.operation.direction) == (Verdict.ALLOWED, TO_ASSET)
            if not effect.data[2] & 1:
                assert isinstance(before, Observed)
                assert before.operation.function_code == effect.data[6]
                assert effect.data[6:] in self.said_by_tool
                self.said_by_tool.remove(effect.data[6:])


def plant(*tiers: str, **fields: object) -> Plant:
    """Return a started plant; a tier ``operate`` and the like as in ``rules``."""
    return Plant(guard(*tiers, **fields))


# --- strategies

_elements = {
    45: 1,
    46: 1,
    48: 3,
    49: 3,
    50: 5,
    51: 4,
    58: 8,
    63: 12,
    100: 1,
    101: 1,
    102: 0,
    103: 7,
    105: 1,
    1: 1,
    13: 5,
}
_causes = st.sampled_from([3, 5, 6, 6, 6, 7, 8, 10, 13, 44, 0x46, 0x47, 0x86])
_stations = st.sampled_from([3, 3, 3, 4, 0xFFFF])


@st.composite
def asdus(draw: st.DrawFn) -> bytes:
    code = draw(st.sampled_from(sorted(_elements)))
    element = st.binary(min_size=_elements[code], max_size=_elements[code])
    objects = draw(st.lists(st.tuples(st.sampled_from([0, 4001, 6001, 6002]), element), min_size=1, max_size=2))
    made = asdu(code, *objects, cause=draw(_causes), station=draw(_stations), sequence=draw(st.booleans()))
    return made[: draw(st.integers(6, len(made)))] if draw(st.integers(0, 9)) == 0 else made


any_asdu = st.one_of(st.sampled_from(sorted((ASKED | TOLD).values())), asdus(), st.binary(min_size=1, max_size=60))
_frames = st.one_of(
    st.builds(numbered, any_asdu, st.integers(0, 3), st.integers(0, 2)),
    st.builds(supervisory, st.integers(0, 2)),
    st.sampled_from([START, STARTED, STOP, STOPPED, TEST, TESTED, unnumbered(0x03), b"\x68\x03\x01\x00\x00"]),
)


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[Direction, bytes]]:
    """Two sides that mostly count right, and sometimes say anything."""
    sides = {TO_ASSET: Side(), TO_USER: Side()}
    said: list[tuple[Direction, bytes]] = []
    if draw(st.integers(0, 4)):
        said += [(TO_ASSET, START), (TO_USER, STARTED)]
    for _ in range(draw(st.integers(0, 12))):
        way = draw(st.sampled_from(Direction))
        match draw(st.integers(0, 15)):
            case 0:
                said.append((way, draw(_frames)))
            case 1:
                said.append((way, draw(st.binary(max_size=40))))
            case 2:
                said.append((way, draw(st.sampled_from([TEST, TESTED, START, STOP, STOPPED]))))
            case _:
                said.append((way, sides[way].say(draw(any_asdu))))
    return said
