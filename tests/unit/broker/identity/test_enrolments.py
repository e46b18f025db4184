"""The second factor is set up once, by whoever has the password, and its secret is sealed at rest."""

from datetime import timedelta

import pyotp
import pytest

from broker.identity.enrolments import EnrolmentRequired
from broker.identity.errors import EnrolmentFailedError, LoginFailedError
from broker.identity.sign_in import Proof
from broker.vault.sealing import UnsealError
from tests.unit.broker.identity.people import HERE, PASSWORD, People


async def begin(people: People) -> str:
    outcome = await people.sign_in.sign_in(Proof("admin", PASSWORD, HERE))
    assert isinstance(outcome, EnrolmentRequired)
    return outcome.enrolment_token


async def code(people: People, token: str) -> str:
    secret = (await people.enrolments.propose(token)).secret
    return pyotp.TOTP(secret).at(people.clock.now())


async def test_a_wrong_first_code_enrols_nobody(people: People) -> None:
    await people.setup.create_admin("admin", PASSWORD)
    token = await begin(people)
    await people.enrolments.propose(token)
    with pytest.raises(EnrolmentFailedError):
        await people.enrolments.confirm(token, "000000", HERE)
    assert await people.enrolments.confirm(token, await code(people, token), HERE)


async def test_five_wrong_codes_end_the_enrolment(people: People) -> None:
    await people.setup.create_admin("admin", PASSWORD)
    token = await begin(people)
    right = await code(people, token)
    for _ in range(5):
        with pytest.raises(EnrolmentFailedError):
            await people.enrolments.confirm(token, "000000", HERE)
    with pytest.raises(EnrolmentFailedError):
        await people.enrolments.confirm(token, right, HERE)


async def test_a_code_without_a_proposed_secret_enrols_nobody(people: People) -> None:
    await people.setup.create_admin("admin", PASSWORD)
    with pytest.raises(EnrolmentFailedError):
        await people.enrolments.confirm(await begin(people), "000000", HERE)


async def test_an_enrolment_lapses(people: People) -> None:
    await people.setup.create_admin("admin", PASSWORD)
    token = await begin(people)
    people.clock.advance(timedelta(minutes=15))
    with pytest.raises(EnrolmentFailedError):
        await people.enrolments.propose(token)


async def test_an_enrolment_is_used_once(people: People) -> None:
    await people.setup.create_admin("admin", PASSWORD)
    token = await begin(people)
    right = await code(people, token)
    await people.enrolments.confirm(token, right, HERE)
    with pytest.raises(EnrolmentFailedError):
        await people.enrolments.confirm(token, right, HERE)


async def test_a_second_sign_in_voids_the_first_enrolment(people: People) -> None:
    await people.setup.create_admin("admin", PASSWORD)
    first, second = await begin(people), await begin(people)
    with pytest.raises(EnrolmentFailedError):
        await people.enrolments.propose(first)
    assert await people.enrolments.propose(second)


async def test_the_code_that_enrolled_does_not_sign_in_again(people: People) -> None:
    admin = await people.admin()
    with pytest.raises(LoginFailedError):
        await people.sign_in.sign_in(Proof("admin", PASSWORD, HERE, otp=people.code(admin)))


async def test_the_secret_is_sealed_to_its_user(people: People) -> None:
    admin = await people.admin()
    sealed = (await people.row(admin)).totp_sealed
    assert sealed is not None
    assert admin.secret.encode() not in sealed
    with pytest.raises(UnsealError):
        people.second_factor._sealer.unseal(sealed, "users.totp:usr_other")


async def test_after_a_reset_the_next_sign_in_enrols_anew(people: People) -> None:
    admin = await people.admin()
    operator = await people.operator(admin)
    await people.users.reset_mfa(await people.principal(admin), "operator")
    before, codes = operator.secret, operator.recovery_codes
    await people.enrol(operator)
    assert operator.secret != before
    assert set(operator.recovery_codes).isdisjoint(codes)
