"""Tables of sessions. An illegal step between states cannot be stored: legal ones are rows that a foreign key needs."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    event,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Table

from broker.db.base import Base, UtcDateTime
from broker.sessions.states import STEPS


class SessionStepRow(Base):
    """A legal step from one state to another (or to itself)."""

    __tablename__ = "session_steps"

    previous: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), primary_key=True)


def legal_steps() -> list[dict[str, str]]:
    """The rows of ``session_steps``: every legal step, and the beginning."""
    steps = sorted((str(before), str(after)) for before, after in STEPS)
    return [{"previous": before, "state": after} for before, after in [("new", "open"), *steps]]


@event.listens_for(SessionStepRow.__table__, "after_create")
def _fill_steps(table: Table, connection: Connection, **_: Any) -> None:
    connection.execute(table.insert(), legal_steps())


class SessionRow(Base):
    """One use of a grant by one user on one service."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["previous", "state"], ["session_steps.previous", "session_steps.state"]),
        Index("ix_sessions_state_opened_at", "state", "opened_at"),
        Index("ix_sessions_user_opened_at", "user_id", "opened_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    previous: Mapped[str] = mapped_column(String(16), default="new")
    state: Mapped[str] = mapped_column(String(16), default="open")
    node: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    user_name: Mapped[str] = mapped_column(String(200))
    organization_id: Mapped[str] = mapped_column(String(64), index=True)
    organization_kind: Mapped[str] = mapped_column(String(16))
    login_id: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    site_id: Mapped[str] = mapped_column(String(64), index=True)
    asset_id: Mapped[str] = mapped_column(String(64), index=True)
    asset_name: Mapped[str] = mapped_column(String(200))
    service_id: Mapped[str] = mapped_column(String(64))
    service_name: Mapped[str] = mapped_column(String(64))
    protocol: Mapped[str] = mapped_column(String(32))
    grant_id: Mapped[str] = mapped_column(String(64), index=True)
    request_id: Mapped[str | None] = mapped_column(String(64))
    policy: Mapped[str] = mapped_column(String(100))
    policy_digest: Mapped[str] = mapped_column(String(80))
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    ticket: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(2000), default="")
    recording_id: Mapped[str | None] = mapped_column(String(64))
    is_emergency: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_after: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_code: Mapped[str | None] = mapped_column(String(32))
    end_detail: Mapped[str] = mapped_column(String(2000), default="")
    ended_by: Mapped[str] = mapped_column(String(64), default="")
    bytes_to_asset: Mapped[int] = mapped_column(BigInteger, default=0)
    bytes_to_user: Mapped[int] = mapped_column(BigInteger, default=0)
    streams: Mapped[int] = mapped_column(default=0)
    operations: Mapped[int] = mapped_column(BigInteger, default=0)
    writes: Mapped[int] = mapped_column(BigInteger, default=0)
    denials: Mapped[int] = mapped_column(BigInteger, default=0)
    tiers_used: Mapped[list[str]] = mapped_column(JSON, default=list)
    fingerprint: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


def ids_of(row: SessionRow) -> dict[str, str]:
    """Return what an event about the session says of it."""
    return {"session": row.id, "user": row.user_id, "asset": row.asset_id, "site": row.site_id, "grant": row.grant_id}


class ReconnectBlockRow(Base):
    """After a kill: this user may not come back to this asset until somebody lifts the block."""

    __tablename__ = "reconnect_blocks"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    asset_id: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(2000))
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(String(64))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class DrillRow(Base):
    """What one press of the red button did, and how fast: kept as a drill report (NERC CIP-005-7 R2.5)."""

    __tablename__ = "drills"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(2000))
    site_id: Mapped[str | None] = mapped_column(String(64))
    vendor_only: Mapped[bool]
    sessions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    duration_us: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class QuestionRow(Base):
    """What a guard refused for now, asked of the plant: exactly what, by whom, until when, and the answer."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_state_created_at", "state", "created_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    node: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    user_name: Mapped[str] = mapped_column(String(200))
    site_id: Mapped[str] = mapped_column(String(64))
    asset_id: Mapped[str] = mapped_column(String(64))
    asset_name: Mapped[str] = mapped_column(String(200))
    service_name: Mapped[str] = mapped_column(String(64))
    ticket: Mapped[str] = mapped_column(String(200), default="")
    protocol: Mapped[str] = mapped_column(String(32))
    unit: Mapped[int | None]
    route: Mapped[str] = mapped_column(String(2000), default="")
    tier: Mapped[str] = mapped_column(String(16))
    function: Mapped[str] = mapped_column(String(200))
    objects: Mapped[list[str]] = mapped_column(JSON)
    values: Mapped[list[Any]] = mapped_column(JSON)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    armed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(String(64), default="")
    answered_by_name: Mapped[str] = mapped_column(String(200), default="")
    answer_reason: Mapped[str] = mapped_column(String(2000), default="")
