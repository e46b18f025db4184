"""Both factors let people in; every failure looks the same, and guessing is held up."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from broker.audit.tables import AuditLinkRow
from broker.http.errors import TooManyRequestsError
from broker.identity.enrolments import EnrolmentRequired
from broker.identity.errors import LoginFailedError
from broker.identity.logins import Device
from broker.identity.organizations import OrganizationChange
from broker.identity.passwords import Argon2Cost, Passwords
from broker.identity.sign_in import Proof
from tests.unit.broker.identity.people import HERE, PASSWORD, People, Somebody

Actions = Callable[[], Awaitable[list[str]]]
ELSEWHERE = Device("198.51.100.7")


async def test_password_and_code_start_a_login(people: People) -> None:
    admin = await people.admin()
    principal = await people.principal(admin, await people.enter(admin))
    assert principal.methods == {"password", "totp"}
    assert principal.mfa_at == principal.authenticated_at == people.clock.now()


async def test_a_name_in_another_spelling_is_the_same_user(people: People) -> None:
    admin = await people.admin("admin")
    admin.name = " \uff21dmin "  # NFKC makes the full-width letter an A
    assert await people.enter(admin)


async def test_the_first_sign_in_gives_no_tokens_but_an_enrolment(people: People) -> None:
    await people.setup.create_admin("admin", PASSWORD)
    outcome = await people.sign_in.sign_in(Proof("admin", PASSWORD, HERE, otp="123456"))
    assert isinstance(outcome, EnrolmentRequired)


async def _wrong_password(people: People, who: Somebody, admin: Somebody) -> Proof:
    return Proof(who.name, "not the password", HERE, otp=people.next_code(who))


async def _wrong_code(people: People, who: Somebody, admin: Somebody) -> Proof:
    right = people.next_code(who)
    return Proof(who.name, who.password, HERE, otp=f"{(int(right) + 1) % 1_000_000:06}")


async def _no_code(people: People, who: Somebody, admin: Somebody) -> Proof:
    return Proof(who.name, who.password, HERE)


async def _unknown_user(people: People, who: Somebody, admin: Somebody) -> Proof:
    return Proof("nobody", who.password, HERE, otp=people.next_code(who))


async def _wrong_recovery_code(people: People, who: Somebody, admin: Somebody) -> Proof:
    return Proof(who.name, who.password, HERE, recovery_code="aaaa-bbbb-cccc-dddd")


async def _disabled(people: People, who: Somebody, admin: Somebody) -> Proof:
    await people.users.disable(await people.principal(admin), who.id, "left")
    return Proof(who.name, who.password, HERE, otp=people.next_code(who))


async def _ended(people: People, who: Somebody, admin: Somebody) -> Proof:
    people.clock.advance(timedelta(days=31))
    row = await people.row(who)
    assert row.ends_at is not None
    return Proof(who.name, who.password, HERE, otp=people.next_code(who))


async def _organization_disabled(people: People, who: Somebody, admin: Somebody) -> Proof:
    await people.organizations.change(await people.principal(admin), "acme", OrganizationChange(disabled=True))
    return Proof(who.name, who.password, HERE, otp=people.next_code(who))


FAILURES = {
    "wrong_password": _wrong_password,
    "wrong_code": _wrong_code,
    "unknown_user": _unknown_user,
    "no_code": _no_code,
    "wrong_recovery_code": _wrong_recovery_code,
    "disabled": _disabled,
    "ended": _ended,
    "organization_disabled": _organization_disabled,
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_every_failure_has_the_same_answer(people: People, failure: str) -> None:
    admin = await people.admin()
    vendor = await people.vendor(admin)
    proof = await FAILURES[failure](people, vendor, admin)
    with pytest.raises(LoginFailedError) as caught:
        await people.sign_in.sign_in(proof)
    plain = LoginFailedError()
    assert (caught.value.detail, caught.value.hint, caught.value.fields) == (plain.detail, plain.hint, plain.fields)


async def test_every_failure_costs_one_password_hash(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = await people.admin()
    compared: list[bool] = []
    verify = people.passwords.verify

    async def counting(password: str, stored: str | None) -> bool:
        compared.append(stored is not None)
        return await verify(password, stored)

    monkeypatch.setattr(people.passwords, "verify", counting)
    for name, password in (("nobody", PASSWORD), ("admin", "wrong password"), ("admin", PASSWORD)):
        with pytest.raises(LoginFailedError):
            await people.sign_in.sign_in(Proof(name, password, HERE, otp="000000"))
    assert compared == [False, True, True]
    assert admin.id


async def test_the_audit_log_alone_knows_why_a_sign_in_failed(people: People, actions: Actions) -> None:
    admin = await people.admin()
    with pytest.raises(LoginFailedError):
        await people.enter(admin, password="wrong password")
    assert (await actions())[-1] == "login.failed"


async def test_a_code_is_taken_once(people: People) -> None:
    admin = await people.admin()
    code = people.next_code(admin)
    await people.enter(admin, otp=code)
    with pytest.raises(LoginFailedError):
        await people.sign_in.sign_in(Proof(admin.name, admin.password, HERE, otp=code))


async def test_a_code_is_taken_once_also_by_many_at_the_same_moment(people: People) -> None:
    admin = await people.admin()
    proof = Proof(admin.name, admin.password, HERE, otp=people.next_code(admin))
    outcomes = await asyncio.gather(*(people.sign_in.sign_in(proof) for _ in range(4)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LoginFailedError"] * 3 + ["Tokens"]


async def test_a_recovery_code_lets_in_once(people: People) -> None:
    admin = await people.admin()
    code = admin.recovery_codes[3].upper().replace("-", " ")
    principal = await people.principal(admin, await people.enter(admin, otp=None, recovery_code=code))
    assert principal.methods == {"password", "recovery_code"}
    with pytest.raises(LoginFailedError):
        await people.enter(admin, otp=None, recovery_code=code)


async def test_a_recovery_code_is_taken_once_also_by_many_at_the_same_moment(people: People) -> None:
    admin = await people.admin()
    proof = Proof(admin.name, admin.password, HERE, recovery_code=admin.recovery_codes[0])
    outcomes = await asyncio.gather(*(people.sign_in.sign_in(proof) for _ in range(4)), return_exceptions=True)
    assert [type(outcome).__name__ for outcome in outcomes].count("Tokens") == 1


async def test_a_wrong_password_uses_no_recovery_code_up(people: People) -> None:
    admin = await people.admin()
    code = admin.recovery_codes[0]
    with pytest.raises(LoginFailedError):
        await people.enter(admin, password="wrong password", otp=None, recovery_code=code)
    assert await people.enter(admin, otp=None, recovery_code=code)


async def _guess(people: People, name: str, times: int, device: Device = ELSEWHERE) -> None:
    for _ in range(times):
        with pytest.raises(LoginFailedError):
            await people.sign_in.sign_in(Proof(name, "wrong password", device, otp="000000"))


async def test_a_guessed_account_is_held_and_released_in_time(people: People) -> None:
    operator = await people.operator(await people.admin())
    await _guess(people, "operator", 5)
    right = Proof("operator", operator.password, HERE, recovery_code=operator.recovery_codes[0])
    with pytest.raises(LoginFailedError):
        await people.sign_in.sign_in(right)
    people.clock.advance(timedelta(seconds=31))
    assert await people.sign_in.sign_in(right)


async def test_the_plants_emergency_admin_is_never_held_by_others_guesses(people: People) -> None:
    emergency = await people.admin("emergency", is_emergency=True)
    await _guess(people, "emergency", 25)
    assert await people.enter(emergency)


async def test_an_address_that_guesses_is_held_for_every_name(people: People) -> None:
    admin = await people.admin()
    for number in range(30):
        await _guess(people, f"somebody{number}", 1)
    with pytest.raises(TooManyRequestsError) as caught:
        await people.sign_in.sign_in(Proof("admin", admin.password, ELSEWHERE, otp="000000"))
    assert caught.value.fields["retry_after"] == 30
    assert await people.enter(admin, device=HERE)


async def test_many_guesses_at_once_get_no_more_tries_than_one_after_the_other(people: People) -> None:
    await people.operator(await people.admin())
    proof = Proof("operator", "wrong password", ELSEWHERE, otp="000000")
    await asyncio.gather(*(people.sign_in.sign_in(proof) for _ in range(8)), return_exceptions=True)
    async with people.database.reading() as view:
        failed = await view.scalars(select(AuditLinkRow.details).where(AuditLinkRow.action == "login.failed"))
        causes = [details["cause"] for details in failed]
    assert sorted(causes) == ["held"] * 3 + ["wrong_password"] * 5


async def test_a_success_forgets_the_failures_before_it(people: People) -> None:
    operator = await people.operator(await people.admin())
    for _ in range(3):
        await _guess(people, "operator", 4)
        assert await people.enter(operator)


async def test_an_expired_one_time_password_lets_nobody_in(people: People) -> None:
    operator = await people.operator(await people.admin())
    people.clock.advance(timedelta(days=8))
    with pytest.raises(LoginFailedError):
        await people.enter(operator)


async def test_an_outdated_hash_is_replaced_at_sign_in(people: People) -> None:
    admin = await people.admin()
    before = (await people.row(admin)).password_hash
    people.sign_in._passwords = Passwords(Argon2Cost(memory_kib=16, passes=2, lanes=1))
    await people.enter(admin)
    after = (await people.row(admin)).password_hash
    assert "m=8,t=1" in before
    assert "m=16,t=2" in after
    people.sign_in._passwords.close()


def test_a_proof_does_not_show_its_secrets() -> None:
    proof = Proof("admin", PASSWORD, HERE, otp="123456", recovery_code="aaaa-bbbb")
    assert not any(secret in repr(proof) for secret in (PASSWORD, "123456", "aaaa-bbbb"))
