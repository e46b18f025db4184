"""What a device says: answers to what is open, its own questions, and what it tells by itself."""

from dataclasses import replace

from guards.bacnet import apdu, bvlc, npdu, services
from guards.bacnet.answers import read_answer
from guards.bacnet.apdu import Apdu
from guards.bacnet.bvlc import Bvlc
from guards.bacnet.exchange import LINK, BacnetExchange, key_of
from guards.bacnet.npdu import Npdu
from guards.bacnet.operations import NETWORK_CODE, UNCONFIRMED_CODE, heard, lost
from guards.bacnet.state import State
from guards.effects import Direction, Effect, Forward, Observed, Operation, Verdict
from guards.exchange import answered, read_for_record
from guards.malformations import flaw
from guards.reasons import why

_TO_USER = Direction.TO_USER
_ACCEPTED = 0x0000
_NAMES_SERVICE = frozenset({apdu.SIMPLE_ACK, apdu.COMPLEX_ACK, apdu.ERROR})


class FromAsset:
    """Passes on the datagrams of the asset's side that make sense to the tool."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        """Know what is open."""
        self._state = state

    def take(self, raw: bytes, datagram: bytes, now: float, effects: list[Effect]) -> None:
        """Take one datagram; ``raw`` is what is forwarded."""
        link = bvlc.parse(datagram)
        if isinstance(link, str):
            effects.append(Observed(lost(_TO_USER, link)))
        elif link.code in bvlc.CARRIERS:
            self._carried(raw, link, now, effects)
        else:
            self._link(raw, link, now, effects)

    def _link(self, raw: bytes, link: Bvlc, now: float, effects: list[Effect]) -> None:
        """Take an answer of the link layer: it names no request, and so belongs to the one that is open."""
        if not bvlc.function_of(link.code).is_answer:
            effects.append(Observed(lost(_TO_USER, flaw("device_asks_link"))))
            return
        exchange = self._state.dialogue.answered(LINK)
        if exchange is None:
            self._stray(LINK, None, effects)
            return
        result = int.from_bytes(link.body[:2], "big") if link.code == bvlc.RESULT else _ACCEPTED
        answer = replace(exchange.operation, direction=_TO_USER, is_response=True, exception_code=result or None)
        effects += [Observed(answer), Forward(_TO_USER, raw)]
        self._state.dialogue.let_go(now, effects)

    def _carried(self, raw: bytes, link: Bvlc, now: float, effects: list[Effect]) -> None:
        message = npdu.parse(link.body)
        if isinstance(message, str):
            effects.append(Observed(lost(_TO_USER, message)))
            return
        if message.message is not None:
            name = services.network(message.message, message.payload).name
            _pass(raw, heard_of(message, NETWORK_CODE + message.message, name), effects)
            return
        inner = apdu.parse(message.payload)
        if isinstance(inner, str):
            effects.append(Observed(lost(_TO_USER, inner, station=message.source)))
        elif inner.kind == apdu.UNCONFIRMED:
            name = services.unconfirmed(inner.service).name
            _pass(raw, heard_of(message, UNCONFIRMED_CODE + inner.service, name), effects)
        elif inner.kind == apdu.CONFIRMED:
            self._state.asked_by_device(key_of(message.source, inner.invoke or 0), inner.service)
            _pass(raw, heard_of(message, inner.service, services.confirmed(inner.service).name), effects)
        elif inner.kind == apdu.SEGMENT_ACK or (inner.kind == apdu.ABORT and not inner.from_server):
            self._about_its_question(raw, message, inner, effects)
        else:
            self._answer(raw, message, inner, now, effects)

    def _about_its_question(self, raw: bytes, message: Npdu, part: Apdu, effects: list[Effect]) -> None:
        """Take what the device says of the tool's answer to its own question."""
        key = key_of(message.source, part.invoke or 0)
        if self._state.question(key) is None and part.kind == apdu.ABORT:
            self._stray(key, part.invoke, effects)
            return
        if part.kind == apdu.ABORT:
            self._state.close_question(key)
        _pass(raw, heard_of(message, part.service, apdu.KINDS[part.kind]), effects)

    def _answer(self, raw: bytes, message: Npdu, answer: Apdu, now: float, effects: list[Effect]) -> None:
        dialogue = self._state.dialogue
        key = key_of(message.source, answer.invoke or 0)
        exchange = dialogue.part_of_answer(key, now)
        if exchange is None:
            self._stray(key, answer.invoke, effects)
            return
        if answer.kind in _NAMES_SERVICE and answer.service != exchange.service:
            reason = flaw("other_service", service=answer.service, asked=exchange.service)
            effects.append(Observed(lost(_TO_USER, reason, invoke=answer.invoke, station=message.source)))
            return
        is_own = exchange.reads_for is not None
        is_last = is_own or _is_last(exchange, answer)
        if is_last:
            dialogue.answered(key)
        found = read_answer(answer)
        self._state.values.saw(message.source, found.learned, now, exchange.moment)
        if found.code is not None:
            self._state.subscriptions.failed(exchange)
        said = answered(exchange.operation, found.values, found.reason, found.code)
        if is_own:
            self._state.befores.learn(exchange, said)
            effects.append(read_for_record(said))
        else:
            _pass(raw, said, effects)
        if is_last:
            dialogue.let_go(now, effects)

    def _stray(self, key: object, invoke: int | None, effects: list[Effect]) -> None:
        late = self._state.dialogue.was_given_up(key)
        reason = why("late") if late else why("nothing_open")
        effects.append(Observed(lost(_TO_USER, reason, Verdict.DENIED if late else Verdict.MALFORMED, invoke)))


def _is_last(exchange: BacnetExchange, answer: Apdu) -> bool:
    """Tell whether an answer is complete: its last segment counts once all before it were there (5.4.4)."""
    if not answer.is_segmented:
        return True
    if answer.sequence != exchange.expected & 0xFF:
        return False
    exchange.expected += 1
    return not answer.has_more


def heard_of(message: Npdu, code: int, name: str) -> Operation:
    """Return what a station tells."""
    return heard(code, name, message.source)


def _pass(raw: bytes, said: Operation, effects: list[Effect]) -> None:
    effects += [Observed(said), Forward(_TO_USER, raw)]
