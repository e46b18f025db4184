"""Who a login stands for is remembered, and never for longer than it is true."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from broker.http.principal import Principal, Role
from broker.identity.principals import REMEMBER_SECONDS
from broker.identity.tables import LoginRow
from broker.identity.users import UserChange
from tests.unit.broker.identity.people import People, Somebody


async def known(people: People, who: Somebody) -> Principal | None:
    assert who.tokens is not None
    claims = people.tokens.verify_access(who.tokens.access_token)
    return await people.principals.of(claims.user_id, claims.login_id)


async def test_a_second_question_needs_no_database(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = await people.admin()
    first = await known(people, admin)
    monkeypatch.delattr(type(people.database), "reading")
    assert await known(people, admin) == first


async def test_a_changed_role_is_seen_at_once(people: People) -> None:
    admin = await people.admin()
    operator = await people.operator(admin)
    assert (await people.principal(operator)).roles == {Role.OPERATOR}
    change = UserChange(frozenset({"roles"}), roles=frozenset({Role.AUDITOR}))
    await people.users.change(await people.principal(admin), "operator", change)
    assert (await people.principal(operator)).roles == {Role.AUDITOR}


async def test_an_ended_login_is_forgotten_at_once(people: People) -> None:
    admin = await people.admin()
    await people.logins.log_out(await people.principal(admin))
    assert await known(people, admin) is None


async def test_another_users_id_with_this_login_is_nobody(people: People) -> None:
    admin = await people.admin()
    login = (await people.principal(admin)).login_id
    assert await people.principals.of("usr_other", login) is None


async def test_an_answer_that_an_event_overtook_is_not_remembered(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await people.admin()
    acting = await people.principal(admin)
    read = people.principals._read

    async def overtaken(condition: object) -> object:
        found = await read(condition)
        await people.logins.log_out(acting)
        return found

    people.clock.advance(REMEMBER_SECONDS)
    monkeypatch.setattr(people.principals, "_read", overtaken)
    assert await known(people, admin)
    monkeypatch.setattr(people.principals, "_read", read)
    assert await known(people, admin) is None


async def test_what_was_changed_behind_our_back_counts_after_seconds(people: People) -> None:
    admin = await people.admin()
    assert await known(people, admin)
    async with people.database.transaction() as tx:
        await tx.execute(update(LoginRow).values(ended_at=people.clock.now()))
    people.clock.advance(REMEMBER_SECONDS)
    assert await known(people, admin) is None


async def test_a_remembered_account_ends_on_time(people: People) -> None:
    admin = await people.admin()
    vendor = await people.vendor(admin, days=1)
    people.clock.advance(timedelta(hours=24) - timedelta(seconds=32))
    vendor.tokens = await people.enter(vendor)
    assert await known(people, vendor)
    people.clock.advance(2)
    assert await known(people, vendor) is None
