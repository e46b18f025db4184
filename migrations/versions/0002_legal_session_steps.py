"""Fill in the legal steps between states of a session: a session can be stored in no other order."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STEPS = (("new", "open"), ("open", "held"), ("open", "ended"), ("held", "open"), ("held", "ended"))

steps = sa.table("session_steps", sa.column("previous", sa.String), sa.column("state", sa.String))


def upgrade() -> None:
    """Go forward."""
    op.bulk_insert(steps, [{"previous": previous, "state": state} for previous, state in STEPS])


def downgrade() -> None:
    """Go back."""
    op.execute(steps.delete())
