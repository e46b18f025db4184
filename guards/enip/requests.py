"""CIP requests inside a session one way, and their answers the other."""

from collections.abc import Hashable

from guards.arming import Armed
from guards.dialogue import Dialogue
from guards.effects import Direction, Effect, Forward, Observed, Operation
from guards.enip import answers
from guards.enip.before import Befores
from guards.enip.connections import MAX_CONNECTIONS, Connection, Connections
from guards.enip.encapsulation import Items, Message
from guards.enip.exchange import EnipExchange, key_of, refuse
from guards.enip.judge import Judge
from guards.enip.limits import Limits
from guards.enip.memory import Memory
from guards.exchange import read_for_record
from guards.reasons import UNSAID, why
from guards.refusal import Cause, denied
from policies.rules import Rules, Tier

# Bound once: looking a member up in its enum costs more than forwarding does.
_TO_USER, _READ = Direction.TO_USER, Tier.READ

_TOO_MANY = denied(Cause.BUSY, why("too_many_connections", count=MAX_CONNECTIONS))


class Requests:
    """The CIP conversation of one stream."""

    __slots__ = ("_befores", "_connections", "_judge", "_memory", "dialogue")

    def __init__(
        self,
        rules: Rules,
        limits: Limits,
        connections: Connections,
        device_timeout_seconds: float,
        armed: Armed | None,
    ) -> None:
        """Begin with nothing said."""
        self._connections = connections
        self._memory = Memory() if limits.needs_values else None
        self._judge = Judge(limits, connections, self._memory)
        self._befores = Befores(rules, self._judge)
        self.dialogue: Dialogue[EnipExchange] = Dialogue(
            rules, device_timeout_seconds, refuse, armed, befores=self._befores
        )

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
        operation = _counted(operation, message.reference if sequence is None else sequence)
        key = key_of(message, connection, sequence)
        exchange = EnipExchange(key, raw, request.said or items.cip, operation, message)
        exchange.request, exchange.connection, exchange.sequence = request, connection, sequence or 0
        if refusal is None and request.opens is not None and self._connections.is_full:
            refusal = _TOO_MANY
        exchange.wants_read = self._befores.wants_to_read(request, items.cip, connection, now)
        goes = self.dialogue.ask(exchange, refusal, now, effects)
        if goes and self._memory is not None:
            written = [(part.route, one) for part in request.parts if part.tier is not _READ for one in part.accesses]
            exchange.moment = self._memory.on_its_way(written, now)

    def answer(self, raw: bytes, key: Hashable, cip: bytes, now: float, effects: list[Effect]) -> bool:
        """Take an answer and pass it on; tell whether anything was asked that it answers."""
        exchange = self.dialogue.answered(key)
        if exchange is None or exchange.request is None:
            return False
        request = exchange.request
        found = answers.read(request, cip)
        if request.opens is not None or request.closes is not None:
            self._connections.answered(request, found.code, found.data)
        if self._memory is not None and not found.reason:
            for route, access in found.learned:
                self._memory.saw(route, access, now, exchange.moment)
        self.pass_on(exchange, answers.told_of(exchange.operation, request, found), raw, now, effects)
        return True

    def pass_on(self, exchange: EnipExchange, answer: Operation, raw: bytes, now: float, effects: list[Effect]) -> None:
        """Give the tool an answer, but for that to the guard's own read."""
        if exchange.reads_for is None:
            effects += [Observed(answer), Forward(_TO_USER, raw)]
        else:
            self._befores.learn(exchange, answer)
            effects.append(read_for_record(answer))
        self.dialogue.let_go(now, effects)


def _counted(operation: Operation, transaction: int) -> Operation:
    return Operation(
        operation.direction,
        operation.protocol,
        operation.function_code,
        operation.function,
        operation.tier,
        operation.verdict,
        False,
        transaction,
        None,
        operation.objects,
        operation.values,
        UNSAID,
        None,
        operation.route,
        operation.is_upload,
        parts=operation.parts,
    )
