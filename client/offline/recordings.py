"""``wicket recordings verify FILE``: the proof of a downloaded recording, without any broker."""

from pathlib import Path

from client.errors import ClientError
from client.exit_codes import Exit
from client.transport import Json
from recording.keys import PublicKeys
from recording.verify import Verification, verify


def verify_file(path: Path, keys: PublicKeys, *, allow_open: bool) -> Verification:
    """Prove a file. An open one is a fault unless ``allow_open``: a copy cut at a segment's end looks just so."""
    try:
        with path.open("rb") as file:

            def read(offset: int, length: int) -> bytes:
                file.seek(offset)
                return file.read(length)

            return verify(read, path.stat().st_size, keys, expect_closed=not allow_open)
    except OSError as error:
        raise ClientError(f"{path}: {error.strerror}", exit_code=Exit.USAGE) from error


def as_json(found: Verification) -> Json:
    """Return what was proved, in the words of the API."""
    fault, opening = found.fault, found.opening
    return {
        "state": found.state.value,
        "detail": found.detail,
        "recording": opening.recording if opening else None,
        "segments": found.segments,
        "operations": found.counts.operations,
        "writes": found.counts.writes,
        "denials": found.counts.denials,
        "verified_bytes": found.verified_bytes,
        "torn_bytes": found.torn_bytes,
        "last_link": found.last_link,
        "fault": None
        if fault is None
        else {
            "place": str(fault.place),
            "check": str(fault.check),
            "segment": fault.segment,
            "offset": fault.offset,
            "detail": fault.detail,
        },
    }
