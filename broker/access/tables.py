"""Tables of access. Ids of people and devices are no foreign keys: what was decided outlives what it names."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from broker.access.states import RequestState
from broker.db.base import Base, UtcDateTime

STATES = "'" + "', '".join(RequestState) + "'"
MAX_TEXT_LENGTH = 500
PENDING = RequestState.PENDING.value


class PolicySetRow(Base):
    """One row: locked by each apply so that they follow one another; ``digest`` names all documents that hold."""

    __tablename__ = "access_policy_set"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))


class PolicyRow(Base):
    """A document by name, with its newest version; ``deleted_at`` takes it out of force and keeps its history."""

    __tablename__ = "access_policies"

    name: Mapped[str] = mapped_column(String(63), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PolicyVersionRow(Base):
    """One version as it was written. Nothing updates or deletes these rows."""

    __tablename__ = "access_policy_versions"

    name: Mapped[str] = mapped_column(ForeignKey("access_policies.name"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    diff: Mapped[list[str]] = mapped_column(JSON)
    comment: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH))
    author: Mapped[str] = mapped_column(String(64))
    author_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RequestRow(Base):
    """What somebody asked for, exactly, and what became of it. ``hash`` covers all that an approver says yes to."""

    __tablename__ = "access_requests"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("duration_seconds > 0", name="duration"),
        Index("ix_access_requests_created_at_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), index=True)
    user_id: Mapped[str] = mapped_column(String(64), index=True)
    user_name: Mapped[str] = mapped_column(String(200))
    site_id: Mapped[str] = mapped_column(String(64))
    asset_id: Mapped[str] = mapped_column(String(64), index=True)
    asset_name: Mapped[str] = mapped_column(String(200))
    service_id: Mapped[str] = mapped_column(String(64))
    service_name: Mapped[str] = mapped_column(String(64))
    tiers: Mapped[list[str]] = mapped_column(JSON)
    duration_seconds: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH))
    ticket: Mapped[str] = mapped_column(String(64))
    emergency: Mapped[bool] = mapped_column(default=False)
    policy: Mapped[str] = mapped_column(String(63))
    policy_digest: Mapped[str] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(16))
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))
    login: Mapped[dict[str, Any]] = mapped_column(JSON)
    address: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decision_reason: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH), default="")


class RequirementRow(Base):
    """So many people of this group must approve this request."""

    __tablename__ = "access_requirements"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    request_id: Mapped[str] = mapped_column(ForeignKey("access_requests.id"), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(63), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class ApprovalRow(Base):
    """One person's yes to one exact request. ``groups`` are those of that moment, for the record only."""

    __tablename__ = "access_approvals"
    __table_args__ = (UniqueConstraint("request_id", "approver", "hash"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("access_requests.id"), index=True)
    approver: Mapped[str] = mapped_column(String(64))
    approver_name: Mapped[str] = mapped_column(String(200))
    hash: Mapped[str] = mapped_column(String(64))
    groups: Mapped[list[str]] = mapped_column(JSON)
    comment: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GrantRow(Base):
    """A time-boxed right. Its time runs from ``activated_at``; an extension moves ``runs_from`` and ``ends_at``."""

    __tablename__ = "access_grants"
    __table_args__ = (
        CheckConstraint("duration_seconds > 0", name="duration"),
        CheckConstraint("(activated_at IS NULL) = (ends_at IS NULL)", name="activation"),
        Index("ix_access_grants_user_id_asset_id", "user_id", "asset_id"),
        Index("ix_access_grants_created_at_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    request_id: Mapped[str | None] = mapped_column(ForeignKey("access_requests.id"), unique=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[str] = mapped_column(String(64))
    user_name: Mapped[str] = mapped_column(String(200))
    site_id: Mapped[str] = mapped_column(String(64))
    asset_id: Mapped[str] = mapped_column(String(64), index=True)
    asset_name: Mapped[str] = mapped_column(String(200))
    service_id: Mapped[str] = mapped_column(String(64))
    service_name: Mapped[str] = mapped_column(String(64))
    tiers: Mapped[list[str]] = mapped_column(JSON)
    policy: Mapped[str] = mapped_column(String(63))
    policy_digest: Mapped[str] = mapped_column(String(64))
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    duration_seconds: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH))
    ticket: Mapped[str] = mapped_column(String(64))
    usable_from: Mapped[datetime] = mapped_column(UtcDateTime)
    usable_until: Mapped[datetime] = mapped_column(UtcDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    runs_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(64))
    revoke_reason: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH), default="")


class ReviewRow(Base):
    """An emergency access that somebody of ``group_name`` must look at afterwards."""

    __tablename__ = "access_reviews"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("access_requests.id"), unique=True)
    group_name: Mapped[str] = mapped_column(String(63))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(16))
    comment: Mapped[str] = mapped_column(String(2000), default="")


class LockRow(Base):
    """A refusal that stands above all grants, until it is lifted or ``until`` has come."""

    __tablename__ = "access_locks"
    __table_args__ = (
        CheckConstraint("kind IN ('site', 'asset', 'user')", name="kind"),
        Index("ix_access_locks_kind_target", "kind", "target"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    target: Mapped[str] = mapped_column(String(64))
    target_name: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH))
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(64))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(String(64))


class ExtensionRow(Base):
    """A wish for more time in a live session, decided by the same people as the policy's requests."""

    __tablename__ = "access_extensions"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("duration_seconds > 0", name="duration"),
        # At most one undecided wish per session, whatever two clicks at once do.
        Index(
            "uq_access_extensions_pending",
            "session_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(64), index=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("access_grants.id"), index=True)
    user_id: Mapped[str] = mapped_column(String(64))
    duration_seconds: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH))
    state: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(64))
    policy_digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decision_reason: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH), default="")
    new_not_after: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ExtensionApprovalRow(Base):
    """One person's yes to one exact extension."""

    __tablename__ = "access_extension_approvals"

    extension_id: Mapped[str] = mapped_column(ForeignKey("access_extensions.id"), primary_key=True)
    approver: Mapped[str] = mapped_column(String(64), primary_key=True)
    approver_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
