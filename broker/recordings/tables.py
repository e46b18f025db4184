"""Tables of recordings: the index that lists are made of, and the sealed keys. The evidence is in the storage."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from broker.db.base import Base, UtcDateTime
from broker.vault.rekey import SealedColumn


class RecordingState(StrEnum):
    """What became of a recording."""

    OPEN = "open"
    """It is being written."""
    CLOSED = "closed"
    """It ended with its signed closing."""
    FAILED = "failed"
    """It could not be stored to its end; it holds what was stored before."""
    CRASHED = "crashed"
    """The broker stopped in the middle; proved up to its last whole segment."""
    BROKEN = "broken"
    """What the broker found when it started again does not hold."""


class RecordingRow(Base):
    """One recording of one session, with the facts that lists are filtered by."""

    __tablename__ = "recordings"
    __table_args__ = (Index("ix_recordings_started_at_id", "started_at", "id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True, default=RecordingState.OPEN.value)
    node: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(String(64), index=True)
    user_name: Mapped[str] = mapped_column(String(200))
    organization: Mapped[str] = mapped_column(String(200), default="")
    site: Mapped[str] = mapped_column(String(200), default="")
    asset_id: Mapped[str] = mapped_column(String(64), index=True)
    asset_name: Mapped[str] = mapped_column(String(200))
    service_name: Mapped[str] = mapped_column(String(64))
    protocol: Mapped[str] = mapped_column(String(32))
    grant_id: Mapped[str] = mapped_column(String(64), default="")
    ticket: Mapped[str] = mapped_column(String(200), default="")
    key_id: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_code: Mapped[str] = mapped_column(String(64), default="")
    problem: Mapped[str] = mapped_column(String(2000), default="")
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    segments: Mapped[int] = mapped_column(BigInteger, default=0)
    operations: Mapped[int] = mapped_column(BigInteger, default=0)
    writes: Mapped[int] = mapped_column(BigInteger, default=0)
    denials: Mapped[int] = mapped_column(BigInteger, default=0)
    bytes_to_asset: Mapped[int] = mapped_column(BigInteger, default=0)
    bytes_to_user: Mapped[int] = mapped_column(BigInteger, default=0)
    last_link: Mapped[str] = mapped_column(String(64), default="")


class RecordingKeyRow(Base):
    """A key that content keys are wrapped with; sealed under the master key, so re-keying touches no recording."""

    __tablename__ = "recording_keys"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


SEALED_COLUMNS = (SealedColumn(RecordingKeyRow, "secret_sealed", "recording_keys.secret:"),)
"""What re-keying the vault must seal anew."""
