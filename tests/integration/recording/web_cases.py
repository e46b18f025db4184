"""Recordings for the browser's verifier, with what ours says of them: ``python -m ... web/tests/recordings``.

One recording by the real writer and, for each way to spoil it, the edits that do so and our verdict. Kept in the
repository, so that the pages' tests need no Python; a test here holds the verdicts to ``recording.verify``.
"""

import base64
import json
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from recording.chunks import Chunk, Direction, Kind
from recording.keys import public_jwk
from recording.manifest import wall_us
from tests.unit.recording.samples import (
    OTHER_SIGNING_KEY,
    SIGNING_KEY,
    STARTED,
    Pieces,
    passed,
    pieces,
    proof,
)

Edit = tuple[int, int, str]
"""At an offset, so many bytes go, and these (base64) come."""


def told(recording: str = "rec_1", salt: bytes = b"") -> Pieces:
    """Return a recording of four segments with reads, writes and a refusal."""
    return pieces(([*_segment(number, salt)] for number in range(4)), recording)


def _segment(number: int, salt: bytes) -> Iterator[Chunk]:
    ns = number * 1_000_000_000
    yield passed(1, Direction.TO_ASSET, b"question %d" % number + salt, ns)
    seen = {"direction": "to_asset", "function": "read_holding_registers", "tier": "read", "verdict": "allowed"}
    yield _operation(seen, ns)
    if number % 2:
        yield _operation(seen | {"function": "write_single_register", "tier": "operate"}, ns + 1000, is_write=True)
    if number == 2:
        yield _operation(seen | {"verdict": "denied"}, ns + 2000, is_denied=True)
    yield passed(1, Direction.TO_USER, b"answer %d" % number + salt, ns + 3000)


def _operation(seen: dict[str, str], ns: int, *, is_write: bool = False, is_denied: bool = False) -> Chunk:
    return Chunk(
        Kind.OPERATION, Direction.TO_ASSET, 1, ns, wall_us(STARTED) + ns // 1000, json.dumps(seen).encode(),
        is_write=is_write, is_denied=is_denied,
    )  # fmt: skip


def spoiled(made: Pieces) -> dict[str, bytes]:
    """Return a recording in every state of distress, by its name."""
    opening, segments, whole = made.opening, made.segments, made.whole
    closing_at = made.start_of(len(segments))
    cuts = {f"cut at {length}": whole[:length] for length in range(len(opening) - 3, len(whole), 211)}
    return cuts | {
        "whole": whole,
        "without segments": pieces([]).whole,
        "open": whole[:closing_at],
        "torn in a header": whole[: made.start_of(3) + 50],
        "torn in a segment": whole[: made.start_of(3) + 150],
        "torn in a signature": whole[: closing_at - 1],
        "first dropped": made.with_segments(segments[1:]),
        "one dropped": made.with_segments(segments[:1] + segments[2:]),
        "last dropped": made.with_segments(segments[:-1]),
        "repeated": made.with_segments([*segments[:2], *segments[1:]]),
        "reordered": made.with_segments([segments[0], segments[2], segments[1], segments[3]]),
        "another recording's segment": made.with_segments([*segments[:3], told("rec_2").segments[3]]),
        "another telling's segments": made.with_segments([segments[0], *told(salt=b"!").segments[1:]]),
        "another recording's closing": Pieces(opening, segments, told("rec_2").closing).whole,
        "another telling's closing": Pieces(opening, segments, told(salt=b"!").closing).whole,
        "sealed content changed": _changed(whole, made.start_of(2) + 150),
        "signature changed": _changed(whole, made.start_of(3) - 1),
        "counts changed": _changed(whole, made.start_of(1) + 27),
        "length changed": _changed(whole, made.start_of(1) + 18),
        "ticket changed": whole.replace(b"CHG-00001", b"CHG-00002"),
        "end changed": whole.replace(b"user_ended", b"user_bored"),
        "index changed": _changed(whole, len(whole) - 30),
        "trailer changed": _changed(whole, len(whole) - 9),
        "trailer's magic changed": _changed(whole, len(whole) - 1),
        "middle missing": whole[: made.start_of(1) + 20] + whole[made.start_of(2) + 30 :],
        "bytes behind": whole + b"\0",
        "garbage behind an open one": whole[:closing_at] + b"garbage",
        "empty": b"",
    }


def _changed(data: bytes, offset: int) -> bytes:
    return data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :]


def verdict(data: bytes, *, expect_closed: bool) -> dict[str, Any]:
    """Return what our verifier says."""
    found = proof(data, expect_closed=expect_closed)
    fault = found.fault and [found.fault.place, found.fault.check, found.fault.offset, found.fault.segment]
    counts = found.counts
    return {
        "state": found.state, "segments": found.segments, "verified": found.verified_bytes, "torn": found.torn_bytes,
        "link": found.last_link, "counts": [counts.operations, counts.writes, counts.denials], "fault": fault,
    }  # fmt: skip


def edited(whole: bytes, edits: list[Edit]) -> bytes:
    """Return the bytes after the edits, which are in order and count offsets in the original."""
    result, done = b"", 0
    for offset, gone, come in edits:
        result += whole[done:offset] + base64.b64decode(come)
        done = offset + gone
    return result + whole[done:]


def _edits(whole: bytes, other: bytes) -> list[Edit]:
    steps = SequenceMatcher(None, whole, other, autojunk=False).get_opcodes()
    return [
        (first, until - first, base64.b64encode(other[begin:end]).decode())
        for tag, first, until, begin, end in steps
        if tag != "equal"
    ]


def write(folder: Path) -> None:
    """Write the recording, its keys and the cases."""
    made = told()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "whole.wgrec").write_bytes(made.whole)
    keys = [public_jwk(key.public_key()) for key in (OTHER_SIGNING_KEY, SIGNING_KEY)]
    cases = [
        {
            "name": f"{name}{', known to be closed' if closed else ''}",
            "edits": _edits(made.whole, data),
            "closed": closed,
            "verdict": verdict(data, expect_closed=closed),
        }
        for name, data in spoiled(made).items()
        for closed in (False, True)
    ]
    starts = [made.start_of(number) for number in range(len(made.segments) + 1)]
    text = json.dumps({"keys": keys, "starts": starts, "cases": cases}, indent=1)
    (folder / "cases.json").write_text(text + "\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
