"""Settings of identity reach the running broker."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from broker.db.engine import Database
from broker.identity import opaque
from broker.identity.tables import LoginRow
from tests.integration.api.installation import IDLE_MINUTES, PAGE, Installation

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize(("minutes", "status"), [(IDLE_MINUTES - 1, 200), (IDLE_MINUTES + 1, 401)])
async def test_a_browser_is_signed_out_after_the_minutes_of_the_settings(
    installation: Installation, minutes: int, status: int
) -> None:
    installation.cookie = await installation.cookie_of("operator")
    database = Database(installation.broker.settings.database_url)
    seen = datetime.now(UTC) - timedelta(minutes=minutes)
    async with database.transaction() as tx:
        mine = LoginRow.cookie_hash == opaque.token_hash(installation.cookie)
        await tx.execute(update(LoginRow).where(mine).values(last_seen_at=seen))
    await database.close()
    assert (await installation.call(PAGE, "GET", "/api/v1/auth/whoami")).status == status
