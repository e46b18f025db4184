"""Join tokens are good once, for fifteen minutes; certificates follow one another."""

import asyncio
import json
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from sqlalchemy import select

from broker.http.errors import NameTakenError, NotFoundError, UnauthenticatedError
from broker.http.paging import PageQuery
from broker.inventory.errors import (
    ClockSkewError,
    JoinTokenExpiredError,
    JoinTokenInvalidError,
    JoinTokenUsedError,
)
from broker.inventory.tables import JoinTokenRow
from broker.pki.authority import BadCsrError
from tests.unit.broker.inventory.conftest import Plant, principal_of
from tests.unit.broker.inventory.fakes import ADMIN, csr_of, new_key
from tunnel.messages import JoinToken, RenewalRequest


def renewal() -> RenewalRequest:
    return RenewalRequest(csr=csr_of(new_key()))


async def test_a_join_token_tells_the_agent_all_it_needs(plant: Plant) -> None:
    site = await plant.site()
    token = await plant.enrolment.issue_join_token(ADMIN, "north")
    assert token.text.startswith("wgj1.")
    text = token.text.removeprefix("wgj1.")
    read = JoinToken.model_validate(json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4))))
    assert (read.url, read.site) == ("https://broker.example:8443", site)
    assert read.ca_fingerprint == plant.authority.fingerprint


async def test_the_database_does_not_hold_the_secret(plant: Plant) -> None:
    await plant.site()
    secret = await plant.join_secret()
    async with plant.database.reading() as view:
        row = (await view.scalars(select(JoinTokenRow))).one()
    assert secret not in str(vars(row))
    assert secret.encode() not in row.secret_digest


async def test_there_is_no_join_token_for_a_site_that_is_not_there(plant: Plant) -> None:
    with pytest.raises(NotFoundError):
        await plant.enrolment.issue_join_token(ADMIN, "nowhere")


async def test_an_agent_gets_a_certificate_that_is_live(plant: Plant) -> None:
    site = await plant.site()
    response = await plant.enrolled()
    agent = principal_of(response)
    assert (response.site, response.site_name, agent.site_id) == (site, "north", site)
    assert await plant.standing.agent_is_live(agent.agent_id, agent.serial)
    [event] = await plant.audited("agent.enrolled")
    assert (event.target, event.address) == (agent.agent_id, "198.51.100.9")


async def test_a_join_token_works_once_and_its_second_use_is_audited(plant: Plant) -> None:
    await plant.site()
    secret = await plant.join_secret()
    await plant.enrolment.enrol(plant.asked(secret), "198.51.100.9")
    with pytest.raises(JoinTokenUsedError):
        await plant.enrolment.enrol(plant.asked(secret, "agent-2"), "203.0.113.66")
    [event] = await plant.audited("agent.enrolment_refused")
    assert (event.details["code"], event.address) == ("join_token_used", "203.0.113.66")


async def test_of_many_agents_with_one_token_exactly_one_enrols(plant: Plant) -> None:
    await plant.site()
    secret = await plant.join_secret()
    asked = [plant.asked(secret, f"agent-{number}") for number in range(6)]
    results = await asyncio.gather(*(plant.enrolment.enrol(one, "") for one in asked), return_exceptions=True)
    assert sum(isinstance(result, JoinTokenUsedError) for result in results) == 5
    assert len((await plant.agents.page(PageQuery(), site="north"))[0]) == 1


async def test_a_join_token_ends_after_fifteen_minutes(plant: Plant) -> None:
    await plant.site()
    secret = await plant.join_secret()
    plant.clock.advance(timedelta(minutes=15))
    with pytest.raises(JoinTokenExpiredError):
        await plant.enrolment.enrol(plant.asked(secret), "")


async def test_a_made_up_join_token_is_refused(plant: Plant) -> None:
    with pytest.raises(JoinTokenInvalidError):
        await plant.enrolment.enrol(plant.asked("x" * 43), "")


@pytest.mark.parametrize("late", [timedelta(hours=1), timedelta(hours=-1)])
async def test_a_wrong_clock_is_told_and_the_token_stays_good(plant: Plant, late: timedelta) -> None:
    await plant.site()
    secret = await plant.join_secret()
    with pytest.raises(ClockSkewError, match="3600 seconds"):
        await plant.enrolment.enrol(plant.asked(secret, late=late), "")
    assert (await plant.enrolment.enrol(plant.asked(secret), "")).site_name == "north"


async def test_a_bad_signing_request_leaves_the_token_good(plant: Plant) -> None:
    await plant.site()
    secret = await plant.join_secret()
    with pytest.raises(BadCsrError):
        await plant.enrolment.enrol(plant.asked(secret).model_copy(update={"csr": "nonsense"}), "")
    assert (await plant.enrolment.enrol(plant.asked(secret), "")).site_name == "north"


async def test_an_agents_name_is_free_again_only_once_it_is_revoked(plant: Plant) -> None:
    await plant.site()
    first = await plant.enrolled("agent-1")
    with pytest.raises(NameTakenError):
        await plant.enrolled("agent-1")
    await plant.agents.revoke(ADMIN, first.agent, "replaced")
    assert (await plant.enrolled("agent-1")).agent != first.agent


async def test_after_a_renewal_the_old_certificate_counts_until_the_new_one_is_used(plant: Plant) -> None:
    await plant.site()
    old = principal_of(await plant.enrolled())
    plant.clock.advance(timedelta(days=4))
    new = principal_of(await plant.enrolment.renew(old, renewal()))
    assert await plant.standing.agent_is_live(old.agent_id, old.serial)
    assert await plant.standing.agent_is_live(new.agent_id, new.serial)
    assert not await plant.standing.agent_is_live(old.agent_id, old.serial)


async def test_only_the_newest_of_two_renewals_counts_beside_the_present_certificate(plant: Plant) -> None:
    await plant.site()
    old = principal_of(await plant.enrolled())
    plant.clock.advance(timedelta(days=4))
    lost = principal_of(await plant.enrolment.renew(old, renewal()))
    newest = principal_of(await plant.enrolment.renew(old, renewal()))
    assert not await plant.standing.agent_is_live(lost.agent_id, lost.serial)
    assert await plant.standing.agent_is_live(old.agent_id, old.serial)
    assert await plant.standing.agent_is_live(newest.agent_id, newest.serial)


async def test_a_certificate_ends_by_itself(plant: Plant) -> None:
    await plant.site()
    agent = principal_of(await plant.enrolled())
    plant.clock.advance(timedelta(days=7, seconds=1))
    assert not await plant.standing.agent_is_live(agent.agent_id, agent.serial)


async def test_a_retired_certificate_cannot_renew_itself(plant: Plant) -> None:
    await plant.site()
    old = principal_of(await plant.enrolled())
    new = principal_of(await plant.enrolment.renew(old, renewal()))
    await plant.standing.agent_is_live(new.agent_id, new.serial)
    with pytest.raises(UnauthenticatedError):
        await plant.enrolment.renew(old, renewal())


async def test_a_certificate_speaks_for_its_own_agent_only(plant: Plant) -> None:
    await plant.site()
    one, other = principal_of(await plant.enrolled("a")), principal_of(await plant.enrolled("b"))
    assert not await plant.standing.agent_is_live(other.agent_id, one.serial)
