"""The keys that recordings' own keys are wrapped with: made here, kept in the database sealed by the vault."""

import secrets

from sqlalchemy import select

from broker.db.engine import Database
from broker.recordings.errors import RecordingKeyError
from broker.recordings.tables import SEALED_COLUMNS, RecordingKeyRow
from broker.vault.sealing import Sealer
from recording import keys
from recording.errors import KeyRefusedError
from recording.manifest import Opening, WrappedKey
from tunnel.clock import Clock
from tunnel.ids import new_id

_PLACE = SEALED_COLUMNS[0]


class Keyring:
    """Wraps and unwraps content keys. The newest wrapping key is used; the older ones open older recordings."""

    def __init__(self, database: Database, vault: Sealer, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    async def new_content_key(self, recording: str) -> tuple[bytes, WrappedKey]:
        """Return a fresh content key for one recording, in the clear and wrapped."""
        key_id, wrapping_key = await self._newest()
        content_key = secrets.token_bytes(keys.CONTENT_KEY_BYTES)
        nonce = secrets.token_bytes(keys.WRAP_NONCE_BYTES)
        wrapped = keys.wrap_content_key(
            content_key, wrapping_key=wrapping_key, key_id=key_id, nonce=nonce, recording=recording
        )
        return content_key, wrapped

    async def content_key(self, opening: Opening) -> bytes:
        """Return the content key of a recording; raise ``RecordingKeyError`` if its wrapping key is not here."""
        async with self._database.reading() as view:
            row = await view.get(RecordingKeyRow, opening.key.id)
        if row is None:
            raise RecordingKeyError(f"The recording is sealed for the key {opening.key.id}, which is not here.")
        wrapping_key = self._unseal(row)
        try:
            return keys.unwrap_content_key(opening.key, wrapping_key=wrapping_key, recording=opening.recording)
        except KeyRefusedError as error:
            raise RecordingKeyError(str(error)) from error

    async def _newest(self) -> tuple[str, bytes]:
        query = select(RecordingKeyRow).order_by(RecordingKeyRow.created_at.desc(), RecordingKeyRow.id).limit(1)
        async with self._database.reading() as view:
            row = await view.scalar(query)
        if row is None:
            row = await self._make()
        return row.id, self._unseal(row)

    async def _make(self) -> RecordingKeyRow:
        key_id = new_id("rkey")
        sealed = self._vault.seal(secrets.token_bytes(keys.CONTENT_KEY_BYTES), _PLACE.place(key_id))
        row = RecordingKeyRow(id=key_id, secret_sealed=sealed, created_at=self._clock.now())
        async with self._database.transaction() as tx:
            tx.add(row)
        return row

    def _unseal(self, row: RecordingKeyRow) -> bytes:
        return self._vault.unseal(row.secret_sealed, _PLACE.place(row.id))
