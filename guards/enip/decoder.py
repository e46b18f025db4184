"""Reads EtherNet/IP flows that it does not carry (see ``guards.decoding``)."""

from dataclasses import replace
from typing import NamedTuple

from guards.decoding import MessageDecoder, Unanswered, judged
from guards.effects import Direction, Operation, Verdict
from guards.enip import answers, encapsulation
from guards.enip.connections import UNKNOWN_ROUTE, Connections
from guards.enip.contents import REPLY, Request, read
from guards.enip.encapsulation import COMMANDS, NOP, SEND_RR_DATA, SEND_UNIT_DATA, START_DTLS, Items, Message
from guards.enip.judge import asked_of, carried, on_connection
from guards.enip.limits import PROTOCOL, Limits
from guards.enip.services import MESSAGE_ROUTER, MULTIPLE, service_of
from guards.reasons import Reason
from policies.routes import DIRECT
from policies.rules import Rules, Tier


class _Asked(NamedTuple):
    operation: Operation
    request: Request


class EnipDecoder(MessageDecoder):
    """The reader of one flow to port 44818. A packet of several services is one operation.

    A connection that was not seen to open is read as one for requests, along a route that no fence has.
    """

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, encapsulation.measure)
        self._limits = Limits(rules)
        self._unanswered: Unanswered[_Asked] = Unanswered()
        self._connections = Connections()

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation:  # noqa: ARG002
        """See ``MessageDecoder``."""
        said = encapsulation.parse(message)
        is_failure = direction is Direction.TO_USER and said.status
        if said.command not in {SEND_RR_DATA, SEND_UNIT_DATA} or is_failure:
            return self._command(direction, said)
        items = encapsulation.items_of(said.command, said.data)
        if isinstance(items, str):
            return self.unreadable(direction, items)
        return (self._request if direction is Direction.TO_ASSET else self._response)(said, items)

    def unreadable(self, direction: Direction, reason: Reason, code: str = "") -> Operation:
        """See ``MessageDecoder``: a guard answers a tool's unknown commands, and ends what an asset says in them."""
        is_answered = code == "enip_command" and direction is Direction.TO_ASSET
        return super().unreadable(direction, reason, "" if is_answered else code)

    def is_likely(self, direction: Direction, message: bytes) -> bool:  # noqa: ARG002
        """See ``MessageDecoder``: zeros alone would make a NOP, so of those none is taken for a beginning."""
        said = encapsulation.parse(message)
        carries_cip = said.command in {SEND_RR_DATA, SEND_UNIT_DATA}
        return said.command != NOP and not said.options and not (carries_cip and any(said.data[:4]))

    def _command(self, direction: Direction, message: Message) -> Operation:
        is_response = direction is Direction.TO_USER
        tier = Tier.PROGRAM if message.command == START_DTLS else Tier.READ
        operation = Operation(
            direction, PROTOCOL, message.command, COMMANDS[message.command], tier, Verdict.ALLOWED, is_response
        )
        if is_response:
            return replace(operation, exception_code=message.status or None)
        return judged(operation, self._limits.judge_command(tier))

    def _request(self, message: Message, items: Items) -> Operation:
        request, route = self._read(items)
        operation = asked_of(request, route, _transaction(message, items))
        self._unanswered.asked(self._key(message, items), _Asked(operation, request))
        return judged(operation, self._limits.judge(request))

    def _read(self, items: Items) -> tuple[Request, str]:
        if items.connection is None:
            return self._connections.settle(read(items.cip)), DIRECT
        connection = self._connections.of_request(items.connection)
        if connection is None:
            return on_connection(read(items.cip, UNKNOWN_ROUTE)), UNKNOWN_ROUTE
        link = connection.link
        request = read(items.cip, link.route) if link.is_explicit else carried(link.route)
        return on_connection(request), link.route

    def _response(self, message: Message, items: Items) -> Operation:
        cip = items.cip
        asked = self._unanswered.answered(self._key(message, items, is_answer=True))
        if asked is None:
            return self._stray(message, items)
        found = answers.read(asked.request, cip)
        self._connections.answered(asked.request, found.code, found.data)
        return answers.told_of(asked.operation, asked.request, found)

    def _stray(self, message: Message, items: Items) -> Operation:
        code, status = items.cip[0] & ~REPLY, items.cip[2] if len(items.cip) > 2 else 0
        service = service_of(code, MESSAGE_ROUTER if code == MULTIPLE else None, is_tag=False)
        is_known = service.name.startswith(("get_", "multiple_"))
        tier = service.tier if is_known else Tier.FIRMWARE
        return Operation(
            Direction.TO_USER, PROTOCOL, code, service.name, tier, Verdict.ALLOWED, True,
            _transaction(message, items), exception_code=status or None,
        )  # fmt: skip

    def _key(self, message: Message, items: Items, *, is_answer: bool = False) -> tuple[object, ...]:
        """Return what an answer shares with its request: the sender's context, or on a connection the count.

        Of a connection that was not seen to open, the two ids are strangers to each other.
        """
        if items.connection is None:
            return message.session, message.context
        find = self._connections.of_answer if is_answer else self._connections.of_request
        connection = find(items.connection)
        return message.session, items.sequence, connection and connection.link.serials


def _transaction(message: Message, items: Items) -> int:
    return message.reference if items.sequence is None else items.sequence
