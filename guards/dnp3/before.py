"""What outputs were before they are commanded, for the change log: read right before it where the rules want that.

An output's state has the index of its command: group 10 that of group 12, group 40 that of group 41 (IEEE Std
1815-2012, annex A). The guard reads before a direct operate, and before a select, whose operate must come next.
Outstations take a request with the number of the last one for a repetition, so the read has another one than what went
before it, the command itself, and what will follow.
"""

from collections.abc import Callable, Hashable
from dataclasses import replace

from guards.dnp3 import link
from guards.dnp3.application import FIRST, LAST, SEQUENCES, UNSOLICITED_BIT, Fragment
from guards.dnp3.exchange import Dnp3Exchange
from guards.dnp3.functions import CONFIRM, DIRECT_OPERATE, OPERATE, READ, SELECT, TABLES, UNSOLICITED
from guards.dnp3.judge import Judge
from guards.effects import Value
from guards.exchange import READ_FOR_RECORD, Exchange
from guards.given import Access
from guards.known import FRESH_SECONDS
from guards.reading_ahead import ReadingAhead
from policies.rules import Rules

MAX_OUTPUTS = 16
"""So many are read for; commands seldom name more than one."""
MAX_PAIRS = 64
_STATES = {TABLES[12]: 10, TABLES[41]: 40}
_ANY_VARIATION, _FROM_FIRST_TO_LAST = 0, 0x01
_AWAY = SEQUENCES // 2

Pair = tuple[int, int]


class Befores(ReadingAhead):
    """The reads ahead of commands on one stream."""

    __slots__ = ("_is_owed", "_judge", "_selected", "_sequences")

    def __init__(self, rules: Rules, judge: Judge) -> None:
        """Begin with nothing read."""
        super().__init__(rules)
        self._judge = judge
        self._is_owed = False
        self._sequences: dict[Pair, int] = {}
        self._selected: dict[Pair, tuple[bytes, tuple[Value | None, ...], float]] = {}

    def wants_to_read(self, exchange: Dnp3Exchange, now: float) -> bool:
        """Tell whether a read is to go ahead of this request.

        Not while an answer is to be confirmed: by a request the outstation would forget that it waits for that.
        """
        said = exchange.fragment
        if self._is_owed:
            return False
        is_command = said is not None and said.function.code in {SELECT, DIRECT_OPERATE} and not said.fault
        return is_command and self.is_due(now) and _are_outputs(said.accesses if said is not None else ())

    def read_ahead(self, write: Dnp3Exchange, is_taken: Callable[[Hashable], bool], now: float) -> Dnp3Exchange | None:
        """Return the read of what ``write`` will change; ``None`` where it may not be read."""
        said, pair = write.fragment, write.pair
        sequence = None if said is None else self._number(pair, said, is_taken)
        if said is None or sequence is None:
            return None
        data = bytes([FIRST | LAST | sequence, READ]) + b"".join(_header(one) for one in said.accesses)
        raw = link.from_master(data, *pair)
        frame = link.parse(raw)
        judged = "" if isinstance(frame, str) else self._judge.judge(frame, data, now)
        if isinstance(frame, str) or isinstance(judged, str) or judged.refusal is not None:
            return None
        own = Dnp3Exchange(frame, raw, replace(judged.operation, reason=READ_FOR_RECORD), judged.fragment)
        own.reads_for = write
        return own

    def learn_of(self, own: Dnp3Exchange, answer: Fragment, now: float) -> None:
        """Put what was read into the command that it was read for: of each output, as far as the answer tells it."""
        write = own.reads_for
        if not isinstance(write, Dnp3Exchange) or write.fragment is None or answer.fault or answer.refusal[0]:
            return
        held = _held(answer)
        before = tuple(each for one in write.fragment.accesses for each in _before(one, held))
        if before.count(None) == len(before):
            return
        write.operation = replace(write.operation, before=before, is_before_read=True)
        if write.fragment.function.code == SELECT:
            self._selected[write.pair] = write.fragment.objects, before, now + FRESH_SECONDS
            if len(self._selected) > MAX_PAIRS:
                del self._selected[next(iter(self._selected))]

    def on_its_way(self, exchange: Exchange, now: float) -> None:
        """Give an operate what was read before its select: it is what the stream has seen."""
        if not isinstance(exchange, Dnp3Exchange) or exchange.fragment is None:
            return
        said = exchange.fragment
        if said.function.code == CONFIRM:
            self._is_owed = self._is_owed and bool(said.data[0] & UNSOLICITED_BIT)
            return
        self._is_owed = False
        self._sequences.pop(exchange.pair, None)
        self._sequences[exchange.pair] = said.sequence
        if len(self._sequences) > MAX_PAIRS:
            del self._sequences[next(iter(self._sequences))]
        if said.function.code == OPERATE:
            objects, before, until = self._selected.pop(exchange.pair, (b"", (), 0.0))
            if objects == said.objects and now < until:
                exchange.operation = replace(exchange.operation, before=before)

    def heard(self, said: Fragment) -> None:
        """Note whether an answer is to be confirmed; what is told unasked has confirmations of its own."""
        if said.function.code != UNSOLICITED:
            self._is_owed = said.wants_confirmation

    def _number(self, pair: Pair, said: Fragment, is_taken: Callable[[Hashable], bool]) -> int | None:
        """Return a number far from those of the master."""
        near = {said.sequence, (said.sequence + 1) % SEQUENCES, self._sequences.get(pair)}
        far = ((said.sequence + _AWAY + n) % SEQUENCES for n in range(SEQUENCES))
        return next((one for one in far if one not in near and not is_taken((*pair, one))), None)


def _are_outputs(accesses: tuple[Access, ...]) -> bool:
    """Tell whether these are few outputs, each with one value: a code with its count would not be what is read."""
    return 0 < sum(one.touched.size for one in accesses) <= MAX_OUTPUTS and all(
        one.touched.table in _STATES and one.touched.first >= 0 and len(one.values) == one.touched.size
        for one in accesses
    )


def _header(access: Access) -> bytes:
    """Return the header of a read of the states of these outputs, in whatever variation the outstation has them."""
    touched = access.touched
    span = touched.first.to_bytes(2, "little") + touched.last.to_bytes(2, "little")
    return bytes([_STATES[touched.table], _ANY_VARIATION, _FROM_FIRST_TO_LAST]) + span


def _held(answer: Fragment) -> dict[tuple[str, int], Value]:
    """Return the states that an answer tells; of analog ones those that are sound."""
    sound = {one.touched for one in answer.states}
    found: dict[tuple[str, int], Value] = {}
    for touched, values in (*answer.states, *answer.accesses):
        is_told = touched.table == TABLES[12] or touched in sound
        if is_told and touched.first >= 0 and len(values) == touched.size:
            found |= {(touched.table, touched.first + at): value for at, value in enumerate(values)}
    return found


def _before(access: Access, held: dict[tuple[str, int], Value]) -> tuple[Value | None, ...]:
    touched = access.touched
    return tuple(held.get((touched.table, at)) for at in range(touched.first, touched.last + 1))
