"""Reads EtherNet/IP flows that it does not carry (see ``guards.decoding``)."""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from guards.decoding import MessageDecoder, Unanswered, judged
from guards.effects import Direction, Operation, Verdict
from guards.enip import encapsulation
from guards.enip.contents import REPLY, Request, read
from guards.enip.encapsulation import COMMANDS, SEND_RR_DATA, SEND_UNIT_DATA, Items, Message
from guards.enip.limits import PROTOCOL, Limits
from guards.enip.services import service_of
from guards.splitting import Splitter
from policies.routes import DIRECT
from policies.rules import Rules, Tier

MAX_CONNECTIONS = 256


class _Connection(NamedTuple):
    id: int
    route: str


class _Asked(NamedTuple):
    operation: Operation
    request: Request


class EnipDecoder(MessageDecoder):
    """The reader of one flow to port 44818. A packet of several services is one operation."""

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        super().__init__(PROTOCOL, partial(Splitter, encapsulation.measure))
        self._limits = Limits(rules)
        self._unanswered: Unanswered[_Asked] = Unanswered()
        self._connections: dict[int, _Connection] = {}

    def read(self, direction: Direction, message: bytes, now_monotonic: float) -> Operation:  # noqa: ARG002
        """See ``MessageDecoder``."""
        said = encapsulation.parse(message)
        if said.command not in {SEND_RR_DATA, SEND_UNIT_DATA} or said.status:
            return self._command(direction, said)
        items = encapsulation.items_of(said.data)
        if isinstance(items, str):
            return self.unreadable(direction, items)
        if not items.cip:
            return self.unreadable(direction, "an item without a request")
        return (self._request if direction is Direction.TO_ASSET else self._response)(said, items)

    def _command(self, direction: Direction, message: Message) -> Operation:
        is_response = direction is Direction.TO_USER
        operation = Operation(
            direction, PROTOCOL, message.command, COMMANDS[message.command], Tier.READ, Verdict.ALLOWED, is_response
        )
        if is_response:
            return replace(operation, exception_code=message.status or None)
        return judged(operation, self._limits.judge_command())

    def _request(self, message: Message, items: Items) -> Operation:
        connection = self._connections.get(items.connection) if items.connection is not None else None
        route = DIRECT if connection is None else connection.route
        request = read(items.cip, route)
        first = request.parts[0] if request.parts else None
        operation = Operation(
            Direction.TO_ASSET,
            PROTOCOL,
            request.code,
            request.function,
            request.tier,
            Verdict.ALLOWED,
            transaction=items.sequence,
            objects=request.objects,
            values=request.values,
            route=route if first is None else first.route,
            is_upload=any(part.is_upload for part in request.parts),
        )
        self._unanswered.asked(self._key(message, items), _Asked(operation, request))
        return judged(operation, self._limits.judge(request))

    def _response(self, message: Message, items: Items) -> Operation:
        cip = items.cip
        code, status = cip[0] & ~REPLY & 0xFF, cip[2] if len(cip) > 2 else 0
        asked = self._unanswered.answered(self._key(message, items))
        if asked is None:
            service = service_of(code, None, is_tag=False)
            known = service.tier if service.name.startswith(("get_", "multiple_")) else Tier.FIRMWARE
            return Operation(
                Direction.TO_USER, PROTOCOL, code, service.name, known, Verdict.ALLOWED, True, items.sequence,
                exception_code=status or None,
            )  # fmt: skip
        if asked.request.opens is not None and not status and len(cip) >= 12:
            self._opened(asked, cip)
        return replace(
            asked.operation,
            direction=Direction.TO_USER,
            is_response=True,
            values=(),
            exception_code=status or None,
        )

    def _opened(self, asked: _Asked, cip: bytes) -> None:
        """Note the connection by both its ids: requests on it will have the first, answers the second (3-5.5.2)."""
        at = 4 + 2 * cip[3]
        there, back = (int.from_bytes(cip[start : start + 4], "little") for start in (at, at + 4))
        self._connections[there] = self._connections[back] = _Connection(there, asked.operation.route)
        if len(self._connections) > MAX_CONNECTIONS:
            del self._connections[next(iter(self._connections))]

    def _key(self, message: Message, items: Items) -> tuple[object, ...]:
        """Return what an answer shares with its request: the sender's context, or on a connection the count."""
        if items.connection is None:
            return message.session, message.context
        connection = self._connections.get(items.connection)
        return message.session, items.sequence, connection and connection.id
