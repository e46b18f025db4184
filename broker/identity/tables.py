"""Tables of people, their proofs and their logins. Secrets are hashed, or sealed under the master key."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from broker.db.base import Base, UtcDateTime

PASSWORD_HASH_LENGTH = 200


class OrganizationRow(Base):
    """An organization: the plant's own (``internal``) or a ``vendor``."""

    __tablename__ = "organizations"
    __table_args__ = (CheckConstraint("kind IN ('internal', 'vendor')", name="kind"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UserRow(Base):
    """A person's account. A vendor's has a sponsor and an end; ``totp_step`` is the newest time step taken."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_organization_id", "organization_id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    organization_id: Mapped[str] = mapped_column(String(64), ForeignKey("organizations.id"))
    sponsor_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("users.id"))
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_emergency: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_reason: Mapped[str] = mapped_column(String(500), default="")
    password_hash: Mapped[str] = mapped_column(String(PASSWORD_HASH_LENGTH))
    password_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int | None] = mapped_column(Integer)
    totp_enrolled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UserRoleRow(Base):
    """One role of a user."""

    __tablename__ = "user_roles"
    __table_args__ = (CheckConstraint("role IN ('vendor', 'operator', 'admin', 'auditor')", name="role"),)

    user_id: Mapped[str] = mapped_column(String(64), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)


class GroupRow(Base):
    """A named set of people; policies speak of groups by name."""

    __tablename__ = "groups"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MembershipRow(Base):
    """One user in one group."""

    __tablename__ = "memberships"
    __table_args__ = (Index("ix_memberships_user_id", "user_id"),)

    group_id: Mapped[str] = mapped_column(String(64), ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecoveryCodeRow(Base):
    """One unused recovery code, as the hash of its 80 random bits; using it deletes the row."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[str] = mapped_column(String(64), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class LoginRow(Base):
    """One sign-in on one device, from its proof until it ends. ``methods`` are comma-separated, in order of proof.

    A browser's login has the hash of its cookie. ``mfa_at`` is when a second factor was last shown, ``totp_at`` and
    ``passkey_at`` when that one was, and ``passkey_id`` which passkey: it may be gone since.
    """

    __tablename__ = "logins"
    __table_args__ = (Index("ix_logins_user_id", "user_id"), Index("ix_logins_expires_at", "expires_at"))

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64), ForeignKey("users.id", ondelete="CASCADE"))
    methods: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str] = mapped_column(String(200))
    authenticated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mfa_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str] = mapped_column(String(40), default="")
    rejected_codes: Mapped[int] = mapped_column(Integer, default=0)
    cookie_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    totp_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passkey_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passkey_id: Mapped[str | None] = mapped_column(String(64))

    @property
    def is_browser(self) -> bool:
        """Whether this is a browser's login, by cookie, or a program's, by tokens."""
        return self.cookie_hash is not None


class RefreshTokenRow(Base):
    """One refresh token of a login, by the SHA-256 of its 256 random bits. A used one stays, to notice its reuse."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_login_id", "login_id"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    login_id: Mapped[str] = mapped_column(String(64), ForeignKey("logins.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EnrolmentRow(Base):
    """Somebody with the right password who has no second factor yet; the secret is sealed until it is confirmed."""

    __tablename__ = "totp_enrolments"
    __table_args__ = (Index("ix_totp_enrolments_user_id", "user_id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[str] = mapped_column(String(64), ForeignKey("users.id", ondelete="CASCADE"))
    secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    rejected_codes: Mapped[int] = mapped_column(Integer, default=0)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PasskeyRow(Base):
    """A passkey of a user: a public key (COSE) that an authenticator made for one host name, ``rp_id``."""

    __tablename__ = "passkeys"
    __table_args__ = (Index("ix_passkeys_user_id", "user_id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64), ForeignKey("users.id", ondelete="CASCADE"))
    rp_id: Mapped[str] = mapped_column(String(253))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(64))
    backed_up: Mapped[bool] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CeremonyRow(Base):
    """A challenge that was given out and not yet answered; whoever signs in has no login, only a network."""

    __tablename__ = "passkey_ceremonies"
    __table_args__ = (
        CheckConstraint("purpose IN ('registration', 'login', 'step_up')", name="purpose"),
        CheckConstraint("(purpose = 'login') = (login_id IS NULL)", name="login"),
        UniqueConstraint("login_id", "purpose"),
        Index("ix_passkey_ceremonies_network_expires_at", "network", "expires_at"),
        Index("ix_passkey_ceremonies_expires_at", "expires_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    login_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("logins.id", ondelete="CASCADE"))
    network: Mapped[str] = mapped_column(String(64))
    rp_id: Mapped[str] = mapped_column(String(253))
    challenge: Mapped[bytes] = mapped_column(LargeBinary(32))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AttemptRow(Base):
    """Failed proofs against one account name (its hash, known or not) or from one address."""

    __tablename__ = "login_attempts"
    __table_args__ = (
        CheckConstraint("kind IN ('account', 'address')", name="kind"),
        Index("ix_login_attempts_last_at", "last_at"),
    )

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SetupTokenRow(Base):
    """The one-time token that makes the first admin, by its hash; at most one row, gone when used."""

    __tablename__ = "setup_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
