"""Refresh tokens rotate and betray their copies; whatever takes a right away ends logins and says so on the bus."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from broker.http.errors import UnauthenticatedError
from broker.identity.errors import OtpRejectedError, RefreshFailedError, WeakPasswordError
from broker.identity.organizations import OrganizationChange
from broker.identity.tables import LoginRow, RefreshTokenRow
from tests.unit.broker.identity.people import PASSWORD, People, Somebody

Actions = Callable[[], Awaitable[list[str]]]
NEW_PASSWORD = "quiet harbour 81 maps"


async def refresh(people: People, token: str) -> str:
    return (await people.logins.refresh(token, "192.0.2.10")).refresh_token


def token_of(who: Somebody) -> str:
    assert who.tokens is not None
    return who.tokens.refresh_token


async def test_a_refresh_token_is_good_for_the_next_one(people: People) -> None:
    token = token_of(await people.admin())
    for _ in range(3):
        token = await refresh(people, token)


async def test_a_refresh_token_used_twice_ends_the_login(people: People, actions: Actions) -> None:
    old = token_of(await people.admin())
    new = await refresh(people, old)
    for token in (old, new):
        with pytest.raises(RefreshFailedError):
            await refresh(people, token)
    assert (await actions())[-2:] == ["login.reuse_detected", "login.ended"]


async def test_a_reused_refresh_token_cuts_on_the_bus(people: People, published: Any) -> None:
    admin = await people.admin()
    login = (await people.principal(admin)).login_id
    await refresh(people, token_of(admin))
    with pytest.raises(RefreshFailedError):
        await refresh(people, token_of(admin))
    assert published.of("login.ended") == [{"login": login, "user": admin.id}]


async def test_of_many_uses_at_the_same_moment_at_most_one_succeeds_and_the_login_ends(people: People) -> None:
    token = token_of(await people.admin())
    outcomes = await asyncio.gather(*(refresh(people, token) for _ in range(4)), return_exceptions=True)
    assert [isinstance(outcome, str) for outcome in outcomes].count(True) == 1
    async with people.database.reading() as view:
        login = (await view.scalars(select(LoginRow))).one()
    assert login.end_reason == "refresh_token_reused"


async def test_an_unknown_refresh_token_ends_nobodys_login(people: People) -> None:
    admin = await people.admin()
    with pytest.raises(RefreshFailedError):
        await refresh(people, "wgr1.unknown")
    assert await refresh(people, token_of(admin))


@pytest.mark.parametrize("pause", [timedelta(hours=1), timedelta(hours=12)])
async def test_an_unused_login_lapses(people: People, pause: timedelta) -> None:
    token = token_of(await people.admin())
    people.clock.advance(pause)
    with pytest.raises(RefreshFailedError):
        await refresh(people, token)


async def test_a_login_in_use_lapses_after_its_lifetime(people: People) -> None:
    token = token_of(await people.admin())
    for _ in range(23):
        people.clock.advance(timedelta(minutes=30))
        token = await refresh(people, token)
    people.clock.advance(timedelta(minutes=30))
    with pytest.raises(RefreshFailedError):
        await refresh(people, token)


async def test_no_token_is_in_the_database(people: People) -> None:
    token = token_of(await people.admin())
    async with people.database.reading() as view:
        kept = [bytes(row) for row in await view.scalars(select(RefreshTokenRow.token_hash))]
    assert len(kept) == 1
    assert token.encode() not in kept


async def _log_out(people: People, admin: Somebody, who: Somebody) -> None:
    await people.logins.log_out(await people.principal(who))


async def _disable(people: People, admin: Somebody, who: Somebody) -> None:
    await people.users.disable(await people.principal(admin), who.name, "left")


async def _reset_mfa(people: People, admin: Somebody, who: Somebody) -> None:
    await people.users.reset_mfa(await people.principal(admin), who.name)


async def _reset_password(people: People, admin: Somebody, who: Somebody) -> None:
    await people.users.reset_password(await people.principal(admin), who.name)


async def _disable_organization(people: People, admin: Somebody, who: Somebody) -> None:
    await people.organizations.change(await people.principal(admin), "acme", OrganizationChange(disabled=True))


ENDINGS = [_log_out, _disable, _reset_mfa, _reset_password, _disable_organization]


@pytest.mark.parametrize("ending", ENDINGS)
async def test_what_takes_a_right_away_ends_the_login_and_says_so(people: People, published: Any, ending: Any) -> None:
    admin = await people.admin()
    vendor = await people.vendor(admin)
    login = (await people.principal(vendor)).login_id
    await ending(people, admin, vendor)
    assert published.of("login.ended") == [{"login": login, "user": vendor.id}]
    with pytest.raises(RefreshFailedError):
        await refresh(people, token_of(vendor))


@pytest.mark.parametrize("ending", [_disable, _disable_organization])
async def test_a_disabled_user_is_announced(people: People, published: Any, ending: Any) -> None:
    admin = await people.admin()
    vendor = await people.vendor(admin)
    await ending(people, admin, vendor)
    assert published.of("user.disabled") == [{"user": vendor.id}]


async def test_a_changed_password_ends_the_other_logins_and_keeps_this_one(people: People) -> None:
    admin = await people.admin()
    other = await people.enter(admin)
    principal = await people.principal(admin)
    await people.account.change_password(principal, PASSWORD, NEW_PASSWORD, people.next_code(admin))
    with pytest.raises(RefreshFailedError):
        await refresh(people, other.refresh_token)
    assert await refresh(people, token_of(admin))
    admin.password = NEW_PASSWORD
    assert await people.enter(admin)


async def test_a_password_is_changed_only_with_the_old_one_and_a_code(people: People) -> None:
    admin = await people.admin()
    principal = await people.principal(admin)
    with pytest.raises(OtpRejectedError):
        await people.account.change_password(principal, "not the password", NEW_PASSWORD, people.next_code(admin))
    with pytest.raises(OtpRejectedError):
        await people.account.change_password(principal, PASSWORD, NEW_PASSWORD, "000000")
    with pytest.raises(WeakPasswordError):
        await people.account.change_password(principal, PASSWORD, "password1234", people.next_code(admin))
    assert await people.enter(admin)


async def test_a_wrong_password_does_not_use_the_code_up(people: People) -> None:
    admin = await people.admin()
    principal, code = await people.principal(admin), people.next_code(admin)
    with pytest.raises(OtpRejectedError):
        await people.account.change_password(principal, "not the password", NEW_PASSWORD, code)
    await people.account.change_password(principal, PASSWORD, NEW_PASSWORD, code)


async def test_a_step_up_takes_a_code_once_and_freshens_the_proof(people: People) -> None:
    admin = await people.admin()
    principal, code = await people.principal(admin), people.next_code(admin)
    tokens = await people.account.step_up(principal, code)
    assert (await people.principal(admin, tokens)).mfa_at == people.clock.now()
    with pytest.raises(OtpRejectedError):
        await people.account.step_up(principal, code)


async def test_a_step_up_voids_the_refresh_token_before_it(people: People) -> None:
    admin = await people.admin()
    tokens = await people.account.step_up(await people.principal(admin), people.next_code(admin))
    with pytest.raises(RefreshFailedError):
        await refresh(people, token_of(admin))
    assert await refresh(people, tokens.refresh_token)


async def test_whoever_stole_a_token_gets_five_guesses(people: People, published: Any) -> None:
    admin = await people.admin()
    principal = await people.principal(admin)
    for _ in range(5):
        with pytest.raises(OtpRejectedError):
            await people.account.step_up(principal, "000000")
    with pytest.raises(UnauthenticatedError):
        await people.account.step_up(principal, people.next_code(admin))
    assert len(published.of("login.ended")) == 1


async def test_new_recovery_codes_void_the_old_ones(people: People) -> None:
    admin = await people.admin()
    codes = await people.account.renew_recovery_codes(await people.principal(admin), people.next_code(admin))
    assert set(codes).isdisjoint(admin.recovery_codes)
    assert await people.enter(admin, otp=None, recovery_code=codes[0])
    with pytest.raises(Exception, match="wrong"):
        await people.enter(admin, otp=None, recovery_code=admin.recovery_codes[0])


async def test_old_logins_are_purged_with_their_tokens(people: People) -> None:
    await people.admin()
    people.clock.advance(timedelta(days=40))
    assert await people.logins.purge() == 1
    assert await people.logins.purge() == 0
