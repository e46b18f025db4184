"""A challenge is good for one answer, for five minutes, for one purpose; strangers get a bounded number of them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from broker.http.errors import TooManyRequestsError
from broker.identity import ceremonies
from broker.identity.ceremonies import Ceremonies, Ceremony, Purpose
from broker.identity.relying_party import RelyingParty
from broker.identity.tables import CeremonyRow
from tests.unit.broker.identity.people import People

PARTY = RelyingParty("localhost", "http://localhost:8000")
OTHER = RelyingParty("gate.example.com", "https://gate.example.com")


@pytest.fixture
def desk(people: People) -> Ceremonies:
    return Ceremonies(people.clock)


async def stranger(people: People, desk: Ceremonies, network: str = "192.0.2.1") -> Ceremony:
    async with people.database.transaction() as tx:
        return await desk.begin_for_stranger(tx, network, PARTY)


async def mine(people: People, desk: Ceremonies, login: str, purpose: Purpose) -> Ceremony:
    async with people.database.transaction() as tx:
        return await desk.begin_for(tx, login, purpose, PARTY)


async def take(people: People, desk: Ceremonies, ceremony: str, purpose: Purpose, **how: Any) -> bytes | None:
    async with people.database.transaction() as tx:
        return await desk.take(tx, ceremony, purpose, how.get("party", PARTY), how.get("login"))


async def kept(people: People, *conditions: Any) -> int:
    async with people.database.reading() as view:
        return await view.scalar(select(func.count()).select_from(CeremonyRow).where(*conditions)) or 0


async def test_a_challenge_is_32_random_bytes_and_taken_once(people: People, desk: Ceremonies) -> None:
    given = await stranger(people, desk)
    assert len(given.challenge) == 32
    assert given.challenge != (await stranger(people, desk)).challenge
    assert await take(people, desk, given.id, Purpose.LOGIN) == given.challenge
    assert await take(people, desk, given.id, Purpose.LOGIN) is None


async def test_of_many_answers_at_the_same_moment_one_gets_it(people: People, desk: Ceremonies) -> None:
    given = await stranger(people, desk)
    taken = await asyncio.gather(*(take(people, desk, given.id, Purpose.LOGIN) for _ in range(5)))
    assert sorted(taken, key=bool) == [None] * 4 + [given.challenge]


@pytest.mark.parametrize(
    ("age", "good"), [(timedelta(minutes=5) - timedelta(seconds=1), True), (timedelta(minutes=5), False)]
)
async def test_a_challenge_is_good_for_five_minutes(
    people: People, desk: Ceremonies, age: timedelta, good: bool
) -> None:
    given = await stranger(people, desk)
    people.clock.advance(age)
    assert (await take(people, desk, given.id, Purpose.LOGIN) is not None) is good


async def test_a_challenge_of_another_host_name_is_not_taken_but_used_up(people: People, desk: Ceremonies) -> None:
    given = await stranger(people, desk)
    assert await take(people, desk, given.id, Purpose.LOGIN, party=OTHER) is None
    assert await take(people, desk, given.id, Purpose.LOGIN) is None


async def test_a_challenge_serves_its_purpose_and_its_login_only(people: People, desk: Ceremonies) -> None:
    admin = await people.admin()
    login = (await people.principal(admin)).login_id
    other = (await people.principal(admin, await people.enter(admin))).login_id
    strangers = await stranger(people, desk)
    added = await mine(people, desk, login, Purpose.REGISTRATION)
    wrong = [
        (strangers, Purpose.REGISTRATION, login), (strangers, Purpose.LOGIN, login), (strangers, Purpose.STEP_UP, None),
        (added, Purpose.LOGIN, None), (added, Purpose.STEP_UP, login), (added, Purpose.REGISTRATION, other),
        (added, Purpose.REGISTRATION, None),
    ]  # fmt: skip
    for ceremony, purpose, whose in wrong:
        assert await take(people, desk, ceremony.id, purpose, login=whose) is None
    assert await take(people, desk, added.id, Purpose.REGISTRATION, login=login) == added.challenge
    assert await take(people, desk, strangers.id, Purpose.LOGIN) == strangers.challenge


async def test_a_login_has_one_challenge_for_each_purpose(people: People, desk: Ceremonies) -> None:
    login = (await people.principal(await people.admin())).login_id
    first = await mine(people, desk, login, Purpose.STEP_UP)
    await mine(people, desk, login, Purpose.REGISTRATION)
    await mine(people, desk, login, Purpose.STEP_UP)
    assert await kept(people) == 2
    assert await take(people, desk, first.id, Purpose.STEP_UP, login=login) is None


async def test_a_network_that_begins_much_and_finishes_nothing_waits_and_no_other_does(
    people: People, desk: Ceremonies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ceremonies, "MAX_PER_NETWORK", 3)
    first = await stranger(people, desk)
    people.clock.advance(60)
    for _ in range(2):
        await room(people, desk, "192.0.2.1")
        await stranger(people, desk)
    with pytest.raises(TooManyRequestsError) as refused:
        await room(people, desk, "192.0.2.1")
    assert refused.value.fields["retry_after"] == 240
    await room(people, desk, "198.51.100.1")
    assert await take(people, desk, first.id, Purpose.LOGIN) == first.challenge
    await room(people, desk, "192.0.2.1")


async def room(people: People, desk: Ceremonies, network: str) -> None:
    async with people.database.reading() as view:
        await desk.check_room(view, network)


async def test_strangers_of_all_networks_have_a_bound_and_touch_no_signed_in_users(
    people: People, desk: Ceremonies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ceremonies, "MAX_OF_STRANGERS", 4)
    login = (await people.principal(await people.admin())).login_id
    await mine(people, desk, login, Purpose.STEP_UP)
    for number in range(8):
        people.clock.advance(1)
        await stranger(people, desk, f"192.0.2.{number}")
    assert await kept(people, CeremonyRow.purpose == "login") == 4
    assert await kept(people, CeremonyRow.login_id == login) == 1


async def test_old_challenges_are_forgotten(people: People, desk: Ceremonies) -> None:
    for _ in range(3):
        await stranger(people, desk)
    people.clock.advance(timedelta(minutes=5))
    await stranger(people, desk)
    assert await kept(people) == 1
