"""Keep what a session did on its row, and who accepted which banner."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COUNTERS = ("operations", "writes", "denials")


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        for name in COUNTERS:
            batch_op.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("tiers_used", sa.JSON(), nullable=False, server_default="[]"))
    # The default was for the rows that were there; from here on the broker says what it counted.
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        for name in (*COUNTERS, "tiers_used"):
            batch_op.alter_column(name, server_default=None)
    op.create_table(
        "banner_acceptances",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_banner_acceptances_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", "user_id", name=op.f("pk_banner_acceptances")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("banner_acceptances")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        for name in (*COUNTERS, "tiers_used"):
            batch_op.drop_column(name)
