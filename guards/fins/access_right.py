"""The access right of one stream: acquired by a tool, it keeps others from writing until it is given back.

OMRON, SYSMAC CS/CJ/CP Series Communications Commands Reference Manual (W342), 5-3-24 to 26 (0C01 to 0C03).
"""

from guards.effects import Direction

MAIN_CODE = 0x0C
_ACQUIRED, _RELEASE = frozenset({b"\x0c\x01", b"\x0c\x02"}), b"\x0c\x03"
_PROGRAM = b"\xff\xff"
_COMMAND_ICF, _COMMAND_GCT = 0x80, 0x02


class AccessRight:
    """Notes what passes; whoever was told to have the right, has it until a release is on its way."""

    __slots__ = ("_header",)

    def __init__(self) -> None:
        """Begin without it."""
        self._header = b""

    def saw(self, direction: Direction, frame: bytes) -> None:
        """Note a frame that was passed on."""
        command = frame[10:12]
        if direction is Direction.TO_USER and command in _ACQUIRED and frame[12:14] == b"\0\0":
            self._header = bytes([_COMMAND_ICF, 0, _COMMAND_GCT]) + frame[6:9] + frame[3:6] + frame[9:10]
        elif direction is Direction.TO_ASSET and command == _RELEASE:
            self._header = b""

    def release(self) -> bytes | None:
        """Return the frame that gives it back, once, if somebody has it."""
        header, self._header = self._header, b""
        return header + _RELEASE + _PROGRAM if header else None
