"""Who may pass: each condition spoilt alone is a denial that names itself."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from policies.decision import Allow, Code, Deny, Mode, NeedsApproval, NeedsMfa, Requirement
from policies.engine import evaluate
from policies.facts import Approval, Facts, Locks, Origin, Purpose
from policies.rules import Tier
from policies.schema import PolicySet
from tests.unit.policies.builders import ALLOW, DENY, FREEZE, MONDAY_TEN, STANDING, acme, facts, policies

HOUR = timedelta(hours=1)
NIGHT = datetime(2026, 10, 5, 22, 0, tzinfo=UTC)


def codes(policy_set: PolicySet, given: Facts) -> set[Code]:
    decision = evaluate(policy_set, given)
    assert isinstance(decision, Deny), decision
    return {reason.code for reason in decision.reasons}


def allowed(policy_set: PolicySet, given: Facts) -> Allow:
    decision = evaluate(policy_set, given)
    assert isinstance(decision, Allow), decision
    return decision


def test_when_everything_is_right_access_is_allowed_on_the_policys_terms() -> None:
    terms = allowed(acme(), facts()).obligations
    assert (terms.policy, terms.mode, terms.not_after) == ("acme-plc", Mode.REQUEST, MONDAY_TEN + 4 * HOUR)
    assert terms.warn == (timedelta(minutes=10), timedelta(minutes=1))


def test_an_empty_set_denies() -> None:
    assert codes(PolicySet(), facts()) == {Code.NO_POLICY}


@pytest.mark.parametrize(
    ("code", "given"),
    [
        (Code.NO_POLICY, facts(subject={"groups": frozenset({"others"})})),
        (Code.NO_POLICY, facts(target={"site": "south"})),
        (Code.NO_POLICY, facts(target={"labels": {"type": "hmi"}})),
        (Code.NO_POLICY, facts(target={"labels": {}})),
        (Code.NO_POLICY, facts(target={"service": "web", "protocol": "http"})),
        (Code.OUTSIDE_WINDOW, facts(now=NIGHT)),
        (Code.OUTSIDE_WINDOW, facts(now=MONDAY_TEN + timedelta(days=2))),
        (Code.FROZEN, facts(now=MONDAY_TEN + timedelta(days=7))),
        (Code.WRONG_NETWORK, facts(origin=Origin(ip_address("198.51.100.1")))),
        (Code.WRONG_NETWORK, facts(origin=Origin())),
        (Code.TIER_NOT_ALLOWED, facts(asked={"tiers": frozenset({Tier.FIRMWARE})})),
        (Code.OPAQUE_NOT_ALLOWED, facts(target={"guarded": False})),
        (Code.DURATION_TOO_LONG, facts(asked={"duration": 5 * HOUR})),
        (Code.DURATION_TOO_LONG, facts(asked={"duration": timedelta(0)})),
        (Code.REASON_MISSING, facts(asked={"reason": "  "})),
        (Code.TICKET_INVALID, facts(asked={"ticket": "CHG-1023"})),
        (Code.TICKET_INVALID, facts(asked={"ticket": "CHG-10231\n"})),
        (Code.NOT_YET, facts(asked={"starts_at": MONDAY_TEN + HOUR})),
        (Code.WRONG_MODE, facts(asked={"emergency": True})),
        (Code.OTHER_POLICY, facts(policy="another")),
        (Code.SITE_LOCKED, facts(locks=Locks(site="boiler"))),
        (Code.ASSET_LOCKED, facts(locks=Locks(asset=""))),
        (Code.USER_LOCKED, facts(locks=Locks(user="left"))),
        (Code.ACCOUNT_ENDED, facts(subject={"account_ends_at": MONDAY_TEN})),
    ],
)
def test_each_missed_condition_denies_and_names_itself(code: Code, given: Facts) -> None:
    assert codes(acme(), given) == {code}


def test_a_deny_policy_stands_above_every_policy_that_gives() -> None:
    denied = policies(ALLOW, FREEZE, STANDING, DENY)
    decision = evaluate(denied, facts())
    assert isinstance(decision, Deny)
    assert (decision.reasons[0].policy, str(decision.reasons[0].message)) == ("no-acme", "Contract ended")


def test_a_deny_policy_for_others_changes_nothing() -> None:
    others = DENY.replace("[acme]", "[globex]")
    assert evaluate(policies(ALLOW, FREEZE, others), facts()) == evaluate(acme(), facts())


def test_missing_approvals_are_named() -> None:
    decision = evaluate(acme(), facts(approvals=()))
    assert isinstance(decision, NeedsApproval)
    assert decision.outstanding == (Requirement("ot-operations"), Requirement("it-security"))


def test_nobody_approves_their_own_request() -> None:
    own = Approval("usr_eng", frozenset({"ot-operations", "it-security"}))
    assert isinstance(evaluate(acme(), facts(approvals=(own,))), NeedsApproval)


def test_an_approver_who_left_the_group_no_longer_counts() -> None:
    approvals = (Approval("usr_op", frozenset()), Approval("usr_sec", frozenset({"it-security"})))
    decision = evaluate(acme(), facts(approvals=approvals))
    assert isinstance(decision, NeedsApproval)
    assert decision.outstanding == (Requirement("ot-operations"),)


@pytest.mark.parametrize(
    "login",
    [{"methods": frozenset({"password"})}, {"mfa_at": None}, {"mfa_at": MONDAY_TEN - HOUR}],
)
def test_without_a_fresh_second_factor_one_is_asked_for(login: dict[str, object]) -> None:
    decision = evaluate(acme(), facts(login=login))
    assert isinstance(decision, NeedsMfa)
    assert (decision.methods, decision.max_age) == (frozenset({"totp"}), timedelta(minutes=15))


def test_a_fresh_factor_of_another_kind_does_not_freshen_the_one_that_is_wanted() -> None:
    methods = frozenset({"password", "totp", "passkey"})
    for totp_age, allows in ((HOUR, False), (timedelta(minutes=5), True)):
        shown_at = {"passkey": MONDAY_TEN, "totp": MONDAY_TEN - totp_age}
        login = {"methods": methods, "mfa_at": MONDAY_TEN, "shown_at": shown_at}
        assert isinstance(evaluate(acme(), facts(login=login)), NeedsMfa) is not allows


def test_an_old_second_factor_neither_stops_a_request_nor_ends_a_session() -> None:
    for purpose in (Purpose.REQUEST, Purpose.CONTINUE):
        allowed(acme(), facts(purpose=purpose, login={"mfa_at": MONDAY_TEN - HOUR}))


def test_a_second_factor_that_was_revoked_is_missed_in_a_live_session() -> None:
    given = facts(purpose=Purpose.CONTINUE, login={"methods": frozenset({"password"})})
    assert isinstance(evaluate(acme(), given), NeedsMfa)


def test_one_may_ask_at_night_for_the_day() -> None:
    allowed(acme(), facts(purpose=Purpose.REQUEST, now=NIGHT))


def test_a_wish_for_a_start_outside_the_window_is_denied_when_asked() -> None:
    given = facts(purpose=Purpose.REQUEST, asked={"starts_at": NIGHT})
    assert codes(acme(), given) == {Code.OUTSIDE_WINDOW}


def test_the_rules_are_narrowed_to_the_tiers_that_were_asked_for() -> None:
    rules = allowed(acme(), facts()).obligations.rules
    assert (rules.tiers, rules.ask, rules.opaque) == (frozenset({Tier.READ}), frozenset(), False)


def test_asking_for_nothing_in_particular_gives_all_that_the_policy_gives() -> None:
    rules = allowed(acme(), facts(asked={"tiers": frozenset()})).obligations.rules
    assert (rules.tiers, rules.ask) == (frozenset({Tier.READ, Tier.OPERATE}), frozenset({Tier.PROGRAM}))


def test_writes_under_ask_are_asked_for_and_do_not_pass_freely() -> None:
    asking = acme("ask: [program]", "ask: [operate]")
    rules = allowed(asking, facts(asked={"tiers": frozenset()})).obligations.rules
    assert (rules.tiers, rules.ask) == (frozenset({Tier.READ}), frozenset({Tier.OPERATE}))


def test_a_freeze_is_over_at_its_end() -> None:
    end = datetime(2026, 10, 19, 8, 0, tzinfo=UTC)
    ending = policies(ALLOW, FREEZE.replace("2026-10-19T00:00:00+02:00", "2026-10-19T08:00:00Z"))
    given = facts(now=end - timedelta(seconds=1), login={"mfa_at": end})
    assert codes(ending, given) == {Code.FROZEN}
    allowed(ending, facts(now=end, login={"mfa_at": end}))


def test_the_opaque_switch_never_loosens_a_guarded_protocol() -> None:
    opened = acme("tiers: [read],", "tiers: [read], opaque: true,")
    assert not allowed(opened, facts()).obligations.rules.opaque
    assert allowed(opened, facts(target={"guarded": False})).obligations.rules.opaque


def test_a_policy_that_only_passes_unread_bytes_gives_nothing_on_a_guarded_protocol() -> None:
    spoken = (
        'tiers: [read], units: [1], writes: [{table: holding, addresses: "100-119", min: 0, max: 1000}], ask: [program]'
    )
    assert codes(acme(spoken, "opaque: true"), facts()) == {Code.TIER_NOT_ALLOWED}


def test_standing_access_is_preferred_to_access_on_request() -> None:
    decision = allowed(policies(ALLOW, FREEZE, STANDING), facts())
    assert decision.obligations.policy == "standing"


def test_a_grant_stays_with_the_policy_that_it_was_approved_under() -> None:
    decision = allowed(policies(ALLOW, FREEZE, STANDING), facts(policy="acme-plc"))
    assert decision.obligations.policy == "acme-plc"


def test_two_policies_are_never_added_up() -> None:
    reads = STANDING
    operates = STANDING.replace("name: standing", "name: operating").replace("[read]", "[operate]")
    given = facts(asked={"tiers": frozenset({Tier.READ, Tier.OPERATE})})
    assert codes(policies(reads, operates), given) == {Code.TIER_NOT_ALLOWED}


def test_standing_access_ends_at_its_date() -> None:
    late = datetime(2026, 12, 31, tzinfo=UTC)
    assert codes(policies(STANDING), facts(now=late, login={"mfa_at": late})) == {Code.STANDING_ENDED}


def test_ipv4_in_ipv6_clothes_is_judged_as_ipv4() -> None:
    allowed(acme(), facts(origin=Origin(ip_address("::ffff:203.0.113.7"))))


def test_a_login_name_cannot_pose_as_an_id() -> None:
    by_id = STANDING.replace("groups: [acme-engineers]", "users: [usr_boss]")
    assert codes(policies(by_id), facts(subject={"name": "usr_boss"})) == {Code.NO_POLICY}
    allowed(policies(by_id), facts(subject={"user": "usr_boss"}))


def test_a_freeze_that_nobody_defined_counts_as_in_force() -> None:
    undefined = acme().without("Freeze", "autumn")
    assert codes(undefined, facts()) == {Code.FROZEN}


def test_the_reasons_are_those_of_the_policy_that_is_easiest_to_satisfy() -> None:
    looser = STANDING.replace("[read]", "[operate]")
    given = facts(asked={"ticket": ""})
    assert codes(policies(ALLOW, FREEZE, looser), given) == {Code.TICKET_INVALID}


def test_facts_refuse_times_without_a_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        facts(now=datetime(2026, 10, 5))  # noqa: DTZ001 - the point of the test
