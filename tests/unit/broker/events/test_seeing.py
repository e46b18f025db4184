"""Who is told what: nobody learns of an event, or of an id in it, that they could not look up."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from broker.cluster.bus import Event
from broker.cluster.topics import Topic
from broker.events.history import Numbered
from broker.events.seeing import RULES, Places, Viewer
from broker.events.topics import SUBJECTS
from broker.http.principal import Permission, Principal, Role
from broker.identity.roles import permissions_of

TOPICS = get_args(Topic)
HERE = Places(frozenset({"ast_mine"}), frozenset({"sit_mine"}))


def person(name: str, *roles: Role) -> Principal:
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    return Principal(
        user_id=f"usr_{name}", name=name, display_name=name, organization_id="org_1", login_id=f"lgn_{name}",
        roles=frozenset(roles), permissions=permissions_of(roles), address="192.0.2.1",
        methods=frozenset({"password", "totp"}), authenticated_at=now, mfa_at=now,
    )  # fmt: skip


class World:
    """What policies open to people without the inventory: changes at will."""

    def __init__(self, places: Places = HERE) -> None:
        self.places = places
        self.looks = 0

    async def places_of(self, _principal: Principal) -> Places:
        self.looks += 1
        return self.places


async def eyes(world: World, *roles: Role, name: str = "me") -> Viewer:
    viewer = Viewer(person(name, *roles), world.places_of)
    await viewer.look()
    return viewer


def full(topic: Topic, user: str, *, asset: str = "ast_other", site: str = "sit_other") -> Event:
    """An event with every id that there is."""
    return Event(topic, {**{kind: f"{kind}_1" for kind in RULES}, "user": user, "asset": asset, "site": site})


async def told(viewer: Viewer, *events: Event, was_away: bool = False) -> list[tuple[str, dict[str, str]]]:
    numbered = [Numbered(seq, event) for seq, event in enumerate(events, 1)]
    return [(one.topic, dict(one.ids)) for one in await viewer.tell(numbered, was_away=was_away)]


@pytest.mark.parametrize("topic", TOPICS)
async def test_a_vendor_hears_nothing_of_others(topic: Topic) -> None:
    assert await told(await eyes(World(), Role.VENDOR), full(topic, "usr_other")) == []


async def test_of_ones_own_things_one_hears_with_the_ids_that_one_may_look_up() -> None:
    viewer = await eyes(World(), Role.VENDOR)
    heard = await told(viewer, *(full(topic, "usr_me") for topic in TOPICS))
    assert {topic.partition(".")[0] for topic, _ in heard} == {
        "request", "emergency", "grant", "session", "extension", "login", "question", "user",
    }  # fmt: skip
    assert all(
        set(ids) <= {"request", "grant", "session", "extension", "login", "question", "user"} for _, ids in heard
    )


async def test_asset_and_site_are_named_where_a_policy_opens_them() -> None:
    [(_, ids)] = await told(
        await eyes(World(), Role.VENDOR), full("request.decided", "usr_me", asset="ast_mine", site="sit_mine")
    )
    assert (ids["asset"], ids["site"]) == ("ast_mine", "sit_mine")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN, Role.AUDITOR])
@pytest.mark.parametrize("topic", TOPICS)
async def test_a_role_hears_what_its_permissions_let_it_look_up(role: Role, topic: Topic) -> None:
    viewer = await eyes(World(), role)
    may = person("me", role).may
    heard = await told(viewer, full(topic, "usr_other"))
    kinds = {kind for kind, rule in RULES.items() if any(map(may, rule.permissions))}
    if SUBJECTS[topic] in kinds:
        assert [(name, set(ids)) for name, ids in heard] == [(topic, kinds)]
    else:
        assert all(set(ids) <= kinds for _, ids in heard)


def test_every_rule_is_of_a_permission_that_some_role_carries() -> None:
    carried = frozenset[Permission]().union(*(permissions_of([role]) for role in Role))
    assert all(set(rule.permissions) & carried for rule in RULES.values())


async def test_an_id_of_a_kind_that_no_rule_knows_is_told_to_nobody() -> None:
    viewer = await eyes(World(), Role.ADMIN, Role.AUDITOR)
    [(_, ids)] = await told(viewer, Event("policy.applied", {"policy": "p", "secret": "s"}))
    assert ids == {"policy": "p"}


async def test_who_may_not_see_agents_hears_that_the_site_changed() -> None:
    viewer = await eyes(World(), Role.VENDOR)
    events = [Event("agent.connected", {"agent": "agt_1", "site": site}) for site in ("sit_mine", "sit_other")]
    assert await told(viewer, *events) == [("site.changed", {"site": "sit_mine"})]


async def test_who_may_not_see_groups_hears_that_they_changed_themselves() -> None:
    viewer = await eyes(World(), Role.VENDOR)
    events = [Event("group.changed", {"group": "grp_1", "user": user}) for user in ("usr_me", "usr_other")]
    assert await told(viewer, *events) == [("user.changed", {"user": "usr_me"})]


async def test_an_asset_that_comes_into_sight_is_told_of_without_its_id_and_then_with_it() -> None:
    world = World(Places())
    viewer = await eyes(world, Role.VENDOR)
    asset = Event("asset.changed", {"asset": "ast_mine", "site": "sit_mine"})
    assert await told(viewer, asset) == []
    world.places = HERE
    assert await told(viewer, Event("policy.applied", {"policy": "p"})) == [("asset.changed", {}), ("site.changed", {})]
    assert await told(viewer, asset) == [("asset.changed", {"asset": "ast_mine", "site": "sit_mine"})]


async def test_an_asset_that_goes_out_of_sight_is_told_of_once_more() -> None:
    world = World()
    viewer = await eyes(world, Role.VENDOR)
    world.places = Places()
    gone = Event("asset.changed", {"asset": "ast_mine", "site": "sit_mine"})
    moved = [("asset.changed", {}), ("site.changed", {})]
    assert await told(viewer, gone) == [*moved, ("asset.changed", {"asset": "ast_mine", "site": "sit_mine"})]
    assert await told(viewer, gone) == []


async def test_a_policy_that_changes_nothing_for_them_is_nothing_to_them() -> None:
    assert await told(await eyes(World(), Role.VENDOR), Event("policy.applied", {"policy": "p"})) == []


async def test_who_was_away_while_it_may_have_happened_is_told_that_it_may_have() -> None:
    viewer = await eyes(World(), Role.VENDOR)
    heard = await told(viewer, Event("policy.applied", {"policy": "p"}), was_away=True)
    assert heard == [("asset.changed", {}), ("site.changed", {})]
    assert await told(viewer, full("session.opened", "usr_other"), was_away=True) == []


async def test_who_is_cut_off_behind_the_news_of_a_new_sight_is_told_of_it_again() -> None:
    world = World(Places())
    viewer = await eyes(world, Role.VENDOR)
    world.places = HERE
    events = [Numbered(7, Event("policy.applied", {"policy": "p"})), Numbered(8, full("login.changed", "usr_me"))]
    heard = await viewer.tell(events)
    assert [(one.seq, one.topic) for one in heard] == [(6, "asset.changed"), (6, "site.changed"), (8, "login.changed")]


async def test_who_may_read_the_inventory_needs_no_look_at_the_policies() -> None:
    world = World()
    viewer = await eyes(world, Role.OPERATOR)
    await told(viewer, Event("asset.changed", {"asset": "ast_1", "site": "sit_1"}))
    assert world.looks == 0


async def test_a_thousand_changes_at_once_are_one_look() -> None:
    world = World()
    viewer = await eyes(world, Role.VENDOR)
    await told(viewer, *(Event("asset.changed", {"asset": f"ast_{n}", "site": "sit_1"}) for n in range(1000)))
    assert world.looks == 2
