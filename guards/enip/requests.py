"""CIP requests inside a session one way, and their answers the other."""

from collections.abc import Hashable

from guards.dialogue import Dialogue
from guards.effects import Direction, Effect, Forward, Observed, Operation
from guards.enip import answers
from guards.enip.connections import MAX_CONNECTIONS, Connection, Connections
from guards.enip.encapsulation import Items, Message
from guards.enip.exchange import EnipExchange, key_of
from guards.enip.judge import Judge
from guards.enip.limits import Limits
from guards.enip.memory import Memory
from guards.refusal import Cause, denied
from policies.rules import Tier

# Bound once: looking a member up in its enum costs more than forwarding does.
_TO_USER, _READ = Direction.TO_USER, Tier.READ

_TOO_MANY = denied(Cause.BUSY, f"more than {MAX_CONNECTIONS} connections at a time")


class Requests:
    """The CIP conversation of one stream."""

    __slots__ = ("_connections", "_dialogue", "_judge", "_memory")

    def __init__(self, limits: Limits, connections: Connections, dialogue: Dialogue[EnipExchange]) -> None:
        """Begin with nothing said."""
        self._connections = connections
        self._dialogue = dialogue
        self._memory = Memory() if limits.needs_values else None
        self._judge = Judge(limits, connections, self._memory)

    def ask(
        self,
        raw: bytes,
        message: Message,
        items: Items,
        connection: Connection | None,
        now: float,
        effects: list[Effect],
    ) -> None:
        """Take a request, outside connections or on one that was seen to open."""
        request, operation, refusal = self._judge.judge(items.cip, connection, now)
        sequence = items.sequence
        if sequence is not None:
            operation = _counted(operation, sequence)
        key = key_of(message, connection, sequence)
        exchange = EnipExchange(key, raw, request.said or items.cip, operation, message)
        exchange.request, exchange.connection, exchange.sequence = request, connection, sequence or 0
        if refusal is None and request.opens is not None and self._connections.is_full:
            refusal = _TOO_MANY
        goes = self._dialogue.ask(exchange, refusal, now, effects)
        if goes and self._memory is not None:
            written = [(part.route, one) for part in request.parts if part.tier is not _READ for one in part.accesses]
            exchange.moment = self._memory.on_its_way(written, now)

    def answer(self, raw: bytes, key: Hashable, cip: bytes, now: float, effects: list[Effect]) -> bool:
        """Take an answer and pass it on; tell whether anything was asked that it answers."""
        exchange = self._dialogue.answered(key)
        if exchange is None or exchange.request is None:
            return False
        request = exchange.request
        found = answers.read(request, cip)
        if request.opens is not None or request.closes is not None:
            self._connections.answered(request, found.code, found.data)
        if self._memory is not None and not found.reason:
            for route, access in found.learned:
                self._memory.saw(route, access, now, exchange.moment)
        effects += [Observed(answers.told_of(exchange.operation, request, found)), Forward(_TO_USER, raw)]
        self._dialogue.let_go(now, effects)
        return True


def _counted(operation: Operation, sequence: int) -> Operation:
    return Operation(
        operation.direction,
        operation.protocol,
        operation.function_code,
        operation.function,
        operation.tier,
        operation.verdict,
        False,
        sequence,
        None,
        operation.objects,
        operation.values,
        "",
        None,
        operation.route,
        operation.is_upload,
    )
