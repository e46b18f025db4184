"""The pure parts: what may be a password, which codes match when, how failures hold, which role may what."""

import asyncio
from datetime import timedelta

import pyotp
import pytest

from broker.http.errors import UnavailableError
from broker.http.principal import Permission, Role
from broker.identity import totp
from broker.identity.attempts import Counted, HoldPolicy, count_failure, network_of
from broker.identity.common_passwords import COMMON_PASSWORDS
from broker.identity.errors import WeakPasswordError
from broker.identity.passwords import Passwords, check_strength, one_time_password
from broker.identity.roles import PERMISSIONS
from tests.unit.broker.fakes import START
from tests.unit.broker.identity.people import CHEAP, PASSWORD

POLICY = HoldPolicy(3, timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1))
SECRET = "JBSWY3DPEHPK3PXP" * 2


@pytest.mark.parametrize(
    "password",
    ["", "short", "elevenchars", "x" * 257, "password1234", "PassWord1234", "aaaabbbbaaaabbbb", "plant-operator1",
     "Plant-Operator", "plant-operator2025!", *sorted(COMMON_PASSWORDS)[:3]],
)  # fmt: skip
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError):
        check_strength(password, "plant-operator")


@pytest.mark.parametrize(
    "password", [PASSWORD, "correct horse battery staple 9", "Übergröße im Kesselhaus", "x" * 5 + "12345678"]
)
def test_a_strong_password_is_let_in(password: str) -> None:
    check_strength(password, "plant-operator")


def test_one_time_passwords_are_strong_and_never_the_same() -> None:
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        check_strength(password, "plant-operator")


async def test_a_password_matches_its_hash_in_any_composition_of_its_letters() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash("Gr\u00f6\u00dfe des Kessels")
    assert await passwords.verify("Gro\u0308\u00dfe des Kessels", stored)
    assert not await passwords.verify("grosse des Kessels", stored)
    passwords.close()


async def test_nobodys_password_never_matches() -> None:
    passwords = Passwords(CHEAP)
    assert not await passwords.verify(PASSWORD, None)
    assert not await passwords.verify(PASSWORD, "not a hash")
    passwords.close()


async def test_nobodys_password_costs_the_same_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash("a good passphrase")
    compared: list[str] = []
    monkeypatch.setattr(passwords, "_matches", lambda against, _password: bool(compared.append(against)))
    await passwords.verify("x", None)
    await passwords.verify("x", stored)
    cost_of = [against.rpartition("$")[0].rpartition("$")[0] for against in compared]
    assert len(cost_of) == 2
    assert cost_of[0] == cost_of[1], "argon2's own text of type, version and cost"


async def test_too_many_hashes_at_once_are_refused_not_queued_for_ever() -> None:
    passwords = Passwords(CHEAP, workers=1, max_waiting=2)
    outcomes = await asyncio.gather(*(passwords.hash(PASSWORD) for _ in range(5)), return_exceptions=True)
    assert [isinstance(outcome, UnavailableError) for outcome in outcomes].count(True) == 3
    assert await passwords.hash(PASSWORD)
    passwords.close()


@pytest.mark.parametrize(("steps", "matches"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_matches_within_one_step(steps: int, matches: bool) -> None:
    code = pyotp.TOTP(SECRET).at(START + timedelta(seconds=30 * steps))
    assert (totp.matching_step(SECRET, code, START, after=None) is not None) is matches


def test_a_code_of_a_step_taken_before_does_not_match() -> None:
    present = int(START.timestamp()) // 30
    code = pyotp.TOTP(SECRET).at(START)
    assert totp.matching_step(SECRET, code, START, after=present - 1) == present
    assert totp.matching_step(SECRET, code, START, after=present) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "\u0661\u0662\u0663\u0664\u0665\u0666", "abcdef"])
def test_what_is_no_code_does_not_match(code: str) -> None:
    assert totp.matching_step(SECRET, code, START, after=None) is None


def test_codes_are_those_of_rfc_6238() -> None:
    from datetime import UTC, datetime

    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # appendix B: "12345678901234567890"; its 8 digits end in our 6
    at = datetime.fromtimestamp(1111111109, UTC)
    assert totp.matching_step(secret, "081804", at, after=None) == 1111111109 // 30


def test_the_first_failures_are_free_and_then_holds_double_up_to_the_longest() -> None:
    counted: Counted | None = None
    holds = []
    for _ in range(8):
        counted = count_failure(counted, START, POLICY)
        holds.append((counted.held_until - START).total_seconds() if counted.held_until else 0)
    assert holds == [0, 0, 30, 60, 120, 240, 300, 300]


def test_a_hold_ends_by_itself() -> None:
    counted = Counted(3, START, START + timedelta(seconds=30))
    assert counted.is_held(START + timedelta(seconds=29))
    assert not counted.is_held(START + timedelta(seconds=30))


def test_old_failures_are_forgotten() -> None:
    assert count_failure(Counted(9, START), START + timedelta(hours=1), POLICY).failures == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_addresses_are_counted_by_who_can_choose_them(address: str, network: str) -> None:
    assert network_of(address) == network


def test_every_role_has_permissions_and_every_permission_a_role() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert frozenset().union(*PERMISSIONS.values()) == set(Permission)


def test_an_auditor_only_reads() -> None:
    reading = {permission for permission in Permission if permission.value.partition(":")[2].startswith("read")}
    assert PERMISSIONS[Role.AUDITOR] - reading == {Permission.RECORDINGS_EXPORT}


def test_a_vendor_sees_nobody_elses_business() -> None:
    assert PERMISSIONS[Role.VENDOR] == {Permission.REQUESTS_CREATE, Permission.SESSIONS_OPEN}
