"""What a request would come to: the same answer that the request will get, and nothing changed by asking."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from broker.access.conflicts import ConflictKind
from broker.access.ports import LiveUse
from broker.access.preview_models import ProofOut, RequestPreview
from broker.access.previewing import Outcome, Preview
from broker.access.tables import RequestRow
from broker.access.wishes import Wish
from broker.http.errors import InvalidInputError, NotFoundError
from broker.inventory.facts import ServiceFacts
from policies.canonical import canonical
from policies.decision import Code
from policies.rules import Tier
from tests.unit.broker.access.plant import EMERGENCY, PLC, POLICY, STANDING, STEP_UP, Plant
from tests.unit.broker.fakes import START

WISH = Wish("north/plc-1", reason="pump fails", ticket="CHG-00042", duration=timedelta(hours=2))
URGENT = {"emergency": True, "duration": timedelta(hours=1)}
SOON = (START + timedelta(hours=1)).isoformat()
LATER = (START + timedelta(hours=9)).isoformat()
FREEZE = f"""
apiVersion: wicketgate/v1
kind: Freeze
metadata: {{name: autumn}}
spec: {{from: "{SOON}", to: "{LATER}", reason: Overhaul}}
"""
DENY = """
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: not-at-ten}
spec:
  effect: deny
  who: {groups: [acme]}
  what: {anything: true}
  when: {timezone: UTC, from: "09:00", to: "10:00"}
  reason: Shift change
"""


async def preview(plant: Plant, name: str = "vendor", **changes: object) -> Preview:
    return await plant.parts.previewer.preview(plant.principal(name), replace(WISH, **changes))  # type: ignore[arg-type]


def kinds(found: Preview) -> list[ConflictKind]:
    return [conflict.kind for conflict in found.conflicts]


async def test_it_tells_who_would_be_asked_and_how_many_could_answer(plant: Plant) -> None:
    plant.people.change("both", disabled=True)
    found = await preview(plant)
    assert found.outcome is Outcome.NEEDS_APPROVAL
    assert [(g.group, g.count, g.members) for g in found.groups] == [("ot-operations", 1, 1), ("it-security", 1, 1)]
    assert found.policy is not None
    assert found.policy.name == "acme-plc"


async def test_it_tells_what_approvers_must_show(plant: Plant) -> None:
    await plant.apply(STEP_UP)
    shown = RequestPreview.of(await preview(plant))
    assert {group.group: group.proof for group in shown.approvals} == {
        "ot-operations": ProofOut(methods=["totp"], max_age=900),
        "it-security": None,
    }


async def test_the_requester_is_not_counted_among_those_who_could_answer(plant: Plant) -> None:
    plant.people.change("vendor", groups=frozenset({"acme", "it-security"}))
    found = await preview(plant)
    assert [(g.group, g.members) for g in found.groups] == [("ot-operations", 2), ("it-security", 2)]


async def test_nothing_is_changed_or_written_down(plant: Plant, actions) -> None:  # type: ignore[no-untyped-def]
    before = await actions()
    await preview(plant)
    async with plant.database.reading() as view:
        assert await view.scalar(select(func.count()).select_from(RequestRow)) == 0
    assert await actions() == before


async def test_a_missing_reason_or_ticket_is_named_and_does_not_hide_what_comes_after(plant: Plant) -> None:
    found = await preview(plant, reason="", ticket="")
    assert found.outcome is Outcome.NEEDS_APPROVAL
    assert {reason.code for reason in found.reasons} == {Code.REASON_MISSING, Code.TICKET_INVALID}
    assert found.obligations is not None


async def test_what_nobody_has_to_approve_is_approved_at_once(plant: Plant) -> None:
    await plant.apply(STANDING, EMERGENCY)
    assert (await preview(plant, "staff", ticket="")).outcome is Outcome.APPROVED_AT_ONCE
    found = await preview(plant, emergency=True, duration=timedelta(hours=1))
    assert (found.outcome, list(found.groups)) == (Outcome.APPROVED_AT_ONCE, [])


async def test_a_login_without_the_factor_is_told_which_one(plant: Plant) -> None:
    principal = replace(plant.principal("vendor"), methods=frozenset({"password"}), mfa_at=None)
    found = await plant.parts.previewer.preview(principal, WISH)
    assert (found.outcome, found.login) == (Outcome.NEEDS_MFA, "passkey or totp")
    assert [group.group for group in found.groups] == ["ot-operations", "it-security"]


async def test_a_refusal_names_the_nearest_policy_and_what_would_help(plant: Plant) -> None:
    found = await preview(plant, tiers=frozenset({Tier.FIRMWARE}))
    assert found.outcome is Outcome.DENIED
    assert [(reason.code, reason.policy) for reason in found.reasons] == [(Code.TIER_NOT_ALLOWED, "acme-plc")]
    assert found.policy is not None
    assert found.obligations is None


async def test_it_says_what_the_request_itself_will_say(plant: Plant) -> None:
    await plant.apply(STANDING, EMERGENCY)
    for name, changes in (("vendor", {}), ("staff", {"ticket": ""}), ("vendor", URGENT)):
        foretold = await preview(plant, name, **changes)
        made = await plant.ask(name, **changes)
        assert foretold.obligations is not None
        assert made.row.rules == canonical(foretold.obligations.rules)
        assert (made.state == "approved") == (foretold.outcome is Outcome.APPROVED_AT_ONCE)


async def test_what_one_may_not_know_of_is_not_found(plant: Plant) -> None:
    for name, asset in (("stranger", "north/plc-1"), ("vendor", "north/nil"), ("vendor", "north/drive-1")):
        with pytest.raises(NotFoundError):
            await preview(plant, name, asset=asset)


async def test_a_start_too_far_ahead_is_refused_as_the_request_would_be(plant: Plant) -> None:
    with pytest.raises(InvalidInputError):
        await preview(plant, starts_at=START + timedelta(days=91))


async def test_freezes_denials_and_the_accounts_end_in_the_time_asked_for_are_named(plant: Plant) -> None:
    await plant.apply(FREEZE, DENY)
    plant.people.change("vendor", ends_at=START + timedelta(minutes=90))
    found = await preview(plant)
    assert kinds(found) == [ConflictKind.FREEZE, ConflictKind.DENIAL, ConflictKind.ACCOUNT_END]
    assert "does not heed it" in str(found.conflicts[0].says)
    assert "Shift change" in str(found.conflicts[1].says)
    short = await preview(plant, duration=timedelta(minutes=30))
    assert short.conflicts == []


async def test_locks_are_named(plant: Plant) -> None:
    plant.devices.lock("maintenance")
    found = await preview(plant)
    assert kinds(found) == [ConflictKind.LOCK]
    assert found.outcome is Outcome.DENIED


async def test_only_who_may_see_sessions_learns_who_is_at_the_device(plant: Plant) -> None:
    plant.usage.live = [LiveUse("ses_1", "vendor-2", "modbus", START)]
    assert kinds(await preview(plant)) == []
    plant.people.change("operator", groups=frozenset({"acme"}))
    found = await preview(plant, "operator")
    assert [str(conflict.says) for conflict in found.conflicts] == ["vendor-2 is on modbus since 2026-03-02 08:00 UTC."]


async def test_a_protocol_that_nobody_understands_is_said_to_pass_unread(plant: Plant) -> None:
    opaque = POLICY.replace("[read, operate], ask: [program]", "[read], opaque: true")
    await plant.apply(opaque.replace("services: [modbus]", "services: [ssh]"))
    ssh = ServiceFacts("svc_ssh", "ssh", "ssh", "10.0.0.5", 22, guarded=False)
    plant.devices.assets[PLC.id] = replace(PLC, services=(ssh,))
    found = await preview(plant, service="ssh")
    assert found.obligations is not None
    assert found.obligations.rules.opaque
