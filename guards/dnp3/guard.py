"""The DNP3 guard: forwards what the rules allow, answers the rest inside the protocol, and says what it saw.

Three layers: link frames are told apart here, their pieces are put together (``assembly``), and whole fragments are
judged by what they say (``conversation``) before any of their frames is forwarded. The user's side is the master.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from guards.arming import Armed
from guards.dialogue import Dialogue
from guards.dnp3 import link
from guards.dnp3.assembly import Assembly, Framed
from guards.dnp3.conversation import Conversation
from guards.dnp3.exchange import Dnp3Exchange
from guards.dnp3.limits import BROADCASTS, Limits
from guards.dnp3.link import Frame
from guards.dnp3.words import link_operation, unreadable
from guards.effects import Direction, Effect, Forward, Observed, Operation, Reply
from guards.malformations import flaw
from guards.rate import RateLimit
from guards.reasons import Reason, why
from guards.refusal import Cause, Refusal, denied
from guards.splitting import FramingFault, Splitter
from guards.stream_guard import DialogueGuard
from policies.rules import Rules, Tier

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_NOT_CARRIED = denied(Cause.FUNCTION, why("confirmed_data"))


class Dnp3Guard(DialogueGuard):
    """The inspector of one stream to port 20000; sans I/O, on the caller's clock.

    There is no good-bye: what a master could take back (unsolicited responses) may be another master's.
    """

    __slots__ = ("_assemblies", "_conversation", "_limits")

    def __init__(
        self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None,
        interrogations: RateLimit | None = None,
    ) -> None:  # fmt: skip
        """Compile ``rules``; a request is given up when an outstation is silent for ``device_timeout_seconds``.

        ``interrogations`` is how often outstations may be asked for class 0.
        """
        super().__init__(partial(Splitter, link.measure))
        self._limits = Limits(rules)
        self._conversation = Conversation(rules, self._limits, device_timeout_seconds, armed, interrogations)
        self._assemblies = {each: Assembly() for each in Direction}

    @property
    def dialogue(self) -> Dialogue[Dnp3Exchange]:
        """See ``DialogueGuard``."""
        return self._conversation.dialogue

    @property
    def kept_bytes(self) -> int:
        """See ``StreamGuard``."""
        return super().kept_bytes + sum(one.held_bytes for one in self._assemblies.values())

    def take(self, direction: Direction, raw: bytes, now: float, effects: list[Effect]) -> FramingFault | None:
        """See ``StreamGuard``."""
        frame = link.parse(raw)
        if isinstance(frame, str):
            return FramingFault("dnp3_block", frame)
        self._frame(direction, frame, raw, now, effects)
        return None

    def lose_asset(self) -> None:
        """See ``StreamGuard``."""
        super().lose_asset()
        self._assemblies[_TO_USER] = Assembly()

    def forget(self) -> None:
        """See ``StreamGuard``."""
        super().forget()
        self._assemblies = {each: Assembly() for each in Direction}

    # --- frames

    def _frame(self, direction: Direction, frame: Frame, raw: bytes, now: float, effects: list[Effect]) -> None:
        is_data = frame.is_primary and frame.function == link.UNCONFIRMED_DATA
        if frame.from_master is not (direction is _TO_ASSET):
            self._lose(direction, flaw("frame_direction"), now, effects)
        elif is_data and frame.data:
            self._piece(direction, frame, raw, now, effects)
        elif is_data or (frame.data and frame.function != link.CONFIRMED_DATA):
            self._lose(direction, flaw("frame_data"), now, effects)
        else:
            self._link(direction, frame, raw, now, effects)

    def _piece(self, direction: Direction, frame: Frame, raw: bytes, now: float, effects: list[Effect]) -> None:
        assembly = self._assemblies[direction]
        if assembly.is_open and frame.begins:
            self._give_up(direction, now, effects)
        whole = assembly.take(frame, raw)
        if whole is None:
            return
        if isinstance(whole, str):
            self._lose(direction, whole, now, effects)
            return
        say = self._conversation.request if direction is _TO_ASSET else self._conversation.response
        if say(frame, whole, now, effects):
            # They went with the fragment, in their place.
            effects += [Observed(link_operation(direction, one)) for one, _ in whole.between]
        else:
            self._pass_links(direction, whole.between, now, effects)

    def _lose(self, direction: Direction, reason: Reason, now: float, effects: list[Effect]) -> None:
        """Record what is passed on to nobody, and break off the fragment that it stands in."""
        self._give_up(direction, now, effects)
        effects.append(Observed(unreadable(direction, reason)))

    def _give_up(self, direction: Direction, now: float, effects: list[Effect]) -> None:
        self._pass_links(direction, self._assemblies[direction].give_up(), now, effects)

    # --- the link alone

    def _link(self, direction: Direction, frame: Frame, raw: bytes, now: float, effects: list[Effect]) -> None:
        operation = link_operation(direction, frame)
        refusal = self._judge(direction, operation)
        is_kept = refusal is None and operation.tier is Tier.READ and frame.function != link.CONFIRMED_DATA
        assembly = self._assemblies[direction]
        if is_kept and assembly.is_open and assembly.put_between(frame, raw):
            return
        self._give_up(direction, now, effects)
        if frame.is_primary and frame.function == link.CONFIRMED_DATA and refusal is None:
            self._tell_not_supported(direction, frame, operation, effects)
        else:
            self._pass_links(direction, [(frame, raw)], now, effects)

    def _judge(self, direction: Direction, operation: Operation) -> Refusal | None:
        outstation = operation.unit if operation.unit is not None else -1
        if direction is _TO_USER:
            return self._limits.judge_outstation(outstation)
        return self._limits.judge_link(outstation, operation.tier)

    def _pass_links(self, direction: Direction, framed: Iterable[Framed], now: float, effects: list[Effect]) -> None:
        for frame, raw in framed:
            operation = link_operation(direction, frame)
            refusal = self._judge(direction, operation)
            if direction is _TO_ASSET:
                exchange = Dnp3Exchange(frame, raw, operation)
                self.dialogue.tell(
                    exchange, refusal, now, effects,
                    is_counted=frame.is_primary, keeps_alive=operation.tier is Tier.READ,
                )  # fmt: skip
            elif refusal is None:
                effects += [Observed(operation), Forward(direction, raw)]
            else:
                effects.append(Observed(replace(operation, verdict=refusal.verdict, reason=refusal.reason)))

    def _tell_not_supported(
        self, direction: Direction, frame: Frame, operation: Operation, effects: list[Effect]
    ) -> None:
        operation = replace(operation, verdict=_NOT_CARRIED.verdict, reason=_NOT_CARRIED.reason)
        effects.append(Observed(operation))
        if frame.destination not in BROADCASTS:
            back = _TO_USER if direction is _TO_ASSET else _TO_ASSET
            effects.append(Reply(back, link.answer(frame, link.NOT_SUPPORTED)))
