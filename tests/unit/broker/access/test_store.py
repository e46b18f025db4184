"""The policy store."""

import asyncio

import pytest

from broker.access.errors import PolicyInvalidError
from broker.http.errors import BrokerError, ConflictError, NotFoundError
from policies.schema import PolicySet
from tests.unit.broker.access.plant import EMERGENCY, POLICY, STANDING, Plant

FREEZE = """
apiVersion: wicketgate/v1
kind: Freeze
metadata: {name: autumn}
spec: {from: "2026-10-01T00:00:00Z", to: "2026-10-08T00:00:00Z", reason: shutdown}
"""
FROZEN = POLICY.replace("  access:", "  when: {freezes: [autumn]}\n  access:")


async def current(plant: Plant) -> PolicySet:
    """Return what holds."""
    async with plant.database.reading() as view:
        return await plant.parts.store.current(view)


async def test_nothing_holds_at_first(empty_plant: Plant) -> None:
    assert (await current(empty_plant)).documents == ()


async def test_an_applied_text_holds_with_author_comment_and_source(empty_plant: Plant) -> None:
    await empty_plant.apply("# who wrote this\n" + POLICY, STANDING)
    row = await empty_plant.parts.store.get("acme-plc")
    assert (row.version, row.author, row.comment) == (1, "usr_admin", "for the test")
    assert row.text.startswith("# who wrote this")
    assert "staff-look" not in row.text
    assert {policy.name for policy in (await current(empty_plant)).policies} == {"acme-plc", "staff-look"}


async def test_one_fault_keeps_the_whole_text_out(plant: Plant) -> None:
    with pytest.raises(PolicyInvalidError) as refused:
        await plant.apply(STANDING, EMERGENCY.replace("who:", "hwo:"))
    assert refused.value.fields["problems"][0]["line"] > 10
    assert [row.name for row in await plant.parts.store.newest()] == ["acme-plc"]


async def test_a_change_makes_a_version_with_its_difference(plant: Plant, actions, published) -> None:  # type: ignore[no-untyped-def]
    await plant.apply(POLICY.replace("4h", "2h"))
    newest, first = await plant.parts.store.versions("acme-plc")
    assert (newest.version, first.version) == (2, 1)
    assert newest.diff == ['spec.access.max_duration: "4h" -> "2h"']
    assert (await actions()).count("policy.applied") == 2
    assert published.of("policy.applied") == [{"policy": "acme-plc"}]


async def test_the_same_text_again_changes_nothing(plant: Plant, actions, published) -> None:  # type: ignore[no-untyped-def]
    applied = await plant.parts.store.apply(plant.principal("admin"), "# only a comment\n" + POLICY, "")
    assert [(each.version, each.changed) for each in applied] == [(1, False)]
    assert (await actions()).count("policy.applied") == 1
    assert published.of("policy.applied") == []


async def test_a_dry_run_tells_and_keeps_nothing(plant: Plant) -> None:
    changed = POLICY.replace("4h", "2h")
    (applied,) = await plant.parts.store.apply(plant.principal("admin"), changed, "", dry_run=True)
    assert (applied.version, applied.changed) == (2, True)
    assert (await plant.parts.store.get("acme-plc")).version == 1


async def test_deletion_keeps_history_and_numbers_go_on(plant: Plant) -> None:
    await plant.parts.store.delete(plant.principal("admin"), "acme-plc")
    assert (await current(plant)).documents == ()
    assert (await plant.parts.store.get("acme-plc", 1)).version == 1
    await plant.apply(POLICY)
    assert (await plant.parts.store.get("acme-plc")).version == 2
    assert len((await current(plant)).policies) == 1


async def test_what_is_deleted_cannot_be_deleted_again(plant: Plant) -> None:
    await plant.parts.store.delete(plant.principal("admin"), "acme-plc")
    with pytest.raises(NotFoundError):
        await plant.parts.store.delete(plant.principal("admin"), "acme-plc")


async def test_a_freeze_that_a_policy_names_stays(empty_plant: Plant) -> None:
    await empty_plant.apply(FROZEN, FREEZE)
    with pytest.raises(ConflictError):
        await empty_plant.parts.store.delete(empty_plant.principal("admin"), "autumn")


async def test_a_name_belongs_to_one_kind(empty_plant: Plant) -> None:
    await empty_plant.apply(FREEZE)
    with pytest.raises(ConflictError):
        await empty_plant.apply(POLICY.replace("acme-plc", "autumn"))


async def test_one_text_cannot_give_a_name_to_two_kinds(empty_plant: Plant) -> None:
    with pytest.raises(BrokerError):
        await empty_plant.apply(FREEZE, POLICY.replace("acme-plc", "autumn"))
    assert await empty_plant.parts.store.newest() == []


async def test_another_node_sees_a_change_without_being_told(plant: Plant) -> None:
    other = Plant(plant.database, plant.clock, *_ground(plant))
    assert len((await current(other)).policies) == 1
    await plant.apply(STANDING)
    assert len((await current(other)).policies) == 2


def _ground(plant: Plant) -> tuple:  # type: ignore[type-arg]
    store = plant.parts.store
    return store._bus, store._audit


async def test_two_people_applying_at_once_both_get_a_version_or_an_answer(empty_plant: Plant) -> None:
    texts = [POLICY.replace("4h", f"{hours}h") for hours in range(1, 7)]
    outcomes = await asyncio.gather(*(empty_plant.apply(text) for text in texts), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert {type(error) for error in refused} <= {ConflictError}
    versions = await empty_plant.parts.store.versions("acme-plc")
    assert [row.version for row in versions] == list(range(len(texts) - len(refused), 0, -1))


async def test_the_set_is_compiled_once_per_change(plant: Plant) -> None:
    assert await current(plant) is await current(plant)


async def test_a_name_under_which_the_api_has_something_else_is_not_free(empty_plant: Plant) -> None:
    with pytest.raises(ConflictError, match="belongs to the API"):
        await empty_plant.apply(POLICY.replace("acme-plc", "schema"))
