"""``wicket audit verify FILE``: the proof of an exported audit log (docs/audit-log.md), without any broker.

The chain is computed here anew from the documented format, not with the broker's own code.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recording.keys import PublicKeys, is_signed

FORMAT = "wicketgate-audit/1"
MAX_LINE_BYTES = 1024 * 1024
_GENESIS = b"\x00" * 32
_LINK_DOMAIN = b"wicketgate-audit-v1\n"
_CHECKPOINT_DOMAIN = b"wicketgate-audit-checkpoint-v1\n"
_LINK_FIELDS = ("sequence", "at", "action", "actor", "actor_name", "target", "address", "details")

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditProof:
    """What was proved; a broken log names its first bad link in ``sequence`` and ``problem``.

    ``uncovered`` links came after the last signed checkpoint: their order is proved, their end is not.
    """

    links: int = 0
    checkpoints: int = 0
    uncovered: int = 0
    head: str = ""
    sequence: int | None = None
    problem: str = ""

    @property
    def intact(self) -> bool:
        """Whether everything holds."""
        return not self.problem


class _BrokenError(Exception):
    def __init__(self, problem: str) -> None:
        self.problem = problem


def verify_export(lines: Iterable[bytes], keys: PublicKeys | None) -> AuditProof:
    """Prove an export line by line. Without ``keys`` those inside the export are believed."""
    walk = _Walk(keys)
    try:
        for line in lines:
            walk.feed(_parsed(line))
        walk.finish()
    except _BrokenError as broken:
        return AuditProof(
            walk.links, walk.checkpoints, walk.links - walk.covered, walk.previous.hex(), walk.links + 1, broken.problem
        )
    return AuditProof(walk.links, walk.checkpoints, walk.links - walk.covered, walk.previous.hex())


class _Walk:
    """One pass, front to back."""

    def __init__(self, keys: PublicKeys | None) -> None:
        self._keys = keys
        self._promised: int | None = None
        self.links = 0
        self.checkpoints = 0
        self.covered = 0
        self.previous = _GENESIS

    def feed(self, line: Line) -> None:
        if self._promised is None:
            self._header(line)
            return
        match line.get("type"):
            case "link":
                self._link(line)
            case "checkpoint":
                self._checkpoint(line)
            case other:
                raise _BrokenError(f"a line of type {other!r} does not belong here")

    def finish(self) -> None:
        if self._promised is None:
            raise _BrokenError("the file is empty")
        if self.links != self._promised:
            raise _BrokenError(f"the log ends at {self.links}, but its header promises {self._promised} links")

    def _header(self, line: Line) -> None:
        from client.offline.keys import keys_of

        if line.get("type") != "header" or line.get("format") != FORMAT or not isinstance(line.get("links"), int):
            raise _BrokenError(f"the first line is not a header of {FORMAT}")
        if self._keys is None:
            self._keys = keys_of({"keys": line.get("keys")})
        self._promised = int(line["links"])

    def _link(self, line: Line) -> None:
        expected = self.links + 1
        if line.get("sequence") != expected:
            raise _BrokenError(f"link {expected} is missing or out of order (found {line.get('sequence')})")
        if _unhex(line, "previous") != self.previous:
            raise _BrokenError(f"link {expected} does not follow from link {self.links}")
        if _unhex(line, "hash") != _link_hash(line, self.previous):
            raise _BrokenError(f"link {expected} was changed: its hash does not match its content")
        self.previous = _unhex(line, "hash")
        self.links = expected

    def _checkpoint(self, line: Line) -> None:
        if line.get("sequence") != self.links or _unhex(line, "hash") != self.previous:
            raise _BrokenError(f"checkpoint {line.get('sequence')} is not of the link before it")
        key = (self._keys or {}).get(str(line.get("key_id")))
        if key is None:
            raise _BrokenError(f"checkpoint {self.links} is signed by a key that is not among those given")
        message = _CHECKPOINT_DOMAIN + f"{self.links}\n{_time(line)}\n".encode() + self.previous
        if not is_signed(key, _signature(line), message):
            raise _BrokenError(f"checkpoint {self.links} has a signature that does not verify")
        self.checkpoints += 1
        self.covered = self.links


def _parsed(line: bytes) -> Line:
    if len(line) > MAX_LINE_BYTES:
        raise _BrokenError("a line is too long")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _BrokenError("a line is not JSON: the file was cut short or changed") from error
    if not isinstance(value, dict):
        raise _BrokenError("a line is not a JSON object")
    return value


def _link_hash(line: Line, previous: bytes) -> bytes:
    values = [line.get(name) if name != "at" else _time(line) for name in _LINK_FIELDS]
    try:
        body = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(_LINK_DOMAIN + previous + body.encode()).digest()
    except (ValueError, UnicodeEncodeError) as error:
        raise _BrokenError("a link holds what no link can hold") from error


def _time(line: Line) -> str:
    try:
        return datetime.fromisoformat(str(line.get("at"))).isoformat(timespec="microseconds")
    except ValueError as error:
        raise _BrokenError("a link's time cannot be read") from error


def _unhex(line: Line, name: str) -> bytes:
    try:
        return bytes.fromhex(str(line.get(name)))
    except ValueError as error:
        raise _BrokenError(f"a link's {name} is not hexadecimal") from error


def _signature(line: Line) -> bytes:
    text = str(line.get("signature"))
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise _BrokenError("a checkpoint's signature cannot be read") from error
