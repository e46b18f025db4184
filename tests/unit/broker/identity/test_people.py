"""Rules on accounts, groups and organizations, and what others read of them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from broker.http.errors import ConflictError, InvalidInputError, NameTakenError, NotFoundError
from broker.http.principal import Role
from broker.identity.errors import RuleError, SetupFailedError, WeakPasswordError
from broker.identity.organizations import OrganizationChange
from broker.identity.ports import GroupNeeds
from broker.identity.users import NewUser, UserChange
from policies.facts import OrganizationKind, Subject
from tests.unit.broker.fakes import START
from tests.unit.broker.identity.people import PASSWORD, People

Actions = Callable[[], Awaitable[list[str]]]
LATER = START + timedelta(days=30)


def vendor(**changes: Any) -> NewUser:
    shape = {"name": "eng", "display_name": "", "organization": "acme", "roles": frozenset({Role.VENDOR})}
    return NewUser(**{**shape, "sponsor": "admin", "ends_at": LATER, **changes})


BROKEN_RULES: dict[str, dict[str, Any]] = {
    "no sponsor": {"sponsor": None},
    "no end": {"ends_at": None},
    "ended already": {"ends_at": START},
    "more than a vendor": {"roles": frozenset({Role.VENDOR, Role.OPERATOR})},
    "no role": {"roles": frozenset()},
    "unknown sponsor": {"sponsor": "nobody"},
    "emergency": {"is_emergency": True},
}


@pytest.mark.parametrize("broken", BROKEN_RULES)
async def test_a_vendors_account_keeps_the_rules(people: People, broken: str) -> None:
    acting = await people.principal(await people.admin())
    await people.organizations.create(acting, "acme", "", OrganizationKind.VENDOR)
    with pytest.raises(RuleError):
        await people.users.create(acting, vendor(**BROKEN_RULES[broken]))
    assert await people.users.create(acting, vendor())


async def test_a_vendor_sponsors_nobody(people: People) -> None:
    admin = await people.admin()
    await people.vendor(admin, "first")
    with pytest.raises(RuleError):
        await people.users.create(await people.principal(admin), vendor(sponsor="first"))


async def test_a_change_keeps_the_rules_too(people: People) -> None:
    admin = await people.admin()
    await people.vendor(admin)
    acting = await people.principal(admin)
    for change in (UserChange(frozenset({"ends_at"})), UserChange(frozenset({"roles"}), roles=frozenset({Role.ADMIN}))):
        with pytest.raises(RuleError):
            await people.users.change(acting, "vendor", change)


async def test_a_name_is_given_once_in_any_spelling(people: People) -> None:
    acting = await people.principal(await people.admin())
    with pytest.raises(NameTakenError):
        await people.users.create(acting, NewUser("ADMIN", "", "plant", frozenset({Role.OPERATOR})))


@pytest.mark.parametrize("name", ["a", "two words", "usr_1", "-dash", "\u0430dmin", "x" * 64, "a\nb", "a/b"])
async def test_an_odd_name_is_refused(people: People, name: str) -> None:
    acting = await people.principal(await people.admin())
    with pytest.raises(InvalidInputError):
        await people.users.create(acting, NewUser(name, "", "plant", frozenset({Role.OPERATOR})))


async def test_the_last_admin_stays(people: People) -> None:
    admin = await people.admin()
    acting = await people.principal(admin)
    with pytest.raises(RuleError):
        await people.users.change(acting, "admin", UserChange(frozenset({"roles"}), roles=frozenset({Role.AUDITOR})))
    with pytest.raises(RuleError):
        await people.users.disable(acting, "admin", "tired")


async def test_two_admins_cannot_disable_each_other_at_the_same_moment(people: People) -> None:
    first, second = await people.admin("first"), await people.admin("second")
    outcomes = await asyncio.gather(
        people.users.disable(await people.principal(first), "second", "dispute"),
        people.users.disable(await people.principal(second), "first", "dispute"),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes].count(RuleError) == 1


async def test_nobody_disables_their_own_organization(people: People) -> None:
    acting = await people.principal(await people.admin())
    for reference in ("plant", acting.organization_id):
        with pytest.raises(RuleError):
            await people.organizations.change(acting, reference, OrganizationChange(disabled=True))


async def test_an_enabled_user_comes_in_again(people: People) -> None:
    admin = await people.admin()
    operator = await people.operator(admin)
    acting = await people.principal(admin)
    await people.users.disable(acting, "operator", "holiday")
    await people.users.enable(acting, operator.id)
    assert await people.enter(operator)


async def test_a_one_time_password_replaces_the_old_one(people: People) -> None:
    admin = await people.admin()
    operator = await people.operator(admin)
    operator.password = await people.users.reset_password(await people.principal(admin), "operator")
    assert await people.enter(operator)


async def test_an_unknown_user_group_or_organization_is_not_found(people: People) -> None:
    acting = await people.principal(await people.admin())
    await people.groups.create(acting, "operations", "")
    tries = [
        people.users.disable(acting, "nobody", "x"),
        people.users.change(acting, "usr_none", UserChange(frozenset())),
        people.groups.add_member(acting, "nowhere", "admin"),
        people.groups.add_member(acting, "operations", "nobody"),
        people.organizations.change(acting, "nowhere", OrganizationChange()),
    ]
    for attempt in tries:
        with pytest.raises(NotFoundError):
            await attempt


async def test_every_change_is_audited(people: People, actions: Actions) -> None:
    admin = await people.admin()
    acting, before = await people.principal(admin), len(await actions())
    await people.groups.create(acting, "operations", "")
    await people.groups.add_member(acting, "operations", "admin")
    await people.groups.add_member(acting, "operations", "admin")
    await people.groups.remove_member(acting, "operations", "admin")
    await people.users.create(acting, NewUser("operator", "", "plant", frozenset({Role.OPERATOR})))
    await people.users.change(acting, "operator", UserChange(frozenset({"email"}), email="operator@plant.example"))
    assert (await actions())[before:] == [
        "group.created", "group.member_added", "group.member_removed", "user.created", "user.changed",
    ]  # fmt: skip


async def test_membership_is_announced_with_user_and_group(people: People, published: Any) -> None:
    admin = await people.admin()
    acting = await people.principal(admin)
    group = await people.groups.create(acting, "operations", "")
    await people.groups.add_member(acting, "operations", "admin")
    assert published.of("group.changed") == [{"group": group.id, "user": admin.id}]


async def test_a_renamed_group_keeps_its_name_and_is_audited_and_announced(
    people: People, actions: Actions, published: Any
) -> None:
    acting = await people.principal(await people.admin())
    group = await people.groups.create(acting, "operations", "Operations")
    before = len(await actions())
    await people.groups.change(acting, "operations", "Control room")
    await people.groups.change(acting, group.id, "Control room")
    shown = await people.catalogue.group("operations")
    assert (shown.id, shown.name, shown.display_name) == (group.id, "operations", "Control room")
    assert (await actions())[before:] == ["group.changed"]
    assert published.of("group.changed") == [{"group": group.id}]
    with pytest.raises(NotFoundError):
        await people.groups.change(acting, "nowhere", "Nowhere")


async def test_a_removed_group_is_gone_with_its_memberships_and_its_name_free(
    people: People, actions: Actions, published: Any
) -> None:
    admin = await people.admin()
    acting = await people.principal(admin)
    group = await people.groups.create(acting, "operations", "")
    await people.groups.add_member(acting, "operations", "admin")
    before = len(await actions())
    await people.groups.delete(acting, "operations", people.group_uses)
    assert (await actions())[before:] == ["group.deleted"]
    assert published.of("group.changed")[1:] == [{"group": group.id}, {"group": group.id, "user": admin.id}]
    assert (await people.catalogue.user("admin")).groups == frozenset()
    await people.groups.create(acting, "operations", "")
    assert (await people.catalogue.group("operations")).members == []


@pytest.mark.parametrize(
    ("needs", "says"),
    [
        (GroupNeeds(("acme-plc",)), "The policy acme-plc names this group."),
        (GroupNeeds(("acme-plc", "emergency"), reviews=1), "The policies acme-plc, emergency name this group."),
        (GroupNeeds(requests=2), "Open requests: 2, open reviews: 0"),
        (GroupNeeds(reviews=1), "Open requests: 0, open reviews: 1"),
    ],
)
async def test_a_group_that_something_needs_stays(
    people: People, actions: Actions, needs: GroupNeeds, says: str
) -> None:
    acting = await people.principal(await people.admin())
    await people.groups.create(acting, "operations", "")
    await people.groups.add_member(acting, "operations", "admin")
    people.group_uses.needs["operations"] = needs
    before = await actions()
    with pytest.raises(ConflictError, match=says) as refused:
        await people.groups.delete(acting, "operations", people.group_uses)
    assert refused.value.fields == {"policies": list(needs.policies)}
    assert (await people.catalogue.group("operations")).members == ["admin"]
    assert await actions() == before


async def test_what_is_made_is_announced(people: People, published: Any) -> None:
    admin = await people.admin()
    acting = await people.principal(admin)
    group = await people.groups.create(acting, "operations", "")
    organization = await people.organizations.create(acting, "acme", "", OrganizationKind.VENDOR)
    created = await people.users.create(acting, NewUser("operator", "", "plant", frozenset({Role.OPERATOR})))
    assert published.of("group.created") == [{"group": group.id}]
    assert published.of("organization.created") == [{"organization": organization.id}]
    assert published.of("user.created") == [{"user": created.user_id}]
    assert published.of("login.started") == [{"login": acting.login_id, "user": admin.id}]


async def test_the_directory_gives_the_policys_subject(people: People) -> None:
    admin = await people.admin()
    vendor = await people.vendor(admin)
    acting = await people.principal(admin)
    await people.groups.create(acting, "acme-engineers", "")
    await people.groups.add_member(acting, "acme-engineers", "vendor")
    async with people.database.reading() as view:
        subject = await people.directory.subject(view, vendor.id, people.clock.now())
    ends_at = (await people.row(vendor)).ends_at
    groups = frozenset({"acme-engineers"})
    assert subject == Subject(vendor.id, "vendor", groups, "acme", OrganizationKind.VENDOR, ends_at)


async def test_a_disabled_or_ended_account_is_no_subject(people: People) -> None:
    admin = await people.admin()
    vendor, other = await people.vendor(admin), await people.vendor(admin, "other")
    await people.users.disable(await people.principal(admin), "other", "left")
    async with people.database.reading() as view:
        ended = await people.directory.subject(view, vendor.id, people.clock.now() + timedelta(days=31))
        disabled = await people.directory.subject(view, other.id, people.clock.now())
    assert ended is disabled is None


async def test_the_set_up_token_makes_one_admin(people: People) -> None:
    token = await people.setup.issue_token()
    assert token is not None
    await people.setup.complete(token, "admin", PASSWORD, "192.0.2.1")
    with pytest.raises(SetupFailedError):
        await people.setup.complete(token, "second", PASSWORD, "192.0.2.1")
    assert await people.setup.issue_token() is None


async def test_the_set_up_token_makes_one_admin_also_at_the_same_moment(people: People) -> None:
    token = await people.setup.issue_token()
    assert token is not None
    tries = (people.setup.complete(token, f"admin{number}", PASSWORD, "192.0.2.1") for number in range(3))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(SetupFailedError) == 2


async def test_a_set_up_token_lapses_and_is_replaced(people: People) -> None:
    first, second = await people.setup.issue_token(), await people.setup.issue_token()
    assert first is not None
    assert second is not None
    with pytest.raises(SetupFailedError):
        await people.setup.complete(first, "admin", PASSWORD, "192.0.2.1")
    people.clock.advance(timedelta(hours=1))
    with pytest.raises(SetupFailedError):
        await people.setup.complete(second, "admin", PASSWORD, "192.0.2.1")


async def test_a_weak_password_does_not_use_the_set_up_token_up(people: People) -> None:
    token = await people.setup.issue_token()
    assert token is not None
    with pytest.raises(WeakPasswordError):
        await people.setup.complete(token, "admin", "short", "192.0.2.1")
    assert await people.setup.complete(token, "admin", PASSWORD, "192.0.2.1")
