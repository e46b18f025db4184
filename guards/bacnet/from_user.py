"""What a tool says: requests, messages that nobody answers, and its part in answers and questions of the device."""

from collections.abc import Hashable
from dataclasses import replace

from guards.bacnet import apdu, bvlc, npdu, services
from guards.bacnet.apdu import Apdu
from guards.bacnet.bvlc import Bvlc
from guards.bacnet.exchange import BacnetExchange, key_of
from guards.bacnet.judge import Judge
from guards.bacnet.limits import Limits
from guards.bacnet.npdu import HERE, Npdu
from guards.bacnet.services import Said, Service
from guards.bacnet.state import LINK_CODE, NETWORK_CODE, UNCONFIRMED_CODE, State, heard, lost, operation
from guards.effects import Ask, Direction, Effect, Forward, Observed, Operation, Verdict
from guards.given import worst
from guards.refusal import Refusal
from policies.rules import Tier

_TO_ASSET = Direction.TO_ASSET
_BARE = services.unread(Service("", Tier.READ, is_bare=True))
_OTHERS = {
    apdu.SIMPLE_ACK: "simple_ack",
    apdu.COMPLEX_ACK: "complex_ack",
    apdu.SEGMENT_ACK: "segment_ack",
    apdu.ERROR: "error",
    apdu.REJECT: "reject",
    apdu.ABORT: "abort",
}


class FromUser:
    """Judges the datagrams of the user's side."""

    __slots__ = ("_judge", "_limits", "_state")

    def __init__(self, state: State, limits: Limits) -> None:
        """Judge by these."""
        self._state = state
        self._limits = limits
        self._judge = Judge(limits, state.values)

    def take(self, raw: bytes, datagram: bytes, now: float, effects: list[Effect]) -> None:
        """Take one datagram; ``raw`` is what is forwarded."""
        link = bvlc.parse(datagram)
        if isinstance(link, str):
            _drop(link, effects)
        elif link.code not in bvlc.CARRIERS:
            self._link(raw, link, now, effects)
        else:
            self._carried(raw, link, now, effects)

    def _link(self, raw: bytes, link: Bvlc, now: float, effects: list[Effect]) -> None:
        """Take a request of the link layer itself."""
        row = bvlc.function_of(link.code)
        if row.is_answer:
            _drop(f"a tool does not say {row.name}", effects)
            return
        said = services.unread(Service(row.name, row.tier, is_bare=True))
        refusal = self._limits.fence(HERE) or self._limits.judge(said)
        code = LINK_CODE + link.code
        exchange = BacnetExchange(
            raw, bytes((link.code,)) + link.body, operation(_TO_ASSET, code, said), link.code, said
        )
        if row.refusal is None:
            self._pass(exchange, refusal, now, effects)
        elif not self._state.dialogue.again(exchange, now, effects, may_pass=refusal is None):
            self._state.dialogue.ask(exchange, refusal, now, effects)

    def _carried(self, raw: bytes, link: Bvlc, now: float, effects: list[Effect]) -> None:
        message = npdu.parse(link.body)
        if isinstance(message, str):
            _drop(message, effects)
            return
        carrier = bvlc.function_of(link.code)
        also = () if carrier.tier is Tier.READ else (carrier.tier,)
        if message.message is not None:
            said = services.unread(services.network(message.message, message.payload))
            self._tell(raw, link, message, NETWORK_CODE + message.message, said, also, now, effects)
            return
        inner = apdu.parse(message.payload)
        if isinstance(inner, str):
            _drop(inner, effects)
        elif inner.kind == apdu.UNCONFIRMED:
            said = services.read(services.unconfirmed(inner.service), inner.data)
            self._tell(raw, link, message, UNCONFIRMED_CODE + inner.service, said, also, now, effects)
        elif link.code != bvlc.UNICAST or message.destination.is_broadcast:
            _drop("it is for one station, and said to several", effects)
        elif inner.kind == apdu.CONFIRMED:
            self._request(raw, message, inner, now, effects)
        else:
            self._take_part(raw, message, inner, now, effects)

    # --- requests

    def _request(self, raw: bytes, message: Npdu, request: Apdu, now: float, effects: list[Effect]) -> None:
        judged, station = self._judge.request(message, request, now), message.destination
        exchange = BacnetExchange(
            raw, bytes((request.kind, request.service)) + request.data,
            operation(_TO_ASSET, request.service, judged.said, station, request.invoke),
            request.service, judged.said, station=station, invoke=request.invoke, is_segmented=request.is_segmented,
        )  # fmt: skip
        dialogue = self._state.dialogue
        if dialogue.again(exchange, now, effects, may_pass=judged.refusal is None):
            return
        if dialogue.ask(exchange, judged.refusal, now, effects):
            self._state.subscriptions.note(exchange)
            written = () if judged.said.tier is Tier.READ else judged.said.contents.accesses
            exchange.moment = self._state.values.on_its_way(station, written, now)

    # --- what nobody answers

    def _tell(
        self, raw: bytes, link: Bvlc, message: Npdu, code: int, said: Said, also: tuple[Tier, ...], now: float,
        effects: list[Effect],
    ) -> None:  # fmt: skip
        fence = self._limits.fence(message.destination, message.source)
        told = operation(_TO_ASSET, code, said, message.destination)
        if also:
            told = replace(told, tier=worst((said.tier, *also)))
        exchange = BacnetExchange(raw, bytes((link.code,)) + link.body, told, code, said)
        self._pass(exchange, fence or self._limits.judge(said, *also), now, effects)

    def _pass(self, exchange: BacnetExchange, refusal: Refusal | None, now: float, effects: list[Effect]) -> None:
        """Forward, or drop without a word: what is not confirmed has no refusal."""
        dialogue, told = self._state.dialogue, exchange.operation
        if refusal is None or (refusal.verdict is Verdict.ASKED and dialogue.take(exchange.fingerprint, now)):
            refusal = dialogue.refuse_unasked(now)
        if refusal is None:
            effects += [Observed(told), Forward(_TO_ASSET, exchange.raw)]
            return
        told = replace(told, verdict=refusal.verdict, reason=refusal.reason)
        effects.append(Observed(told))
        if refusal.verdict is Verdict.ASKED:
            effects.append(Ask(told, exchange.fingerprint))

    # --- the tool's part in what was begun before

    def _take_part(self, raw: bytes, message: Npdu, part: Apdu, now: float, effects: list[Effect]) -> None:
        """Take an answer to the device's own question, or a word about the device's answer to ours."""
        key = key_of(message.destination, part.invoke or 0)
        is_ours = part.kind in {apdu.SEGMENT_ACK, apdu.ABORT} and not part.from_server
        question = self._state.question(key)
        if not is_ours and question is None:
            _drop("the device has asked for nothing that this answers", effects)
            return
        name = _OTHERS[part.kind]
        code = question if question is not None and not is_ours else part.service
        said = heard(code, name, message.destination, _TO_ASSET)
        refusal = self._refuse_part(key, message, now)
        if refusal is not None:
            effects.append(Observed(replace(said, verdict=refusal.verdict, reason=refusal.reason)))
            return
        effects += [Observed(said), Forward(_TO_ASSET, raw)]
        if not is_ours and part.kind != apdu.SEGMENT_ACK and not part.has_more:
            self._state.close_question(key)
        if is_ours and part.kind == apdu.ABORT and self._state.dialogue.answered(key) is not None:
            self._state.dialogue.let_go(now, effects)

    def _refuse_part(self, key: Hashable, message: Npdu, now: float) -> Refusal | None:
        """Hold it against fence and tiers; what is about an open request is none, and counts for no rate."""
        refusal = self._limits.fence(message.destination, message.source) or self._limits.judge(_BARE)
        dialogue = self._state.dialogue
        return refusal or (None if dialogue.at_device(key) is not None else dialogue.refuse_unasked(now))


def _drop(reason: str, effects: list[Effect]) -> None:
    dropped: Operation = lost(_TO_ASSET, reason)
    effects.append(Observed(dropped))
