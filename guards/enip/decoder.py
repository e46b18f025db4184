"""Reads EtherNet/IP flows that it does not carry (see ``guards.decoding``)."""

from dataclasses import replace
from typing import NamedTuple

from guards.decoding import Unanswered
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


class _Asked(NamedTuple):
    operation: Operation
    request: Request


class EnipDecoder:
    """The reader of one flow to port 44818."""

    __slots__ = ("_connections", "_limits", "_splitters", "_unanswered")

    def __init__(self, rules: Rules) -> None:
        """Judge requests by ``rules``."""
        self._limits = Limits(rules)
        self._splitters = {direction: Splitter(encapsulation.measure) for direction in Direction}
        self._unanswered: Unanswered[_Asked] = Unanswered()
        self._connections: dict[int, str] = {}

    def receive(self, direction: Direction, data: bytes, now_monotonic: float) -> list[Operation]:  # noqa: ARG002
        """See ``Decoder``; a packet of several services is one operation."""
        messages, fault = self._splitters[direction].feed(data)
        operations = [self._message(direction, encapsulation.parse(each)) for each in messages]
        if fault is not None:
            operations.append(_unreadable(direction, fault.reason))
            self.lost(direction)
        return operations

    def lost(self, direction: Direction) -> None:
        """See ``Decoder``."""
        self._splitters[direction] = Splitter(encapsulation.measure)

    def _message(self, direction: Direction, message: Message) -> Operation:
        if message.command not in {SEND_RR_DATA, SEND_UNIT_DATA}:
            return self._command(direction, message)
        if message.status:
            return replace(self._command(direction, message), exception_code=message.status)
        items = encapsulation.items_of(message.data)
        if isinstance(items, str):
            return _unreadable(direction, items)
        if not items.cip:
            return _unreadable(direction, "an item without a request")
        if direction is Direction.TO_ASSET:
            return self._request(message, items)
        return self._response(message, items)

    def _command(self, direction: Direction, message: Message) -> Operation:
        is_response = direction is Direction.TO_USER
        operation = Operation(
            direction, PROTOCOL, message.command, COMMANDS[message.command], Tier.READ, Verdict.ALLOWED, is_response
        )
        if is_response:
            return replace(operation, exception_code=message.status or None)
        refusal = self._limits.judge_tier(Tier.READ)
        return operation if refusal is None else replace(operation, verdict=refusal.verdict, reason=refusal.reason)

    def _request(self, message: Message, items: Items) -> Operation:
        route = DIRECT if items.connection is None else self._connections.get(items.connection, DIRECT)
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
            values=tuple(value for part in request.parts for value in part.values),
            route=route if first is None else first.route,
            is_upload=any(part.is_upload for part in request.parts),
        )
        self._unanswered.asked(_key(message, items), _Asked(operation, request))
        refusal = self._limits.judge(request)
        return operation if refusal is None else replace(operation, verdict=refusal.verdict, reason=refusal.reason)

    def _response(self, message: Message, items: Items) -> Operation:
        cip = items.cip
        code, status = cip[0] & ~REPLY & 0xFF, cip[2] if len(cip) > 2 else 0
        asked = self._unanswered.answered(_key(message, items))
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
        """Note the route of a connection by the id that requests on it will have (O to T, 3-5.5.2)."""
        at = 4 + 2 * cip[3]
        self._connections[int.from_bytes(cip[at : at + 4], "little")] = asked.operation.route
        if len(self._connections) > MAX_CONNECTIONS:
            del self._connections[next(iter(self._connections))]


def _key(message: Message, items: Items) -> tuple[object, ...]:
    """Return what an answer shares with its request: the sender's context, or on a connection the count."""
    if items.sequence is not None:
        return message.session, items.sequence
    return message.session, message.context


def _unreadable(direction: Direction, reason: str) -> Operation:
    return Operation(
        direction,
        PROTOCOL,
        0,
        "unreadable",
        Tier.FIRMWARE,
        Verdict.MALFORMED,
        direction is Direction.TO_USER,
        reason=reason,
    )
