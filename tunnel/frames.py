"""What travels on a stream after the ``101``: frames, so that half-close, the reason of a cut, and warnings have room.

A frame is one type byte, a three-byte big-endian payload length, and the payload (docs/wire-protocol.md, 5). Pure:
bytes in, values out; bytes of a peer never raise.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

HEADER_BYTES = 4
MAX_DATA_BYTES = 256 * 1024
MAX_CONTROL_BYTES = 4 * 1024
MAX_CODE_CHARACTERS = 64
MAX_TEXT_CHARACTERS = 500

Buffer = bytes | bytearray | memoryview


class FrameType(IntEnum):
    """The first byte of a frame."""

    DATA = 0
    EOF = 1
    CUT = 2
    NOTICE = 3


class Data(NamedTuple):
    """Payload bytes ``start`` to ``stop`` of the chunk that was given to ``receive``; at least one byte."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Eof:
    """The peer sends no more payload in this direction; the other direction goes on."""


@dataclass(frozen=True, slots=True)
class CutFrame:
    """The stream is over, and why; the last frame of its direction. ``closed`` is the code of a regular end."""

    code: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know while the stream goes on: a warning before the end, an extension."""

    code: str
    text: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """The peer broke the framing; nothing of this direction can be understood any more."""

    code: str
    detail: str


Frame = Data | Eof | CutFrame | Notice | Fault

_LIMITS = {
    FrameType.DATA: MAX_DATA_BYTES,
    FrameType.EOF: 0,
    FrameType.CUT: MAX_CONTROL_BYTES,
    FrameType.NOTICE: MAX_CONTROL_BYTES,
}


class Deframer:
    """Split one direction's bytes into frames; any chunking of the same bytes means the same.

    Pieces of a DATA frame pass as they arrive. What is kept between two chunks is at most one header or one control
    frame (4 KiB). After a ``CutFrame`` or a ``Fault`` everything is ignored.
    """

    def __init__(self) -> None:
        self._partial = bytearray()
        self._between = True
        self._data_left = 0
        self._eof = False
        self._over = False

    def receive(self, chunk: Buffer) -> list[Frame]:
        """Return what ``chunk`` says, in order; ``Data`` points into ``chunk``."""
        frames: list[Frame] = []
        position, end = 0, len(chunk)
        while position < end and not self._over:
            position = self._step(chunk, position, end, frames)
        self._between = not (self._data_left or self._partial or self._eof or self._over)
        return frames

    def is_one_data_frame(self, beginning: Buffer, size: int) -> bool:
        """Return whether a chunk of ``size`` bytes is exactly one DATA frame, which then is not given to ``receive``.

        ``beginning`` is its first four bytes. This is how nearly every chunk of a dialogue looks, and several times as
        fast. The type byte of DATA is zero, so that the whole header is the length.
        """
        return self._between and int.from_bytes(beginning, "big") == size - HEADER_BYTES != 0

    def _step(self, chunk: Buffer, position: int, end: int, frames: list[Frame]) -> int:
        if self._data_left:
            stop = min(end, position + self._data_left)
            self._data_left -= stop - position
            frames.append(Data(position, stop))
            return stop
        if not self._partial and end - position >= HEADER_BYTES and chunk[position] == 0 and not self._eof:
            size = int.from_bytes(chunk[position + 1 : position + HEADER_BYTES], "big")
            if size <= MAX_DATA_BYTES:
                self._data_left = size
                return position + HEADER_BYTES
        return self._gather(chunk, position, end, frames)

    def _gather(self, chunk: Buffer, position: int, end: int, frames: list[Frame]) -> int:
        """Collect a header, or a control frame, that may have come in pieces."""
        position = self._take(chunk, position, end, HEADER_BYTES)
        if len(self._partial) < HEADER_BYTES:
            return position
        kind, size = self._partial[0], int.from_bytes(self._partial[1:HEADER_BYTES], "big")
        fault = self._fault(kind, size)
        if fault is not None:
            return self._finish(fault, frames, end)
        if kind == FrameType.DATA:
            self._partial.clear()
            self._data_left = size
            return position
        position = self._take(chunk, position, end, HEADER_BYTES + size)
        if len(self._partial) == HEADER_BYTES + size:
            self._control(kind, bytes(self._partial[HEADER_BYTES:]), frames)
            self._partial.clear()
        return position

    def _take(self, chunk: Buffer, position: int, end: int, wanted: int) -> int:
        stop = min(end, position + max(0, wanted - len(self._partial)))
        self._partial += chunk[position:stop]
        return stop

    def _fault(self, kind: int, size: int) -> Fault | None:
        limit = _LIMITS.get(kind)  # type: ignore[call-overload]
        if limit is None:
            return Fault("frame_unknown", f"frame type {kind} is not known")
        if size > limit:
            return Fault("frame_too_large", f"{FrameType(kind).name} frame of {size} bytes, at most {limit} allowed")
        if self._eof and kind in (FrameType.DATA, FrameType.EOF):
            return Fault("frame_after_eof", f"{FrameType(kind).name} frame after EOF")
        return None

    def _control(self, kind: int, payload: bytes, frames: list[Frame]) -> None:
        if kind == FrameType.EOF:
            self._eof = True
            frames.append(Eof())
            return
        frame = _read_cut(payload) if kind == FrameType.CUT else _read_notice(payload)
        if isinstance(frame, Notice):
            frames.append(frame)
        else:
            self._finish(frame, frames, 0)

    def _finish(self, frame: CutFrame | Fault, frames: list[Frame], end: int) -> int:
        self._over = True
        self._partial.clear()
        frames.append(frame)
        return end


def data_header(size: int) -> bytes:
    """Return the four bytes before ``size`` bytes of payload; ``ValueError`` above ``MAX_DATA_BYTES``."""
    if not 0 < size <= MAX_DATA_BYTES:
        raise ValueError(f"a DATA frame carries 1 to {MAX_DATA_BYTES} bytes, not {size}")
    return size.to_bytes(HEADER_BYTES, "big")


def frame_data(payload: Buffer) -> bytes:
    """Return ``payload`` as one DATA frame."""
    return data_header(len(payload)) + payload


def frame_eof() -> bytes:
    """Return the EOF frame: no more payload from here."""
    return bytes((FrameType.EOF, 0, 0, 0))


def frame_cut(code: str, reason: str = "") -> bytes:
    """Return the last frame of a direction; over-long texts are shortened."""
    return _frame_json(FrameType.CUT, {"code": code[:MAX_CODE_CHARACTERS], "reason": reason[:MAX_TEXT_CHARACTERS]})


def frame_notice(notice: Notice) -> bytes:
    """Return a NOTICE frame; ``until`` must be aware."""
    body = {"code": notice.code[:MAX_CODE_CHARACTERS], "text": notice.text[:MAX_TEXT_CHARACTERS]}
    if notice.until is not None:
        body["until"] = notice.until.isoformat()
    return _frame_json(FrameType.NOTICE, body)


def _frame_json(kind: FrameType, body: dict[str, str]) -> bytes:
    payload = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return (kind << 24 | len(payload)).to_bytes(HEADER_BYTES, "big") + payload


def _read_cut(payload: bytes) -> CutFrame | Fault:
    texts = _read_texts(payload, {"code", "reason"})
    if "code" not in texts:
        return Fault("frame_malformed", "CUT frame is not {code, reason}")
    return CutFrame(texts["code"], texts.get("reason", ""))


def _read_notice(payload: bytes) -> Notice | Fault:
    fault = Fault("frame_malformed", "NOTICE frame is not {code, text, until}")
    texts = _read_texts(payload, {"code", "text", "until"})
    try:
        until = datetime.fromisoformat(texts["until"]) if "until" in texts else None
    except ValueError:
        return fault
    if "code" not in texts or (until is not None and until.tzinfo is None):
        return fault
    return Notice(texts["code"], texts.get("text", ""), until)


def _read_texts(payload: bytes, allowed: set[str]) -> dict[str, str]:
    """Return the JSON object if it has only ``allowed`` short texts, else an empty one."""
    try:
        body = json.loads(payload.decode())
    except (ValueError, RecursionError):
        return {}
    if not isinstance(body, dict) or not body.keys() <= allowed:
        return {}
    if not all(isinstance(text, str) and len(text) <= MAX_TEXT_CHARACTERS for text in body.values()):
        return {}
    return body
