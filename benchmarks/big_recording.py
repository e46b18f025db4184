"""Make a recording of a long day: ``python -m benchmarks.big_recording FILE`` or ``... DATA`` (a broker's data folder).

Written as a session is written: the real gatherer and sealer, a segment every half second, every request and every
answer. In a broker's folder it becomes one of its recordings, which pages, command line and API then show.
"""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec

from broker.app import lay_foundation
from broker.audit.log import SYSTEM, AuditEvent
from broker.config import Settings, StorageSection
from broker.db import migrate
from broker.recordings.keyring import Keyring
from broker.recordings.operations import DIRECTIONS, is_denied, is_write, operation_text
from broker.recordings.recorder import RecorderLimits
from broker.recordings.service import count
from broker.recordings.tables import RecordingRow, RecordingState
from guards.effects import Direction, Operation, Verdict
from guards.reasons import UNSAID, why
from policies.rules import Tier
from recording import keys
from recording.chunks import Leg
from recording.manifest import EndReason, Opening, SessionFacts, wall_us
from recording.writer import RecordingWriter
from tunnel.ids import new_id

OPERATIONS = 1_000_000
HOURS = 8.0
STREAM = 1
FACTS = SessionFacts(
    session="ses_bench", user="usr_bench", user_name="engineer", asset="ast_bench", asset_name="waterworks/pump-plc",
    service="svc_bench", service_name="modbus", protocol="modbus", site="waterworks", organization="acme-pumps",
    ticket="CHG-20417", target_host="192.0.2.10", target_port=502, client_address="198.51.100.7",
)  # fmt: skip


class Exchange(NamedTuple):
    """One request and its answer, on the wire and as the guard saw them; without an answer it was refused."""

    request: bytes
    seen: Operation
    answer: bytes
    answered: Operation | None


def exchange(number: int) -> Exchange:
    """A poll; every 200th time a set point is written, and every 5000th time something is refused."""
    transaction = number % 65536
    head = transaction.to_bytes(2, "big") + b"\0\0\0\6\1"
    if number % 5000 == 4999:
        value = 950 + number % 7
        seen = _seen(transaction, 6, "write_single_register", Tier.OPERATE, "holding 200", value, Verdict.DENIED)
        return Exchange(head + b"\6\0\xc8" + value.to_bytes(2, "big"), seen, head[:5] + b"\3\1\x86\1", None)
    if number % 200 == 199:
        value = 400 + number // 200 % 500
        seen = _seen(transaction, 6, "write_single_register", Tier.OPERATE, "holding 100", value)
        wire = head + b"\6\0\x64" + value.to_bytes(2, "big")
        return Exchange(wire, seen, wire, _answer(seen, (value,)))
    seen = _seen(transaction, 3, "read_holding_registers", Tier.READ, "holding 0-9")
    words = tuple((number * place) % 1000 for place in range(1, 11))
    answer = head[:4] + b"\0\x17\1\3\x14" + b"".join(word.to_bytes(2, "big") for word in words)
    return Exchange(head + b"\3\0\0\0\x0a", seen, answer, _answer(seen, words))


def _seen(
    transaction: int,
    code: int,
    function: str,
    tier: Tier,
    objects: str,
    value: int | None = None,
    verdict: Verdict = Verdict.ALLOWED,
) -> Operation:
    return Operation(
        Direction.TO_ASSET, "modbus", code, function, tier, verdict, transaction=transaction, unit=1,
        objects=(objects,), values=() if value is None else (value,),
        reason=UNSAID if verdict is Verdict.ALLOWED else why("write_range_outside", object=objects),
    )  # fmt: skip


def _answer(seen: Operation, values: tuple[int, ...]) -> Operation:
    return replace(seen, direction=Direction.TO_USER, is_response=True, values=values)


def sealed(writer: RecordingWriter, started_at: datetime, operations: int, hours: float) -> Iterator[bytes]:
    """Yield the blocks of the recording in order; sealed as often as a recorder does it."""
    flush_ns = int(RecorderLimits().flush_seconds * 1e9)
    step_ns, wall = int(hours * 3600e9) // operations, wall_us(started_at)
    gatherer, due_ns = writer.gatherer, flush_ns
    yield writer.begin()
    gatherer.append_event(STREAM, b'{"event":"stream_opened"}', 0, wall)
    for number in range(operations):
        ns = number * step_ns
        if ns >= due_ns:
            yield writer.flush()
            due_ns = ns + flush_ns
        _append(writer, exchange(number), ns, wall + ns // 1000)
    yield writer.close(EndReason(code="finished", detail="the day was over"), started_at + timedelta(hours=hours))


def _append(writer: RecordingWriter, made: Exchange, ns: int, wall: int) -> None:
    leg = Leg.BOTH if made.answered is not None else Leg.USER
    later = ns + 2_000_000
    writer.gatherer.append_bytes(STREAM, DIRECTIONS[Direction.TO_ASSET], leg, made.request, ns, wall)
    _append_operation(writer, made.seen, ns, wall)
    writer.gatherer.append_bytes(STREAM, DIRECTIONS[Direction.TO_USER], leg, made.answer, later, wall + 2000)
    if made.answered is not None:
        _append_operation(writer, made.answered, later, wall + 2000)


def _append_operation(writer: RecordingWriter, seen: Operation, ns: int, wall: int) -> None:
    writer.gatherer.append_operation(
        STREAM, DIRECTIONS[seen.direction], operation_text(seen), ns, wall,
        is_write=is_write(seen), is_denied=is_denied(seen), is_response=seen.is_response,
    )  # fmt: skip


def write(file: Path, writer: RecordingWriter, started_at: datetime, operations: int, hours: float) -> None:
    """Write the recording into a file."""
    with file.open("wb") as out:
        for block in sealed(writer, started_at, operations, hours):
            out.write(block)


def write_alone(file: Path, operations: int = OPERATIONS, hours: float = HOURS) -> None:
    """Write a recording whose keys are thrown away, but for the public one: ``FILE.jwks`` proves it."""
    signing_key = ec.generate_private_key(ec.SECP256R1())
    started_at = datetime.now(UTC) - timedelta(hours=hours)
    content_key = secrets.token_bytes(keys.CONTENT_KEY_BYTES)
    wrapped = keys.wrap_content_key(
        content_key, wrapping_key=secrets.token_bytes(32), key_id="rkey_bench", nonce=secrets.token_bytes(12),
        recording="rec_bench",
    )  # fmt: skip
    signer = keys.thumbprint(signing_key.public_key())
    opening = Opening(recording="rec_bench", started_at=started_at, session=FACTS, key=wrapped, signer=signer)
    write(file, RecordingWriter(opening, content_key, keys.es256_signer(signing_key)), started_at, operations, hours)


async def add_to(data: Path, operations: int = OPERATIONS, hours: float = HOURS) -> str:
    """Write a recording into a broker's data folder (running or not), sealed with its keys; return its id."""
    settings = Settings(storage=StorageSection(data=data))
    await migrate.upgrade(settings.database_url)
    async with lay_foundation(settings) as foundation:
        recording, session = new_id("rec"), new_id("ses")
        started_at = foundation.clock.now() - timedelta(hours=hours)
        keyring = Keyring(foundation.database, foundation.sealer, foundation.clock)
        content_key, wrapped = await keyring.new_content_key(recording)
        opening = Opening(
            recording=recording, started_at=started_at, session=FACTS.model_copy(update={"session": session}),
            key=wrapped, signer=foundation.evidence.key_id,
        )  # fmt: skip
        writer = RecordingWriter(opening, content_key, foundation.evidence.sign)
        settings.recordings_folder.mkdir(mode=0o700, exist_ok=True)
        file = settings.recordings_folder / f"{recording}.wgrec"
        await asyncio.to_thread(write, file, writer, started_at, operations, hours)
        facts, sealer = opening.session, writer.sealer
        row = RecordingRow(
            id=recording, session_id=session, state=RecordingState.CLOSED.value, node=foundation.node,
            user_id=facts.user, user_name=facts.user_name, organization=facts.organization, site=facts.site,
            asset_id=facts.asset, asset_name=facts.asset_name, service_name=facts.service_name,
            protocol=facts.protocol, grant_id="", ticket=facts.ticket, key_id=wrapped.id, started_at=started_at,
            ended_at=started_at + timedelta(hours=hours), end_code="finished", problem="",
            size_bytes=file.stat().st_size, segments=sealer.segments, last_link=sealer.last_link.hex(),
        )  # fmt: skip
        count(row, sealer.counts)
        async with foundation.database.transaction() as tx:
            tx.add(row)
            await tx.flush()
            details = {"session": session, "segments": row.segments, "size": row.size_bytes, "hash": row.last_link}
            await foundation.audit.append(tx, AuditEvent("recording.closed", SYSTEM, recording, details))
    return recording


async def add_apart(data: Path, operations: int = OPERATIONS, hours: float = HOURS) -> str:
    """Do what ``add_to`` does in a process of its own, beside a broker that runs; return the recording's id."""
    size = ("--operations", str(operations), "--hours", str(hours))
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.big_recording", *size, str(data), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await program.communicate()
    if program.returncode:
        raise RuntimeError("the recording could not be written")
    return output.decode().split()[-1]


def main() -> None:
    """Parse the command line and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.big_recording", description=__doc__)
    parser.add_argument("target", type=Path, help="a new file, or a broker's data folder")
    parser.add_argument("--operations", type=int, default=OPERATIONS)
    parser.add_argument("--hours", type=float, default=HOURS)
    options = parser.parse_args()
    if options.target.is_dir():
        print(asyncio.run(add_to(options.target, options.operations, options.hours)))
    else:
        write_alone(options.target, options.operations, options.hours)


if __name__ == "__main__":
    main()
