"""The routes of access over HTTP, from body to problem."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from broker.db.idempotency import DatabaseIdempotencyStore
from broker.http.edge import Edge, problems
from broker.http.errors import STATUS
from broker.http.principal import AgentPrincipal, Principal
from tests.unit.broker.access.plant import EMERGENCY, POLICY, Plant

Client = TestClient[web.Request, web.Application]
ASK = {"asset": "north/plc-1", "service": "modbus", "reason": "pump fails", "ticket": "CHG-00042", "duration": 3600}


class FakeAuthenticator:
    """Believes the name in a header."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    async def authenticate_user(self, request: web.Request) -> Principal:
        """Return the person named."""
        return self._plant.principal(request.headers["X-Name"])

    async def authenticate_agent(self, request: web.Request) -> AgentPrincipal:
        """Agents have no business here."""
        raise NotImplementedError


@pytest.fixture
async def client(plant: Plant) -> AsyncIterator[Client]:
    """The API of a plant with its policy in force."""
    app = web.Application(middlewares=[problems])
    edge = Edge(FakeAuthenticator(plant), DatabaseIdempotencyStore(plant.database, plant.clock))
    edge.register(app, plant.parts.routes)
    async with TestClient(TestServer(app)) as client:
        yield client


async def call(
    client: Client, name: str, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, dict]:  # type: ignore[type-arg]
    """Call as somebody; return status and JSON."""
    headers = {"X-Name": name, **{key.replace("_", "-"): value for key, value in headers.items()}}
    async with client.request(method, f"/api/v1{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.status != 204 else {}


async def test_a_request_goes_from_asking_to_a_grant(client: Client) -> None:
    status, request = await call(client, "vendor", "POST", "/requests", ASK)
    assert (status, request["state"], request["grant"]) == (201, "pending", None)
    assert request["approvals_needed"][0] == {"group": "it-security", "count": 1, "met": 0}
    path = f"/requests/{request['id']}/approve"
    for name in ("operator", "officer"):
        status, request = await call(client, name, "POST", path, {"hash": request["hash"], "comment": "go"})
        assert status == 200
    status, grant = await call(client, "vendor", "GET", f"/grants/{request['grant']}")
    assert (grant["state"], grant["request_hash"], grant["duration"]) == ("waiting", request["hash"], 3600)


async def test_a_vendor_may_not_approve_anything(client: Client) -> None:
    _, request = await call(client, "vendor", "POST", "/requests", ASK)
    path = f"/requests/{request['id']}/approve"
    status, problem = await call(client, "vendor", "POST", path, {"hash": request["hash"]})
    assert (status, problem["code"]) == (403, "forbidden")


async def test_an_operators_own_request_is_refused_by_its_own_code(client: Client, plant: Plant) -> None:
    plant.people.change("operator", groups=frozenset({"acme", "ot-operations"}))
    _, request = await call(client, "operator", "POST", "/requests", ASK)
    path = f"/requests/{request['id']}/approve"
    status, problem = await call(client, "operator", "POST", path, {"hash": request["hash"]})
    assert (status, problem["code"]) == (403, "self_approval")


async def test_a_retried_request_is_made_once(client: Client) -> None:
    answers = [await call(client, "vendor", "POST", "/requests", ASK, Idempotency_Key="k1") for _ in range(2)]
    assert answers[0][1]["id"] == answers[1][1]["id"]
    _, page = await call(client, "vendor", "GET", "/requests?mine=true")
    assert len(page["items"]) == 1


async def test_a_denied_request_carries_its_reasons(client: Client) -> None:
    status, problem = await call(client, "vendor", "POST", "/requests", {**ASK, "ticket": "x"})
    assert (status, problem["code"], problem["reasons"][0]["code"]) == (403, "denied", "ticket_invalid")


@pytest.mark.parametrize(
    "change",
    [
        {"duration": 0},
        {"tiers": ["everything"]},
        {"reason": "x" * 501},
        {"starts_at": "2026-01-01T00:00"},
        {"surprise": 1},
    ],
)
async def test_malformed_requests_are_refused(client: Client, change: dict[str, object]) -> None:
    status, problem = await call(client, "vendor", "POST", "/requests", {**ASK, **change})
    assert (status, problem["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("path", ["/requests/req_none", "/grants/grt_none"])
async def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert (await call(client, "vendor", "GET", path))[0] == 404


async def test_somebody_elses_request_looks_like_none(client: Client) -> None:
    _, request = await call(client, "vendor", "POST", "/requests", ASK)
    _, hidden = await call(client, "stranger", "GET", f"/requests/{request['id']}")
    _, absent = await call(client, "stranger", "GET", "/requests/req_none")
    assert [hidden.pop("request_id", None) is None, absent.pop("request_id", None) is None] == [False, False]
    assert hidden == absent


async def test_faults_in_a_policy_are_shown_with_their_lines(client: Client) -> None:
    body = {"yaml": POLICY.replace("max_duration", "max_durration")}
    status, problem = await call(client, "admin", "POST", "/policies/apply", body)
    assert (status, problem["code"]) == (422, "policy_invalid")
    assert any(each["line"] > 0 and "max_durration" in each["path"] for each in problem["problems"])


async def test_policies_are_checked_applied_shown_and_deleted(client: Client) -> None:
    _, checked = await call(client, "operator", "POST", "/policies/check", {"yaml": EMERGENCY})
    assert checked["documents"][0]["name"] == "emergency"
    _, applied = await call(client, "admin", "POST", "/policies/apply", {"yaml": EMERGENCY, "comment": "at last"})
    assert applied["applied"][0] == {**applied["applied"][0], "name": "emergency", "version": 1, "changed": True}
    _, shown = await call(client, "operator", "GET", "/policies/emergency?version=1")
    assert (shown["comment"], shown["author"]) == ("at last", "usr_admin")
    assert "mode: emergency" in shown["text"]
    assert (await call(client, "admin", "DELETE", "/policies/emergency"))[0] == 204
    _, listed = await call(client, "operator", "GET", "/policies")
    assert [each["name"] for each in listed["items"]] == ["acme-plc"]


async def test_only_who_manages_policies_applies_them(client: Client) -> None:
    status, _ = await call(client, "operator", "POST", "/policies/apply", {"yaml": EMERGENCY})
    assert status == 403


async def test_explain_says_what_somebody_may_do_and_why(client: Client) -> None:
    asked = {"user": "vendor", "asset": "north/plc-1", "ticket": "CHG-00042"}
    operation = {"tier": "firmware", "unit": 1}
    _, answer = await call(client, "operator", "POST", "/policies/explain", {**asked, "operation": operation})
    assert (answer["answer"]["decision"], answer["operation"]["passage"]) == ("needs_approval", "refused")
    assert answer["answer"]["approvals"][0] == {"group": "ot-operations", "count": 1}
    _, answer = await call(client, "operator", "POST", "/policies/explain", {**asked, "user": "staff"})
    assert (answer["answer"]["decision"], answer["answer"]["reasons"][0]["code"]) == ("deny", "no_policy")
    missed = [each["code"] for each in answer["findings"][0]["conditions"] if not each["met"]]
    assert "not_who" in missed
    status, answer = await call(client, "operator", "POST", "/policies/explain", {**asked, "asset": "north/none"})
    assert (status, answer["detail"]) == (404, "There is no such asset, or no such service of it.")


async def test_policy_tests_run_against_what_holds(client: Client) -> None:
    tests = """
apiVersion: wicketgate/v1
kind: PolicyTests
given:
  now: "2026-03-02T08:00:00Z"
  subject: {name: vendor, groups: [acme]}
  target: {site: north, asset: plc-1, service: modbus, protocol: modbus, labels: {type: plc}}
  asked: {reason: work, ticket: CHG-00001}
tests:
  - {name: two must agree, expect: {decision: needs_approval}}
  - {name: wrong on purpose, expect: {decision: allow}}
"""
    _, answer = await call(client, "operator", "POST", "/policies/test", {"yaml": tests})
    assert [each["passed"] for each in answer["outcomes"]] == [True, False]
    assert answer["passed"] is False
    assert [each["key"] for each in answer["outcomes"][1]["came"]] == ["test_came_approval"]
    assert answer["outcomes"][1]["came"][0]["values"]["expected"] == {"words": ["allow"]}


async def test_locks_are_set_listed_and_lifted(client: Client) -> None:
    body = {"kind": "asset", "target": "north/plc-1", "reason": "leak"}
    status, lock = await call(client, "operator", "POST", "/locks", body)
    assert (status, lock["target_name"]) == (201, "north/plc-1")
    _, page = await call(client, "operator", "GET", "/locks")
    assert [each["id"] for each in page["items"]] == [lock["id"]]
    assert (await call(client, "operator", "DELETE", f"/locks/{lock['id']}"))[0] == 204
    assert (await call(client, "operator", "DELETE", f"/locks/{lock['id']}"))[0] == 404


async def test_an_emergency_is_reviewed(client: Client, plant: Plant) -> None:
    await plant.apply(EMERGENCY)
    _, request = await call(client, "vendor", "POST", "/requests", {**ASK, "ticket": "", "emergency": True})
    _, page = await call(client, "officer", "GET", "/reviews?open=true")
    assert page["items"][0]["request"] == request["id"]
    path = f"/requests/{request['id']}/review"
    assert (await call(client, "officer", "GET", path)) == (200, page["items"][0])
    assert (await call(client, "vendor", "GET", path))[0] == 403
    assert page["items"][0]["may_close"]
    body = {"outcome": "justified", "comment": "the tank was about to overflow"}
    status, review = await call(client, "officer", "POST", path, body)
    assert (status, review["state"], review["may_close"]) == (200, "closed", False)


def test_every_error_that_a_route_promises_has_a_status(empty_plant: Plant) -> None:
    promised = {code for route in empty_plant.parts.routes for code in route.errors}
    assert promised <= set(STATUS)


async def test_a_preview_helps_to_fill_the_request_in(client: Client) -> None:
    status, found = await call(client, "vendor", "POST", "/requests/preview", {**ASK, "reason": "", "ticket": "CHG-1"})
    assert (status, found["outcome"], found["policy"]) == (200, "needs_approval", "acme-plc")
    assert found["approvals"][0] == {"group": "ot-operations", "count": 1, "members": 2, "proof": None}
    first = found["reasons"][0]
    assert (first["message"]["key"], first["message"]["text"]) == ("reason_missing", "A reason is required.")
    assert first["remedy"]["text"] == "Say what the work is."
    assert (found["ticket_pattern"], found["ticket_example"]) == ("CHG-[0-9]{5}", "CHG-56789")
    assert (found["reason_required"], found["max_duration"]) == (True, 4 * 3600)
    assert (found["tiers"], found["ask"]) == (["read", "operate"], ["program"])
    assert sorted(found["rules"]["tiers"]) == ["operate", "read"]
    assert found["rules_text"][0] == "May read, operate (set points, commands)."
    assert (await call(client, "vendor", "GET", "/requests"))[1]["items"] == []


async def test_a_preview_of_what_one_may_not_know_of_is_not_found(client: Client) -> None:
    there = await call(client, "stranger", "POST", "/requests/preview", ASK)
    nothing = await call(client, "stranger", "POST", "/requests/preview", {**ASK, "asset": "north/nil"})
    assert there[0] == nothing[0] == 404
    assert {**there[1], "request_id": ""} == {**nothing[1], "request_id": ""}


async def test_an_approver_narrows_objects_and_approves_what_is_left(client: Client) -> None:
    _, request = await call(client, "vendor", "POST", "/requests", ASK)
    path = f"/requests/{request['id']}"
    writes = [{"table": "holding", "addresses": [{"first": 100, "last": 119}], "maximum": 500}]
    status, left = await call(client, "operator", "POST", f"{path}/narrow", {"units": [1], "writes": writes})
    assert (status, left["rules"]["units"], left["rules"]["writes"][0]["maximum"]) == (200, [1], 500)
    assert "Writes holding 100-119 (values at most 500)." in left["rules_text"]
    status, problem = await call(client, "operator", "POST", f"{path}/approve", {"hash": request["hash"]})
    assert problem["code"] == "request_changed"
    assert (await call(client, "operator", "POST", f"{path}/approve", {"hash": left["hash"]}))[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        {"units": list(range(300))},
        {"reads": [{"table": "holding", "addresses": [], "maximum": 5}]},
        {"writes": [{"table": "nonsense", "addresses": []}]},
        {"writes": [{"table": "holding"}] * 40},
        {"volts": 5},
    ],
)
async def test_a_narrowing_that_makes_no_sense_is_refused(client: Client, body: object) -> None:
    _, request = await call(client, "vendor", "POST", "/requests", ASK)
    status, _ = await call(client, "operator", "POST", f"/requests/{request['id']}/narrow", body)
    assert status == 422


async def test_one_request_comes_with_its_card_for_those_who_decide(client: Client) -> None:
    _, request = await call(client, "vendor", "POST", "/requests", ASK)
    path = f"/requests/{request['id']}"
    _, seen = await call(client, "operator", "GET", path)
    assert seen["card"]["organization"] == "acme"
    assert seen["card"]["past_sessions"] == {"count": 0, "last_at": None}
    assert (seen["card"]["policy_version"], seen["card"]["policy_is_current"]) == (1, True)
    _, own = await call(client, "vendor", "GET", path)
    assert own["card"] is None
    _, listed = await call(client, "operator", "GET", "/requests")
    assert listed["items"][0]["card"] is None


async def test_the_schema_and_the_reach_of_an_asset_are_for_those_who_read_policies(client: Client) -> None:
    status, schema = await call(client, "operator", "GET", "/policies/schema")
    assert (status, schema["title"]) == (200, "Wicketgate policy document")
    status, found = await call(client, "operator", "GET", "/assets/ast_plc/access")
    assert (status, found["items"][0]["policy"]) == (200, "acme-plc")
    assert (await call(client, "operator", "GET", "/assets/ast_none/access"))[0] == 404
    for path in ("/policies/schema", "/assets/ast_plc/access"):
        assert (await call(client, "vendor", "GET", path))[0] == 403
