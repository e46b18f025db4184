"""What stood in words and bits before a write, for the change log: read right before it where the rules want that.

The codec words the read of what a write names. Only what the rules let the session read is read; where that, the rate
or the device says no, nothing is known.
"""

from collections.abc import Callable, Hashable

from guards.exchange import READ_FOR_RECORD
from guards.reading_ahead import ReadingAhead
from guards.registers.contents import Codec, Contents, Head
from guards.registers.exchange import RegisterExchange, asked
from guards.registers.judge import Judge
from policies.rules import Rules


class Befores(ReadingAhead):
    """The reads ahead of writes on one stream. ``wrap`` makes of a message what goes out."""

    __slots__ = ("_codec", "_is_datagrams", "_judge", "_wrap")

    def __init__(
        self, codec: Codec, rules: Rules, judge: Judge, wrap: Callable[[bytes], bytes], *, is_datagrams: bool
    ) -> None:
        """Begin with nothing read."""
        super().__init__(rules, codec.references)
        self._codec = codec
        self._judge = judge
        self._wrap = wrap
        self._is_datagrams = is_datagrams

    def wants_to_read(self, head: Head, message: bytes, contents: Contents, now: float) -> bool:
        """Tell whether a read is to go ahead of this request.

        A datagram may be lost, and without a reference the answer to the write could then not be told from a late one.
        """
        if not self.is_due(now) or not contents.writes or (self._is_datagrams and not head.has_reference):
            return False
        return self._codec.reading(message, 0) is not None

    def read_ahead(
        self, write: RegisterExchange, is_taken: Callable[[Hashable], bool], now: float
    ) -> RegisterExchange | None:
        """Return the read of what ``write`` will change; ``None`` where it may not be read."""
        reference = self.free(lambda one: self._is_open(write.message, one, is_taken))
        message = None if reference is None else self._codec.reading(write.message, reference)
        head = "" if message is None else self._codec.head(message)
        if message is None or isinstance(head, str):
            return None
        judged = self._judge.judge(head, message, now)
        if judged.refusal is not None:
            return None
        operation = asked(self._codec.protocol, head, judged, READ_FOR_RECORD)
        own = RegisterExchange(self._wrap(message), message, head, judged.contents, operation)
        own.reads_for = write
        return own

    def _is_open(self, write: bytes, reference: int, is_taken: Callable[[Hashable], bool]) -> bool:
        """Tell whether something else has the key of this read.

        Without a reference it is that of the write too, whose turn came because nothing at the device has it.
        """
        message = self._codec.reading(write, reference)
        head = "" if message is None else self._codec.head(message)
        return isinstance(head, str) or (head.has_reference and is_taken(head.key))
