"""Both links of a guard, and whether they carry ASDUs (IEC 60870-5-104:2006, 5.3): the device's follows the tool's.

What the tool wants is asked of the device first, and confirmed to the tool when the device has confirmed it.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from hashlib import sha256

from guards.effects import Ask, Direction, Effect, Observed, Reply, Verdict
from guards.iec104 import frames
from guards.iec104.frames import (
    STARTDT_ACT,
    STARTDT_CON,
    STOPDT_ACT,
    STOPDT_CON,
    TESTFR_ACT,
    TESTFR_CON,
    UNNUMBERED,
)
from guards.iec104.link import Link
from guards.iec104.operations import PROTOCOL, of_link
from guards.malformations import flaw
from guards.reasons import why
from guards.refusal import Refusal, denied
from guards.splitting import FramingFault

START_FINGERPRINT = sha256(f"{PROTOCOL}\0startdt".encode()).digest()
"""What identifies the start of the link where it must be asked for."""

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_CONFIRMS = {STARTDT_CON: STARTDT_ACT, STOPDT_CON: STOPDT_ACT, TESTFR_CON: TESTFR_ACT}


class Transfer(Enum):
    """Whether one link carries ASDUs."""

    STOPPED = auto()
    STARTING = auto()
    STARTED = auto()
    STOPPING = auto()


# Bound once, and compared as they are: looking members up and hashing them costs more than the comparison.
_STOPPED, _STARTING, _STARTED, _STOPPING = Transfer
_RUNNING = frozenset({_STARTING, _STARTED})


class Session:
    """The two links. ``bar`` is what keeps everything from the device, though the tool may talk."""

    __slots__ = ("_device_is", "_is_leaving", "_judge", "_tool_is", "bar", "device", "is_gone", "tool")

    def __init__(self, judge: Callable[[bytes, float], Refusal | None]) -> None:
        """Begin with both stopped. ``judge`` tells why the link may not be started; it is given a fingerprint."""
        self.tool, self.device = Link(), Link()
        self._tool_is = self._device_is = _STOPPED
        self._judge = judge
        self._is_leaving = False
        self.is_gone = False
        self.bar: Refusal | None = None

    def link(self, direction: Direction) -> Link:
        """Return the link to the side that this direction comes from."""
        return self.tool if direction is _TO_ASSET else self.device

    def may_say(self, direction: Direction) -> bool:
        """Tell whether ASDUs may come from this direction now."""
        if direction is _TO_ASSET:
            return self._tool_is is _STARTED or self._tool_is is _STARTING
        return self._device_is is _STARTED or self._device_is is _STOPPING

    @property
    def device_has_room(self) -> bool:
        """Whether an ASDU may leave for the device."""
        return self._device_is is _STARTED and self.device.has_room

    @property
    def tool_has_room(self) -> bool:
        """Whether an ASDU may leave for the tool."""
        return (self._tool_is is _STARTED or self._tool_is is _STOPPING) and self.tool.has_room

    @property
    def is_stopping(self) -> bool:
        """Whether the tool has asked to stop and was not told yet that it is done."""
        return self._tool_is is _STOPPING

    def say(self, direction: Direction, frame: bytes | None, effects: list[Effect]) -> None:
        """Send a frame, if there is one; after the good-bye the device gets none."""
        if frame is not None and not (direction is _TO_ASSET and (self.is_gone or self._is_leaving)):
            effects.append(Reply(direction, frame))

    def control(self, direction: Direction, control: int, now: float, effects: list[Effect]) -> FramingFault | None:
        """Act on a control function; return the fault of one that this side may not say now."""
        if control == TESTFR_ACT:
            back = _TO_USER if direction is _TO_ASSET else _TO_ASSET
            self.say(back, frames.unnumbered(TESTFR_CON), effects)
        elif control == TESTFR_CON:
            self.link(direction).confirmed(TESTFR_ACT)
        elif direction is _TO_ASSET and control == STARTDT_ACT and self._tool_is is not _STOPPING:
            self._start(now, effects)
        elif direction is _TO_ASSET and control == STOPDT_ACT:
            self._stop(now, effects)
        elif direction is _TO_USER and control in _CONFIRMS and self.device.confirmed(_CONFIRMS[control]):
            self._confirmed(control, effects)
        else:
            return FramingFault("iec104_control", flaw("control_now", function=UNNUMBERED[control]))
        return None

    def finish_stop(self, effects: list[Effect]) -> None:
        """Confirm to the tool that its link is stopped, once the device's is; all that came for it has left."""
        if self._tool_is is _STOPPING and self._device_is is _STOPPED:
            self._tool_is = _STOPPED
            self.say(_TO_USER, frames.unnumbered(STOPDT_CON), effects)

    def asset_gone(self, why: Refusal) -> None:
        """Note that there is no device any more."""
        self.is_gone, self.bar = True, why
        self._device_is = _STOPPED
        if self._tool_is is _STARTING:
            self._tool_is = _STOPPED

    def good_bye(self, now: float) -> list[Effect]:
        """Stop the device's link, unless it is or is about to be."""
        effects: list[Effect] = []
        if self._device_is in _RUNNING:
            self._stop_device(now, effects)
        self._is_leaving = True
        return effects

    def _start(self, now: float, effects: list[Effect]) -> None:
        if self._tool_is is _STARTING:
            return
        if self._device_is is not _STARTED:
            refusal = (self.bar if self.is_gone else None) or self._judge(START_FINGERPRINT, now)
            if refusal is None:
                effects.append(Observed(of_link(_TO_ASSET, STARTDT_ACT)))
                self.say(_TO_ASSET, self.device.ask(STARTDT_ACT, now), effects)
                self._tool_is = self._device_is = _STARTING
                self.bar = None
                return
            self._refuse_start(refusal, effects)
        self._tool_is = _STARTED
        self.say(_TO_USER, frames.unnumbered(STARTDT_CON), effects)

    def _refuse_start(self, refusal: Refusal, effects: list[Effect]) -> None:
        """Start the tool's link alone: there is no word for "no" but silence, and so it stays connected."""
        operation = replace(of_link(_TO_ASSET, STARTDT_ACT), verdict=refusal.verdict, reason=refusal.reason)
        effects.append(Observed(operation))
        if refusal.verdict is Verdict.ASKED:
            effects.append(Ask(operation, START_FINGERPRINT))
        self.bar = denied(refusal.cause, why("link_not_started", reason=refusal.reason))

    def _stop(self, now: float, effects: list[Effect]) -> None:
        if self._device_is in _RUNNING:
            self._stop_device(now, effects)
        self._tool_is = _STOPPING

    def _stop_device(self, now: float, effects: list[Effect]) -> None:
        self.say(_TO_ASSET, self.device.acknowledgement(now, at_once=True), effects)
        effects.append(Observed(of_link(_TO_ASSET, STOPDT_ACT)))
        self.say(_TO_ASSET, self.device.ask(STOPDT_ACT, now), effects)
        self._device_is = _STOPPING

    def _confirmed(self, control: int, effects: list[Effect]) -> None:
        effects.append(Observed(of_link(_TO_USER, control)))
        if control == STOPDT_CON:
            self._device_is = _STOPPED
        elif self._device_is is _STARTING:
            self._device_is = self._tool_is = _STARTED
            self.say(_TO_USER, frames.unnumbered(STARTDT_CON), effects)
