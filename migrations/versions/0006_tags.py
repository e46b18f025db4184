"""Keep tag lists of assets."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "asset_tags",
        sa.Column("asset_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("protocol", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("object_table", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("engineering_unit", sa.String(length=40), nullable=False),
        sa.Column("scale", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name=op.f("fk_asset_tags_asset_id_assets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asset_id", "key", name=op.f("pk_asset_tags")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("asset_tags")
