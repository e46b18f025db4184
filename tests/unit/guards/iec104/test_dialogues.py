"""Dialogues, frame by frame: what the guard says to whom when somebody speaks or time passes.

``t`` and ``d``: the tool or the device says it; ``T`` and ``D``: the guard says it to them, at once and in this order.
``I n.m NAME`` is a frame with N(S) and N(R) and an ASDU of ``traffic``, ``S m`` an acknowledgement; ``NAME=7-`` has
another cause, ``-`` marks a refusal. ``wait`` lets seconds pass, ``gone`` ends the asset's side, ``bye`` the stream.
"""

import re
from dataclasses import dataclass, field

import pytest

from guards.effects import Ask, Cut, Direction, Effect, Observed, Reply
from guards.iec104.guard import Iec104Guard
from tests.unit.guards.iec104 import traffic
from tests.unit.guards.iec104.traffic import ASKED, NOW, START, STARTED, STOP, STOPPED, TEST, TESTED, TOLD, caused
from tests.unit.guards.iec104.wire import numbered, supervisory

CONTROLS = {"start": START, "started": STARTED, "stop": STOP, "stopped": STOPPED, "test": TEST, "tested": TESTED}
BEGIN = "t start | D start | d started | T started | "

READING = {
    "the device is asked to start first, and the tool told when it has": BEGIN,
    "a link that is started needs no device to start it again": BEGIN + "t start | T started",
    "an interrogation and its data go through on counters of each link": BEGIN
    + "t I 0.0 gi | D I 0.0 gi | d I 0.1 gi=7 | T I 0.1 gi=7 | d I 1.1 points | T I 1.1 points"
    + "| d I 2.1 gi=10 | T I 2.1 gi=10",
    "spontaneous data flow to the tool": BEGIN + "d I 0.0 point | T I 0.0 point | d I 1.0 point | T I 1.0 point",
    "a command is refused, and the link goes on": BEGIN
    + "t I 0.0 on | T I 0.1 on=7- | t I 1.1 off | T I 1.2 off=7- | t I 2.2 gi | D I 0.0 gi",
    "refusals stand between the device's data, which the device never sees": BEGIN
    + "d I 0.0 point | T I 0.0 point | t I 0.1 on | T I 1.1 on=7- | d I 1.0 point | T I 2.1 point",
    "taking a selection back is refused with the cause of its confirmation": BEGIN
    + "t I 0.0 cancel | T I 0.1 cancel=9-",
    "freezing counters is no reading": BEGIN
    + "t I 0.0 freeze | T I 0.1 freeze=7- | t I 1.1 counters | D I 0.0 counters",
    "an unknown type is 44": BEGIN + "t I 0.0 strange | T I 0.1 strange=44-",
    "what only stations say is 44": BEGIN + "t I 0.0 point | T I 0.1 point=44-",
    "an unknown cause is 45": BEGIN + "t I 0.0 gi=3 | T I 0.1 gi=45-",
    "a confirmation from the tool is 45": BEGIN + "t I 0.0 gi=7 | T I 0.1 gi=45-",
    "a station outside the fence is 46": BEGIN + "t I 0.0 other | T I 0.1 other=46-",
    "every station at once is outside a fence": BEGIN + "t I 0.0 gi-all | T I 0.1 gi-all=46-",
    "eight frames are acknowledged at once": BEGIN
    + "".join(f"d I {n}.0 point | T I {n}.0 point | " for n in range(7))
    + "d I 7.0 point | T I 7.0 point | D S 8",
    "fewer after ten seconds": BEGIN + "d I 0.0 point | T I 0.0 point | wait 9.9 | wait 0.1 | D S 1",
    "a frame acknowledges what came the other way": BEGIN
    + "d I 0.0 point | T I 0.0 point | t I 0.1 gi | D I 0.1 gi | wait 10 | T S 1",
    "each side is tested after twenty silent seconds, by the guard alone": BEGIN
    + "wait 20 | T test | D test | t tested | d tested | wait 19.9 | wait 0.1 | T test | D test",
    "the guard answers tests itself": BEGIN + "t test | T tested | d test | D tested",
    "also before anything is started": "t test | T tested | d test | D tested | wait 20 | T test | D test",
    "a side that does not answer a test is cut after fifteen": BEGIN
    + "wait 20 | T test | D test | d tested | wait 14.9 | wait 0.1 | cut iec104_silent",
    "a tool that does not acknowledge is cut": BEGIN + "d I 0.0 point | T I 0.0 point | wait 10 | D S 1 | wait 5"
    "| cut iec104_silent",
    "a device that does not acknowledge is answered for, then cut": BEGIN
    + "t I 0.0 gi | D I 0.0 gi | wait 10 | T S 1 | wait 5 | T I 0.1 gi=7- | cut iec104_silent",
    "a device that does not start is cut": "t start | D start | wait 14.9 | wait 0.1 | cut iec104_silent",
    "a device that acknowledges and says nothing is answered for": BEGIN
    + "t I 0.0 gi | D I 0.0 gi | d S 1 | wait 10 | T S 1 | t test | T tested | d test | D tested | wait 15"
    + "| t test | T tested | d test | D tested | wait 5 | T I 0.1 gi=7-",
    "a read that is refused is an object that is not there": BEGIN + "t I 0.0 read | T I 0.1 read=47-",
    "one request at a time is at the device": BEGIN
    + "t I 0.0 gi | D I 0.0 gi | t I 1.0 counters | d I 0.1 gi=7 | T I 0.2 gi=7 | D I 1.1 counters",
    "a refusal does not wait for it": BEGIN + "t I 0.0 gi | D I 0.0 gi | t I 1.0 on | T I 0.2 on=7-",
    "the tool stops: what waits is refused, the device is stopped, then the tool is told": BEGIN
    + "t I 0.0 gi | D I 0.0 gi | t I 1.0 counters | t stop | D stop | T I 0.2 counters=7-"
    + "| d I 0.1 point | T I 1.2 point | d stopped | T stopped | t start | D start | d started | T started",
    "a link that is stopped is stopped": "t stop | T stopped",
    "before the device is stopped it gets its acknowledgement": BEGIN
    + "d I 0.0 point | T I 0.0 point | t stop | D S 1 | D stop | d stopped | T stopped",
    "the good-bye stops the device": BEGIN + "bye | D stop | d stopped",
    "also while it starts": "t start | D start | bye | D stop",
    "and acknowledges what has left for the tool": BEGIN + "d I 0.0 point | T I 0.0 point | bye | D S 1 | D stop",
    "there is no good-bye where nothing was started": "t test | T tested | bye",
    "nor after the tool's own": BEGIN + "t stop | D stop | bye",
    "nor where the device has gone": BEGIN + "gone | bye",
    "after a cut the device is still stopped": BEGIN + "t I 5.0 gi | cut iec104_sequence | bye | D stop",
    "nothing follows the good-bye to the device": BEGIN
    + "bye | D stop | t I 0.0 gi | d test | d I 0.0 point | T I 0.1 point",
    "a device that has gone is answered for": BEGIN
    + "t I 0.0 gi | D I 0.0 gi | t I 1.0 counters | gone | T I 0.2 gi=7- | T I 1.2 counters=7-"
    + "| t I 2.2 gi | T I 2.3 gi=7-",
    "and what it said before is delivered": BEGIN + "d I 0.0 point | T I 0.0 point | gone | t stop | T stopped",
    "a gap in the tool's numbers": BEGIN + "t I 1.0 gi | cut iec104_sequence",
    "a number twice": BEGIN + "t I 0.0 gi | D I 0.0 gi | t I 0.0 gi | cut iec104_sequence",
    "a gap in the device's numbers": BEGIN + "d I 1.0 point | cut iec104_sequence",
    "more acknowledged than sent": BEGIN + "t S 1 | cut iec104_acknowledgement",
    "by the device, too": BEGIN + "d I 0.1 point | cut iec104_acknowledgement",
    "an acknowledgement taken back": BEGIN
    + "d I 0.0 point | T I 0.0 point | t S 1 | t S 0 | cut iec104_acknowledgement",
    "an ASDU before the start": "t I 0.0 gi | cut iec104_not_started",
    "an ASDU of a device that was not started": "d I 0.0 point | cut iec104_not_started",
    "the device asks to start": "d start | cut iec104_control",
    "the tool confirms": "t started | cut iec104_control",
    "a start is confirmed that nobody asked for": "d started | cut iec104_control",
    "a start while the link is being stopped": BEGIN + "t stop | D stop | t start | cut iec104_control",
    "not a frame": BEGIN + "t x 67040700 | cut iec104_start",
    "too long": BEGIN + "t x 68fe | cut iec104_length",
    "too short": BEGIN + "d x 6803010000 | cut iec104_length",
    "an unknown control function": BEGIN + "t x 680403000000 | cut iec104_frame",
    "an acknowledgement with a tail": BEGIN + "d x 6805010000ff00 | cut iec104_frame",
    "a frame without an ASDU": BEGIN + "d x 680400000000 | cut iec104_frame",
    "an ASDU without a head": BEGIN + "d x 6809000000006401060003 | cut iec104_asdu",
}  # fmt: skip

OPERATING = {
    "a command, its confirmation and its end": BEGIN
    + "t I 0.0 on | D I 0.0 on | d I 0.1 on=7 | T I 0.1 on=7 | d I 1.1 on=10 | T I 1.1 on=10",
    "a selection, then the command": BEGIN
    + "t I 0.0 select | D I 0.0 select | d I 0.1 select=7 | T I 0.1 select=7"
    + "| t I 1.1 on | D I 1.1 on | d I 1.2 on=7 | T I 1.2 on=7",
    "the device's own refusal is the tool's": BEGIN + "t I 0.0 on | D I 0.0 on | d I 0.1 on=47- | T I 0.1 on=47-",
    "every station may be interrogated at once, and each answers for itself": BEGIN
    + "t I 0.0 gi-all | D I 0.0 gi-all | t I 1.0 on | d I 0.1 gi=7 | T I 0.2 gi=7 | D I 1.1 on",
    "but not commanded": BEGIN + "t I 0.0 on-all | T I 0.1 on-all=46-",
    "a late confirmation is passed on": BEGIN
    + "t I 0.0 on | D I 0.0 on | d S 1 | wait 10 | T S 1 | t test | T tested | d test | D tested | wait 15"
    + "| t test | T tested | d test | D tested | wait 5 | T I 0.1 on=7- | d I 0.1 on=7 | T I 1.1 on=7",
    "the same command again waits for the answer to the first": BEGIN
    + "t I 0.0 on | D I 0.0 on | t I 1.0 on | d I 0.1 on=7 | T I 0.2 on=7 | D I 1.1 on",
}  # fmt: skip


@dataclass
class Stage:
    guard: Iec104Guard
    now: float = NOW
    effects: list[Effect] = field(default_factory=list)

    def play(self, line: str) -> None:
        who, _, what = line.partition(" ")
        if who in {"t", "d"}:
            way = Direction.TO_ASSET if who == "t" else Direction.TO_USER
            self.effects += self.guard.receive(way, frame_of(what), self.now)
        elif who == "wait":
            self.now += float(what)
            self.effects += self.guard.on_tick(self.now)
        else:
            self.effects += {"gone": self.guard.asset_gone, "bye": self.guard.good_bye}[who](self.now)

    def heard(self) -> list[str]:
        said = [effect for effect in self.effects if not isinstance(effect, Observed | Ask)]
        self.effects.clear()
        return [words_of(effect) for effect in said]


def frame_of(what: str) -> bytes:
    if what in CONTROLS:
        return CONTROLS[what]
    if what.startswith("x "):
        return bytes.fromhex(what[2:])
    kind, numbers, *name = what.split()
    if kind == "S":
        return supervisory(int(numbers))
    sent, received = (int(number) for number in numbers.split("."))
    return numbered(asdu_of(name[0]), sent, received)


def asdu_of(written: str) -> bytes:
    name, cause, minus = re.fullmatch(r"([\w-]*?\w)(?:=(\d+)(-?))?", written).groups()  # type: ignore[union-attr]
    data = (ASKED | TOLD | {"on-all": ASKED["on"][:4] + b"\xff\xff" + ASKED["on"][6:]})[name]
    return caused(data, int(cause) | (0x40 if minus else 0)) if cause else data


def words_of(effect: Effect) -> str:
    if isinstance(effect, Cut):
        return f"cut {effect.code}"
    assert isinstance(effect, Reply)
    return f"{'D' if effect.direction is Direction.TO_ASSET else 'T'} {effect.data.hex()}"


def expected(line: str) -> str:
    who, _, what = line.partition(" ")
    return line if who == "cut" else f"{who} {frame_of(what).hex()}"


def perform(script: str, inspector: Iec104Guard) -> None:
    stage = Stage(inspector)
    inspector.opened(NOW)
    lines = [line.strip() for line in script.split("|") if line.strip()]
    at = 0
    while at < len(lines):
        stage.play(lines[at])
        end = next((n for n in range(at + 1, len(lines)) if lines[n][0] not in "TDc"), len(lines))
        assert stage.heard() == [expected(line) for line in lines[at + 1 : end]], lines[: at + 1]
        at = end


@pytest.mark.parametrize("script", READING.values(), ids=READING.keys())
def test_dialogue_of_a_reader_of_one_station(script: str) -> None:
    reads = [{"table": table} for table in ("interrogation", "counter_interrogation")]
    perform(script, traffic.guard("read", units={3}, reads=reads))


@pytest.mark.parametrize("script", OPERATING.values(), ids=OPERATING.keys())
def test_dialogue_of_an_operator(script: str) -> None:
    perform(script, traffic.guard("read", "operate"))
