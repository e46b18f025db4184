"""The routes over HTTPS: who may call them, what they take and give."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from broker.cluster.bus import Bus
from broker.http.principal import Principal
from broker.inventory.agent_routes import AgentFacingRoutes
from broker.inventory.links import LinkRegistry
from broker.inventory.routes import AgentRoutes, AssetRoutes, SiteRoutes, TransferRoutes
from broker.inventory.tag_routes import TagRoutes
from tests.unit.broker.fakes import FakeClock
from tests.unit.broker.inventory.conftest import Plant
from tests.unit.broker.inventory.fake_agent import FakeAuthenticator, control_desk, serving
from tests.unit.broker.inventory.fakes import ADMIN, VENDOR, FakeGrantKeys, FakeStreamEvents
from tunnel.ids import AgentId
from tunnel.tls import client_context

SITE = {"name": "north", "timezone": "Europe/Berlin"}
SERVICE = {"name": "modbus", "protocol": "modbus", "host": "10.0.0.5", "port": 502}
ASSET = {"site": "north", "name": "plc-1", "labels": {"type": "plc", "line": "a"}, "services": [SERVICE]}


@pytest.fixture
def clock() -> FakeClock:
    """The present: TLS checks certificates against the real time."""
    return FakeClock(datetime.now(UTC))


@dataclass
class Caller:
    """Somebody at the API."""

    plant: Plant
    authenticator: FakeAuthenticator
    session: aiohttp.ClientSession

    def as_(self, user: Principal) -> "Caller":
        self.authenticator.user = user
        return self

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with self.session.request(method, path, json=body) as response:
            is_json = "json" in response.content_type
            return response.status, await (response.json() if is_json else response.text())


@pytest.fixture
async def caller(plant: Plant, bus: Bus) -> AsyncIterator[Caller]:
    """An admin at the API."""
    links, authenticator = LinkRegistry(plant.standing, bus), FakeAuthenticator(plant.standing, ADMIN)
    desk = control_desk(links, plant.standing, FakeStreamEvents(), FakeGrantKeys(), bus, plant.clock)
    routes: list[object] = [
        *SiteRoutes(plant.sites, plant.enrolment, links).routes(), *AgentRoutes(plant.agents, links).routes(),
        *AssetRoutes(plant.assets, plant.previews, links).routes(), *TransferRoutes(plant.transfer).routes(),
        *TagRoutes(plant.tags).routes(),
        *AgentFacingRoutes(plant.enrolment, desk).routes(),
    ]  # fmt: skip
    async with serving(routes, authenticator, plant.authority) as url:
        tls = aiohttp.TCPConnector(ssl=client_context(plant.authority.pem.decode()))
        async with aiohttp.ClientSession(url, connector=tls) as session:
            yield Caller(plant, authenticator, session)


async def test_an_admin_sets_a_plant_up(caller: Caller) -> None:
    status, site = await caller.call("POST", "/api/v1/sites", SITE)
    assert (status, site["online"], site["lock"]) == (201, False, None)
    status, asset = await caller.call("POST", "/api/v1/assets", ASSET)
    assert (status, asset["path"], asset["services"][0]["guarded"]) == (201, "north/plc-1", True)
    status, changed = await caller.call("PATCH", f"/api/v1/assets/{asset['id']}", {"zone": "cell-1", "version": 1})
    assert (status, changed["zone"], changed["version"]) == (200, "cell-1", 2)
    status, problem = await caller.call("PATCH", f"/api/v1/assets/{asset['id']}", {"zone": "", "version": 1})
    assert (status, problem["code"], problem["version"]) == (409, "edit_conflict", 2)
    assert await caller.call("DELETE", f"/api/v1/assets/{asset['id']}") == (204, "")


async def test_assets_are_found_by_several_labels(caller: Caller) -> None:
    await caller.call("POST", "/api/v1/sites", SITE)
    await caller.call("POST", "/api/v1/assets", ASSET)
    _, found = await caller.call("GET", "/api/v1/assets?label=type=plc&label=line=a")
    _, none = await caller.call("GET", "/api/v1/assets?label=type=plc&label=line=b")
    assert ([asset["name"] for asset in found["items"]], none["items"]) == (["plc-1"], [])
    status, problem = await caller.call("GET", "/api/v1/assets?label=type")
    assert (status, problem["code"]) == (422, "invalid_input")


async def test_assets_are_found_by_zone_and_by_the_reach_of_their_site(caller: Caller) -> None:
    await caller.call("POST", "/api/v1/sites", SITE)
    await caller.call("POST", "/api/v1/assets", {**ASSET, "zone": "cell-1"})

    async def found(query: str) -> list[str]:
        _, page = await caller.call("GET", f"/api/v1/assets?{query}")
        return [asset["name"] for asset in page["items"]]

    assert [await found("zone=cell-1"), await found("zone=cell"), await found("zone=")] == [["plc-1"], [], []]
    assert [await found("online=false"), await found("online=true")] == [["plc-1"], []]
    status, problem = await caller.call("GET", "/api/v1/assets?zone=Cell%201")
    assert (status, problem["code"]) == (422, "invalid_input")


async def test_an_agent_enrols_with_the_token_that_an_admin_got(caller: Caller) -> None:
    await caller.call("POST", "/api/v1/sites", SITE)
    status, token = await caller.call("POST", "/api/v1/sites/north/join-tokens")
    assert (status, token["command"]) == (201, f"wicket-agent enroll --token {token['token']}")
    asked = caller.plant.asked(await caller.plant.join_secret()).model_dump(mode="json")
    status, enrolled = await caller.call("POST", "/agent/v1/enrolment", asked)
    assert (status, enrolled["site_name"], enrolled["ca"]) == (200, "north", caller.plant.authority.pem.decode())
    status, problem = await caller.call("POST", "/agent/v1/enrolment", asked)
    assert (status, problem["code"]) == (403, "join_token_used")


async def test_agents_are_revoked_with_a_reason_and_released_without(caller: Caller) -> None:
    await caller.plant.site()
    agent = (await caller.plant.enrolled()).agent
    await caller.plant.standing.quarantine(AgentId(agent), "a", "b")
    status, released = await caller.call("POST", f"/api/v1/agents/{agent}/release")
    assert (status, released["state"]) == (200, "active")
    assert (await caller.call("POST", f"/api/v1/agents/{agent}/revoke"))[0] == 422
    status, revoked = await caller.call("POST", f"/api/v1/agents/{agent}/revoke", {"reason": "scrapped"})
    assert (status, revoked["state"], revoked["state_reason"]) == (200, "revoked", "scrapped")
    _, listed = await caller.call("GET", "/api/v1/agents?site=north")
    assert [item["id"] for item in listed["items"]] == [agent]


async def test_a_change_is_told_before_it_is_made_and_its_fault_at_its_field(caller: Caller) -> None:
    await caller.call("POST", "/api/v1/sites", SITE)
    _, asset = await caller.call("POST", "/api/v1/assets", ASSET)
    path = f"/api/v1/assets/{asset['id']}"
    moved = {"services": [{**SERVICE, "host": "10.0.0.6"}]}
    status, told = await caller.call("POST", f"{path}/preview", moved)
    assert (status, told["ended"], told["narrowed"]) == (200, ["modbus"], [])
    assert told["uses"] == {"sessions": 1, "grants": 2, "requests": 3}
    assert await caller.call("GET", path) == (200, asset)
    wrong = {"services": [SERVICE, {**SERVICE, "name": "other", "protocol": "telepathy"}]}
    for method, where in (("POST", f"{path}/preview"), ("PATCH", path)):
        status, problem = await caller.call(method, where, wrong)
        assert (status, problem["code"]) == (422, "invalid_inventory")
        assert [each["path"] for each in problem["errors"]] == ["services.1.protocol"]


async def test_a_site_goes_only_when_nothing_stands_there(caller: Caller) -> None:
    await caller.call("POST", "/api/v1/sites", SITE)
    _, asset = await caller.call("POST", "/api/v1/assets", ASSET)
    status, problem = await caller.call("DELETE", "/api/v1/sites/north")
    assert (status, problem["code"], problem["assets"]) == (409, "conflict", 1)
    await caller.call("DELETE", f"/api/v1/assets/{asset['id']}")
    assert await caller.call("DELETE", "/api/v1/sites/north") == (204, "")
    assert (await caller.call("GET", "/api/v1/sites/north"))[0] == 404


async def test_a_tag_list_is_rehearsed_and_then_taken_in(caller: Caller) -> None:
    await caller.call("POST", "/api/v1/sites", SITE)
    _, asset = await caller.call("POST", "/api/v1/assets", ASSET)
    path = f"/api/v1/assets/{asset['id']}/tags"
    csv = "protocol,table,address,name\nmodbus,holding,1,Speed\n"
    counts = {"count": 1, "added": 1, "changed": 0, "removed": 0}
    assert await caller.call("POST", f"{path}/import", {"csv": csv, "dry_run": True}) == (
        200,
        {**counts, "dry_run": True},
    )
    assert (await caller.call("GET", path))[1]["items"] == []
    assert await caller.call("POST", f"{path}/import", {"csv": csv}) == (200, {**counts, "dry_run": False})
    assert [tag["name"] for tag in (await caller.call("GET", path))[1]["items"]] == ["Speed"]
    status, problem = await caller.call("POST", f"{path}/import", {"csv": csv + "modbus,db1,1,A\n", "dry_run": True})
    fault = {"line": 3, "path": "", "message": "modbus has no table 'db1'", "hint": ""}
    assert (status, problem["problems"]) == (422, [fault])


async def test_an_inventory_goes_out_as_it_came_in(caller: Caller) -> None:
    text = "apiVersion: wicketgate/v1\nkind: Inventory\nsites:\n- name: north\n  timezone: UTC\n"
    status, result = await caller.call("POST", "/api/v1/inventory/import", {"yaml": text})
    assert (status, result["created"], result["problems"]) == (200, ["north"], [])
    assert await caller.call("GET", "/api/v1/inventory/export") == (200, text)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/sites", SITE),
        ("PATCH", "/api/v1/sites/north", {}),
        ("POST", "/api/v1/sites/north/join-tokens", None),
        ("GET", "/api/v1/agents", None),
        ("POST", "/api/v1/agents/agt_1/revoke", {"reason": "why not"}),
        ("POST", "/api/v1/agents/agt_1/release", {}),
        ("POST", "/api/v1/assets", ASSET),
        ("PATCH", "/api/v1/assets/ast_1", {}),
        ("POST", "/api/v1/assets/ast_1/preview", {}),
        ("DELETE", "/api/v1/assets/ast_1", None),
        ("DELETE", "/api/v1/sites/north", None),
        ("POST", "/api/v1/assets/ast_1/tags/import", {"csv": "", "dry_run": True}),
        ("POST", "/api/v1/inventory/import", {"yaml": ""}),
        ("GET", "/api/v1/inventory/export", None),
    ],
)
async def test_a_vendor_may_not_touch_the_inventory(caller: Caller, method: str, path: str, body: object) -> None:
    status, problem = await caller.as_(VENDOR).call(method, path, body)
    assert (status, problem["code"]) == (403, "forbidden")


async def test_a_vendor_gets_the_same_answer_for_hidden_and_for_absent(caller: Caller) -> None:
    await caller.plant.site()
    asset = await caller.plant.asset()
    answers = [await caller.as_(VENDOR).call("GET", f"/api/v1/assets/{name}") for name in (asset.id, "ast_nothing")]
    for _, problem in answers:
        problem.pop("request_id")
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


async def test_without_a_certificate_nobody_renews(caller: Caller) -> None:
    status, problem = await caller.call("POST", "/agent/v1/renewal", {"csr": "x"})
    assert (status, problem["code"]) == (401, "unauthenticated")
