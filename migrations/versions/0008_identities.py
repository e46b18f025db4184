"""Keep who a device says it is when tools look for devices."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("services") as batch:
        batch.add_column(sa.Column("identity", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("services") as batch:
        batch.drop_column("identity")
