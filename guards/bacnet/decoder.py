"""Reads BACnet/IP flows that it does not carry (see ``guards.decoding``).

Devices ask each other, and all speak from the same port: who is the tool is not said by the flow. A request is read as
one to an asset whichever way it goes, and what devices tell by themselves as coming from one.
"""

from dataclasses import replace

from guards.bacnet import apdu, bvlc, npdu, services
from guards.bacnet.answers import read_answer
from guards.bacnet.apdu import Apdu
from guards.bacnet.exchange import LINK, key_of
from guards.bacnet.limits import PROTOCOL, Limits
from guards.bacnet.npdu import HERE, Npdu, Station
from guards.bacnet.operations import LINK_CODE, NETWORK_CODE, SAID_TO_SEVERAL, UNCONFIRMED_CODE, heard, operation
from guards.bacnet.services import Said, Service
from guards.datagrams import HEAD_BYTES, measure
from guards.decoding import MessageDecoder, Unanswered, judged
from guards.effects import Direction, Operation, Verdict
from guards.given import worst
from policies.rules import Rules, Tier

_TO_ASSET, _TO_USER = Direction.TO_ASSET, Direction.TO_USER
_OTHER = {_TO_ASSET: _TO_USER, _TO_USER: _TO_ASSET}


class BacnetDecoder(MessageDecoder):
    """The reader of one flow to port 47808."""

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, measure)
        self._limits = Limits(rules)
        self._unanswered: Unanswered[Operation] = Unanswered()

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation | None:  # noqa: ARG002
        """See ``MessageDecoder``."""
        datagram = message[HEAD_BYTES:]
        link = bvlc.parse(datagram)
        if not isinstance(link, str):
            return self._read(direction, link)
        # A guard lets no wrong length pass; what is said behind it is of interest all the same.
        readable = bvlc.parse(datagram, minds_length=False)
        if isinstance(readable, str):
            return self.unreadable(direction, link)
        return replace(self._read(direction, readable), verdict=Verdict.MALFORMED, reason=link)

    def _read(self, direction: Direction, link: bvlc.Bvlc) -> Operation:
        row = bvlc.function_of(link.code)
        if link.code in bvlc.CARRIERS:
            also = () if row.tier is Tier.READ else (row.tier,)
            # Between devices a forwarded broadcast is nothing special: the tier is for tools that make one up.
            also = () if link.code == bvlc.FORWARDED else also
            return self._carried(direction, link.body, also, is_for_one=link.code == bvlc.UNICAST)
        code = LINK_CODE + link.code
        if row.is_answer:
            asked = self._unanswered.answered((_OTHER[direction], LINK))
            result = int.from_bytes(link.body[:2], "big") if link.code == bvlc.RESULT else 0
            said = heard(code, row.name, HERE) if asked is None else _answer(asked)
            return replace(said, exception_code=result or None)
        request = services.unread(Service(row.name, row.tier, is_bare=True))
        asked = operation(_TO_ASSET, code, request)
        self._unanswered.asked((direction, LINK), asked)
        return judged(asked, self._limits.fence(HERE) or self._limits.judge(request))

    def anew(self, direction: Direction) -> None:
        """See ``Decoder``: datagrams stand alone, and nothing is left of one."""

    def lost(self, direction: Direction) -> None:
        """See ``Decoder``: nothing is lost by a datagram but itself."""

    def _carried(self, direction: Direction, body: bytes, also: tuple[Tier, ...], *, is_for_one: bool) -> Operation:
        message = npdu.parse(body)
        if isinstance(message, str):
            return self.unreadable(direction, message)
        if message.message is not None:
            told = services.unread(services.network(message.message, message.payload))
            return self._told(message, NETWORK_CODE + message.message, told, also)
        inner = apdu.parse(message.payload)
        if isinstance(inner, str):
            return self.unreadable(direction, inner)
        if inner.kind == apdu.UNCONFIRMED:
            told = services.read(services.unconfirmed(inner.service), inner.data)
            return self._told(message, UNCONFIRMED_CODE + inner.service, told, also)
        if inner.kind == apdu.CONFIRMED:
            said = self._request(direction, message, inner)
        else:
            said = self._answered(direction, message.source, inner)
        is_for_one = is_for_one and not message.destination.is_broadcast
        return said if is_for_one else replace(said, verdict=Verdict.MALFORMED, reason=SAID_TO_SEVERAL)

    def _told(self, message: Npdu, code: int, said: Said, also: tuple[Tier, ...]) -> Operation:
        if said.service.is_told:
            return heard(code, said.service.name, message.source)
        refusal = self._limits.fence(message.destination) or self._limits.judge(said, *also)
        told = operation(_TO_ASSET, code, said, message.destination)
        return judged(replace(told, tier=worst((said.tier, *also))), refusal)

    def _request(self, direction: Direction, message: Npdu, request: Apdu) -> Operation:
        row, station = services.confirmed(request.service), message.destination
        said = services.unread(row) if request.is_segmented else services.read(row, request.data)
        asked = operation(_TO_ASSET, request.service, said, station, request.invoke)
        refusal = self._limits.fence(station) or self._limits.judge(said)
        if row.is_told:
            asked = heard(request.service, row.name, message.source, invoke=request.invoke)
            refusal = None
        self._unanswered.asked((direction, key_of(station, request.invoke or 0)), asked)
        return judged(asked, refusal)

    def _answered(self, direction: Direction, station: Station, answer: Apdu) -> Operation:
        key = (_OTHER[direction], key_of(station, answer.invoke or 0))
        asked = self._unanswered.answered(key)
        if asked is not None and (answer.has_more or answer.kind == apdu.SEGMENT_ACK):
            self._unanswered.asked(key, asked)  # more of it follows
        found = read_answer(answer)
        if asked is None:
            named = answer.kind in {apdu.SIMPLE_ACK, apdu.COMPLEX_ACK, apdu.ERROR}
            name = services.confirmed(answer.service).name if named else apdu.KINDS[answer.kind]
            code = answer.service if named else 0
            said = heard(code, name, station, _said_by(answer), answer.invoke)
        else:
            said = _answer(asked)
        return replace(said, values=found.values, reason=found.reason, exception_code=found.code)


def _said_by(answer: Apdu) -> Direction:
    """Return which way an answer goes: what says something of an answer comes from who asked (5.4.4, 20.1.6)."""
    is_of_asker = answer.kind in {apdu.SEGMENT_ACK, apdu.ABORT} and not answer.from_server
    return _TO_ASSET if is_of_asker else _TO_USER


def _answer(asked: Operation) -> Operation:
    return replace(asked, direction=_OTHER[asked.direction], is_response=True)
