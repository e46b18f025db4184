"""Live events of a whole broker: each person is told of what a GET would show them, and of nothing else."""

from typing import Any

import aiohttp
import pytest

from broker.events.hub import MAX_SOCKETS_PER_LOGIN
from broker.events.seeing import RULES
from tests.integration.api.installation import EXPIRED, NOBODY, POLICY, Installation
from tests.page import Page
from tunnel.ids import new_id

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

WHERE = {
    "request": "/requests/{}", "grant": "/grants/{}", "session": "/sessions/{}", "site": "/sites/{}",
    "asset": "/assets/{}", "agent": "/agents/{}", "user": "/users/{}", "policy": "/policies/{}",
}  # fmt: skip
LISTS = {"group": "/groups", "organization": "/organizations", "lock": "/locks", "login": "/auth/logins"}


def page(installation: Installation, who: str, **query: str | int) -> Page:
    """The page of somebody who is signed in."""
    return Page(installation.url, installation.tokens[who], installation.trust, **query)


async def mark(installation: Installation, *pages: Page) -> None:
    """Wait until the pages of people who may read people have heard everything up to now."""
    name = new_id("org").replace("_", "-")[:40]
    made = await installation.done("admin", "POST", "/api/v1/organizations", {"name": name, "kind": "vendor"})
    for each in pages:
        while (await each.changed("organization.created"))["organization"] != made["id"]:
            pass


async def own_mark(installation: Installation, who: str, each: Page) -> None:
    """The same for anybody, by something of their own."""
    name = {"display_name": new_id(who)}
    await installation.done("admin", "PATCH", f"/api/v1/users/{installation.ids[who]}", name)
    while (await each.changed("user.changed"))["user"] != installation.ids[who]:
        pass


async def work(installation: Installation) -> None:
    """A day at the plant: things of every kind are made, asked for, decided, changed and taken away."""
    done, ids = installation.done, installation.ids
    wish = {"asset": "north/plc", "service": "modbus", "reason": "pump", "duration": 600, "tiers": ["read"]}
    granted = await done("vendor", "POST", "/api/v1/requests", wish)
    await done("vendor", "POST", f"/api/v1/grants/{granted['grant']}/revoke", {"reason": "done"})
    lock = await done("operator", "POST", "/api/v1/locks", {"kind": "asset", "target": ids["asset"], "reason": "leak"})
    await done("operator", "DELETE", f"/api/v1/locks/{lock['id']}")
    asset = await done("admin", "POST", "/api/v1/assets", {"site": "north", "name": new_id("a").replace("_", "-")[:20]})
    await done("admin", "PATCH", f"/api/v1/assets/{ids['asset']}", {"zone": new_id("z").replace("_", "-")[:20]})
    await done("admin", "DELETE", f"/api/v1/assets/{asset['id']}")
    await done("admin", "PATCH", f"/api/v1/sites/{ids['site']}", {"display_name": new_id("north")})
    await done("admin", "POST", "/api/v1/groups", {"name": new_id("g").replace("_", "-")[:20]})
    await done("admin", "PUT", f"/api/v1/groups/acme/members/{ids['operator']}")
    await done("admin", "DELETE", f"/api/v1/groups/acme/members/{ids['operator']}")
    await done("admin", "PATCH", f"/api/v1/users/{ids['vendor']}", {"display_name": new_id("vendor")})
    await done("admin", "POST", "/api/v1/policies/apply", {"yaml": POLICY.replace("1h", "2h"), "comment": "longer"})
    await done("admin", "POST", "/api/v1/policies/apply", {"yaml": POLICY, "comment": "as before"})


async def test_nobody_is_told_of_an_id_that_they_could_not_look_up(installation: Installation) -> None:
    people = ("vendor", "stranger", "operator", "auditor", "admin")
    pages = {who: await page(installation, who).__aenter__() for who in people}
    await work(installation)
    await mark(installation, *(pages[who] for who in ("operator", "auditor", "admin")))
    for who in ("vendor", "stranger"):
        await own_mark(installation, who, pages[who])
    for who, each in pages.items():
        await each.__aexit__(None, None, None)
        for kind, thing in {pair for frame in each.heard for pair in frame.get("ids", {}).items()}:
            assert await may_look_up(installation, who, kind, thing), (who, kind, thing)
    topics = {
        who: {frame["topic"] for frame in each.heard if frame["kind"] == "changed"} for who, each in pages.items()
    }
    assert topics["stranger"] == {"user.changed"}
    assert topics["vendor"] == {
        "request.created", "request.decided", "grant.created", "grant.revoked", "asset.changed", "site.changed",
        "user.changed",
    }  # fmt: skip
    assert (
        topics["vendor"] | {"lock.set", "lock.lifted", "group.created", "group.changed", "policy.applied"}
        <= (topics["admin"])
    )
    assert "audit.appended" in topics["admin"] & topics["auditor"] - topics["operator"]


async def may_look_up(installation: Installation, who: str, kind: str, thing: str) -> bool:
    """Ask the API as this person. What was removed meanwhile, nobody can look up any more."""
    if kind == "sequence":
        return (await installation.call(who, "GET", "/api/v1/audit")).status == 200
    if kind in LISTS:
        listed = await installation.call(who, "GET", f"/api/v1{LISTS[kind]}")
        return listed.status == 200
    if kind == "user" and thing == installation.ids[who]:
        return True
    answer = await installation.call(who, "GET", f"/api/v1{WHERE[kind].format(thing)}")
    gone = kind == "asset" and (await installation.call("admin", "GET", f"/api/v1/assets/{thing}")).status == 404
    return answer.status == 200 or (gone and who != "stranger")


async def test_everything_that_is_published_names_its_things_by_words_that_have_a_rule(
    installation: Installation,
) -> None:
    await work(installation)
    history = installation.broker.events.hub.history
    kinds = {kind for _, event in history.since(0) or () for kind in event.ids}
    assert kinds <= set(RULES)
    assert len(kinds) > 8


async def test_an_asset_that_a_policy_opens_comes_into_sight(installation: Installation) -> None:
    policy = POLICY.replace("pumps", "for-strangers").replace("acme", "strangers")
    await installation.done("admin", "POST", "/api/v1/groups", {"name": "strangers"})
    async with page(installation, "stranger") as stranger:
        await installation.done("admin", "POST", "/api/v1/policies/apply", {"yaml": policy, "comment": "new"})
        await installation.done("admin", "PATCH", f"/api/v1/assets/{installation.ids['asset']}", {"zone": "one"})
        await own_mark(installation, "stranger", stranger)
        assert not any(frame.get("topic") == "asset.changed" for frame in stranger.heard)
        await installation.done("admin", "PUT", f"/api/v1/groups/strangers/members/{installation.ids['stranger']}")
        assert await stranger.changed("asset.changed") == {}
        await installation.done("admin", "PATCH", f"/api/v1/assets/{installation.ids['asset']}", {"zone": "two"})
        assert (await stranger.changed("asset.changed"))["asset"] == installation.ids["asset"]
        await installation.done("admin", "DELETE", f"/api/v1/groups/strangers/members/{installation.ids['stranger']}")
        assert await stranger.changed("asset.changed") == {}


async def test_who_was_away_hears_what_they_missed_and_nothing_twice(installation: Installation) -> None:
    async with page(installation, "admin") as before:
        await work(installation)
        await mark(installation, before)
        told = [frame["seq"] for frame in before.heard if frame["kind"] == "changed"]
        half = told[len(told) // 2]
    async with page(installation, "admin", epoch=before.hello["epoch"], after=half) as again:
        await mark(installation, again)
        now = [frame["seq"] for frame in again.heard if frame["kind"] == "changed"]
    assert now[: len(told)] == sorted(set(now))[: len(told)]
    assert [seq for seq in told if seq > half] == [seq for seq in now if seq <= told[-1]]


async def test_numbers_of_another_process_mean_that_everything_is_read_anew(installation: Installation) -> None:
    async with page(installation, "vendor", epoch="epo_before_the_restart", after=1) as vendor:
        assert (await vendor.next())["kind"] == "reset"


@pytest.mark.parametrize("caller", [NOBODY, EXPIRED])
async def test_nobody_hears_anything_who_is_not_signed_in(installation: Installation, caller: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await page(installation, caller).__aenter__()
    assert refused.value.status == 401


async def test_a_request_that_is_no_websocket_is_told_so(installation: Installation) -> None:
    answer = await installation.call("vendor", "GET", "/api/v1/events")
    assert (answer.status, answer.code) == (400, "bad_request")


@pytest.mark.parametrize("query", ["after=-1", "after=x", "epoch=" + "e" * 65, "since=1"])
async def test_a_query_that_makes_no_sense_is_refused(installation: Installation, query: str) -> None:
    answer = await installation.call("vendor", "GET", f"/api/v1/events?{query}")
    assert (answer.status, answer.code) == (422, "invalid_input")


async def test_one_login_has_so_many_sockets_and_no_more(installation: Installation) -> None:
    pages = [await page(installation, "auditor").__aenter__() for _ in range(MAX_SOCKETS_PER_LOGIN)]
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await page(installation, "auditor").__aenter__()
    assert refused.value.status == 429
    for each in pages:
        await each.__aexit__(None, None, None)


@pytest.mark.parametrize("who", ["vendor", "operator"])
async def test_a_session_that_has_ended_or_never_was_is_not_watched(installation: Installation, who: str) -> None:
    async with page(installation, who) as each:
        for name, code in ((installation.ids["session"], "session_ended"), (new_id("ses"), "not_found")):
            await each.socket.send_json({"watch": name})
            assert (await each.until("refused"))["code"] == code


async def test_of_anothers_session_a_stranger_learns_as_much_as_of_none(installation: Installation) -> None:
    answers: list[Any] = []
    async with page(installation, "stranger") as stranger:
        for name in (installation.ids["session"], new_id("ses")):
            await stranger.socket.send_json({"watch": name})
            answers.append({**await stranger.until("refused"), "session": ""})
    assert answers[0] == answers[1]


async def test_whose_role_is_taken_away_reads_everything_anew_with_fewer_rights(installation: Installation) -> None:
    change = f"/api/v1/users/{installation.ids['operator']}"
    async with page(installation, "operator") as operator:
        await installation.done("admin", "PATCH", change, {"roles": ["auditor"]})
        await operator.until("reset")
        await installation.done("admin", "PATCH", change, {"roles": ["operator"]})
        await operator.until("reset")
        await mark(installation, operator)


async def test_signing_out_ends_the_pages_of_this_login(installation: Installation) -> None:
    who = "globetrotter"
    created = await installation.done(
        "admin", "POST", "/api/v1/users", {"username": who, "organization": "plant", "roles": ["auditor"]}
    )
    await installation.sign_in(who, created["initial_password"])
    async with page(installation, who) as mine, page(installation, "vendor") as other:
        await installation.done(who, "POST", "/api/v1/auth/logout")
        assert (await mine.until("bye"))["code"] == "login_ended"
        assert await mine.closed() is not None
        await own_mark(installation, "vendor", other)


async def test_every_kind_that_a_rule_speaks_of_is_looked_up_somewhere() -> None:
    unseen = {"review", "extension", "question", "block", "drill", "recording"}
    assert set(RULES) == {*WHERE, *LISTS, *unseen, "sequence"}
