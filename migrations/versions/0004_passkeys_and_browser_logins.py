"""Add passkeys, their ceremonies, and logins by cookie."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

logins = sa.table(
    "logins",
    sa.column("methods", sa.String),
    sa.column("authenticated_at", sa.DateTime(timezone=True)),
    sa.column("mfa_at", sa.DateTime(timezone=True)),
    sa.column("cookie_hash", sa.LargeBinary),
    sa.column("last_seen_at", sa.DateTime(timezone=True)),
    sa.column("totp_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("rp_id", sa.String(length=253), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index("ix_passkeys_user_id", "passkeys", ["user_id"])
    op.create_table(
        "passkey_ceremonies",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("login_id", sa.String(length=64), nullable=True),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("rp_id", sa.String(length=253), nullable=False),
        sa.Column("challenge", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('registration', 'login', 'step_up')", name=op.f("ck_passkey_ceremonies_purpose")
        ),
        sa.CheckConstraint("(purpose = 'login') = (login_id IS NULL)", name=op.f("ck_passkey_ceremonies_login")),
        sa.ForeignKeyConstraint(
            ["login_id"], ["logins.id"], name=op.f("fk_passkey_ceremonies_login_id_logins"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_ceremonies")),
        sa.UniqueConstraint("login_id", "purpose", name=op.f("uq_passkey_ceremonies_login_id_purpose")),
    )
    op.create_index("ix_passkey_ceremonies_expires_at", "passkey_ceremonies", ["expires_at"])
    op.create_index("ix_passkey_ceremonies_network_expires_at", "passkey_ceremonies", ["network", "expires_at"])
    with op.batch_alter_table("logins") as batch:
        batch.add_column(sa.Column("cookie_hash", sa.LargeBinary(length=32), nullable=True))
        batch.add_column(sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("totp_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("passkey_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("passkey_id", sa.String(length=64), nullable=True))
        batch.create_unique_constraint(op.f("uq_logins_cookie_hash"), ["cookie_hash"])
    op.execute(logins.update().values(last_seen_at=logins.c.authenticated_at))
    op.execute(logins.update().where(logins.c.methods.contains("totp")).values(totp_at=logins.c.mfa_at))
    with op.batch_alter_table("logins") as batch:
        batch.alter_column("last_seen_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    """Go back. Browsers' logins go too: before this step nothing could continue or show them."""
    op.execute(logins.delete().where(logins.c.cookie_hash.is_not(None)))
    op.drop_table("passkey_ceremonies")
    op.drop_table("passkeys")
    with op.batch_alter_table("logins") as batch:
        batch.drop_constraint(op.f("uq_logins_cookie_hash"), type_="unique")
        for column in ("passkey_id", "passkey_at", "totp_at", "last_seen_at", "cookie_hash"):
            batch.drop_column(column)
