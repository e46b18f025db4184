"""An event and its change stand or fall together, and the chain follows on."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from broker.audit.chain import GENESIS
from broker.audit.fields import REDACTED
from broker.audit.log import SYSTEM, AuditEvent, AuditLog
from broker.audit.tables import AuditLinkRow
from broker.db.engine import Database

Actions = Callable[[], Awaitable[list[str]]]


async def test_each_link_follows_from_the_one_before(database: Database, audit: AuditLog) -> None:
    for action in ("site.created", "site.changed"):
        async with database.transaction() as tx:
            await audit.append(tx, AuditEvent(action, SYSTEM))
    async with database.reading() as view:
        first, second = await view.scalars(select(AuditLinkRow).order_by(AuditLinkRow.sequence))
    assert (first.previous, second.previous) == (GENESIS, first.hash)


async def test_a_rolled_back_change_leaves_no_event(database: Database, audit: AuditLog, actions: Actions) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await audit.append(tx, AuditEvent("site.created", SYSTEM))
            raise RuntimeError
    assert await actions() == []


async def test_an_unclassified_field_is_redacted(database: Database, audit: AuditLog) -> None:
    async with database.transaction() as tx:
        await audit.append(tx, AuditEvent("site.created", SYSTEM, details={"hunch": "blue", "site": "north"}))
    async with database.reading() as view:
        link = (await view.scalars(select(AuditLinkRow))).one()
    assert link.details == {"hunch": REDACTED, "site": "north"}
