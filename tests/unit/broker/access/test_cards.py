"""What an approver is told beside the terms, and who may reach an asset."""

from dataclasses import replace
from datetime import timedelta

from broker.access.cards import Card
from broker.access.conflicts import ConflictKind
from broker.access.ports import LiveUse, PastUse
from broker.access.preview_models import CardOut, ProofOut
from broker.access.reach import Passes
from broker.access.records import RequestRecord
from broker.inventory.facts import ServiceFacts
from policies.prose import Named
from policies.rules import Rules, Tier
from policies.sentences import say
from tests.unit.broker.access.plant import EMERGENCY, PLC, POLICY, STANDING, STEP_UP, Plant
from tests.unit.broker.access.test_previewing import DENY
from tests.unit.broker.fakes import START


async def card(plant: Plant, request: RequestRecord, name: str = "operator") -> Card:
    found = await plant.parts.cards.of(plant.principal(name), request.row)
    assert found is not None
    return found


async def test_it_tells_who_asks_how_they_signed_in_and_what_they_did_before(plant: Plant) -> None:
    plant.people.change("vendor", sponsor_id="usr_operator", ends_at=START + timedelta(days=9))
    plant.usage.past = PastUse(3, START - timedelta(days=2))
    found = await card(plant, await plant.ask())
    assert found.person is not None
    assert (found.person.organization, found.person.organization_kind, found.sponsor) == ("acme", "vendor", "operator")
    assert (found.methods, found.mfa_at, found.address) == (["password", "totp"], START, "203.0.113.9")
    assert (found.past.count, found.is_active) == (3, True)


async def test_it_tells_what_conflicts_at_the_device_and_in_the_time(plant: Plant) -> None:
    plant.usage.live = [LiveUse("ses_9", "vendor-2", "modbus", START)]
    request = await plant.ask()
    await plant.apply(DENY)
    plant.devices.lock("works on the main")
    conflicts = (await card(plant, request)).conflicts
    assert [each.kind for each in conflicts] == [ConflictKind.LOCK, ConflictKind.DENIAL, ConflictKind.SESSION]
    # Pages say the moment by the site's clock, and the sentence in their own language.
    assert conflicts[-1].says == say("somebody_is_on", user="vendor-2", service="modbus", at=START)


async def test_it_names_the_version_of_the_policy_and_whether_it_still_holds(plant: Plant) -> None:
    request = await plant.ask()
    found = await card(plant, request)
    assert (found.policy_version, found.is_current, found.windows and found.windows.text) == (1, True, "at any time")
    await plant.apply(POLICY.replace("4h", "3h"))
    found = await card(plant, request)
    assert (found.policy_version, found.is_current) == (1, False)


async def test_a_person_or_an_asset_that_is_gone_leaves_an_honest_gap(plant: Plant) -> None:
    request = await plant.ask()
    del plant.devices.assets["ast_plc"]
    assert [each.kind for each in (await card(plant, request)).conflicts] == [ConflictKind.SERVICE]
    del plant.people.people["usr_vendor"]
    found = await card(plant, request)
    assert (found.person, found.sponsor, found.is_active) == (None, "", False)


async def test_it_tells_what_approvers_must_show(plant: Plant) -> None:
    await plant.apply(STEP_UP)
    found = CardOut.of(await card(plant, await plant.ask()))
    assert found.proofs == {"ot-operations": ProofOut(methods=["totp"], max_age=900)}


async def test_who_reads_only_their_own_requests_gets_no_card(plant: Plant) -> None:
    request = await plant.ask()
    assert await plant.parts.cards.of(plant.principal("vendor"), request.row) is None


async def test_an_asset_lists_the_policies_that_mean_it_those_that_refuse_first(plant: Plant) -> None:
    await plant.apply(DENY, STANDING, EMERGENCY)
    found = await plant.parts.reach.of("ast_plc")
    assert [(each.policy, each.mode) for each in found] == [
        ("not-at-ten", "deny"), ("staff-look", "standing"), ("acme-plc", "request"), ("emergency", "emergency"),
    ]  # fmt: skip
    asked = found[2]
    assert (asked.who, asked.services, asked.when.text) == ((Named("group", ("acme",)),), ("modbus",), "at any time")
    assert asked.approvals == (("ot-operations", 1), ("it-security", 1))
    assert asked.what == (Named("site", ("north",)), Named("service", ("modbus",)), Named("label", ("type=plc",)))
    assert asked.tiers == ("read", "operate", "program")


async def test_what_passes_unread_is_said_for_the_services_that_nobody_reads(plant: Plant) -> None:
    ssh = ServiceFacts("svc_ssh", "ssh", "ssh", "10.0.0.5", 22, guarded=False)
    plant.devices.assets["ast_plc"] = replace(PLC, services=(*PLC.services, ssh))
    everything = POLICY.replace(", services: [modbus]", "")
    await plant.apply(everything)
    (found,) = await plant.parts.reach.of("ast_plc")
    assert found.services == ("modbus", "ssh")
    assert found.passes[-1] == Passes(("ssh",), Rules())
    await plant.apply(everything.replace("ask: [program]", "ask: [program], opaque: true"))
    (found,) = await plant.parts.reach.of("ast_plc")
    read, unread = found.passes
    assert (read.services, read.rules.opaque, read.rules.tiers) == (("modbus",), False, {Tier.READ, Tier.OPERATE})
    assert unread == Passes(("ssh",), Rules(opaque=True))


async def test_policies_that_mean_another_asset_are_not_listed(plant: Plant) -> None:
    assert await plant.parts.reach.of("ast_drive") == []
    drive = plant.devices.assets["ast_drive"]
    plant.devices.assets["ast_drive"] = replace(drive, labels={"type": "plc"})
    assert [each.policy for each in await plant.parts.reach.of("north/drive-1")] == ["acme-plc"]


async def test_of_several_assets_each_that_is_there_says_who_reaches_it(plant: Plant) -> None:
    found = await plant.parts.reach.of_each(["ast_drive", "ast_gone", "ast_plc"])
    assert {asset: [each.policy for each in access] for asset, access in found.items()} == {
        "ast_drive": [],
        "ast_plc": ["acme-plc"],
    }
