"""Tables of sites, agents, assets and services. Other packages keep their ids and names as text."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broker.db.base import Base, UtcDateTime
from broker.inventory.words import AgentState, Criticality


def _one_of(column: str, words: type[AgentState] | type[Criticality]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class SiteRow(Base):
    """A plant."""

    __tablename__ = "sites"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(63), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64))
    banner: Mapped[str] = mapped_column(String(2000))
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BannerAcceptanceRow(Base):
    """The text that somebody accepted last at a site, by its SHA-256; another text asks them anew."""

    __tablename__ = "banner_acceptances"

    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AgentRow(Base):
    """An enrolled agent, with what its newest link told; ``clock_offset_seconds`` is its clock minus ours."""

    __tablename__ = "agents"
    __table_args__ = (
        CheckConstraint(_one_of("state", AgentState), name="state"),
        Index("ix_agents_site_id_name", "site_id", "name"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(String(63))
    state: Mapped[str] = mapped_column(String(16))
    state_reason: Mapped[str] = mapped_column(String(500), default="")
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    software: Mapped[str] = mapped_column(String(500))
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_address: Mapped[str] = mapped_column(String(64), default="")
    clock_offset_seconds: Mapped[float | None]
    ceiling_digest: Mapped[str] = mapped_column(String(500), default="")
    locked: Mapped[bool] = mapped_column(default=False)
    lock_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lock_reason: Mapped[str] = mapped_column(String(500), default="")
    lock_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AgentCertificateRow(Base):
    """A certificate that an agent may show: at most the newest two are live, and only the newest once it was used."""

    __tablename__ = "agent_certificates"
    __table_args__ = (Index("ix_agent_certificates_agent_id_issued_at", "agent_id", "issued_at"),)

    serial: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class JoinTokenRow(Base):
    """A one-time right to enrol an agent at a site; only the SHA-256 of its 256-bit secret is kept."""

    __tablename__ = "join_tokens"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    secret_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))


class AssetRow(Base):
    """A device at a site; ``version`` counts its changes, so that two editors cannot overwrite each other unseen."""

    __tablename__ = "assets"
    __table_args__ = (
        UniqueConstraint("site_id", "name"),
        CheckConstraint(_one_of("criticality", Criticality), name="criticality"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(String(63))
    display_name: Mapped[str] = mapped_column(String(200))
    labels: Mapped[dict[str, str]] = mapped_column(JSON)
    zone: Mapped[str] = mapped_column(String(63))
    criticality: Mapped[str] = mapped_column(String(16))
    units: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    services: Mapped[list["ServiceRow"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ServiceRow.name"
    )
    site: Mapped[SiteRow] = relationship(lazy="joined", innerjoin=True)


class ServiceRow(Base):
    """One way to talk to an asset."""

    __tablename__ = "services"
    __table_args__ = (
        UniqueConstraint("asset_id", "name"),
        CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
        CheckConstraint("max_streams BETWEEN 1 AND 256", name="max_streams"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(63))
    protocol: Mapped[str] = mapped_column(String(32))
    host: Mapped[str] = mapped_column(String(253))
    port: Mapped[int]
    units: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    routes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    max_streams: Mapped[int]
    max_rate: Mapped[float | None]
    idle_seconds: Mapped[float | None]
    device_timeout_seconds: Mapped[float]
    identity: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class TagRow(Base):
    """What an object of an asset is called; ``unit`` is -1 where it is so on all units. ``key`` orders the list."""

    __tablename__ = "asset_tags"

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(320), primary_key=True)
    protocol: Mapped[str] = mapped_column(String(32))
    unit: Mapped[int] = mapped_column(BigInteger)
    object_table: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    engineering_unit: Mapped[str] = mapped_column(String(40))
    scale: Mapped[float]
