"""What a tool says: requests, messages that nobody answers, and its part in answers and questions of the device."""

from collections.abc import Hashable
from dataclasses import replace

from guards.bacnet import apdu, bvlc, npdu, services
from guards.bacnet.apdu import Apdu
from guards.bacnet.bvlc import Bvlc
from guards.bacnet.exchange import BacnetExchange, key_of
from guards.bacnet.identity import i_am, is_meant
from guards.bacnet.limits import Limits
from guards.bacnet.npdu import HERE, Npdu
from guards.bacnet.operations import LINK_CODE, NETWORK_CODE, SAID_TO_SEVERAL, UNCONFIRMED_CODE, heard, lost, operation
from guards.bacnet.services import Said, Service
from guards.bacnet.state import State
from guards.effects import Ask, Direction, Effect, Forward, Observed, Operation, Reply, Verdict
from guards.exchange import FROM_INVENTORY
from guards.given import worst
from guards.malformations import flaw
from guards.reasons import Reason, why
from guards.refusal import Refusal
from policies.identity import BacnetIdentity
from policies.rules import Tier

_TO_ASSET = Direction.TO_ASSET
_WHO_IS = UNCONFIRMED_CODE + 8
_TO_DEVICE = frozenset({bvlc.UNICAST, bvlc.BROADCAST})
_HERE = frozenset({0, npdu.BROADCAST_NETWORK})
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

    __slots__ = ("_identity", "_limits", "_state")

    def __init__(self, state: State, limits: Limits, identity: BacnetIdentity | None = None) -> None:
        """Judge by these; answer for the device who it is, if that is known."""
        self._identity = identity
        self._state = state
        self._limits = limits

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
            _drop(flaw("not_for_tools", function=row.name), effects)
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
            _drop(SAID_TO_SEVERAL, effects)
        elif inner.kind == apdu.CONFIRMED:
            self._request(raw, message, inner, now, effects)
        else:
            self._take_part(raw, message, inner, now, effects)

    # --- requests

    def _request(self, raw: bytes, message: Npdu, request: Apdu, now: float, effects: list[Effect]) -> None:
        judged, station = self._state.judge.request(message, request, now), message.destination
        exchange = BacnetExchange(
            raw, bytes((request.kind, request.service)) + request.data,
            operation(_TO_ASSET, request.service, judged.said, station, request.invoke),
            request.service, judged.said, station=station, invoke=request.invoke, is_segmented=request.is_segmented,
        )  # fmt: skip
        exchange.wants_read = self._state.befores.wants_to_read(exchange, now)
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
        refusal = fence or self._limits.judge(said, *also)
        is_ours = self._identity is not None and _asks_here(link, message, code)
        if self._pass(exchange, refusal, now, effects, is_ours=is_ours) and is_ours:
            self._answer_who_is(message, effects)

    def _answer_who_is(self, message: Npdu, effects: list[Effect]) -> None:
        """Say I-Am for the one device, if it is among those that are asked for."""
        identity = self._identity
        if identity is not None and is_meant(message.payload[2:], identity.instance):
            told = replace(heard(UNCONFIRMED_CODE, "i_am", HERE), reason=FROM_INVENTORY)
            effects += [Observed(told), Reply(Direction.TO_USER, i_am(identity))]

    def _pass(
        self, exchange: BacnetExchange, refusal: Refusal | None, now: float, effects: list[Effect], *,
        is_ours: bool = False,
    ) -> bool:  # fmt: skip
        """Forward, or drop without a word: what is not confirmed has no refusal. Tell whether the rules let it.

        ``is_ours``: the guard answers it, so that it stays here.
        """
        dialogue, told = self._state.dialogue, exchange.operation
        refusal = dialogue.unless_watched(refusal)
        if refusal is None or (refusal.verdict is Verdict.ASKED and dialogue.take(exchange.fingerprint, now)):
            refusal = dialogue.refuse_unasked(now)
        if refusal is None:
            effects.append(Observed(told))
            if not is_ours:
                effects.append(Forward(_TO_ASSET, exchange.raw))
            return True
        told = replace(told, verdict=refusal.verdict, reason=refusal.reason)
        effects.append(Observed(told))
        if refusal.verdict is Verdict.ASKED:
            effects.append(Ask(told, exchange.fingerprint))
        return False

    # --- the tool's part in what was begun before

    def _take_part(self, raw: bytes, message: Npdu, part: Apdu, now: float, effects: list[Effect]) -> None:
        """Take an answer to the device's own question, or a word about the device's answer to ours."""
        key = key_of(message.destination, part.invoke or 0)
        is_ours = part.kind in {apdu.SEGMENT_ACK, apdu.ABORT} and not part.from_server
        question, open_now = self._state.question(key), self._state.dialogue.at_device(key)
        if is_ours and open_now is not None and open_now.reads_for is not None:
            _drop(flaw("not_for_tools_to_end"), effects)
            return
        if not is_ours and question is None:
            _drop(why("asked_nothing"), effects)
            return
        name = _OTHERS[part.kind]
        code = question if question is not None and not is_ours else 0
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


def _asks_here(link: Bvlc, message: Npdu, code: int) -> bool:
    """Tell whether it is a Who-Is to the device itself; what is to be distributed or is forwarded asks others."""
    return code == _WHO_IS and link.code in _TO_DEVICE and message.destination.network in _HERE


def _drop(reason: Reason, effects: list[Effect]) -> None:
    dropped: Operation = lost(_TO_ASSET, reason)
    effects.append(Observed(dropped))
