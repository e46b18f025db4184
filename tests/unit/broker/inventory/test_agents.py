"""Revocation and quarantine, as admins decide them."""

import pytest

from broker.http.errors import ConflictError, NotFoundError, UnauthenticatedError
from broker.http.paging import PageQuery
from tests.unit.broker.conftest import Published
from tests.unit.broker.inventory.conftest import Plant, principal_of
from tests.unit.broker.inventory.fakes import ADMIN, csr_of, new_key
from tunnel.ids import AgentId
from tunnel.messages import RenewalRequest


async def test_a_revoked_agent_is_live_no_more_and_everybody_hears(plant: Plant, published: Published) -> None:
    await plant.site()
    agent = principal_of(await plant.enrolled())
    await plant.agents.revoke(ADMIN, agent.agent_id, "stolen cabinet")
    assert not await plant.standing.agent_is_live(agent.agent_id, agent.serial)
    assert published.of("agent.revoked") == [{"agent": agent.agent_id, "site": agent.site_id}]
    assert [event.details["reason"] for event in await plant.audited("agent.revoked")] == ["stolen cabinet"]


async def test_a_revoked_agent_can_neither_renew_nor_come_back(plant: Plant) -> None:
    await plant.site()
    agent = principal_of(await plant.enrolled())
    await plant.agents.revoke(ADMIN, agent.agent_id, "stolen cabinet")
    with pytest.raises(UnauthenticatedError):
        await plant.enrolment.renew(agent, RenewalRequest(csr=csr_of(new_key())))
    with pytest.raises(ConflictError):
        await plant.agents.release(ADMIN, agent.agent_id, "found it again")


async def test_a_quarantined_agent_acts_again_once_it_is_released(plant: Plant) -> None:
    await plant.site()
    agent = principal_of(await plant.enrolled())
    await plant.standing.quarantine(AgentId(agent.agent_id), "198.51.100.9", "203.0.113.66")
    assert not await plant.standing.agent_is_live(agent.agent_id, agent.serial)
    await plant.agents.release(ADMIN, agent.agent_id, "a cloned machine, now off")
    assert await plant.standing.agent_is_live(agent.agent_id, agent.serial)
    assert len(await plant.audited("agent.released")) == 1


async def test_a_quarantine_is_noted_once_with_both_addresses(plant: Plant) -> None:
    await plant.site()
    agent = principal_of(await plant.enrolled())
    for _ in range(2):
        await plant.standing.quarantine(AgentId(agent.agent_id), "198.51.100.9", "203.0.113.66")
    [event] = await plant.audited("agent.quarantined")
    assert (event.details["previous"], event.details["address"]) == ("198.51.100.9", "203.0.113.66")


async def test_agents_are_listed_by_site_in_pages(plant: Plant) -> None:
    await plant.site("north")
    await plant.site("south")
    enrolled = {(await plant.enrolled(f"agent-{number}")).agent for number in range(3)}
    first, cursor = await plant.agents.page(PageQuery(limit=2, cursor=None), site="north")
    second, end = await plant.agents.page(PageQuery(limit=2, cursor=cursor), site="north")
    assert {agent.row.id for agent in [*first, *second]} == enrolled
    assert end is None
    assert (await plant.agents.page(PageQuery(limit=2, cursor=None), site="south"))[0] == []


async def test_an_agent_that_is_not_there_is_not_found(plant: Plant) -> None:
    with pytest.raises(NotFoundError):
        await plant.agents.revoke(ADMIN, "agt_nothing", "why not")
