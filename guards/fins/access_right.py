"""The access right of one stream: acquired by a tool, it keeps others from writing until it is given back.

OMRON, SYSMAC CS/CJ/CP Series Communications Commands Reference Manual (W342), 5-3-24 to 26 (0C01 to 0C03).
"""

from collections.abc import Callable, Iterable

from guards.effects import Direction, Effect, Forward, Observed, Reply
from guards.fins.frames import FinsCodec
from guards.registers.exchange import asked
from guards.registers.judge import Judged

_MAIN_CODE, _MAIN_CODE_AT = b"\x0c", 10
_ACQUIRED, _RELEASE = frozenset({b"\x0c\x01", b"\x0c\x02"}), b"\x0c\x03"
_PROGRAM = b"\xff\xff"
_COMMAND_ICF, _COMMAND_GCT = 0x80, 0x02


class AccessRight:
    """Notes what passes; whoever was told to have the right, has it until a release is on its way."""

    __slots__ = ("_frame_at", "_header", "_main_code")

    def __init__(self, frame_at: int) -> None:
        """Begin without it; what is forwarded has its FINS frame at ``frame_at``."""
        self._frame_at = frame_at
        self._main_code = slice(frame_at + _MAIN_CODE_AT, frame_at + _MAIN_CODE_AT + 1)
        self._header = b""

    def note(self, effects: Iterable[Effect]) -> None:
        """Note what is passed on."""
        for effect in effects:
            if isinstance(effect, Forward) and effect.data[self._main_code] == _MAIN_CODE:
                self._saw(effect.direction, effect.data[self._frame_at :])

    def good_bye(self, wrap: Callable[[bytes], bytes]) -> list[Effect]:
        """Give it back, once, if somebody has it."""
        frame = self._release()
        if frame is None:
            return []
        codec = FinsCodec()
        head = codec.head(frame)
        assert not isinstance(head, str)
        operation = asked(codec.protocol, head, Judged(codec.contents(frame), (), None))
        return [Observed(operation), Reply(Direction.TO_ASSET, wrap(frame))]

    def _saw(self, direction: Direction, frame: bytes) -> None:
        command = frame[10:12]
        if direction is Direction.TO_USER and command in _ACQUIRED and frame[12:14] == b"\0\0":
            self._header = bytes([_COMMAND_ICF, 0, _COMMAND_GCT]) + frame[6:9] + frame[3:6] + frame[9:10]
        elif direction is Direction.TO_ASSET and command == _RELEASE:
            self._header = b""

    def _release(self) -> bytes | None:
        header, self._header = self._header, b""
        return header + _RELEASE + _PROGRAM if header else None
