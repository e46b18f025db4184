"""Puts the parts of recordings together, for the composition root and for tests: there is one way to do it."""

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.http.routes import Route
from broker.pki.keys import EvidenceKey
from broker.recordings.change_routes import AssetNames, ChangeRoutes, change_routes
from broker.recordings.changes import ChangeLog
from broker.recordings.exporting import ChangeExports
from broker.recordings.keyring import Keyring
from broker.recordings.looks import Looks
from broker.recordings.proofs import Prover
from broker.recordings.reading import Reading
from broker.recordings.recovery import Recovery
from broker.recordings.routes import RecordingRoutes, routes
from broker.recordings.service import Recordings
from broker.recordings.sinks import DirectoryStorage
from broker.recordings.viewing import Evidence, EvidenceGate
from broker.vault.sealing import Sealer
from tunnel.clock import Clock


@dataclass(frozen=True, slots=True)
class RecordingGround:
    """What recordings stand on; ``recording`` and ``reading`` are threads that do not wait for each other."""

    database: Database
    clock: Clock
    bus: Bus
    audit: AuditLog
    vault: Sealer
    signer: EvidenceKey
    recording: Executor
    reading: Executor


@dataclass(frozen=True, slots=True)
class RecordingParts:
    """All of recordings. Sessions need ``service``; ``recovery`` runs once, before the first session."""

    service: Recordings
    recovery: Recovery
    routes: tuple[Route, ...]

    @classmethod
    def build(
        cls,
        on: RecordingGround,
        *,
        folder: Path,
        min_free_bytes: int,
        node: str,
        gate: EvidenceGate,
        inventory: AssetNames,
    ) -> "RecordingParts":
        """Build recordings in ``folder``; ``gate`` says who may look at them, ``inventory`` knows assets by name."""
        storage = DirectoryStorage(folder, min_free_bytes=min_free_bytes)
        keyring = Keyring(on.database, on.vault, on.clock)
        prover = Prover(storage, {on.signer.key_id: on.signer.public_key}, on.reading)
        reading, looks = Reading(keyring, storage, on.reading), Looks(on.database, on.audit, on.clock)
        evidence = Evidence(on.database, keyring, prover, gate, reading, looks)
        changes = ChangeLog(on.database, gate, reading, looks)
        exports = ChangeExports(changes, on.database, on.audit, on.clock, on.reading)
        return cls(
            service=Recordings(
                on.database, on.bus, on.audit, on.clock, keyring, storage, on.signer, on.recording, node=node
            ),
            recovery=Recovery(on.database, on.audit, on.clock, prover, node=node),
            routes=(
                *routes(RecordingRoutes(evidence, [on.signer.jwk])),
                *change_routes(ChangeRoutes(changes, exports, on.database, inventory)),
            ),
        )
